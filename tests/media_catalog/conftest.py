"""A small library with an archive beside it: what a family does with it, in one word each."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from media_catalog.models import Disposition, FileTag, Job, MediaFile, MediaFileQuerySet
from media_catalog.services import archives, decisions, exports, tags
from tests import tagging
from tests.pipeline import pictures

DATED = {"Make": "Nokia", "Model": "N8", "DateTimeOriginal": "2015:01:31 14:20:30"}


@dataclass(frozen=True, kw_only=True)
class Library:
    """Pictures in `photos`, an archive that is made by the first export, and what people do with both."""

    folder: Path
    now: datetime
    make_picture: Callable[..., Path]
    importer: Callable[..., Job]
    run_job: Callable[[Job], Job]

    @property
    def photos(self) -> Path:
        return self.folder / "photos"

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    def add(self, name: str = "a.jpg", *, seed: int = 0, folder: str = "photos", **more: str) -> Path:
        """Make a picture of a known camera and second; `more` changes its tags."""
        return self.make_picture(f"{folder}/{name}", seed=seed, tags={**DATED, **more})

    def add_undated(self, name: str, *, seed: int = 0) -> Path:
        return self.make_picture(f"photos/{name}", seed=seed)

    def add_video(self, name: str, *, created: str = "2015:01:31 05:20:30") -> Path:
        """Make a short video; where its format has dates they are all the same."""
        self.photos.mkdir(exist_ok=True)
        path = pictures.save_video(self.photos / name, [pictures.scene(seed) for seed in range(3)])
        if path.suffix == ".mp4":
            dates = ("CreateDate", "TrackCreateDate", "MediaCreateDate")
            pictures.edit(path, *(f"-QuickTime:{date}={created}" for date in dates))
        return path

    def add_copy(self, name: str, to: str) -> Path:
        """Copy a picture to a path beside `photos`, or within it."""
        target = self.folder / to
        target.parent.mkdir(exist_ok=True)
        shutil.copy2(self.photos / name, target)
        return target

    def scan(self, folder: str = "photos") -> Job:
        return self.importer(self.folder / folder)

    def start(self, *, is_forced: bool = True) -> Job:
        return exports.start(archive_root=os.fsencode(self.archive), is_forced=is_forced, created_at=self.now)

    def export(self, *, is_forced: bool = True) -> Job:
        return self.run_job(self.start(is_forced=is_forced))

    def preview(self) -> list[exports.Preview]:
        return list(exports.preview(archive_root=os.fsencode(self.archive), is_forced=True))

    def copies(self) -> dict[str, str]:
        """Map what stands in the archive to what it holds, the marker left out."""
        found = contents(self.archive)
        found.pop(archives.MARKER, None)
        return found

    def tags_of(self, name: str) -> dict[str, Any]:
        return dict(json.loads(tagging.run("-json", "-G0", "-n", self.archive / name))[0])

    def tag(self, name: str, *words: str) -> None:
        tags.add({self.file(name).pk: words}, origin=FileTag.Origin.PERSON, created_at=self.now)

    def discard(self, name: str) -> None:
        disposition = Disposition.DISCARD
        decisions.set_disposition(files(name), disposition=disposition, actor=None, at=self.now)

    def flag(self, name: str) -> None:
        decisions.set_flag(files(name), is_flagged=True, actor=None, at=self.now)

    def date(self, name: str, local: datetime, *, offset_minutes: int | None = None) -> None:
        given = decisions.GivenDate(
            local=local, until=local, precision="second", offset_minutes=offset_minutes
        )
        decisions.set_date(files(name), date=given, actor=None, at=self.now)

    def file(self, name: str) -> MediaFile:
        return files(name).get()

    def fates(self) -> dict[str, str]:
        return dict(MediaFile.objects.values_list("name", "fate"))


def files(name: str) -> MediaFileQuerySet:
    return MediaFile.objects.filter(name=name)


def contents(folder: Path) -> dict[str, str]:
    """Map the regular files below a folder to what they hold."""
    return {
        os.fsdecode(os.path.relpath(path, folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


@pytest.fixture
def library(tmp_path: Path, now: datetime, make_picture: Any, import_folder: Any, run_job: Any) -> Library:
    assert settings.DATA_DIR not in tmp_path.parents
    return Library(
        folder=tmp_path, now=now, make_picture=make_picture, importer=import_folder, run_job=run_job
    )
