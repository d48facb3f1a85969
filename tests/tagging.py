"""One ExifTool for all that tests write and read by it: each start of it takes a tenth of a second."""

import os
from functools import cache
from pathlib import Path

import exiftool


def run(*arguments: str | bytes | Path) -> bytes:
    """Run ExifTool with these arguments, and return what it prints; where it fails, so does the test."""
    lines = [os.fsencode(argument) for argument in arguments]
    assert not any(b"\n" in line for line in lines), "its arguments are lines"
    tool = _resident(os.getpid())
    printed = tool.execute(*lines, raw_bytes=True)
    assert tool.last_status == 0, tool.last_stderr
    return bytes(printed)


@cache
def _resident(_pid: int) -> exiftool.ExifTool:
    tool = exiftool.ExifTool(common_args=[], config_file="", encoding="utf-8")
    tool.run()
    return tool
