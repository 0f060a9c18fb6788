"""Fetching reference data from portals that page, count, and answer errors with status 200."""

import csv
import io
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from urllib.parse import parse_qs, urlsplit

import pytest

from redway.sources import arcgis
from redway.sources.remote import NotPublished, OutOfReach
from redway.store.profile import Partnership

PLACE = Partnership(
    name="A partnership",
    short_name="A",
    place="King's Town",
    district="E06000042",
    police_force="Some Police",
)


class Portal:
    """Serves feature services of so many rows, files, and faults."""

    def __init__(self):
        self.rows, self.files, self.asked, self.error, self.lose = {}, {}, [], "", 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def send(self, status, body):
                start, stop = 0, len(body) - 1
                if status == 200 and (span := self.headers.get("Range")):
                    start, stop = (int(x) for x in span[6:].split("-"))
                    status = 206
                self.send_response(status)
                if status == 206:
                    self.send_header("Content-Range", f"bytes {start}-{stop}/{len(body)}")
                self.send_header("Content-Length", str(stop - start + 1))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body[start : stop + 1])

            do_HEAD = lambda self: self.do_GET()  # noqa: E731

            def do_GET(self):
                url = urlsplit(self.path)
                if url.path in outer.files:
                    return self.send(200, outer.files[url.path])
                service = url.path.strip("/").split("/")[0]
                if service not in outer.rows:
                    return self.send(404, b"")
                query = {k: v[0] for k, v in parse_qs(url.query).items()}
                outer.asked.append(query)
                return self.send(200, json.dumps(outer.answer(service, query)).encode())

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def answer(self, service, query):
        if self.error:
            return {"error": {"code": 400, "message": self.error}}
        count = self.rows[service]
        if query.get("returnCountOnly") == "true":
            return {"count": count + self.lose}
        first = int(query["resultOffset"])
        last = min(first + int(query["resultRecordCount"]), count)
        names = query["outFields"].split(",")
        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {name: f"{name}-{i}" for name in names},
                    "geometry": {"type": "Point", "coordinates": [0, 52]}
                    if query["returnGeometry"] == "true"
                    else None,
                }
                for i in range(first, last)
            ],
        }


@pytest.fixture
def portal(monkeypatch):
    made = Portal()
    for name in ("REDWAY_ONS_PORTAL", "REDWAY_NOMIS", "REDWAY_GOVUK_ASSETS"):
        monkeypatch.setenv(name, made.address)
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_every_page_of_a_service_is_read_in_order(portal):
    portal.rows["LU"] = 2500
    found = arcgis.features("LU", fields=("A", "B"))
    assert [one["properties"]["A"] for one in found] == [f"A-{i}" for i in range(2500)]
    rows = list(csv.DictReader(io.StringIO(arcgis.as_csv(found, ("A", "B")).decode())))
    assert rows[2499] == {"A": "A-2499", "B": "B-2499"}


def test_a_service_that_gives_fewer_than_it_counts_is_not_believed(portal):
    portal.rows["LU"], portal.lose = 1500, 7
    with pytest.raises(OutOfReach, match=r"expected 1,507 features of LU. What came: 1,500"):
        arcgis.features("LU", fields=("A",))


def test_an_error_in_the_body_is_an_error(portal):
    portal.rows["LU"], portal.error = 5, "Invalid field: LSOA11CD"
    with pytest.raises(OutOfReach, match="Invalid field: LSOA11CD"):
        arcgis.features("LU", fields=("A",))


def test_a_service_that_is_gone_is_told(portal):
    with pytest.raises(NotPublished):
        arcgis.features("LU", fields=("A",))


@pytest.mark.parametrize("dataset", ["lsoa_lookup", "lsoa_wards", "community_safety_partnerships"])
def test_a_look_up_is_written_under_the_publishers_names(portal, tmp_path, dataset):
    fetcher = import_module(f"redway.sources.{dataset}.fetch")
    portal.rows[fetcher.SERVICE] = 3
    (path,) = fetcher.fetch(partnership=PLACE, into=tmp_path)
    assert path.read_text().splitlines()[0] == ",".join(fetcher.FIELDS)
    assert len(path.read_text().splitlines()) == 4


def test_boundaries_of_both_vintages_are_asked_for_by_the_districts_name(portal, tmp_path):
    from redway.sources.lsoa_boundaries import fetch as boundaries

    portal.rows |= dict.fromkeys(boundaries.VINTAGES.values(), 2)
    paths = boundaries.fetch(partnership=PLACE, into=tmp_path)
    assert [p.name for p in paths] == ["lsoa21_E06000042.geojson", "lsoa11_E06000042.geojson"]
    assert json.loads(paths[0].read_text())["features"][1]["geometry"]["type"] == "Point"
    assert portal.asked[0]["where"] == "LSOA21NM LIKE 'King''s Town 0%'"


def test_residents_are_read_out_of_the_publishers_zip(portal, tmp_path):
    from redway.sources.residents import fetch as residents

    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as made:
        made.writestr(residents.MEMBER, "date,geography,geography code\n")
        made.writestr("census2021-ts001-oa.csv", "x" * 100_000)
    portal.files["/output/census/2021/census2021-ts001.zip"] = body.getvalue()
    (path,) = residents.fetch(partnership=PLACE, into=tmp_path)
    assert path.read_text() == "date,geography,geography code\n"


@pytest.mark.parametrize("year", [2019, 2025])
def test_deprivation_is_one_file(portal, tmp_path, year):
    fetcher = import_module(f"redway.sources.deprivation_{year}.fetch")
    portal.files[f"/{fetcher.FILE}"] = b"LSOA code\n"
    (path,) = fetcher.fetch(partnership=PLACE, into=tmp_path)
    assert path.read_bytes() == b"LSOA code\n"
    assert path.name.startswith("File_7_")
