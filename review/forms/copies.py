"""What somebody chooses about a group of copies."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_KEPT = 1000  # one by one; "keep all" has no limit
ACTS = re.compile(r"keep|all|best|apart|discard|(only|apart|turn)-(\d{1,18})")


class FileIds(forms.Field):
    """The keys of files, each as a value of its own."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> tuple[int, ...]:
        texts = value or []
        if len(texts) > MOST_KEPT or not all(text.isascii() and text.isdigit() for text in texts):
            raise ValidationError(_("These are no files."))
        return tuple(int(text[:18]) for text in texts)


class ChoiceForm(forms.Form):
    """What to do with a group (`act`, of one of its files by `-` and its key), and which were ticked."""

    act = forms.RegexField(regex=re.compile(rf"^(?:{ACTS.pattern})$"))
    stamp = forms.CharField(max_length=64)
    keep = FileIds(required=False)
    best = forms.IntegerField(min_value=1, max_value=MOST_KEPT, required=False)

    @property
    def verb(self) -> str:
        return str(self.cleaned_data["act"]).partition("-")[0]

    @property
    def target(self) -> int | None:
        """The file that the act is about, or for "turn" the number of members before a page."""
        text = str(self.cleaned_data["act"]).partition("-")[2]
        return int(text) if text else None
