from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("media_catalog", "0006_everything"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="exportedfile",
            index=models.Index(
                condition=~Q(tags_error=""), fields=["export", "id"], name="exported_without_tags"
            ),
        ),
    ]
