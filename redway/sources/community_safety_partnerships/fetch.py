"""Fetch the look-up of districts to community safety partnerships and police force areas, 2024."""

from pathlib import Path

from redway.sources import arcgis
from redway.sources.remote import keep
from redway.store.profile import Partnership

SERVICE = "LAD24_CSP24_PFA24_EW_LU"
FIELDS = ("LAD24CD", "LAD24NM", "CSP24CD", "CSP24NM", "PFA24CD", "PFA24NM")


def fetch(*, partnership: Partnership, into: Path) -> list[Path]:
    """Write the national look-up; returns the file. Raises OutOfReach or NotPublished."""
    path = into / f"{SERVICE}.csv"
    keep(arcgis.as_csv(arcgis.features(SERVICE, fields=FIELDS), FIELDS), path)
    return [path]
