"""`redway method`: a method on an analyst's own file, without a home or a database."""

import argparse
import re
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from redway.config.command import RedwayCommand
from redway.config.options import explained
from redway.errors import Place, RedwayError, did_you_mean
from redway.methods.catalogue import Also, Answer, Column, Method, Parameter, methods
from redway.methods.inputs import Unfit
from redway.products import method_answers
from redway.store import own_tables

SETTING = "setting "  # before the name of a method's setting, lest it be taken for an option of the command
EXAMPLES = """examples:
  redway method                                  every method, with one line each
  redway method NAME --help                      its columns and settings
  redway method NAME --in offences.csv --format json
  redway method NAME --in offences.csv --column count=Offences --seed 7
  redway method farrington --in weeks.csv --delay reports.csv --column delay.happened=Occurred

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

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """A method's setting comes before an option of Django's with the same name, such as --version."""
        parser = super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)
        name = self.method.name if self.method else "NAME"
        vars(parser)["error"] = explained(parser, where=f"redway method {name} --help")
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", metavar="NAME", help="without it, every method is listed")
        parser.add_argument("--in", dest="file", type=Path, metavar="FILE", help="the table: CSV, xlsx or ods")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="NAME=HEADING",
            help="what your file calls a column, where it is another name; of a second file, SETTING.NAME=HEADING",
        )
        if self.method is not None and self.method.by_row:
            parser.add_argument(
                "--keep",
                type=lambda text: [heading.strip() for heading in text.split(",") if heading.strip()],
                default=[],
                metavar="HEADING,…",
                help="columns of your file, such as an identifier, that each row of the answer is to have",
            )
        parser.add_argument("--format", choices=["csv", "json"], default="csv", help="without it, csv")
        if self.method is None:
            return
        parser.description = _described(self.method)
        about = "of what is drawn at random; printed if not given" if self.method.random else argparse.SUPPRESS
        parser.add_argument("--seed", type=int, metavar="N", help=about)
        settings = parser.add_argument_group("settings of this method")
        for parameter in self.method.parameters:
            option = _option(parameter)
            settings.add_argument(f"--{parameter.name}", **option)
            for other in parameter.also:
                settings.add_argument(f"--{other.name}", **_under_another_name(other, option))

    def handle(self, **options: Any) -> None:
        if options["name"] is None:
            self.stdout.write(_listed())
            return
        method = self.method or _named(options["name"])
        if options["file"] is None:
            raise RedwayError(
                "a file, with --in FILE", came="none", cause=f"redway method {method.name} --help says more."
            )
        parameters = {p.name: options.get(SETTING + p.name, p.default) for p in method.parameters}
        seed = _seed(options.get("seed")) if method.random else None
        called = _ours(_called(options["column"]), method)
        files = {p.name: Path(str(parameters[p.name])) for p in method.parameters if p.table and parameters[p.name]}
        with tempfile.TemporaryDirectory(prefix="redway-method-") as work:
            columns = own_tables.read(
                options["file"], method.columns, called=_of(called, "", method), work=Path(work),
                keep=options.get("keep", ()),
            )  # fmt: skip
            tables = {
                p.name: own_tables.read(
                    files[p.name], p.table, called=_of(called, f"{p.name}.", method), work=Path(work), of=p.name
                )
                for p in method.parameters
                if p.name in files
            }
        kept = {name: columns.pop(name) for name in [*columns] if name.startswith(own_tables.KEPT)}
        names = {name: path.name for name, path in files.items()}
        answer = _run(
            method, columns, parameters | tables, np.random.default_rng(seed),
            files=names | {"": options["file"].name}, called=called,
        )  # fmt: skip
        if kept:
            answer = replace(answer, rows=_beside(kept, answer.rows))
        if options["format"] == "json":
            text = method_answers.as_json(
                answer, method=method, parameters=parameters | names, seed=seed, file=options["file"].name
            )
        else:
            text = method_answers.as_csv(answer)
        self.stdout.write(text, ending="")
        drawn = [] if seed is None else [f"Seed: {seed}."]
        if seed is None and options.get("seed") is not None:
            drawn = ["Nothing is drawn at random here: the seed is not used."]
        for sentence in [answer.sentence, *answer.notes, *drawn]:
            print(sentence, file=sys.stderr)


def _named(name: str) -> Method:
    known = methods()
    if name not in known:
        raise RedwayError(
            "the name of a method; redway method lists them", came=f"“{name}”", cause=did_you_mean(name, known)
        )
    return known[name]


def _run(
    method: Method,
    columns: Mapping[str, Any],
    parameters: Mapping[str, Any],
    rng: np.random.Generator,
    *,
    files: Mapping[str, str],
    called: Mapping[str, str],
) -> Answer:
    """What the method says. A fault that has a line is told with its file (by setting, "" the first) and heading."""
    try:
        return method.run(columns, parameters, rng)
    except Unfit as fault:
        if fault.place.row is None and not fault.place.column:
            raise
        name = fault.place.column or fault.expected.split(":")[0]
        setting, _, own = name.rpartition(".")
        there = own in parameters[setting] if setting in files and setting else name in columns
        place = Place(files.get(setting, files[""]), fault.place.row, called.get(name, own) if there else "")
        raise Unfit(fault.expected, came=fault.came, cause=fault.cause, place=place, count=fault.count) from None


def _beside(kept: Mapping[str, Any], rows: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of the file before those of the answer; one that is called as one of these is told from it."""
    ours = {name.casefold() for name in rows}
    theirs = {name.removeprefix(own_tables.KEPT): values for name, values in kept.items()}
    return {f"{name} (file)" if name.casefold() in ours else name: values for name, values in theirs.items()} | dict(
        rows
    )


