"""Columns named by what they hold: ids of the newest purchase seen or written about, documents stored by a comparison."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('purchases', '0021_month_came'),
    ]

    operations = [
        migrations.RenameField(model_name='visit', old_name='before', new_name='previous_seen_id'),
        migrations.RenameField(model_name='visit', old_name='seen', new_name='last_seen_id'),
        migrations.RenameField(model_name='letterchoice', old_name='told', new_name='last_notified_id'),
        migrations.RenameField(model_name='monthcheck', old_name='here', new_name='already_stored'),
        migrations.RenameField(model_name='monthcheck', old_name='came', new_name='stored_so_far'),
    ]
