"""The series of invoices in suppliers' names; nobody owes for what the company has issued in one."""

from django.db import migrations, models


def forwards(apps, schema_editor):
    apps.get_model("sales", "Receivable").objects.filter(entry__direction="self").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0009_self_billed'),
        ('sales', '0038_returned_letters'),
    ]

    operations = [
        migrations.RunPython(forwards),
        migrations.AddField(
            model_name='numberpatterns',
            name='self_billed',
            field=models.CharField(default='SF/{rrrr}/{mm}/{nnn}', max_length=256, verbose_name='samofaktury'),
        ),
    ]
