"""Fetch the English Indices of Deprivation 2025, all ranks, deciles and scores by LSOA."""

import os
from pathlib import Path

from redway.sources.remote import ask, keep
from redway.store.profile import Partnership

PUBLISHER = "https://assets.publishing.service.gov.uk"
FILE = "media/691ded56d140bbbaa59a2a7d/File_7_IoD2025_All_Ranks_Scores_Deciles_Population_Denominators.csv"


def fetch(*, partnership: Partnership, into: Path) -> list[Path]:
    """Write the national table; returns the file. Raises OutOfReach or NotPublished."""
    base = os.environ.get("REDWAY_GOVUK_ASSETS", PUBLISHER).rstrip("/")
    _, _, body = ask(f"{base}/{FILE}", timeout=120)
    path = into / FILE.rsplit("/", 1)[-1]
    keep(body, path)
    return [path]
