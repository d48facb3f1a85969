"""Groups of copies."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_catalog.models.files import MediaFile


class DuplicateGroup(models.Model):
    """Files that show the same thing, one of them its keeper."""

    class Kind(models.TextChoices):
        IDENTICAL = "identical", _("identical")
        SAME_PIXELS = "same_pixels", _("same pixels")
        NEAR = "near", _("near")
        EDITED = "edited", _("edited")
        BURST = "burst", _("burst")
        SIMILAR = "similar", _("similar")

        @property
        def words(self) -> str | Promise:
            """What such a group is to people, who were not told what its files are near to."""
            return _("near copies") if self is type(self).NEAR else self.label

        @classmethod
        def in_words(cls) -> list[tuple[str, str | Promise]]:
            """Return all kinds, to choose from."""
            return [(kind.value, kind.words) for kind in cls]

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    key = models.CharField(
        max_length=80, help_text=_("the SHA-256 that the members share, else that of the keeper")
    )
    created_at = models.DateTimeField(_("found"))
    # Identical bytes need no decision, so such a group is resolved as it is made.
    resolved_at = models.DateTimeField(_("resolved"), null=True)
    resolved_batch = models.UUIDField(
        _("resolved by"), null=True, help_text=_("the batch of decisions that did it")
    )

    class Meta:
        verbose_name = _("group of copies")
        verbose_name_plural = _("groups of copies")
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="group_unique_key"),
            models.CheckConstraint(
                condition=Q(kind__in=["identical", "same_pixels", "near", "edited", "burst", "similar"]),
                name="group_kind_known",
            ),
        ]
        indexes = [
            # the queue of unresolved groups
            models.Index(fields=["kind", "id"], name="group_unresolved", condition=Q(resolved_at=None)),
            # the list of groups in the admin, narrowed to a kind of which there may be few
            models.Index(fields=["kind", "id"], name="group_by_kind"),
            # what an undo opens again
            models.Index(
                fields=["resolved_batch"], name="group_by_batch", condition=Q(resolved_batch__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return _("group %(number)d: %(kind)s") % {"number": self.pk, "kind": self.get_kind_display()}

    def get_kind_display(self) -> str:  # type: ignore[no-redef]  # as Django offers it
        return str(self.Kind(self.kind).words)


class DuplicateMember(models.Model):
    """One unit of a group: the file stands for its whole stack."""

    group = models.ForeignKey(DuplicateGroup, on_delete=models.CASCADE, related_name="members")
    file = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="memberships")
    kind = models.CharField(max_length=12, choices=DuplicateGroup.Kind)
    is_keeper = models.BooleanField(_("keeper"), default=False)
    rank = models.PositiveIntegerField(_("rank"))
    distance_bits = models.PositiveSmallIntegerField(_("distance"), default=0)
    reasons = models.JSONField(_("reasons"), default=list)
    evidence = models.JSONField(
        _("evidence"), default=list, help_text=_("codes of what makes it a copy of the keeper")
    )

    class Meta:
        verbose_name = _("member of a group")
        verbose_name_plural = _("members of a group")
        constraints = [
            models.UniqueConstraint(fields=["file", "kind"], name="member_in_one_group_of_a_kind"),
            models.UniqueConstraint(
                fields=["group"], condition=Q(is_keeper=True), name="group_has_one_keeper"
            ),
        ]

    def __str__(self) -> str:
        return f"file {self.file_id} in group {self.group_id}"


class PairVerdict(models.Model):
    """That somebody called two contents no copies of each other; it holds wherever they turn up again."""

    first_sha256 = models.CharField(_("first SHA-256"), max_length=64)
    second_sha256 = models.CharField(_("second SHA-256"), max_length=64)
    batch = models.UUIDField(_("batch"), db_index=True, help_text=_("one act of a person, undone as a whole"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("when"))
    is_undone = models.BooleanField(_("undone"), default=False)

    class Meta:
        verbose_name = _("pair that is no copy")
        verbose_name_plural = _("pairs that are no copies")
        constraints = [
            models.UniqueConstraint(fields=["first_sha256", "second_sha256"], name="pair_verdict_once"),
            models.CheckConstraint(
                condition=Q(first_sha256__lt=F("second_sha256")), name="pair_verdict_in_order"
            ),
        ]
        indexes = [
            # the verdicts on a content, whichever of the two it is; the first is found by the constraint
            models.Index(fields=["second_sha256"], name="pair_verdict_second"),
        ]

    def __str__(self) -> str:
        return f"pair verdict {self.pk}"
