"""Address of „Czy jestem gotowy?"."""

from __future__ import annotations

from django.urls import path

from liczydlo.connection.readiness import views

app_name = "ksef_readiness"
urlpatterns = [path("", views.page, name="page")]
