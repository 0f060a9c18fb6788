"""`redway template DATASET`: the file that a sender fills in, or compares a publisher's file with."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from redway.config.command import RedwayCommand
from redway.errors import RedwayError
from redway.products import templates
from redway.products.described import sent_as, template
from redway.sources.dataset import dataset
from redway.store.home import Home
from redway.store.profile import Profile

KINDS = ("xlsx", "csv")
EXAMPLES = """examples:
  redway template asb-incidents --out asb-incidents.xlsx
  redway template asb-incidents --out templates/
  redway template asb-incidents --format csv > asb-incidents.csv
  redway template asb-incidents --format csv --example
  redway template police-street --out police-street.xlsx

The workbook has the sheet to fill in, a worked example, what each column means, and the codes. As CSV it is the
heading alone, or with --example the worked example too. Open data have their publisher's own headings; they are to
compare a file with that is refused, or to put a table of one's own into the publisher's layout.
"""


class Command(RedwayCommand):
    help = "Write the template of a dataset, with a worked example."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="its name, as redway datasets lists it")
        parser.add_argument("--format", choices=KINDS, help="without it, as --out ends, or xlsx")
        parser.add_argument(
            "--out",
            type=_path,
            metavar="FILE",
            help="or a folder, for DATASET.xlsx in it (one that ends in / is made); without it, standard output",
        )
        parser.add_argument("--force", action="store_true", help="overwrite a file that is there")
        parser.add_argument("--example", action="store_true", help="with the worked example; a workbook always has it")

    def handle(self, **options: Any) -> None:
        definition = dataset(options["dataset"])
        made = template(definition, Profile.of(Home.current()))
        if made is None:
            raise RedwayError(
                "a dataset that is a table",
                came=f"“{definition.name}”, which is none. What a right file looks like: {definition.looks_like}",
                cause=f"it is taken as its publisher has it. {definition.where_from}",
            )
        kind = _kind(options["out"], options["format"] or "")
        out = _place(options["out"], f"{definition.name}.{kind}", force=options["force"])
        text = templates.csv(made, example=options["example"])
        written = text.encode() if kind == "csv" else templates.xlsx(made)
        if out:
            out.write_bytes(written)
            self.stderr.write(f"Written: {out}")
        elif kind == "xlsx" and sys.stdout.isatty():
            raise RedwayError(
                "a file to write the workbook to",
                came="a terminal, which cannot show it",
                cause="no file was named. Add --out FILE, or --format csv.",
            )
        else:
            sys.stdout.buffer.write(written)
            sys.stdout.buffer.flush()
        if kind == "xlsx" and (how := sent_as(definition)):
            self.stderr.write(how)


def _path(given: str) -> Path:
    """A path as typed; the folder that it names by the slash at its end is made."""
    if given.endswith("/"):
        Path(given).mkdir(parents=True, exist_ok=True)
    return Path(given)


def _kind(out: Path | None, asked: str) -> str:
    """`xlsx` or `csv`, as asked or as the file is named. Raises RedwayError where they differ, or it is neither."""
    if out is None or out.is_dir():
        return asked or "xlsx"
    ending = out.suffix.lower().removeprefix(".")
    if ending not in KINDS or (asked and ending != asked):
        raise RedwayError(
            f"a file that ends in .{asked}" if asked else "a file that ends in .xlsx or .csv",
            came=f"“{out.name}”",
            cause="templates are made in no other format. LibreOffice opens the .xlsx and saves it as .ods."
            if ending not in KINDS
            else "--format and the name of the file disagree. Leave out --format.",
        )
    return ending


def _place(out: Path | None, name: str, *, force: bool) -> Path | None:
    """Where it is written: in a folder, under its own name. Raises RedwayError for a file that is there already."""
    if out is not None and out.is_dir():
        out = out / name
    if out is not None and out.exists() and not force:
        raise RedwayError(
            f"no file yet at {out}",
            came="a file that is there",
            cause="an earlier template, which may have been filled in. Name another file, or add --force.",
        )
    return out
