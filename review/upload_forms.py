"""Reads an ordinary form with files: each goes straight to its upload's folder, and keeps the name it has."""

import uuid
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from media_catalog.services import upload_disk
from media_catalog.services.uploads import Whole


class ExactNames(MultiPartParser):
    """Django would cut folders off, and take `&lt;` in a name for `<`; our services see to safe places."""

    def sanitize_file_name(self, file_name: str) -> str:
        return file_name


class Counted:
    """Counts what is read of a request: one that broke off would pass for one with a shorter last file."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.number = 0

    def read(self, size: int | None = None) -> bytes:
        """Read on."""
        found = self._request.read() if size is None else self._request.read(size)
        self.number += len(found)
        return bytes(found)


class Incoming(FileUploadHandler):
    """Writes files among the parts of an upload; `refused` are the names of those that had no room."""

    chunk_size = 1 << 18

    def __init__(self, upload_id: uuid.UUID) -> None:
        super().__init__()
        self.files: list[Whole] = []
        self.refused: list[str] = []
        self._upload_id = upload_id
        self._writer: upload_disk.Writer | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._writer = upload_disk.Writer(upload_disk.part(self._upload_id, f"form-{uuid.uuid4().hex}"))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self._writer is not None  # noqa: S101  for the type checker
        try:
            self._writer.write(raw_data)
        except upload_disk.NoRoom:
            self._abandon()
            self.refused.append(self.file_name or "")
            raise SkipFile from None

    def file_complete(self, file_size: int) -> None:
        assert self._writer is not None  # noqa: S101  for the type checker
        part, sha256 = self._writer.finish()
        self._writer = None
        self.files.append(Whole(path=self.file_name or "", part=part, size_bytes=file_size, sha256=sha256))

    def upload_interrupted(self) -> None:
        self._abandon()

    def _abandon(self) -> None:
        if self._writer:
            self._writer.abandon()
        self._writer = None


def read(request: HttpRequest, upload_id: uuid.UUID) -> Incoming:
    """Read the form of a request; its other fields are then found where they always are.

    :raises MultiPartParserError: :raises OSError:
    """
    incoming = Incoming(upload_id)
    encoding, counted = request.encoding or settings.DEFAULT_CHARSET, Counted(request)
    parser = ExactNames(request.META, counted, [incoming], encoding)  # type: ignore[arg-type]  # can be read
    request._post, request._files = parser.parse()  # type: ignore[attr-defined]  # as the request itself does
    if counted.number < int(request.META["CONTENT_LENGTH"]):
        raise MultiPartParserError("The form broke off.")
    return incoming