def _of(called: Mapping[str, str], which: str, method: Method) -> Mapping[str, str]:
    """Of what `--column` says, that of one file: names that begin with its setting, or all others."""
    others = tuple(f"{p.name}." for p in method.parameters if p.table)
    if which:
        return {name.removeprefix(which): heading for name, heading in called.items() if name.startswith(which)}
    return {name: heading for name, heading in called.items() if not name.startswith(others)} if others else called


def _ours(called: Mapping[str, str], method: Method) -> Mapping[str, str]:
    """What `--column` says by the method's own names, where it was said by those of other tools."""
    of = [("", method.columns), *((f"{p.name}.", p.table) for p in method.parameters if p.table)]
    ours = {
        f"{file}{name}": f"{file}{column.name}" for file, columns in of for column in columns for name in column.also
    }
    return _once((ours.get(name, name), heading) for name, heading in called.items())


def _listed() -> str:
    known = methods().values()
    width = max((len(method.name) for method in known), default=0)
    return "\n".join(f"{method.name:<{width}}  {method.title}" for method in known)


def _described(method: Method) -> str:
    """Title, what it answers to elsewhere, where more is said, and its columns."""
    like = [f"In other tools: {method.like}."] if method.like else []
    like.append(f"In plain words, and when it lies: the page /methods/{method.name}/ of any Redway.")
    second = [line for p in method.parameters if p.table for line in (f"columns of {p.name}:", *_columns(p.table))]
    return "\n".join([method.title, *like, "", "columns:", *_columns(method.columns), *second])


def _columns(columns: Sequence[Column]) -> list[str]:
    """A line for each."""
    width = max(len(column.name) for column in columns)
    return [
        f"  {column.name:<{width}}  {column.kind}{'' if column.required else ', may be left out'}: {column.about}"
        + (f" (or {', '.join(column.also)}, as other tools call it)" if column.also else "")
        for column in columns
    ]


