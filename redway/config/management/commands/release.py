"""`redway release`: what of a table may leave, asking for it, a second person's word, and its file."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils import timezone

from redway.config import given
from redway.config.acting import person_acting
from redway.config.command import RedwayCommand
from redway.errors import NotSetUp, RedwayError
from redway.indicators.tables import POLICIES, tables
from redway.products import releases as products
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.accounts.roles import Permission
from redway.work.releases import actions, kept
from redway.work.releases.models import TableEdition
from redway.work.releases.preparing import Prepared, found, periods_of, prepare
from redway.work.releases.standing import fallen_since
from redway.work.releases.states import NAMES, State

EXAMPLES = """examples:
  redway release                                                    the tables of tables.yaml, and what was released
  redway release fires-by-ward --period 2025/26-Q2                  what would be released
  redway release fires-by-ward --period 2025/26-Q2 --ask --by ana   ask a second person (open data: release it)
  redway release fires-by-ward --period 2025/26-Q2 --approve --by bo --out fires.csv
  redway release fires-by-ward --period 2025/26-Q2 --withdraw --reason "counted twice" --by bo

Without --period the newest that is whole. Nothing is released that is not asked for, and of partners' data nothing
that a second person has not agreed to. --out writes the edition that stands, never one that has not left.
Small counts are hidden as [c], and more with them wherever subtraction would tell them, beside all earlier editions,
withdrawn ones too. docs/releases.md says more; docs/disclosure.md says what this does not protect from.
"""
STEPS = ("ask", "approve", "decline", "withdraw")


class Command(RedwayCommand):
    help = "Show what of a table may be released, ask for it, approve it, withdraw it, and write its file."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", metavar="TABLE", nargs="?", default="", help="its ID; without it, all are listed")
        parser.add_argument("--period", metavar="P", default="", help="2025/26-Q3, or in words: November 2025")
        parser.add_argument("--as-at", type=int, metavar="VERSION", help="a data version; without it, the newest")
        parser.add_argument("--policy", choices=list(POLICIES), default="", help="without it, the table's own")
        step = parser.add_mutually_exclusive_group()
        step.add_argument("--ask", action="store_true", help="ask a second person to release it; open data: release it")
        step.add_argument("--approve", action="store_true", help="release what was asked for, as the second person")
        step.add_argument("--decline", action="store_true", help="do not release what was asked for; with --reason")
        step.add_argument("--withdraw", action="store_true", help="take the edition that stands away; with --reason")
        parser.add_argument("--reason", default="", help="why; of an edition that is withdrawn, anybody may read it")
        parser.add_argument("--by", metavar="NAME", default="", help="your sign-in name (default: your login)")
        parser.add_argument("--out", type=Path, metavar="FILE", help="write the edition that stands as CSV")

    def handle(self, *, table: str, period: str, **options: Any) -> None:
        profile = Profile.of(Home.current())
        if not table:
            self.stdout.write(listed(profile))
            return
        period = given.period(period) or newest(profile, table)
        step = next((name for name in STEPS if options[name]), "")
        chosen = [f"--{name.replace('_', '-')}" for name in ("as_at", "policy") if options[name] not in (None, "")]
        if step and step != "ask" and chosen:
            raise RedwayError(
                f"no {' and no '.join(chosen)} beside --{step}",
                came=f"--{step} with {' and '.join(chosen)}",
                cause="what was asked for keeps its data version and policy. Decline it, and ask for it otherwise.",
            )
        if options["out"] and options["out"].exists():  # before a step that cannot be taken back
            raise _taken(options["out"])
        if step:
            getattr(self, f"_{step}")(profile, table, period, options)
        elif not options["out"]:
            waits = None if chosen else waiting(table, period)
            version, policy = options["as_at"], options["policy"]
            if waits is not None:  # whoever decides on it sees what was asked for
                version, policy = waits.data_version, actions.asked_policy(waits)
            prepared = prepare(profile, table, period, version=version, policy=policy)
            self.stdout.write(products.as_text(prepared.released, prepared.public), ending="")
            for sentence in remarks(prepared, waits):
                print(sentence, file=sys.stderr)
        if options["out"]:
            write(options["out"], table, period, profile)
            self.stdout.write(f"Wrote {options['out']}.")

    def _ask(self, profile: Profile, table: str, period: str, options: dict[str, Any]) -> None:
        by = person_acting(options["by"], Permission.RELEASE_TABLES)
        made = actions.ask(
            by=by, profile=profile, table=table, period=period, version=options["as_at"], policy=options["policy"]
        )
        told = "Released" if made.state == State.RELEASED else "Asked for. A second person has to agree"
        self.stdout.write(f"{told}: {table}, {period}, of data version {made.data_version}.")

    def _approve(self, profile: Profile, table: str, period: str, options: dict[str, Any]) -> None:
        by = person_acting(options["by"], Permission.APPROVE_RELEASES)
        made = actions.approve(by=by, profile=profile, edition=proposal(table, period))
        self.stdout.write(f"Released: {table}, {period}, edition {made.number}.")

    def _decline(self, profile: Profile, table: str, period: str, options: dict[str, Any]) -> None:
        by = person_acting(options["by"], Permission.APPROVE_RELEASES)
        actions.decline(by=by, edition=proposal(table, period), reason=options["reason"])
        self.stdout.write(f"Not released: {table}, {period}.")

    def _withdraw(self, profile: Profile, table: str, period: str, options: dict[str, Any]) -> None:
        by = person_acting(options["by"], Permission.APPROVE_RELEASES)
        one = actions.withdraw(by=by, edition=standing(table, period), reason=options["reason"])
        self.stdout.write(
            f"Withdrawn: {table}, {period}, edition {one.number}. What was seen stays seen: later editions are held "
            "against it."
        )


def newest(profile: Profile, table: str) -> str:
    """The newest period that is whole. Raises NotSetUp where none is."""
    whole = periods_of(profile, found(profile, table))
    if not whole:
        raise NotSetUp(
            f"a whole period of {table}",
            came="none",
            cause="not everybody has sent everything of any. --period names one, and says who has not.",
        )
    return whole[0]


def waiting(table: str, period: str) -> TableEdition | None:
    """The edition that waits for a second person; None where none does."""
    return TableEdition.objects.filter(table=table, period=period, state=State.PROPOSED).first()


def proposal(table: str, period: str) -> TableEdition:
    """The edition that waits for a second person. Raises RedwayError where none does."""
    return _one(table, period, State.PROPOSED, "an edition that waits for a second person", "--ask proposes one.")


def standing(table: str, period: str) -> TableEdition:
    """The newest edition that was released and not withdrawn. Raises RedwayError where there is none."""
    return _one(table, period, State.RELEASED, "a released edition", "it was withdrawn, or not released yet.")


def _one(table: str, period: str, state: State, expected: str, cause: str) -> TableEdition:
    one = TableEdition.objects.filter(table=table, period=period, state=state).order_by("number").last()
    if one is None:
        raise RedwayError(expected, came=f"none of {table} for {period}", cause=cause)
    return one


def write(out: Path, table: str, period: str, profile: Profile) -> None:
    """Write the edition that stands. Raises RedwayError for a name that is taken."""
    one = standing(table, period)
    read = kept.read(one.file, one.digest, Home.current())
    on = timezone.localtime(one.decided_at).date()
    text = products.published(
        read.released, read.public, edition=one.number or 0, on=on, place=profile.partnership.name
    )
    try:
        with out.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise _taken(out) from None
    except OSError as fault:
        raise RedwayError(f"a file that can be written at {out}", came=str(fault), cause="a mistyped path.") from None


def _taken(out: Path) -> RedwayError:
    return RedwayError("the name of a new file", came=f"{out}, which is there", cause="an earlier one.")


def listed(profile: Profile) -> str:
    """Every table with its editions, one line each."""
    defined = tables(profile)
    if not defined:
        return "No table is defined. docs/releases.md says how to write tables.yaml."
    lines = []
    for id, one in defined.items():
        lines.append(f"{id}: {one.title} (by {one.period})")
        for edition in TableEdition.objects.filter(table=id).order_by("period", "pk"):
            number = f", edition {edition.number}" if edition.number else ""
            lines.append(f"  {edition.period}{number}: {NAMES[State(edition.state)]}")
    return "\n".join(lines)


def remarks(prepared: Prepared, waits: TableEdition | None) -> list[str]:
    """What a reader of the figures has to know and the table cannot say. `waits`: what they were asked for as."""
    worked_out = products.derived(prepared.released, prepared.public)
    said = [*products.notes(prepared.released), *products.derived_notes(worked_out)]
    said += [
        f"Beside it: {other.title}, {other.period}, counts some of the same rows. Look at both before you release it."
        for other in prepared.beside
    ]
    if prepared.earlier:
        held = len(prepared.earlier)
        said.append(f"Held against {held} earlier edition{'s' if held > 1 else ''}, withdrawn ones too.")
    if prepared.unmade:
        said.append(prepared.unmade)
    if waits is not None and (what := fallen_since(waits)):
        said.append(f"Since it was counted, this changed: {'; '.join(what)}.")
    elif prepared.newer:
        said.append(
            f"It is of data version {prepared.data_version}, and {prepared.newer} has other files of "
            f"{prepared.counted.dataset.title}. redway compare {prepared.data_version} {prepared.newer} says which."
        )
    return [*said, _next_step(prepared, waits)]


def _next_step(prepared: Prepared, waits: TableEdition | None) -> str:
    if waits is not None and (
        (waits.shown, waits.key) != (prepared.shown, prepared.counted.key) or fallen_since(waits)
    ):
        return "Not released, and no longer what was asked for. --decline puts that aside; then ask again."
    if waits is not None:
        return f"Not released. {waits.asked_by} asked for it; another person releases it with --approve."
    if prepared.unchanged:
        return "Nothing has changed since the edition that stands."
    if prepared.needs_second_person:
        return "Not released. --ask proposes it; another person releases it with --approve."
    return "Not released. --ask releases it: it is of open data."
