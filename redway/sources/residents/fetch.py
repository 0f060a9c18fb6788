"""Fetch Census 2021 usual residents (table TS001) by LSOA from Nomis."""

import os
import zipfile
from pathlib import Path

from redway.sources.remote import keep, open_remote
from redway.store.profile import Partnership

NOMIS = "https://www.nomisweb.co.uk"
MEMBER = "census2021-ts001-lsoa.csv"


def fetch(*, partnership: Partnership, into: Path) -> list[Path]:
    """Write the national table, read out of the publisher's zip; returns the file.

    Raises OutOfReach or NotPublished.
    """
    base = os.environ.get("REDWAY_NOMIS", NOMIS).rstrip("/")
    with zipfile.ZipFile(open_remote(f"{base}/output/census/2021/census2021-ts001.zip")) as opened:
        keep(opened.read(MEMBER), into / MEMBER)
    return [into / MEMBER]
