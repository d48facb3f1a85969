"""Every file that was ever seen, and what its date rests on."""

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from media_catalog.models.fields import WallClockField
from media_catalog.models.sources import Source

PERSON = "person"  # where a date or an offset is from that somebody gave
IS_ZONE_ASSUMED = "media_catalog_mediafile.offset_source = 'assumed'"
DATED_BY_PERSON = Q(captured_from=PERSON) | Q(offset_source=PERSON) | Q(reviewed_at__isnull=False)


class Kind(models.TextChoices):
    IMAGE = "image", _("picture")
    RAW = "raw", _("RAW picture")
    VIDEO = "video", _("video")
    SIDECAR = "sidecar", _("sidecar")
    OTHER = "other", _("other")


class State(models.TextChoices):
    DISCOVERED = "discovered", _("waiting to be read")
    ANALYSED = "analysed", _("read")
    FAILED = "failed", _("failed")
    QUARANTINED = "quarantined", _("quarantined")
    MISSING = "missing", _("missing")
    SKIPPED = "skipped", _("skipped")


class Precision(models.TextChoices):
    SECOND = "second", _("to the second")
    MINUTE = "minute", _("to the minute")
    DAY = "day", _("day")
    MONTH = "month", _("month")
    SEASON = "season", _("season")
    YEAR = "year", _("year")
    DECADE = "decade", _("decade")
    RANGE = "range", _("range")


class Confidence(models.TextChoices):
    HIGH = "high", _("high")
    MEDIUM = "medium", _("medium")
    LOW = "low", _("low")
    NONE = "none", _("none")


class Disposition(models.TextChoices):
    UNDECIDED = "undecided", _("undecided")
    KEEP = "keep", _("keep")
    DISCARD = "discard", _("discard")


class Fate(models.TextChoices):
    WAITING = "waiting", _("waiting")
    EXPORTED = "exported", _("exported")
    DUPLICATE = "duplicate", _("duplicate")
    DISCARDED = "discarded", _("discarded")
    FAILED = "failed", _("failed")
    SKIPPED = "skipped", _("skipped")


class Stack(models.Model):
    """What is one thing to a person; a file without a stack is a stack of one."""

    class Kind(models.TextChoices):
        LIVE_PHOTO = "live_photo", _("Live Photo")
        RAW_JPEG = "raw_jpeg", _("RAW and JPEG")
        MOTION_PHOTO = "motion_photo", _("motion photo")
        EDITED = "edited", _("edited and original")

    kind = models.CharField(max_length=16, choices=Kind)
    leader = models.OneToOneField(
        "MediaFile",
        on_delete=models.SET_NULL,
        null=True,
        related_name="leads",
        help_text=_("the file that stands for all in groups"),
    )
    reasons = models.JSONField(_("reasons"), default=list)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["live_photo", "raw_jpeg", "motion_photo", "edited"]),
                name="stack_kind_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Origin(models.TextChoices):
    """Where a claim about a date comes from: what others say is found anew when they change."""

    OWN = "own", _("the file itself")
    SIDECAR = "sidecar", _("sidecar")
    NEIGHBOUR = "neighbour", _("neighbours")
    COPY = "copy", _("a copy that was set aside")


class MediaFileQuerySet(models.QuerySet["MediaFile"]):
    def readable(self) -> Self:
        return self.filter(state=State.ANALYSED)

    def of_assumed_zone(self) -> Self:
        """Files of which only a moment is known, in no place."""
        # Not as a parameter, for which SQLite would not use the index.
        is_assumed = RawSQL(IS_ZONE_ASSUMED, [], models.BooleanField())  # noqa: S611  a constant
        return self.filter(is_assumed)

    def open(self) -> Self:
        return self.filter(is_open=True)

    def set_aside(self) -> Self:
        """Files whose bytes are kept under another name."""
        return self.filter(memberships__kind="identical", memberships__is_keeper=False)

    def dated_by_person(self) -> Self:
        """Files whose date or zone somebody vouched for: no evidence changes them any more."""
        return self.filter(DATED_BY_PERSON)

    def exportable(self) -> Self:
        return self.readable().exclude(disposition=Disposition.DISCARD)


