"""Setting up a partnership: its home, its profile, its database, and the reference data it rests on."""

import datetime as dt
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from redway import aldermere
from redway.aldermere import tables
from redway.aldermere.partners import files as partners
from redway.aldermere.partners.truths import CAME_LATE, IN_TIME
from redway.errors import NotSetUp, RedwayError
from redway.indicators import tables as released_tables
from redway.indicators.places import Places, places
from redway.sources.dataset import Dataset
from redway.sources.finding import Member, contents, matching, reference_datasets
from redway.store import sealed
from redway.store.files import put
from redway.store.home import Home
from redway.store.profile import Partnership, Profile, available
from redway.work.gateways.actions import bring_shipped
from redway.work.returns.expected import rules
from redway.work.returns.models import Submission
from redway.work.returns.receipt import Receipt
from redway.work.returns.receive import Parcel, receive_many
from redway.work.returns.versions import snapshot
from redway.work.strategy.profile import strategy

GENERATED = "aldermere"  # the one profile whose data are made, not published
STREET = "police-street"
# What police forces publish of a made city, and how its files are named.
POLICE = {STREET: "street", "police-outcomes": "outcomes", "police-stop-search": "stop-and-search"}
Progress = Callable[[str], None]


@dataclass(frozen=True)
class SetUp:
    """What set-up did. `receipt` is None when there was nothing to import; `places` while no areas are known."""

    home: Home
    profile: Profile
    already: bool
    receipt: Receipt | None
    missing: tuple[Dataset, ...]
    places: Places | None


def set_up(profile: str, *, data: Path | None = None, by: str, progress: Progress = lambda line: None) -> SetUp:
    """Create the partnership of a profile in the current home, or bring more data to one that is there.

    profile   a shipped profile's name, or a folder that holds a partnership.yaml
    data      folder in which to look for reference data; Aldermere's are generated when none is given
    Raises RedwayError for an unknown or faulty profile, for a home of another partnership, and for data that
    cannot be taken (then the home stands, without them).
    """
    home = Home.current()
    folder = None if profile in available() else _own_profile(profile)
    wanted = Profile("", folder) if folder else Profile(profile)
    partnership = wanted.partnership
    strategy(wanted)  # its faults are told before anything is made
    released_tables.tables(wanted)
    members = contents(data) if data else []
    already = _is_there(home, profile, folder, partnership)
    if not already:
        progress(f"Making a home for {partnership.name} in {home.root}")
    _make(home, "" if folder else profile, folder, already)
    made = Profile.of(home)  # with the edits of a home that was there
    bring_shipped(made, today=timezone.localdate())

    with tempfile.TemporaryDirectory(prefix="redway-setup-") as scratch:
        parcels: list[Parcel] = []
        if data:
            parcels = _reference_parcels(members, made.partnership.district, Path(scratch))
        elif profile == GENERATED and not snapshot().has(STREET):
            progress("Making the city of Aldermere")
            parcels = _generated(Path(scratch))
        receipt = receive_many(parcels, by=by, progress=progress) if parcels else None
        if receipt and profile == GENERATED and not data:
            _as_if_sent_then(made)
    now = snapshot()
    return SetUp(
        home,
        made,
        already,
        receipt,
        tuple(d for d in reference_datasets() if d.without and not now.has(d.name)),
        places(now, made.partnership) if now.has("lsoa-lookup") else None,
    )


def _own_profile(profile: str) -> Path:
    """The folder of a partnership's own profile."""
    folder = Path(profile).expanduser().resolve()
    if not (folder / "partnership.yaml").is_file():
        raise NotSetUp(
            f"the name of a profile ({', '.join(available())}), or a folder with a partnership.yaml",
            came=f"“{profile}”",
            cause="a spelling mistake, or another folder.",
        )
    return folder


def _is_there(home: Home, profile: str, folder: Path | None, wanted: Partnership) -> bool:
    """Whether the home holds this partnership already. Raises RedwayError when it holds another."""
    if not (home.profile / "profile.yaml").is_file():
        return False
    present = Profile.of(home)
    same = present.name == profile if folder is None else not present.name
    if not same or present.partnership.district != wanted.district:
        raise RedwayError(
            f"an empty home for {wanted.name}",
            came=f"{home.root}, the home of {present.partnership.name}",
            cause="one home is one partnership. Set REDWAY_HOME to another folder.",
        )
    return True


def _make(home: Home, name: str, folder: Path | None, already: bool) -> None:
    """Folders, key, profile and database. The file that says all this is done comes last."""
    home.make()
    _write_key(home)
    sealed.make_key(home)
    if folder and not already and folder != home.profile.resolve():
        shutil.copytree(folder, home.profile, dirs_exist_ok=True, ignore=shutil.ignore_patterns("profile.yaml"))
    call_command("migrate", verbosity=0, interactive=False)
    if not already:
        made = home.incoming / "profile.yaml"
        made.write_text(f"# The shipped profile this folder is laid over; empty for one of its own.\nprofile: {name}\n")
        put(made, home.profile / "profile.yaml")


def _write_key(home: Home) -> None:
    """A secret key of this home's own, readable by its owner alone."""
    if home.secret_key.is_file():
        return
    made = home.incoming / "secret-key"
    made.unlink(missing_ok=True)
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as writing:
        writing.write(secrets.token_urlsafe(50))
    put(made, home.secret_key)


def _reference_parcels(members: Sequence[Member], district: str, scratch: Path) -> list[Parcel]:
    """The files of each reference dataset that is there."""
    parcels = []
    for definition in reference_datasets():
        found = matching(definition, members, district=district)
        if found:
            parcels.append(Parcel(definition.name, [member.brought(scratch / definition.name) for member in found]))
    return parcels


def _generated(scratch: Path) -> list[Parcel]:
    """Everything of Aldermere: written in the publishers' layouts, so that it comes in as real files do."""
    aldermere.write(scratch)
    sent = partners.write(scratch / "returns")
    extract = next(path for one, path in sent if one.dataset == "police-extract")
    tables.write(scratch / "recorded-crime", extract)
    district = Profile(GENERATED).partnership.district
    # Street crime is checked against the areas, and hospitals' places are found by its streets: each comes after.
    return [
        *_reference_parcels(contents(scratch), district, scratch / "taken-out"),
        *(Parcel(name, sorted((scratch / "police-uk").glob(f"*-{kind}-20*.zip"))) for name, kind in POLICE.items()),
        *(Parcel(one.dataset, [path], one.agency) for one, path in sent),
    ]


def _as_if_sent_then(profile: Profile) -> None:
    """A made-up city's returns came when they would have come: about the day that each was due."""
    for rule in rules(profile):
        days = dt.timedelta(days=CAME_LATE.get(rule.agency, IN_TIME))
        for one in Submission.objects.filter(dataset=rule.dataset, provider=rule.agency).only("period"):
            day = rule.due(one.period) + days
            moment = dt.datetime.combine(day, dt.time(10), tzinfo=dt.UTC)
            Submission.objects.filter(pk=one.pk).update(received_at=moment)
