from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("returns", "0004_tokens"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="acknowledged_note",
            field=models.TextField(blank=True, default="", help_text="what they found, in their words"),
            preserve_default=False,
        ),
    ]