def _option(parameter: Parameter) -> dict[str, Any]:
    """A setting as argparse takes it."""
    stands = "" if parameter.default in (None, "") else f" (if not given: {parameter.default})"
    option: dict[str, Any] = {
        "dest": SETTING + parameter.name,
        "default": parameter.default,
        "help": (parameter.about + stands + _other_names(parameter)).replace("%", "%%"),
    }
    if parameter.kind is bool:
        return option | {"action": argparse.BooleanOptionalAction}
    option["action"] = _OneName
    if parameter.choices:
        words = dict(parameter.words)
        return option | {"choices": parameter.choices, "type": lambda word: words.get(word, word)}
    if parameter.table:
        return option | {"metavar": "FILE"}
    name = "DAY" if parameter.day else parameter.kind.__name__.upper()
    one = _day if parameter.day else parameter.kind
    if parameter.several:
        return option | {"type": _list_of(one, KINDS[name]), "metavar": f"{name},…"}
    return option | {"type": one, "metavar": name}


class _OneName(argparse.Action):
    """A setting that has several names is given under one of them."""

    def __call__(
        self, parser: ArgumentParser, namespace: argparse.Namespace, values: Any, option_string: str | None = None
    ) -> None:
        under = f"name of {self.dest}"
        before = getattr(namespace, under, option_string)
        if before != option_string:
            raise argparse.ArgumentError(self, f"the same setting as {before}, given before it: give one of them.")
        setattr(namespace, under, option_string)
        setattr(namespace, self.dest, values)


def _under_another_name(other: Also, option: Mapping[str, Any]) -> dict[str, Any]:
    """The same setting as an option of another name, which stands for nothing if it is not given."""
    named = {**option, "default": argparse.SUPPRESS, "help": argparse.SUPPRESS}
    return named if other.turned is None else named | {"type": _turned(other.turned)}


def _turned(turn: Callable[[float], float]) -> Callable[[str], float]:
    """What reads a number under the other name, and makes of it what the setting means."""

    def number(text: str) -> float:
        return turn(float(text))

    number.__name__ = "float"  # by which argparse tells what was expected
    return number


def _other_names(parameter: Parameter) -> str:
    """What other tools call it, for its line of help."""
    names = [f"--{a.name}" + (f" (0.05 is {a.turned(0.05):g})" if a.turned else "") for a in parameter.also]
    names += [f"{theirs} for {ours}" for theirs, ours in parameter.words]
    return f"; in other tools {', '.join(names)}" if names else ""


KINDS = {"DAY": "days such as 2025-11-30", "INT": "whole numbers", "FLOAT": "numbers", "STR": "words"}


def _list_of(one: Callable[[str], Any], what: str) -> Callable[[str], tuple[Any, ...]]:
    """What reads a setting that is a list."""

    def read(text: str) -> tuple[Any, ...]:
        try:
            return tuple(one(part.strip()) for part in text.split(","))
        except ValueError:
            raise argparse.ArgumentTypeError(f"expected {what}, with commas between. What came: “{text}”.") from None

    return read


def _day(text: str) -> str:
    """A day as files may write it, 30/11/2025, as methods take it, 2025-11-30; other words as they are."""
    british = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text.strip())
    if not british:
        return text
    day, month, year = map(int, british.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a day such as 30/11/2025. What came: “{text}”.") from None


def _called(given: list[str]) -> Mapping[str, str]:
    """`--column NAME=HEADING`, by name."""
    for one in given:
        if "=" not in one:
            raise RedwayError("--column NAME=HEADING", came=f"“{one}”", cause="a missing = between the two names.")
    return _once([tuple(one.split("=", 1)) for one in given])


def _once(pairs: Iterable[tuple[str, ...]]) -> Mapping[str, str]:
    """What is said of each name. Raises RedwayError for a name of which two things are said."""
    said: dict[str, str] = {}
    for name, heading in pairs:
        if said.setdefault(name, heading) != heading:
            raise RedwayError(
                f"one heading for “{name}”",
                came=f"“{said[name]}” and “{heading}”",
                cause="a --column of an earlier line left in, or another column that was meant.",
            )
    return said


def _seed(given: int | None) -> int:
    """The seed asked for, else a fresh one, which is printed."""
    if given is not None and given < 0:
        raise RedwayError("a seed of at least 0", came=str(given))
    return int(np.random.SeedSequence().generate_state(1)[0]) if given is None else given
