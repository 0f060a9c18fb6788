"""Paging through a feature service of the Open Geography Portal (Office for National Statistics)."""

import csv
import io
import json
import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from redway.sources.remote import OutOfReach, ask

PORTAL = "https://services1.arcgis.com/ESMARspQHYMw9BZ9/arcgis/rest/services"
PAGE = 1000


def features(
    service: str, *, fields: Sequence[str], where: str = "1=1", geometry: bool = False
) -> list[dict[str, Any]]:
    """Every feature of a service's first layer as GeoJSON features, in a fixed order, none missing.

    fields  attribute names, the first of which orders the pages
    where   an SQL condition as the service takes it
    Raises NotPublished when the service is gone, OutOfReach when it answers with an error or with fewer
    features than it counted.
    """
    base = f"{os.environ.get('REDWAY_ONS_PORTAL', PORTAL).rstrip('/')}/{service}/FeatureServer/0/query"
    total = int(_query(base, where=where, returnCountOnly="true", f="json")["count"])
    found: list[dict[str, Any]] = []
    while len(found) < total:
        page = _query(
            base,
            where=where,
            outFields=",".join(fields),
            orderByFields=",".join(fields[:2]),
            returnGeometry=str(geometry).lower(),
            outSR="4326",
            resultOffset=str(len(found)),
            resultRecordCount=str(PAGE),
            f="geojson",
        )["features"]
        if not page:
            break
        found += page
    if len(found) != total:
        raise OutOfReach(
            f"{total:,} features of {service}",
            came=f"{len(found):,}",
            cause="the service changed meanwhile; run it again.",
        )
    return found


def as_csv(found: list[dict[str, Any]], fields: Sequence[str]) -> bytes:
    """Features' attributes as a CSV file under the publisher's names."""
    out = io.StringIO()
    table = csv.DictWriter(out, fields, extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows(one["properties"] for one in found)
    return out.getvalue().encode()


def as_geojson(found: list[dict[str, Any]]) -> bytes:
    """Features as one GeoJSON collection."""
    return json.dumps({"type": "FeatureCollection", "features": found}, separators=(",", ":")).encode()


def _query(address: str, **parameters: str) -> dict[str, Any]:
    """One answer, parsed. The portal reports errors with status 200 and an `error` in the body."""
    _, _, body = ask(f"{address}?{urlencode(parameters)}", timeout=60)
    try:
        answer: dict[str, Any] = json.loads(body)
    except ValueError:
        raise OutOfReach(
            f"JSON from {address}", came="something else", cause="a fault at the publisher's, or a proxy in between."
        ) from None
    if "error" in answer:
        raise OutOfReach(
            f"features from {address}",
            came=str(answer["error"].get("message", "an error")),
            cause="the publisher renamed the service or its columns.",
        )
    return answer
