"""`redway pseudonymise`: make a return of an extract on the provider's own machine, without a home or a database."""

from argparse import ArgumentParser
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redway.config.command import RedwayCommand
from redway.errors import RedwayError
from redway.sources.dataset import dataset
from redway.sources.returned import pseudonyms
from redway.sources.returned.pseudonymise import pseudonymise

EXAMPLES = """examples:
  redway pseudonymise police-extract november.csv --key police.key --new-key --out return.csv
  redway pseudonymise police-extract december.csv --key police.key --out return-december.csv

The first makes a key. Keep it on your own machine, with a copy in a safe, and never send it: who has the key can tell
who is meant. With the same key the same person or crime has the same pseudonym next month.
"""


class Command(RedwayCommand):
    help = "Replace identifiers by pseudonyms on your own machine, before a return is sent."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="name of the dataset: redway datasets lists them")
        parser.add_argument("file", type=Path, help="the extract: CSV, xlsx or ods")
        parser.add_argument("--key", type=Path, required=True, help="file of the key that only you hold")
        parser.add_argument("--new-key", action="store_true", help="make the key, in a file that is not there yet")
        parser.add_argument("--out", type=Path, required=True, help="file to write, which must not be there yet")

    def handle(self, **options: Any) -> None:
        definition = dataset(options["dataset"])
        if not any(column.type == "pseudonym" for column in definition.columns):
            raise RedwayError(
                "a dataset with pseudonyms",
                came=f"“{definition.title}”, which has none",
                cause="none of its columns is made of identifiers, so there is nothing to make here. Take columns and "
                "texts that name people out at their source: a file with any is refused.",
            )
        if not options["file"].is_file():
            raise RedwayError(f"a file at {options['file']}", came="nothing", cause="a mistyped path.")
        if options["out"].exists():
            raise RedwayError(
                f"no file yet at {options['out']}", came="a file that is there", cause="an earlier run. Name another."
            )
        with _key(options["key"], new=options["new_key"]) as key:
            made = pseudonymise(options["file"], dataset=definition, key=key, out=options["out"])
        self.stderr.write(f"{made.rows:,} rows written. Pseudonyms: {', '.join(made.hashed)}.")
        if made.banded:
            self.stderr.write(f"Made of ages or dates of birth: {', '.join(made.banded)}.")
        if made.left_out:
            self.stderr.write(f"Left out, as the dataset does not know them: {', '.join(made.left_out)}.")
        self.stdout.write(str(options["out"]))


@contextmanager
def _key(path: Path, *, new: bool) -> Generator[bytes]:
    """The key in a file; a new one goes again when nothing could be made with it, so that the same command can be run
    once more.
    """
    if not new:
        yield pseudonyms.read_key(path)
        return
    key = pseudonyms.new_key(path)
    try:
        yield key
    except BaseException:
        path.unlink()
        raise
