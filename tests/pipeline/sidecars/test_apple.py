import json
import plistlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_catalog.pipeline.sidecars import apple
from media_catalog.pipeline.sidecars.facts import Unreadable

EDIT = {
    "adjustmentFormatIdentifier": "com.apple.photo",
    "adjustmentEditorBundleID": "com.apple.mobileslideshow",
    "adjustmentData": b"\x00\x01",
}


@pytest.mark.parametrize("format_", [plistlib.FMT_XML, plistlib.FMT_BINARY])
def test_reads_by_what_a_picture_was_edited(format_):
    tags = apple.parse(plistlib.dumps(EDIT, fmt=format_))

    assert tags == {
        "Apple:adjustmentFormatIdentifier": "com.apple.photo",
        "Apple:adjustmentEditorBundleID": "com.apple.mobileslideshow",
    }


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<plist/>",
        b"<plist><array/></plist>",
        b"<plist><dict><key>a</key><date>soon</date></dict></plist>",
        b"<plist><dict><string>a</string></dict></plist>",
        b'<!DOCTYPE plist [<!ENTITY a "b">]><plist><dict/></plist>',
        b"bplist00" + bytes(40),
        b"x" * (apple.SIZE_LIMIT + 1),
    ],
)
def test_says_why_a_file_cannot_be_read(data):
    with pytest.raises(Unreadable):
        apple.parse(data)


whole = st.sampled_from(
    [plistlib.dumps(EDIT, fmt=plistlib.FMT_XML), plistlib.dumps(EDIT, fmt=plistlib.FMT_BINARY)]
)


@given(whole, st.integers(0, 400), st.binary(max_size=12))
def test_reads_any_damaged_file_or_says_why_not(data, at, damage):
    try:
        tags = apple.parse(data[:at] + damage + data[at + len(damage) :])
    except Unreadable:
        return
    assert all(key.startswith("Apple:") for key in tags)


def test_lists_that_hold_one_another_have_an_end():
    nested: Any = ["x"] * 400
    for _ in range(7):
        nested = [nested] * 400

    tags = apple.parse(plistlib.dumps({"adjustments": nested}, fmt=plistlib.FMT_BINARY))

    assert len(json.dumps(tags)) < 1_000_000
