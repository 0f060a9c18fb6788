"""Street crime as data.police.uk publishes it: from a CSV file to typed rows, each one checked."""

from pathlib import Path

from redway.sources.dataset import Context, Loaded, dataset
from redway.sources.police_uk import located, names
from redway.sources.police_uk.located import Located
from redway.sources.police_uk.rows import Fault

CRIME_TYPES = (
    "Anti-social behaviour",
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
)
NOT_A_CRIME_TYPE = Fault(
    "not one of the 14 crime types",
    "Crime type",
    "one of the publisher's 14 crime types",
    "a spelling changed by hand, a comma in an earlier cell that is not within quotation marks, or a new type "
    "that Redway does not know yet.",
)
NOTES = {
    "repeated crime ID": "count(crime_id) - count(DISTINCT hash(crime_id)) FILTER (crime_id IS NOT NULL)",
}
STREET = Located("street", dataset("police-street"), "Crime type", CRIME_TYPES, NOT_A_CRIME_TYPE, NOTES)


def skips(file_name: str) -> str:
    """Why a file found in a zip or folder is none of this dataset's; empty when it may be one."""
    return names.skips(file_name, STREET.name)


def load(path: Path, *, file_name: str, into: Path, context: Context) -> list[Loaded]:
    """Check a street file and write its rows, one Parquet file for each force and month; see `located.load`."""
    return located.load(STREET, path, file_name=file_name, into=into, context=context)
