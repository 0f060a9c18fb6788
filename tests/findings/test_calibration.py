"""Does the list keep its promise? Cities simulated where nothing changed, and where something did."""

import numpy as np
import pytest

from redway.findings.changes import RATE, examine

MONTHS, AREAS, TYPES = 60, 60, 14


def city(rng, counted, indicator, *, changed=0, gaps=()):
    """Series of a city like Aldermere: 14 types, 60 areas, five years, season, and months that vary more than
    independent events, the more so in busier areas. In `changed` series of about 200 crimes a year the last
    year is half as many again."""
    found, truth = [], set()
    for kind in range(TYPES):
        name = f"Type {kind}"
        mean = np.exp(rng.uniform(np.log(0.2), np.log(8))) * rng.lognormal(0, 0.8, AREAS)
        phi = 1.05 + rng.exponential(0.15, AREAS) + 0.005 * mean
        expected = mean[:, None] * (1 + rng.uniform(0, 0.3) * np.cos(2 * np.pi * np.arange(MONTHS) / 12))
        for area in range(AREAS):
            if len(truth) < changed and kind * changed // TYPES >= len(truth):
                expected[area] *= 200 / 12 / mean[area]
                expected[area, -12:] *= 1.5
                truth.add((f"recorded-type-{kind}", f"E{area:08d}"))
        x = rng.negative_binomial(expected / (phi - 1)[:, None], (1 / phi)[:, None]).astype(float)
        x[:, list(gaps)] = np.nan
        series = counted(x, first="2021-01", indicator=f"recorded-type-{kind}")
        found.append((indicator(name), series))
    return found, truth


def examined(rng, counted, indicator, **options):
    found, truth = city(rng, counted, indicator, **options)
    result = examine(found, "basis")
    return result, truth, {(f.indicator, f.area.code) for f in result.ranked}


# where the latest two years are whole, and where only January to March can be compared
GAPS = {"whole years": (), "matched months": (*range(0, 8), 20, 21, *range(39, 48), 54)}


@pytest.mark.parametrize("gaps", GAPS.values(), ids=GAPS.keys())
def test_where_nothing_changed_it_is_nearly_always_silent(counted, indicator, gaps):
    rng = np.random.default_rng(1)
    cities = [examined(rng, counted, indicator, gaps=gaps)[0] for _ in range(25)]
    spoke = sum(bool(c.ranked) for c in cities)
    # the promise is one city in ten; 7 of 25 would come by chance less than once in a hundred
    assert spoke < 7
    # and the p-values it rests on are what they claim to be
    p = np.concatenate([[f.change.p for f in c.every] for c in cities])
    assert p.size > 4000
    assert 0.03 < (p < 0.05).mean() < 0.055
    assert (p < 0.005).mean() < 0.0065


def test_what_changed_is_found_and_false_alarms_keep_to_the_stated_rate(counted, indicator):
    rng = np.random.default_rng(2)
    hits, false_shares = [], []
    for _ in range(20):
        result, truth, listed = examined(rng, counted, indicator, changed=10)
        assert len(truth) == 10
        hits.append(len(listed & truth) / len(truth))
        false_shares.append(len(listed - truth) / max(1, len(listed)))
        assert result.expected_false == pytest.approx(RATE * len(listed))
    assert np.mean(hits) > 0.75
    assert np.mean(false_shares) <= RATE
