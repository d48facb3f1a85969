"""What people decided."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media_catalog.models.files import MediaFile
from media_catalog.models.jobs import Job


class DecisionBatch(models.Model):
    """One act of a person, or of a rule in their name: all decisions with its key, undone as a whole."""

    class Verb(models.TextChoices):
        CONFIRM = "confirm", _("confirm the date")
        SET_DATE = "set_date", _("give a date")
        SHIFT = "shift", _("shift the clock")
        SET_ZONE = "set_zone", _("set the time zone")
        CANDIDATE = "candidate", _("take the date from")
        SPREAD = "spread", _("spread dates")
        TAG = "tag", _("tag")
        UNTAG = "untag", _("take tags away")
        KEEP = "keep", _("keep")
        DISCARD = "discard", _("discard")
        RESTORE = "restore", _("restore")
        FLAG = "flag", _("flag")
        UNFLAG = "unflag", _("take the flag away")
        SNOOZE = "snooze", _("ask later")
        UNSNOOZE = "unsnooze", _("ask now")
        DESCRIBE = "describe", _("describe")
        RATE = "rate", _("rate")
        EDIT = "edit", _("change several facts")
        RESOLVE = "resolve", _("choose among copies")
        COPY_RULE = "copy_rule", _("rule about copies")
        DOUBT = "doubt", _("call an accepted date wrong")
        SEPARATE = "separate", _("no copies of each other")
        DISCARD_AGAIN = "discard_again", _("discard what came again")
        ASK_AGAIN = "ask_again", _("ask again about what is new")
        RENAME_TAG = "rename_tag", _("rename a tag")
        MERGE_TAGS = "merge_tags", _("merge tags")
        MOVE_TAG = "move_tag", _("put a tag below another")
        COLOUR_TAG = "colour_tag", _("colour a tag")
        DELETE_TAG = "delete_tag", _("delete a tag")
        TAKE_TAGS = "take_tags", _("take proposed tags")
        DECLINE_TAGS = "decline_tags", _("decide about proposed tags")
        UNDO = "undo", _("undo")
        REDO = "redo", _("redo")

    id = models.UUIDField(primary_key=True, editable=False)
    verb = models.CharField(_("what"), max_length=16, choices=Verb)
    params = models.JSONField(
        _("how"), default=dict, blank=True, help_text=_("what the sentence about it is made of")
    )
    number = models.PositiveIntegerField(_("files"), default=0)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("when"))
    undone_by = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undone by"),
        help_text=_("empty again once it was done again"),
    )
    job = models.ForeignKey(
        Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="acts", verbose_name=_("job")
    )

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    verb__in=[
                        "confirm",
                        "set_date",
                        "shift",
                        "set_zone",
                        "candidate",
                        "spread",
                        "tag",
                        "untag",
                        "keep",
                        "discard",
                        "restore",
                        "flag",
                        "unflag",
                        "snooze",
                        "unsnooze",
                        "describe",
                        "rate",
                        "edit",
                        "resolve",
                        "copy_rule",
                        "doubt",
                        "separate",
                        "discard_again",
                        "ask_again",
                        "rename_tag",
                        "merge_tags",
                        "move_tag",
                        "colour_tag",
                        "delete_tag",
                        "take_tags",
                        "decline_tags",
                        "undo",
                        "redo",
                    ]
                ),
                name="act_verb_known",
            ),
        ]
        indexes = [
            # the history, page by page
            models.Index(fields=["-created_at", "-id"], name="act_newest"),
            # the acts of somebody: the last, which undo takes back, and the last undo, which redo takes back
            models.Index(fields=["actor", "-created_at", "-id"], name="act_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.pk}"


class Decision(models.Model):
    """One change by a person to one file; never edited, undone only by a further decision."""

    class Kind(models.TextChoices):
        DATE = "date", _("date")
        DISPOSITION = "disposition", _("keep or discard")
        FLAG = "flag", _("flag")
        TAG = "tag", _("tag")
        GROUP = "group", _("resolution of a group")
        MERGE = "merge", _("facts of a copy")
        SNOOZE = "snooze", _("ask later")
        ABOUT = "about", _("description and rating")
        UNDO = "undo", _("undo")

    batch = models.UUIDField(_("batch"), help_text=_("one act of a person, undone as a whole"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    file = models.ForeignKey(
        MediaFile, on_delete=models.CASCADE, related_name="decisions", verbose_name=_("file")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("who")
    )
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))
    taken_from = models.ForeignKey(
        MediaFile,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken from"),
        help_text=_("the copy whose value this is"),
    )
    undoes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("undoes")
    )
    created_at = models.DateTimeField(_("when"), db_index=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "date",
                        "disposition",
                        "flag",
                        "tag",
                        "group",
                        "merge",
                        "snooze",
                        "about",
                        "undo",
                    ]
                ),
                name="decision_kind_known",
            ),
        ]
        indexes = [
            # the files of an act, page by page
            models.Index(fields=["batch", "id"], name="decision_by_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of file {self.file_id}"
