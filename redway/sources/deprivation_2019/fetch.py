"""Fetch the English Indices of Deprivation 2019, all ranks, deciles and scores by LSOA."""

import os
from pathlib import Path

from redway.sources.remote import ask, keep
from redway.store.profile import Partnership

PUBLISHER = "https://assets.publishing.service.gov.uk"
FILE = (
    "government/uploads/system/uploads/attachment_data/file/845345/"
    "File_7_-_All_IoD2019_Scores__Ranks__Deciles_and_Population_Denominators_3.csv"
)


def fetch(*, partnership: Partnership, into: Path) -> list[Path]:
    """Write the national table; returns the file. Raises OutOfReach or NotPublished."""
    base = os.environ.get("REDWAY_GOVUK_ASSETS", PUBLISHER).rstrip("/")
    _, _, body = ask(f"{base}/{FILE}", timeout=120)
    path = into / FILE.rsplit("/", 1)[-1]
    keep(body, path)
    return [path]
