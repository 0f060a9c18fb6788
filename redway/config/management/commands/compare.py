"""`redway compare`: what changed from one data version to another."""

import json
from argparse import ArgumentParser
from typing import Any

from redway.config.acting import person_acting
from redway.config.command import RedwayCommand
from redway.errors import RedwayError, plain
from redway.periods import in_words
from redway.sources.dataset import dataset
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.accounts.roles import Permission
from redway.work.audit.reading import record_small_counts
from redway.work.returns.comparing import NAMED, Arrived, Changed, Comparison, Series, compare
from redway.work.returns.senders import name_of_agency

JSON_VERSION = 1
SHOWN = 12  # changed figures of one indicator in the text; JSON has all
EXAMPLES = """examples:
  redway compare 1 2
  redway compare 1 2 --format json
  redway compare 1 2 --exact --by ana

Lists the files that came, superseded others or were withdrawn, then every indicator of which a figure for the whole
partnership differs. Of partners' data it names files and periods, without numbers of rows and without figures: they are
counts too, and the difference of two small ones would give them away. --exact shows them; the audit says who asked.
"""


class Command(RedwayCommand):
    help = "Say what came between two data versions, and what it changed in which indicators."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("first", metavar="V1", type=int)
        parser.add_argument("second", metavar="V2", type=int)
        parser.add_argument("--format", choices=["text", "json"], default="text", help="without it, text")
        parser.add_argument("--exact", action="store_true", help="figures of partners' data too; needs --by")
        parser.add_argument(
            "--by", metavar="NAME", default="", help="your sign-in name: who sees exact figures is written down"
        )

    def handle(self, *, first: int, second: int, exact: bool, by: str, **options: Any) -> None:
        if exact and not by:
            raise RedwayError("--by NAME beside --exact", came="none", cause="the audit says who saw exact figures.")
        profile = Profile.of(Home.current())
        person = person_acting(by, Permission.SEE_SMALL_COUNTS) if by else None
        found = compare(first, second, profile)
        if exact and person:
            counted = {name for one in found.series for name in one.partners}
            for name in sorted(counted | {one.dataset for one in found.arrived if _counts(one)}):
                what = f"how data versions {first} and {second} differ"
                record_small_counts(by=person, dataset=name, what=what, purpose="analysis")
        told = as_json(found, exact=exact) if options["format"] == "json" else as_text(found, exact=exact)
        self.stdout.write(told, ending="")


def as_text(found: Comparison, *, exact: bool) -> str:
    """For a person."""
    lines = [f"From data version {found.first} to {found.second}", ""]
    lines += [_arrived(one, exact=exact) for one in found.arrived] or ["No file came, was superseded or was withdrawn."]
    lines.append("")
    for one in found.series:
        lines += _series(one, exact=exact)
    indicators = "indicator does" if found.same == 1 else "indicators do"
    lines.append(f"{found.same:,} {'other ' if found.series else ''}{indicators} not differ.")
    return "\n".join(lines) + "\n"


def _words(period: str) -> str:
    """A period in words; the vintage of boundaries, which is none, as it stands."""
    try:
        return in_words(period)
    except ValueError:
        return period


def _counts(one: Arrived) -> bool:
    """Whether the rows of a file are people or incidents that small counts could give away."""
    return dataset(one.dataset).suppression == "counts"


def _arrived(one: Arrived, *, exact: bool) -> str:
    period = f", {_words(one.period)}" if one.period else ""
    provider = f", {name_of_agency(one.provider)}" if one.provider else ""
    rows = {
        "came": f"{one.after or 0:,} rows",
        "superseded": f"{one.before or 0:,} rows became {one.after or 0:,}",
    }.get(one.how, f"{one.before or 0:,} rows")
    why = f" Reason: {one.reason}" if one.reason else ""
    told = f" ({one.file})" if _counts(one) and not exact else f": {rows} ({one.file})"
    return plain(f"  {NAMED[one.how]}: {dataset(one.dataset).title}{provider}{period}{told}.{why}")


def _series(one: Series, *, exact: bool) -> list[str]:
    if one.partners and not exact:
        changed = list(dict.fromkeys(c.period for c in one.changed))
        named = ", ".join(changed[:SHOWN]) + (f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else "")
        return [
            f"{one.title} ({one.indicator})",
            f"  differs in {named}. Partners' figures are shown with --exact.",
            "",
        ]
    lines = [f"{one.title} ({one.indicator})", *(_figure(c) for c in one.changed[:SHOWN])]
    more = len(one.changed) - SHOWN
    return [*lines, *([f"  and {more:,} more, which --format json lists"] if more > 0 else []), ""]


def _figure(one: Changed) -> str:
    group = f", {one.group}" if one.group else ""
    by = f" ({one.difference:+,.4g})" if one.difference is not None else ""
    return f"  {one.period}{group}: {_number(one.before)} -> {_number(one.after)}{by}"


def _number(value: float | None) -> str:
    return "not available" if value is None else f"{value:,.10g}"


def as_json(found: Comparison, *, exact: bool) -> str:
    """For a program."""
    document = {
        "version": JSON_VERSION,
        "from": found.first,
        "to": found.second,
        "files": [_file(one, hide=_counts(one) and not exact) for one in found.arrived],
        "indicators": [
            {
                "indicator": one.indicator,
                "title": one.title,
                "figures_hidden": bool(one.partners) and not exact,
                "changed": [_document(c, hide=bool(one.partners) and not exact) for c in one.changed],
            }
            for one in found.series
        ],
        "indicators_that_do_not_differ": found.same,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _file(one: Arrived, *, hide: bool) -> dict[str, Any]:
    shown = one.__dict__ | {"provider_name": name_of_agency(one.provider), "rows_hidden": hide}
    return shown | {"before": None, "after": None} if hide else shown


def _document(one: Changed, *, hide: bool) -> dict[str, Any]:
    where = {"period": one.period, "group": one.group or None}
    return where if hide else where | {"before": one.before, "after": one.after, "difference": one.difference}
