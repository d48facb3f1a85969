"""Tags, albums and people; by which names they are found, and what folders and names propose."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media_catalog.models.files import MediaFile
from media_catalog.models.sources import Source


class Tag(models.Model):
    class Kind(models.TextChoices):
        TAG = "tag", _("tag")
        ALBUM = "album", _("album")
        PERSON = "person", _("person")

    class Colour(models.TextChoices):
        RED = "red", _("red")
        ORANGE = "orange", _("orange")
        AMBER = "amber", _("amber")
        GREEN = "green", _("green")
        BLUE = "blue", _("blue")
        VIOLET = "violet", _("violet")
        BROWN = "brown", _("brown")
        GREY = "grey", _("grey")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.TAG)
    name = models.CharField(_("name"), max_length=100)
    name_key = models.CharField(max_length=200, editable=False, help_text=_("case-folded name"))
    parent = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("below"),
    )
    colour = models.CharField(_("colour"), max_length=8, choices=Colour, blank=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.UniqueConstraint(fields=["kind", "name_key"], name="tag_unique_name"),
            models.CheckConstraint(condition=Q(kind__in=["tag", "album", "person"]), name="tag_kind_known"),
            models.CheckConstraint(
                condition=Q(
                    colour__in=["", "red", "orange", "amber", "green", "blue", "violet", "brown", "grey"]
                ),
                name="tag_colour_known",
            ),
        ]
        indexes = [
            # the page of tags, by name
            models.Index(fields=["name_key", "id"], name="tag_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"


class TagAlias(models.Model):
    """A name under which files bring a tag that people call otherwise; with no tag, one that was deleted."""

    kind = models.CharField(_("kind"), max_length=8, choices=Tag.Kind)
    name_key = models.CharField(max_length=200, editable=False, help_text=_("case-folded name"))
    tag = models.ForeignKey(
        Tag, on_delete=models.CASCADE, null=True, blank=True, related_name="aliases", verbose_name=_("tag")
    )

    class Meta:
        verbose_name = _("other name of a tag")
        verbose_name_plural = _("other names of tags")
        constraints = [models.UniqueConstraint(fields=["kind", "name_key"], name="tag_alias_unique_name")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name_key} ({self.pk})"


class FileTag(models.Model):
    """That a file carries a tag, and who says so."""

    class Origin(models.TextChoices):
        FOLDER = "folder", _("folder")
        NAME = "name", _("file name")
        METADATA = "metadata", _("metadata")
        PERSON = "person", _("person")

    file = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="file_tags", db_index=False)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="file_tags", db_index=False)
    origin = models.CharField(_("origin"), max_length=8, choices=Origin)

    class Meta:
        verbose_name = _("tag of a file")
        verbose_name_plural = _("tags of a file")
        constraints = [
            models.UniqueConstraint(fields=["file", "tag"], name="file_tag_once"),
            models.CheckConstraint(
                condition=Q(origin__in=["folder", "name", "metadata", "person"]), name="file_tag_origin_known"
            ),
        ]
        indexes = [
            # the files of a tag: their number, the latest of them, and whether any has it from somewhere
            models.Index(fields=["tag", "origin", "id"], name="file_tag_by_tag"),
            # all of them, for an act
            models.Index(fields=["tag", "file"], name="file_tag_files"),
        ]

    def __str__(self) -> str:
        return f"tag {self.tag_id} on file {self.file_id}"


class TagProposal(models.Model):
    """A word in the names of folders or files, offered as a tag of the files that it is about."""

    class Origin(models.TextChoices):
        FOLDER = "folder", _("folder")
        NAME = "name", _("file name")

    origin = models.CharField(_("origin"), max_length=8, choices=Origin)
    name = models.CharField(_("name"), max_length=100)
    name_key = models.CharField(max_length=200, editable=False, help_text=_("case-folded name"))
    is_refused = models.BooleanField(_("never"), default=False)
    until_file = models.BigIntegerField(
        _("decided up to file"), default=0, help_text=_("files that came later are offered again")
    )
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("proposed tag")
        verbose_name_plural = _("proposed tags")
        constraints = [
            models.UniqueConstraint(fields=["origin", "name_key"], name="tag_proposal_once"),
            models.CheckConstraint(
                condition=Q(origin__in=["folder", "name"]), name="tag_proposal_origin_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"


class ProposedFolder(models.Model):
    """A folder with the word of a proposal in its path; its files are those that the proposal is about."""

    proposal = models.ForeignKey(TagProposal, on_delete=models.CASCADE, related_name="folders")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    folder_key = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("folder of a proposed tag")
        verbose_name_plural = _("folders of proposed tags")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "source", "folder_key"], name="proposed_folder_once")
        ]
        indexes = [
            # whether a folder is known already
            models.Index(fields=["source", "folder_key"], name="proposed_folder"),
        ]

    def __str__(self) -> str:
        return f"folder {self.folder_key} of proposal {self.proposal_id}"


class ProposedFile(models.Model):
    """A file with the word of a proposal in its own name."""

    proposal = models.ForeignKey(TagProposal, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("file of a proposed tag")
        verbose_name_plural = _("files of proposed tags")
        constraints = [models.UniqueConstraint(fields=["proposal", "file"], name="proposed_file_once")]

    def __str__(self) -> str:
        return f"file {self.file_id} of proposal {self.proposal_id}"


class TagDecision(models.Model):
    """One change by a person to a tag itself, its names or what is proposed; never edited, as a decision is.

    `before` and `after` hold the fields that changed; `None` where there was, or is, no such row.
    """

    class About(models.TextChoices):
        TAG = "tag", _("tag")
        ALIAS = "alias", _("other name of a tag")
        PROPOSAL = "proposal", _("proposed tag")

    batch = models.UUIDField(_("batch"), db_index=True, help_text=_("one act of a person, undone as a whole"))
    about = models.CharField(_("about"), max_length=8, choices=About)
    key = models.BigIntegerField(_("key"))
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    undoes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("undoes")
    )
    created_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("decision about a tag")
        verbose_name_plural = _("decisions about tags")
        constraints = [
            models.CheckConstraint(
                condition=Q(about__in=["tag", "alias", "proposal"]), name="tag_decision_about_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.key} ({self.pk})"
