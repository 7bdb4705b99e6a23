"""The form that makes a KSeF token (guide ``tokeny-ksef.md``)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, get_args

from django import forms
from django.utils.translation import gettext_lazy as _

from liczydlo.connection import words
from liczydlo.ksef.tokens import TokenPermission

TOKEN_PERMISSIONS: Final[tuple[TokenPermission, ...]] = get_args(TokenPermission)
USUAL: Final = ("InvoiceRead", "InvoiceWrite")


class TokenForm(forms.Form):
    """What the token may do, and what for. Only what the login itself may do is offered; KSeF would refuse the rest."""

    permissions = forms.MultipleChoiceField(
        label=_("Co może token"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Zaznacz co najmniej jedno uprawnienie.")},
    )
    description = forms.CharField(
        label=_("Do czego posłuży"),
        help_text=_(
            "Po tym opisie poznasz go na liście, na przykład „Sklep internetowy”. Od 5 do 256 znaków."
        ),
        min_length=5,
        max_length=256,
    )

    def __init__(self, *args: Any, own: Iterable[str], **kwargs: Any) -> None:
        """``own`` are KSeF's names of what the login may do."""
        super().__init__(*args, **kwargs)
        mine = set(own)
        field = self.fields["permissions"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(name, words.permission(name)) for name in TOKEN_PERMISSIONS if name in mine]
        field.initial = [name for name in USUAL if name in mine]
