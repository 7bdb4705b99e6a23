"""The application as a WSGI callable, for granian or any other server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liczydlo.settings")
application = get_wsgi_application()
