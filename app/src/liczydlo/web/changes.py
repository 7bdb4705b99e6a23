"""Forms over a row that several people may change: each stores only what its person changed on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django import forms

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:  # Django's own class is not subscriptable
    ModelForm = forms.ModelForm


class ChangesForm(ModelForm):
    """A form whose page sends along what it showed (``web/parts/shown.html``)."""

    @property
    def shown(self) -> dict[str, str]:
        """What the page showed; without that, what is in the database. Fields of the model alone."""
        columns = self._meta.fields or ()
        names = [name for name in self.fields if name in columns]
        return {name: self.data.get(f"shown-{name}", self.initial.get(name, "")) for name in names}

    @property
    def changes(self) -> dict[str, Any]:
        """What the person changed on the page, whatever others changed in the meantime."""
        shown = self.shown
        return {
            name: self.cleaned_data[name] for name in shown if str(self.cleaned_data[name]) != shown[name]
        }

    def save_changes(self) -> bool:
        """Store what the person changed and nothing else; False when somebody changed the same meanwhile."""
        changes, shown = self.changes, self.shown
        rows = type(self.instance)._default_manager.filter(pk=self.instance.pk)
        there = rows.filter(**{name: shown[name] for name in changes})
        return not changes or bool(there.update(**changes))

    def over(self, now: Any) -> Self:
        """The person's changes over the row as it is now, to be looked at and sent again."""
        values = forms.model_to_dict(now, fields=list(self.fields))
        return type(self)({**values, **self.changes}, instance=now)
