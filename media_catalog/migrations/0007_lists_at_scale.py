import django.db.models.deletion
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
        migrations.AlterField(
            model_name="filetag",
            name="file",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="file_tags",
                to="media_catalog.mediafile",
            ),
        ),
        migrations.AddIndex(
            model_name="filetag", index=models.Index(fields=["tag", "file"], name="file_tag_files")
        ),
    ]