class MediaFile(models.Model):
    """One file below a source, unique by its exact path bytes."""

    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, related_name="files", verbose_name=_("source")
    )
    path_bytes = models.BinaryField()
    path_key = models.CharField(max_length=64, editable=False)
    path_text = models.TextField(_("path"))
    name = models.CharField(_("name"), max_length=255)
    folder_key = models.CharField(
        max_length=64, editable=False, default="", help_text=_("of the folder's path")
    )
    size_bytes = models.BigIntegerField(_("bytes"), default=0)
    mtime_ns = models.BigIntegerField(null=True)
    device = models.BigIntegerField(null=True)
    inode = models.BigIntegerField(null=True)

    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DISCOVERED)
    reason_code = models.CharField(_("reason code"), max_length=40, blank=True)
    reason_text = models.TextField(_("reason"), blank=True)
    damage = models.CharField(_("damage"), max_length=200, blank=True)

    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    image_data_hash = models.CharField(max_length=64, blank=True)
    phash = models.BigIntegerField(
        null=True, help_text=_("64-bit pHash of the upright picture, as signed integer")
    )
    phash_version = models.SmallIntegerField(default=0)
    information = models.FloatField(null=True, help_text=_("standard deviation of the grey values"))

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.OTHER)
    mime_type = models.CharField(_("type"), max_length=100, blank=True)
    extension = models.CharField(_("true extension"), max_length=10, blank=True)
    width_px = models.PositiveIntegerField(_("width"), null=True)
    height_px = models.PositiveIntegerField(_("height"), null=True)
    duration_s = models.FloatField(_("duration"), null=True)
    camera_make = models.CharField(_("camera make"), max_length=100, blank=True)
    camera_model = models.CharField(_("camera model"), max_length=100, blank=True)
    camera_serial = models.CharField(_("camera serial"), max_length=100, blank=True)
    gps_lat = models.FloatField(
        _("latitude"), null=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    gps_lon = models.FloatField(_("longitude"), null=True)
    gps_altitude_m = models.FloatField(_("altitude"), null=True)
    description = models.TextField(_("description"), blank=True)
    rating = models.SmallIntegerField(_("rating"), null=True)
    is_favourite = models.BooleanField(_("favourite"), default=False)
    has_thumbnail = models.BooleanField(default=False)

    captured_local = WallClockField(_("captured"), null=True)
    captured_until_local = WallClockField(_("captured until"), null=True)
    captured_precision = models.CharField(_("precision"), max_length=8, choices=Precision, blank=True)
    offset_minutes = models.SmallIntegerField(_("UTC offset in minutes"), null=True)
    offset_source = models.CharField(_("offset from"), max_length=60, blank=True)
    captured_at = models.DateTimeField(_("instant"), null=True)
    captured_from = models.CharField(_("date from"), max_length=120, blank=True)
    confidence = models.CharField(_("confidence"), max_length=6, choices=Confidence, default=Confidence.NONE)
    date_reasons = models.JSONField(_("reasons"), default=list, blank=True)

    stack = models.ForeignKey(Stack, on_delete=models.SET_NULL, null=True, blank=True, related_name="files")
    belongs_to = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="sidecars",
        verbose_name=_("belongs to"),
    )
    is_flagged = models.BooleanField(_("flagged"), default=False)
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    disposition = models.CharField(
        _("decision"), max_length=10, choices=Disposition, default=Disposition.UNDECIDED
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    is_archived = models.BooleanField(_("archived"), default=False, help_text=_("set aside in Google Photos"))
    is_trashed = models.BooleanField(
        _("trashed"), default=False, help_text=_("in the trash of Google Photos")
    )
    # What metadata alone says, whatever names, folders and people say.
    taken_local = WallClockField(_("taken, by metadata"), null=True)
    taken_offset_minutes = models.SmallIntegerField(_("UTC offset, by metadata"), null=True)
    taken_at = models.DateTimeField(_("instant, by metadata"), null=True)
    metadata_read_at = models.DateTimeField(_("metadata read"), null=True)
    # All three are derived, by services.counts alone, in the transaction that changes what they rest on.
    is_open = models.BooleanField(_("open"), default=False)
    needs_date = models.BooleanField(_("needs a date"), default=False)
    fate = models.CharField(_("fate"), max_length=10, choices=Fate, default=Fate.WAITING)

    discovered_at = models.DateTimeField(_("first seen"))
    analysed_at = models.DateTimeField(_("read at"), null=True)

    objects = MediaFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [
            models.UniqueConstraint(fields=["source", "path_key"], name="file_unique_in_source"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="file_state_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="file_kind_known"),
            models.CheckConstraint(
                condition=Q(confidence__in=Confidence.values), name="file_confidence_known"
            ),
            models.CheckConstraint(
                condition=Q(disposition__in=Disposition.values), name="file_disposition_known"
            ),
            models.CheckConstraint(condition=Q(fate__in=Fate.values), name="file_fate_known"),
            models.CheckConstraint(
                condition=Q(captured_precision__in=[*Precision.values, ""]), name="file_precision_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "quarantined", "missing", "skipped"]) | ~Q(reason_code=""),
                name="file_trouble_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(
                    captured_local=None, captured_until_local=None, captured_precision="", confidence="none"
                )
                | Q(captured_until_local__gte=F("captured_local")) & ~Q(captured_precision=""),
                name="file_date_is_a_period",
            ),
            models.CheckConstraint(
                condition=Q(offset_minutes=None, captured_at=None, offset_source="")
                | (Q(offset_minutes__range=(-840, 840), captured_at__isnull=False) & ~Q(offset_source="")),
                name="file_offset_goes_with_the_instant",
            ),
            models.CheckConstraint(
                condition=Q(gps_lat=None, gps_lon=None)
                | Q(gps_lat__range=(-90.0, 90.0), gps_lon__range=(-180.0, 180.0)),
                name="file_position_is_on_earth",
            ),
        ]
        indexes = [
            # identical copies of a file; what of an export is already in the archive
            models.Index(fields=["sha256", "state"], name="file_sha256"),
            # copies with the same picture and other metadata
            models.Index(
                fields=["image_data_hash"], name="file_image_data", condition=~Q(image_data_hash="")
            ),
            # the grid, and the order in which an export names files
            models.Index(fields=["captured_local", "id"], name="file_by_capture"),
            # the review queue
            models.Index(fields=["captured_local", "id"], name="file_open", condition=Q(is_open=True)),
            models.Index(fields=["captured_local", "id"], name="file_flagged", condition=Q(is_flagged=True)),
            # random samples of it, for the key of a path is random: rules about dates
            models.Index(
                fields=["confidence", "path_key"], name="file_to_date_mixed", condition=Q(needs_date=True)
            ),
            # the queue of dates, and the undated of it folder by folder
            models.Index(fields=["captured_local", "id"], name="file_to_date", condition=Q(needs_date=True)),
            models.Index(
                fields=["source", "folder_key", "id"],
                name="file_undated",
                # and not by captured_local, by which SQLite would take the index above and sort all of them
                condition=Q(needs_date=True, captured_precision=""),
            ),
            # what failed or was left out, by the reason
            # (all files: with a condition on a text, SQLite uses an index for no query that has parameters)
            models.Index(fields=["fate", "reason_code", "id"], name="file_in_trouble"),
            # what was put off, and until when
            models.Index(
                fields=["snoozed_until"], name="file_snoozed", condition=Q(snoozed_until__isnull=False)
            ),
            # passes over all that was read, page by page
            models.Index(fields=["state", "id"], name="file_by_state"),
            # the grid narrowed to one value, which may be rare or among the undated alone
            models.Index(fields=["state", "captured_local", "id"], name="file_of_state"),
            models.Index(fields=["confidence", "captured_local", "id"], name="file_of_confidence"),
            models.Index(fields=["fate", "captured_local", "id"], name="file_of_fate"),
            models.Index(fields=["kind", "captured_local", "id"], name="file_of_kind"),
            models.Index(fields=["source", "captured_local", "id"], name="file_of_source"),
            # files of one camera in time
            models.Index(fields=["camera_model", "captured_local"], name="file_by_camera"),
            # the report, and what vanished from a source; the neighbour pass walks folders in this order
            models.Index(fields=["source", "id"], name="file_by_source"),
            # neighbours: the files of one folder
            models.Index(fields=["source", "folder_key", "name"], name="file_by_folder"),
            # backfill: what has no date by metadata, in order, until it was read
            models.Index(
                fields=["id"],
                name="file_metadata_unread",
                condition=Q(taken_local=None, metadata_read_at=None),
            ),
            # filter by date taken
            models.Index(fields=["taken_at"], name="file_by_taken"),
            # what another time zone of the library would show by another wall clock
            models.Index(
                fields=["source", "id"], name="file_zone_assumed", condition=Q(offset_source="assumed")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path_text} ({self.pk})"

    @property
    def path(self) -> bytes:
        return bytes(self.path_bytes)

    @property
    def is_dated_by_person(self) -> bool:
        return self.reviewed_at is not None or PERSON in (self.captured_from, self.offset_source)


class FileMetadata(models.Model):
    """All tags of a file as ExifTool gave them; apart, so that lists never read them."""

    file = models.OneToOneField(
        MediaFile, on_delete=models.CASCADE, primary_key=True, related_name="metadata"
    )
    tags = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("metadata")
        verbose_name_plural = _("metadata")

    def __str__(self) -> str:
        return f"metadata of {self.pk}"


class TimestampCandidate(models.Model):
    """One dated claim about a file, with its verdict."""

    file = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="candidates")
    rank = models.PositiveSmallIntegerField()
    origin = models.CharField(_("origin"), max_length=9, choices=Origin, default=Origin.OWN)
    until_local = WallClockField(
        _("until"), null=True, help_text=_("end of a range that has no other precision")
    )
    source = models.CharField(_("source"), max_length=120)
    raw_text = models.CharField(_("as written"), max_length=200)
    local = WallClockField(_("wall clock"), null=True)
    instant = models.DateTimeField(_("instant"), null=True)
    precision = models.CharField(_("precision"), max_length=8, choices=Precision)
    offset_minutes = models.SmallIntegerField(_("UTC offset in minutes"), null=True)
    offset_source = models.CharField(_("offset from"), max_length=60, blank=True)
    weight = models.SmallIntegerField(_("weight"))
    verdict = models.CharField(_("verdict"), max_length=40)
    verdict_values = models.JSONField(
        null=True, blank=True, help_text=_("values of the words of the verdict")
    )
    verdict_text = models.TextField(_("why"), blank=True)
    is_chosen = models.BooleanField(_("chosen"), default=False)

    class Meta:
        verbose_name = _("date candidate")
        verbose_name_plural = _("date candidates")
        constraints = [models.UniqueConstraint(fields=["file", "rank"], name="candidate_unique_rank")]

    def __str__(self) -> str:
        return f"{self.source} {self.raw_text}"


class SidecarLink(models.Model):
    """That a sidecar speaks for a file: one Takeout JSON may speak for a picture, its edit and its video."""

    file = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="sidecar_links")
    sidecar = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="speaks_for")
    rule = models.CharField(_("rule"), max_length=40, help_text=_("by which the two were matched"))

    class Meta:
        verbose_name = _("link to a sidecar")
        verbose_name_plural = _("links to sidecars")
        constraints = [models.UniqueConstraint(fields=["file", "sidecar"], name="sidecar_link_once")]

    def __str__(self) -> str:
        return f"sidecar {self.sidecar_id} of file {self.file_id}"
