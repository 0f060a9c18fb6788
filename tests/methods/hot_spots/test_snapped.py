"""Points that records were moved to: recognised, and no fine map drawn of them."""

import csv
import io
import zipfile

import numpy as np
import pytest

from redway.methods.catalogue import methods
from redway.methods.hot_spots.snapped import fit_for, snapped
from redway.methods.inputs import Unfit


def moved(n, seed=1):
    rng = np.random.default_rng(seed)
    lattice = 80 * np.stack(np.meshgrid(np.arange(40), np.arange(40))).reshape(2, -1).T + rng.normal(0, 12, (1600, 2))
    return lattice[rng.integers(0, 1600, n)].T


def addresses(n, seed=2):
    rng = np.random.default_rng(seed)
    streets = np.repeat(np.arange(0, 3200, 80), 320)
    houses = np.column_stack([np.tile(np.arange(0, 3200, 10), 40), streets]).astype(float)
    return houses[rng.integers(0, len(houses), n)].T


@pytest.mark.parametrize("n", [300, 20_000, 60_000])
def test_moved_records_are_known_and_addresses_are_not(n):
    assert snapped(*moved(n)).moved is True
    assert snapped(*addresses(n * 4)).moved is False


@pytest.mark.peers
def test_real_addresses_are_not_taken_for_moved_ones(peer_outputs):
    x, y = np.genfromtxt(peer_outputs / "knox_input_chicago_be.csv", delimiter=",", skip_header=1, usecols=(0, 1)).T
    assert snapped(x, y).moved is False
    assert snapped(0.3048 * x, 0.3048 * y).moved is False


@pytest.mark.real_data
def test_police_uk_is_known_by_its_points(open_data):
    x, y, kind = [], [], []
    with zipfile.ZipFile(open_data / "police-uk" / "thames-valley-street-2025.zip") as held:
        for name in held.namelist()[:40]:
            if name.endswith("street.csv"):
                for row in csv.DictReader(io.TextIOWrapper(held.open(name), "utf-8-sig")):
                    if row["LSOA name"].startswith("Milton Keynes") and row["Longitude"]:
                        x.append(68_700 * float(row["Longitude"]))
                        y.append(111_200 * float(row["Latitude"]))
                        kind.append(row["Crime type"])
    x, y, kind = np.array(x), np.array(y), np.array(kind)
    assert snapped(x, y).moved is True
    for name in ("Burglary", "Robbery", "Vehicle crime"):
        assert snapped(x[kind == name], y[kind == name]).moved is True, name


def test_fine_maps_of_moved_records_are_refused():
    found = snapped(*moved(2000))
    fit_for(found, 500)
    with pytest.raises(Unfit, match="eight addresses"):
        fit_for(found, 100)
    fit_for(snapped(*addresses(2000)), 100)
    assert "cannot say which street" in found.sentence


@pytest.mark.parametrize("name", ["kernel-density", "dual-kernel-density"])
def test_no_density_finer_than_the_points_can_bear(name):
    x, y = moved(1500)
    columns = {"x": x, "y": y}
    if name == "dual-kernel-density":
        homes = addresses(600)
        both = [np.concatenate(pair) for pair in zip((x, y), homes, strict=True)]
        columns = {"x": both[0], "y": both[1], "base": np.arange(2100) >= 1500}
    method = methods()[name]
    given = {p.name: p.default for p in method.parameters} | {"cell_size": 400.0}
    with pytest.raises(Unfit, match="bandwidth of at least 300 m"):
        method.run(columns, given | {"bandwidth": 150.0}, None)
    assert "shared points" in method.run(columns, given | {"bandwidth": 500.0}, None).notes[0]
    assert method.run(columns, given | {"bandwidth": 150.0, "moved": "no"}, None).notes == ()
    assert "moved to" in method.run(columns, given, None).notes[0]


def test_areas_that_are_streets_are_not_scanned():
    method = methods()["space-time-scan"]
    given = {p.name: p.default for p in method.parameters} | {"nsim": 9}
    names = np.repeat([f"On or near Street {i}" for i in range(9)], 30)
    table = {
        "series": names,
        "date": np.tile(np.datetime64("2025-01-06") + 7 * np.arange(30), 9),
        "count": np.ones(270),
        "x": np.repeat(np.arange(9) * 80.0, 30),
        "y": np.zeros(270),
    }
    rng = np.random.default_rng(1)
    with pytest.raises(Unfit, match="On or near Street 0"):
        method.run(table, given, rng)
    named = table | {"series": np.repeat([f"E{i}" for i in range(9)], 30)}
    with pytest.raises(Unfit, match="areas with neighbours of at least 300 m"):
        method.run(named, given | {"moved": "yes"}, rng)
    assert method.run(named, given, rng).sentence
    lost = named | {"x": named["x"] + 430_000, "y": named["y"] + 230_000}
    lost["x"][240:], lost["y"][240:] = 0, 0
    with pytest.raises(Unfit, match="line 242: expected a place for every row"):
        method.run(lost, given, rng)


def test_few_records_cannot_tell_and_a_known_source_can():
    assert snapped([1.0, 500, 900], [1.0, 2, 3]).sentence.startswith("Cannot tell")
    assert snapped([], []).moved is None
    assert snapped(np.ones(1000), np.ones(1000)).moved is None
    assert snapped([1.0, 500], [1.0, 2], known=True).moved is True
    with pytest.raises(Unfit):
        snapped([np.nan], [1.0])


def test_records_at_one_point_are_said_to_be_so():
    told = snapped(np.full(200, 5.0), np.full(200, 6.0)).sentence
    assert told.startswith("Cannot tell")
    assert "all of them lie at one point" in told
    assert "pairs" not in told


def test_it_says_what_the_slow_twin_says():
    """Every pair of records."""
    rng = np.random.default_rng(4)
    x, y = rng.integers(0, 8, (2, 90)) * 7.0
    same = near = 0
    for i in range(90):
        for j in range(i):
            apart = ((x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2) ** 0.5
            same += apart == 0
            near += 0 < apart <= 15
    found = snapped(x, y)
    assert (found.pairs, found.together) == (same + near, same / (same + near))
    assert found.places == len(set(zip(x.tolist(), y.tolist(), strict=True)))
