"""The ledger of all files."""

import csv
import io
import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from media_catalog.management.base import CatalogCommand, refuse
from media_catalog.models import Source
from media_catalog.services import report, sources

# A spreadsheet takes text that begins like this for a formula and runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
OURS = frozenset(["utc_offset"])  # text that we write ourselves, and that may begin with a sign


class Output(Protocol):
    def write(self, text: str, /) -> object: ...


class Command(CatalogCommand):
    help = "Print one line for every file that was ever seen, with what became of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--format",
            choices=["jsonl", "csv"],
            default="jsonl",
            help="csv is for spreadsheets: text that looks like a formula gets an apostrophe",
        )
        parser.add_argument("--source", metavar="LABEL", help="only files of this source")
        parser.add_argument("--job", type=int, metavar="N", help="only files that this job saw")
        parser.add_argument("--output", metavar="FILE", help="write to a file instead")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            lines = report.lines(source_label=options["source"], job_id=options["job"])
        except report.NothingToReport as nothing:
            raise refuse(str(nothing)) from nothing
        write = WRITERS[options["format"]]
        if options["output"] is not None:
            _write_file(options["output"], lines, write)
            return
        try:
            _speak_utf8()
            write(lines, self.stdout)
            self.stdout.flush()
        except BrokenPipeError:
            # The reader has seen enough; what is still buffered must not fail again as the process ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_jsonl(lines: Iterable[report.Line], output: Output) -> None:
    for line in lines:
        output.write(json.dumps(line, ensure_ascii=False) + "\n")


def _write_csv(lines: Iterable[report.Line], output: Output) -> None:
    writer = csv.DictWriter(output, [*report.FIELDS, report.EXACT_PATH], lineterminator="\n")
    writer.writeheader()
    writer.writerows({field: _cell(field, value) for field, value in line.items()} for line in lines)


def _cell(field: str, value: Any) -> Any:
    is_risky = isinstance(value, str) and field not in OURS and value.startswith(FORMULA_STARTS)
    return f"'{value}" if is_risky else value


Writer = Callable[[Iterable[report.Line], Output], None]
WRITERS: dict[str, Writer] = {"jsonl": _write_jsonl, "csv": _write_csv}


def _speak_utf8() -> None:
    """The report is UTF-8, whatever the locale says."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def _write_file(name: str, lines: Iterable[report.Line], write: Writer) -> None:
    """Write beside the file and put it there when it is whole."""
    target = Path(name).expanduser().absolute()
    _refuse_original(target)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        try:
            with temporary.open("x", encoding="utf-8", newline="") as output:
                write(lines, output)
                output.flush()
                os.fsync(output.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise refuse(f"{target} cannot be written ({error.strerror}): give another file.") from error


def _refuse_original(target: Path) -> None:
    folder = sources.canonical(target.parent)
    for source in Source.objects.all():
        if sources.is_within(folder, source.root):
            raise refuse(
                f"{target} lies in the source “{source.label}”, which is never written to: give another file."
            )
