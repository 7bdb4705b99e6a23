"""The application as a WSGI callable, for granian or any other server."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liczydlo.settings")
application = get_wsgi_application()
_ = get_resolver().url_patterns  # imports every view
# What the program is made of stays: by the interpreter's own settings all of it was searched for garbage in one request
# of twenty, for a tenth of a second (benchmarks/pages.py).
gc.freeze()
gc.set_threshold(10_000, 10, 10)
