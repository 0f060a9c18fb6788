"""Fetch the best-fit look-up of LSOAs 2021 to wards and districts of 2024, England and Wales."""

from pathlib import Path

from redway.sources import arcgis
from redway.sources.remote import keep
from redway.store.profile import Partnership

SERVICE = "LSOA21_WD24_LAD24_EW_LU"
FIELDS = ("LSOA21CD", "LSOA21NM", "WD24CD", "WD24NM", "LAD24CD", "LAD24NM")


def fetch(*, partnership: Partnership, into: Path) -> list[Path]:
    """Write the national look-up; returns the file. Raises OutOfReach or NotPublished."""
    path = into / f"{SERVICE}.csv"
    keep(arcgis.as_csv(arcgis.features(SERVICE, fields=FIELDS), FIELDS), path)
    return [path]
