"""The terms of a gateway as a value: what is drafted on a page, and what a profile's `gateways.yaml` holds."""

import datetime as dt

from pydantic import Field

from redway.errors import Place, RedwayError
from redway.store.profile import Profile, Strict, checked, read_yaml
from redway.work.accounts.roles import Role
from redway.work.gateways.purposes import Purpose

LONGEST_KEPT = 1200  # months: the police keep the gravest records to a person's hundredth birthday


class Terms(Strict):
    """What a gateway says. A draft may leave anything but dataset and purpose open; one in force may not."""

    dataset: str = Field(max_length=60)
    purpose: Purpose
    controllers: tuple[str, ...] = Field(default=(), description="who answers for the data: agencies' IDs, or names")
    power: str = Field(default="", description="ID of a legal power in law.yaml")
    basis: str = Field(default="", description="ID of a lawful basis")
    special_condition: str = Field(default="", description="ID of an Article 9 or Schedule 8 condition")
    criminal_condition: str = Field(default="", description="ID of an Article 10 condition")
    agreement: str = Field(default="", max_length=300, description="reference of the sharing agreement")
    dpia: str = Field(default="", max_length=300, description="reference of the impact assessment")
    agencies: tuple[str, ...] = Field(default=(), description="IDs of the agencies that may receive records")
    roles: tuple[Role, ...] = Field(default=(), description="roles that may receive records")
    fields: tuple[str, ...] = Field(default=(), description="names of the columns it lets in and lets be read")
    keep_months: int = Field(default=0, ge=0, le=LONGEST_KEPT, description="0: for ever, never for personal data")
    begins: dt.date | None = None
    expires: dt.date | None = Field(default=None, description="the last day in force")
    notes: str = ""


class Drafted(Strict):
    """An entry of `gateways.yaml`."""

    terms: Terms
    in_force: bool = Field(default=False, description="put in force by set-up: for a fictional partnership alone")
    every_field: bool = Field(default=False, description="whether its fields are all those of the dataset")
    for_days: int = Field(default=0, ge=0, description="begins on the day of set-up and ends so many days later")


def shipped(profile: Profile) -> tuple[Drafted, ...]:
    """The entries of a profile's `gateways.yaml`; none where it has no such file.

    Raises RedwayError naming the file and entry for a field that is wrong, and for one put in force by a profile
    that is not fictional.
    """
    path = profile.file("gateways.yaml")
    if not path.is_file():
        return ()
    given = read_yaml(path) or []
    if not isinstance(given, list):
        raise RedwayError("a list, each entry starting with “- terms:”", came="something else", place=Place(path.name))
    found = tuple(
        checked(Drafted, one, file=path.name, label=f"in entry {number}, ") for number, one in enumerate(given, start=1)
    )
    keys = [(one.terms.dataset, one.terms.purpose) for one in found]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise RedwayError("one entry for each dataset and purpose", came=f"two for {twice}", place=Place(path.name))
    if not profile.partnership.fictional and any(one.in_force for one in found):
        raise RedwayError(
            "drafts only: two people put a gateway in force, a file does not",
            came="in_force: true",
            place=Place(path.name),
        )
    return found
