"""Fetch the district's LSOA boundaries of both vintages, generalised and clipped to the coast."""

from pathlib import Path

from redway.sources import arcgis
from redway.sources.remote import keep
from redway.store.profile import Partnership

# An LSOA's name begins with its district's, so one condition picks the district in either vintage.
VINTAGES = {
    "21": "Lower_layer_Super_Output_Areas_December_2021_Boundaries_EW_BGC_V5",
    "11": "LSOA_Dec_2011_Boundaries_Generalised_Clipped_BGC_EW_V3",
}


def fetch(*, partnership: Partnership, into: Path) -> list[Path]:
    """Write one GeoJSON file a vintage; returns them. Raises OutOfReach or NotPublished."""
    place = partnership.place.replace("'", "''")
    written = []
    for vintage, service in VINTAGES.items():
        code, name = f"LSOA{vintage}CD", f"LSOA{vintage}NM"
        found = arcgis.features(service, fields=(code, name), where=f"{name} LIKE '{place} 0%'", geometry=True)
        path = into / f"lsoa{vintage}_{partnership.district}.geojson"
        keep(arcgis.as_geojson(found), path)
        written.append(path)
    return written
