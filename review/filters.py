"""What the grid can be narrowed to; every choice stands in the address."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from media_catalog.models import Confidence, Fate, Kind, MediaFile, MediaFileQuerySet, Source, State


def source_choices() -> list[tuple[int, str]]:
    return list(Source.objects.order_by("label", "pk").values_list("pk", "label"))


class FileFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    name = django_filters.CharFilter(
        lookup_expr="icontains", label=_("Name"), widget=forms.TextInput(attrs={"type": "search"})
    )
    confidence = django_filters.ChoiceFilter(
        choices=Confidence.choices, label=_("Confidence"), empty_label=_("Any")
    )
    fate = django_filters.ChoiceFilter(choices=Fate.choices, label=_("Fate"), empty_label=_("Any"))
    state = django_filters.ChoiceFilter(choices=State.choices, label=_("State"), empty_label=_("Any"))
    kind = django_filters.ChoiceFilter(choices=Kind.choices, label=_("Kind"), empty_label=_("Any"))
    source = django_filters.ChoiceFilter(choices=source_choices, label=_("Source"), empty_label=_("Any"))
    open = django_filters.BooleanFilter(
        method="only_open", label=_("Needs a decision"), widget=forms.CheckboxInput
    )

    class Meta:
        model = MediaFile
        fields = ("name", "confidence", "fate", "state", "kind", "source", "open")

    def only_open(self, files: MediaFileQuerySet, _name: str, is_wanted: bool) -> MediaFileQuerySet:
        return files.open() if is_wanted else files
