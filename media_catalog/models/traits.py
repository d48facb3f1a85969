"""What the search for copies knows of a file; apart, so that lists never read it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media_catalog.models.fields import WallClockField
from media_catalog.models.files import MediaFile


class FileTraits(models.Model):
    """How a file looks and what its tags say of the shot, each with the version that found it (0: nobody).

    A value of an older version is found anew, from the stored thumbnail and the stored tags where these do.
    """

    file = models.OneToOneField(
        MediaFile, on_delete=models.CASCADE, primary_key=True, related_name="traits", verbose_name=_("file")
    )
    # A picture's: pipeline.look.signature and quality. Empty where there is none, as of one single colour.
    look = models.BinaryField(_("look"), default=b"", max_length=107)
    sharpness = models.FloatField(_("sharpness"), null=True)
    clipped_share = models.FloatField(_("share of blown-out pixels"), null=True)
    look_version = models.SmallIntegerField(default=0)
    quality_version = models.SmallIntegerField(default=0)
    # A video's: pipeline.look.frames.
    frames = models.BinaryField(_("looks of frames"), default=b"")
    frames_version = models.SmallIntegerField(default=0)
    resolved_share = models.FloatField(
        _("resolved share"), null=True, help_text=_("of the pixels, as compared with a copy at full scale")
    )
    image_data_version = models.SmallIntegerField(default=0)

    # What tags say: pipeline.duplicates.shot.
    shot_version = models.SmallIntegerField(default=0)
    shot_local = WallClockField(_("wall clock of the camera"), null=True)
    has_subseconds = models.BooleanField(_("to parts of a second"), default=False)
    shot_at = models.DateTimeField(_("instant of the shot"), null=True)
    burst_id = models.CharField(_("series"), max_length=100, blank=True)
    live_id = models.CharField(_("Live Photo"), max_length=100, blank=True)
    content_ids = models.JSONField(_("ids of the content"), default=list)
    has_camera_tags = models.BooleanField(_("has the tags of a camera"), default=False)
    has_motion = models.BooleanField(_("holds a video"), default=False)
    facts_count = models.PositiveSmallIntegerField(_("number of facts in tags"), default=0)

    class Meta:
        verbose_name = _("traits of a file")
        verbose_name_plural = _("traits of files")
        indexes = [
            # the other pictures of a series
            models.Index(fields=["burst_id"], name="traits_burst", condition=~Q(burst_id="")),
            # the other half of a Live Photo
            models.Index(fields=["live_id"], name="traits_live", condition=~Q(live_id="")),
            # what was shot at about the same time
            models.Index(fields=["shot_local"], name="traits_shot", condition=Q(shot_local__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"traits of {self.pk}"
