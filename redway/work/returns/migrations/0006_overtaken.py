import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("returns", "0005_acknowledged_note"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="overtaken_by",
            field=models.ForeignKey(
                blank=True,
                help_text="the newer copy accepted",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="returns.delivery",
            ),
        ),
        migrations.RemoveConstraint(model_name="delivery", name="delivery_state_known"),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "received",
                            "checking",
                            "refused",
                            "to-acknowledge",
                            "to-accept",
                            "accepting",
                            "accepted",
                            "withdrawn",
                            "discarded",
                            "overtaken",
                        ],
                    )
                ),
                name="delivery_state_known",
            ),
        ),
    ]
