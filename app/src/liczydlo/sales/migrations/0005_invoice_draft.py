"""Drafts keep what the issuer means instead of the form's strings."""

from dataclasses import replace

from django.db import migrations

from liczydlo.fa3.codec import to_json
from liczydlo.fa3.model import Informacja
from liczydlo.fa3.problems import DocumentError
from liczydlo.fa3.read import read
from liczydlo.fa3.reverse import reverse


def mean(apps, schema_editor):
    """Of the document that was made of the strings, which is what a person has seen. One that cannot be read stays a
    ready file: it can be issued or deleted, as before, but not edited."""
    drafts = apps.get_model('sales', 'Draft').objects
    for draft in drafts.filter(draft_json__isnull=False).only('xml', 'draft_json'):
        try:
            meant, _ = reverse(read(bytes(draft.xml or b'')))
        except (DocumentError, ValueError):
            data = None
        else:
            data = to_json(with_line_breaks(meant, str(draft.draft_json.get('remarks', ''))))
        drafts.filter(pk=draft.pk).update(draft_json=data)


def with_line_breaks(meant, remarks):
    """Reading a document makes one space of them; the strings still have them."""
    notes = meant.footer.informacje if meant.footer else ()
    if [(note.stopka_faktury or '').split() for note in notes] != [remarks.split()]:
        return meant
    return replace(meant, footer=replace(meant.footer, informacje=(Informacja(stopka_faktury=remarks.strip()),)))


def forget(apps, schema_editor):
    """The older program knows no drafts: for it all are ready files."""
    apps.get_model('sales', 'Draft').objects.update(draft_json=None)


class Migration(migrations.Migration):

    dependencies = [
        ('sales', '0004_looks'),
    ]

    operations = [
        migrations.RenameField('draft', 'form', 'draft_json'),
        migrations.RunPython(mean, forget),
    ]
