"""`redway method`: a method on an analyst's own file, without a home or a database."""

import argparse
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from redway.config.command import RedwayCommand
from redway.errors import RedwayError
from redway.methods.catalogue import Method, Parameter, methods
from redway.products import method_answers
from redway.store import own_tables

EXAMPLES = """examples:
  redway method                                  every method, with one line each
  redway method NAME --help                      its columns and settings
  redway method NAME --in offences.csv --format json
  redway method NAME --in offences.csv --column count=Offences --seed 7

The file is CSV, xlsx or ods with a heading. Rows go to standard output, the sentence and remarks to standard error.
Where nothing is drawn at random the same file gives the same figures; else the same seed does.
"""


class Command(RedwayCommand):
    help = "Run a statistical method on a file of your own; without a name, list them."
    examples = EXAMPLES
    method: Method | None = None

    def run_from_argv(self, argv: list[str]) -> None:
        """A method's own settings are options too, so it has to be known before they are read."""
        if argv[2:] and not argv[2].startswith("-"):
            self.method = _named(argv[2])
        super().run_from_argv(argv)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", metavar="NAME", help="without it, every method is listed")
        parser.add_argument("--in", dest="file", type=Path, metavar="FILE", help="the table: CSV, xlsx or ods")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="NAME=HEADING",
            help="what your file calls a column, where it is another name",
        )
        parser.add_argument("--format", choices=["csv", "json"], default="csv", help="without it, csv")
        if self.method is None:
            return
        parser.description = _described(self.method)
        if self.method.random:
            parser.add_argument(
                "--seed", type=int, metavar="N", help="of what is drawn at random; printed if not given"
            )
        settings = parser.add_argument_group("settings of this method")
        for parameter in self.method.parameters:
            settings.add_argument(f"--{parameter.name}", **_option(parameter))

    def handle(self, **options: Any) -> None:
        if options["name"] is None:
            self.stdout.write(_listed())
            return
        method = self.method or _named(options["name"])
        if options["file"] is None:
            raise RedwayError(
                "a file, with --in FILE", came="none", cause=f"redway method {method.name} --help says more."
            )
        parameters = {p.name: options.get(p.name, p.default) for p in method.parameters}
        seed = _seed(options.get("seed")) if method.random else None
        with tempfile.TemporaryDirectory(prefix="redway-method-") as work:
            columns = own_tables.read(
                options["file"], method.columns, called=_called(options["column"]), work=Path(work)
            )
        answer = method.run(columns, parameters, np.random.default_rng(seed))
        if options["format"] == "json":
            text = method_answers.as_json(
                answer, method=method, parameters=parameters, seed=seed, file=options["file"].name
            )
        else:
            text = method_answers.as_csv(answer)
        self.stdout.write(text, ending="")
        drawn = [] if seed is None else [f"Seed: {seed}."]
        for sentence in [answer.sentence, *answer.notes, *drawn]:
            print(sentence, file=sys.stderr)


def _named(name: str) -> Method:
    known = methods()
    if name not in known:
        raise RedwayError(
            "the name of a method; redway method lists them", came=f"“{name}”", cause="a spelling mistake."
        )
    return known[name]


def _listed() -> str:
    known = methods().values()
    width = max((len(method.name) for method in known), default=0)
    return "\n".join(f"{method.name:<{width}}  {method.title}" for method in known)


def _described(method: Method) -> str:
    """Title, what it answers to elsewhere, where more is said, and its columns."""
    like = [f"In other tools: {method.like}."] if method.like else []
    like.append(f"In plain words, and when it lies: the page /methods/{method.name}/ of any Redway.")
    width = max(len(column.name) for column in method.columns)
    columns = [
        f"  {column.name:<{width}}  {column.kind}{'' if column.required else ', may be left out'}: {column.about}"
        for column in method.columns
    ]
    return "\n".join([method.title, *like, "", "columns:", *columns])


def _option(parameter: Parameter) -> dict[str, Any]:
    """A setting as argparse takes it."""
    stands = "" if parameter.default in (None, "") else f" (if not given: {parameter.default})"
    option: dict[str, Any] = {
        "dest": parameter.name,
        "default": parameter.default,
        "help": (parameter.about + stands).replace("%", "%%"),
    }
    if parameter.kind is bool:
        return option | {"action": argparse.BooleanOptionalAction}
    if parameter.choices:
        return option | {"choices": parameter.choices}
    name = parameter.kind.__name__.upper()
    if parameter.several:
        return option | {"type": lambda text: tuple(map(parameter.kind, text.split(","))), "metavar": f"{name},…"}
    return option | {"type": parameter.kind, "metavar": name}


def _called(given: list[str]) -> Mapping[str, str]:
    """`--column NAME=HEADING`, by name."""
    for one in given:
        if "=" not in one:
            raise RedwayError("--column NAME=HEADING", came=f"“{one}”", cause="a missing = between the two names.")
    return dict(one.split("=", 1) for one in given)


def _seed(given: int | None) -> int:
    """The seed asked for, else a fresh one, which is printed."""
    if given is not None and given < 0:
        raise RedwayError("a seed of at least 0", came=str(given))
    return int(np.random.SeedSequence().generate_state(1)[0]) if given is None else given
