"""The language that a person has chosen, kept with their account: letters are written in it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views import i18n

from liczydlo.companies.models import User


@login_not_required
def choose(request: HttpRequest) -> HttpResponse:
    """Django's own view, which keeps the choice in a cookie, and the account of whoever is logged in."""
    answer: HttpResponse = i18n.set_language(request)
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).exclude(language=language).update(language=language)
    return answer
