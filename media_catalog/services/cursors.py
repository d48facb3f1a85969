"""Places in lists of files, as addresses hold them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self


class BadCursor(ValueError):
    """The place in the address is none that a page gave out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The last file of a page. `local` is `None` among the undated, which come last."""

    local: datetime | None
    file_id: int

    def __str__(self) -> str:
        return f"{self.local.isoformat() if self.local else ''}_{self.file_id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a cursor back from an address.

        :raises BadCursor: when it is none.
        """
        local, _separator, file_id = text.rpartition("_")
        try:
            cursor = cls(local=datetime.fromisoformat(local) if local else None, file_id=int(file_id))
        except ValueError as error:
            raise BadCursor(text) from error
        if str(cursor) != text or cursor.file_id >= 1 << 63:
            raise BadCursor(text)
        return cursor
