"""`redway import`: take a publisher's or a partner's files in."""

import getpass
import shlex
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from redway.config.acting import person_acting
from redway.config.command import RedwayCommand
from redway.config.given import period
from redway.config.management.commands.deliveries import end_by_state
from redway.errors import RedwayError, plain
from redway.sources import dataset as datasets
from redway.store.files import DiskFull
from redway.store.home import Home
from redway.store.profile import Profile
from redway.work.accounts.models import User
from redway.work.accounts.roles import Permission
from redway.work.returns import policies, result
from redway.work.returns.checking import work_on
from redway.work.returns.deliveries import accept, acknowledge, deliver
from redway.work.returns.models import Delivery
from redway.work.returns.quarantine import Sent
from redway.work.returns.receive import Progress, receive
from redway.work.returns.report import DeliveryReport
from redway.work.returns.senders import name_of_agency
from redway.work.returns.states import State, Way
from redway.work.returns.telling import told
from redway.work.returns.versions import everything

EXAMPLES = """examples:
  redway import police-street 2025-01-thames-valley-street.csv
  redway import police-street downloads/*.zip
  redway import lsoa-lookup lookup_lsoa11_lsoa21_ltla22.csv.gz
  redway import fire november.xlsx --by ana
  redway import agency-counts counts.csv --agency aldermere-city-council --period 2025/26-Q2 --by ana
  redway import fire november.xlsx --by ana --acknowledge
  redway import probation november.csv --by ana --accept-as tom

An import is all or nothing: when one file cannot be taken, none is. Single rows that cannot be taken are
counted and left out; too many of them refuse their file. The same file again changes nothing; a newer copy
of a month supersedes the older one, which stays in older data versions.

Partners' returns wait sealed while they are checked. Where something looks wrong, read the warnings; the same
command with --acknowledge then goes on. Some returns have to be accepted by a second person (--accept-as). Both are
people with an account whose role lets them; redway deliveries goes on with one later.

Exit status: 0 accepted, or nothing changed; 1 refused, or it cannot be done; 3 it waits for warnings to be
acknowledged or for a second person.
"""


def _remarks() -> Progress:
    """Prints what is being done, each line once: what is accepted is read again as it was when it was checked."""
    said: set[str] = set()

    def remark(line: str) -> None:
        if line not in said:
            said.add(line)
            print(line, file=sys.stderr)

    return remark


class Command(RedwayCommand):
    help = "Import files, zips of them, or folders of either."
    examples = EXAMPLES

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", metavar="DATASET", help=f"one of {', '.join(datasets.names())}")
        parser.add_argument("paths", metavar="PATH", nargs="+", type=_path, help="a file, a zip or a folder")
        parser.add_argument("--by", metavar="NAME", default="", help="your sign-in name (default: your login)")
        parser.add_argument("--agency", metavar="ID", default="", help="whose return it is, where several send it")
        parser.add_argument(
            "--period",
            metavar="P",
            type=period,
            default="",
            help="the one period it is of, as a label or in words: 2025-11, “quarter 3 of 2025/26”",
        )
        parser.add_argument("--acknowledge", action="store_true", help="every warning was read: go on")
        parser.add_argument("--accept-as", metavar="NAME", default="", help="the second person's sign-in name")

    def handle(self, *, dataset: str, paths: list[Path], by: str, **options: Any) -> None:
        if datasets.dataset(dataset).access == "partners":
            self.partners_return(dataset, paths, by, options)
        else:
            # Open data comes before anybody has an account; whoever is named all the same has one.
            who = person_acting(by, Permission.SEND_RETURNS).username if by else getpass.getuser()
            receipt = receive(paths, dataset=dataset, by=who, progress=_remarks())
            self.stdout.write(told(receipt, newest=everything().number))

    def partners_return(self, dataset: str, paths: list[Path], by: str, options: dict[str, Any]) -> None:
        """Hand it in, check it, and go as far as the options allow. The exit status says how it ended."""
        sender = person_acting(by, Permission.SEND_RETURNS)
        named = options["accept_as"]
        second = person_acting(named, Permission.ACCEPT_RETURNS, option="--accept-as") if named else None
        now = deliver(
            files=_files(paths),
            dataset=dataset,
            agency=options["agency"],
            period=options["period"],
            way=Way.COMMAND,
            by=sender,
        )
        remark = _remarks()
        with _kept(now):
            now = work_on(now, progress=remark)
            if now.state == State.TO_ACKNOWLEDGE and options["acknowledge"]:
                keys = [warning.key for warning in DeliveryReport.of_json(now.report).warnings]
                now = work_on(acknowledge(delivery=now, warnings=keys, by=sender), progress=remark)
            if now.state == State.TO_ACCEPT and second:
                now = work_on(accept(delivery=now, by=second), progress=remark)
        self.stdout.write(result.told(now, name_of_agency(now.agency)))
        if instead := _instead(now, sender, paths, by):
            self.stdout.write("\n" + instead)
        end_by_state(now)


@contextmanager
def _kept(delivery: Delivery) -> Iterator[None]:
    """Where the disk is full while a delivery is worked on, say that it waits all the same."""
    try:
        yield
    except DiskFull as fault:
        raise DiskFull(
            fault.expected,
            came=fault.came,
            cause="the disk or your share of it is full. No figures were changed. What you sent is kept, sealed, and a "
            "running Redway tries again by itself once there is room, so do not send it again. To take it back: "
            f"redway deliveries take-back {delivery.public_id}",
        ) from fault


def _path(given: str) -> Path:
    """A path as typed. Raises RedwayError for an empty one, which would be the current folder."""
    if not given.strip():
        raise RedwayError(
            "a file, a zip or a folder", came="an empty path", cause="a variable in a script that was never set."
        )
    return Path(given)


def _instead(refused: Delivery, sender: User, paths: Sequence[Path], by: str) -> str:
    """The command that sends as the right return what was sent as a wrong one; empty where it is not known which, or
    its sender may not send that.
    """
    fault = DeliveryReport.of_json(refused.report).fault
    name = fault.looks_like if fault else ""
    agencies = policies.may_send(sender, name, Profile.of(Home.current())) if name else {}
    if not agencies:
        return ""
    words = ["redway", "import", name, *map(str, paths), *(["--by", by] if by else [])]
    if len(agencies) > 1:
        words += ["--agency", refused.agency if refused.agency in agencies else "ID"]
    return f"To send it as “{datasets.dataset(name).title}”:\n  {plain(shlex.join(words))}"


def _files(paths: Sequence[Path]) -> list[Sent]:
    """The files to hand in; of folders, every file in them by its path there."""
    found = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink())
            found += [Sent("-".join(PurePosixPath(p.relative_to(path).as_posix()).parts), p) for p in inside]
        elif path.is_file():
            found.append(Sent(path.name, path))
        else:
            raise RedwayError(
                f"a file or folder at {path}", came="nothing", cause="a mistyped path, or a file that was moved."
            )
    return found
