"""Outcomes of crimes as data.police.uk publishes them: from a CSV file to typed rows, each one checked."""

from pathlib import Path

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.police_uk import located, names
from redway.sources.police_uk.located import Located
from redway.sources.police_uk.rows import Fault

OUTCOMES = (
    "Action to be taken by another organisation",
    "Awaiting court outcome",
    "Court case unable to proceed",
    "Court result unavailable",
    "Defendant found not guilty",
    "Defendant sent to Crown Court",
    "Formal action is not in the public interest",
    "Further action is not in the public interest",
    "Further investigation is not in the public interest",
    "Investigation complete; no suspect identified",
    "Local resolution",
    "Offender deprived of property",
    "Offender fined",
    "Offender given a caution",
    "Offender given a drugs possession warning",
    "Offender given absolute discharge",
    "Offender given community sentence",
    "Offender given conditional discharge",
    "Offender given penalty notice",
    "Offender given suspended prison sentence",
    "Offender ordered to pay compensation",
    "Offender otherwise dealt with",
    "Offender sent to prison",
    "Status update unavailable",
    "Suspect charged",
    "Suspect charged as part of another case",
    "Unable to prosecute suspect",
    "Under investigation",
)
NOT_AN_OUTCOME = Fault(
    "not one of the publisher's outcomes",
    "Outcome type",
    f"one of the publisher's {len(OUTCOMES)} outcomes",
    "a spelling changed by hand, a comma in an earlier cell that is not within quotation marks, or a new outcome "
    "that Redway does not know yet.",
)
NOTES = {
    "no crime ID": "count(*) - count(crime_id)",
    "another outcome of a crime": "count(crime_id) - count(DISTINCT hash(crime_id)) FILTER (crime_id IS NOT NULL)",
    "alike in every cell": "count(*) - count(DISTINCT digest)",
}
KIND = Located("outcomes", dataset("police-outcomes"), "Outcome type", OUTCOMES, NOT_AN_OUTCOME, NOTES)


def skips(file_name: str) -> str:
    """Why a file found in a zip or folder is none of this dataset's; empty when it may be one."""
    return names.skips(file_name, KIND.name)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """Check a file of outcomes and write its rows, one Parquet file for each force and month; see `located.load`."""
    return located.load(KIND, path, file_name=file_name, into=into, context=context)
