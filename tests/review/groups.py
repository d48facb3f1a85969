"""Groups of copies as their pages show them, and what somebody answers to one."""

from datetime import timedelta

from media_catalog.models import FileTraits, MediaFile
from media_catalog.services import group_choices
from tests.media_catalog import copies


def near(name="sea", **facts):
    best = copies.file(f"{name}.jpg", size_bytes=5_000_000, width_px=4000, height_px=3000)
    small = copies.file(f"{name}-small.jpg", size_bytes=90_000)
    return copies.group("near", best, small, **facts)


def burst(number=3):
    shots = [copies.file(f"shot-{place}.jpg") for place in range(number)]
    for place, shot in enumerate(shots):
        FileTraits.objects.create(
            file=shot, sharpness=1.0 + place, shot_local=copies.SHOT + timedelta(seconds=number - place)
        )
    return copies.group("burst", *shots)


def decide(page, group, act="keep", *, keep=(), headers=None, **more):
    found = group_choices.standing(group.pk)
    kept = MediaFile.objects.filter(pk__in=found.files, path_text__in=keep).values_list("pk", flat=True)
    data = {"act": act, "keep": list(kept), "stamp": found.stamp, "kind": "duplicates"} | more
    return page.post(f"/copies/{group.pk}/decide/", data, headers=headers or {})


def file(path):
    return MediaFile.objects.get(path_text=path)
