"""Fetch the exact-fit look-up of LSOAs 2011 to 2021, England and Wales."""

from pathlib import Path

from redway.sources import arcgis
from redway.sources.remote import keep
from redway.store.profile import Partnership

SERVICE = "LSOA11_LSOA21_LAD22_EW_LU_v5"
FIELDS = ("LSOA11CD", "LSOA21CD", "LSOA11NM", "LSOA21NM", "CHGIND", "LAD22CD", "LAD22NM")


def fetch(*, partnership: Partnership, into: Path) -> list[Path]:
    """Write the national look-up; returns the file. Raises OutOfReach or NotPublished."""
    path = into / "LSOA11_LSOA21_LAD22_EW_LU.csv"
    keep(arcgis.as_csv(arcgis.features(SERVICE, fields=FIELDS), FIELDS), path)
    return [path]
