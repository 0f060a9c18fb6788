"""Every figure that the Milton Keynes strategy printed, and every indicator of its first and third priorities, can be
worked out of what partners send: all of it is worked out of Aldermere's returns, or the definition says what it lacks.
"""

import math

import pytest

from redway.errors import NotSetUp
from redway.indicators import definitions
from redway.indicators.measures import measured
from redway.indicators.places import places
from redway.indicators.query import series
from redway.store.profile import Profile
from redway.work.returns.versions import snapshot
from tests.work.milton_keynes_ledger import COHORTS, NUMBERS, SURVEYS

pytestmark = pytest.mark.django_db

# Stated once, of milestones and projects: no return holds them.
FACTS = ["C15", "C16", "C17"]


@pytest.fixture
def indicators():
    return definitions.load(Profile("milton-keynes")).values()


@pytest.fixture
def known(aldermere_home):
    """How many of an indicator's values are known in Aldermere, and the dataset they come from."""
    version, partnership = snapshot(), Profile.of(aldermere_home).partnership
    where = places(version, partnership)

    def values(one):
        if one.count and version.has(one.count.dataset):
            counts = series(one, snapshot=version, partnership=partnership, level="partnership").counts
            return one.count.dataset, [float(n) for n in counts.ravel() if not math.isnan(n)]
        if one.measure:
            found = measured(one, version, where, partnership.police_force).values
            return one.measure.dataset, [value.value for value in found if value.value is not None]
        raise NotSetUp("a way to work it out")

    return values


def worked_out(indicators, known):
    found = {}
    for one in indicators:
        try:
            found[one.id] = known(one)
        except NotSetUp:
            found[one.id] = ("", [])
    return found


def test_every_row_of_the_ledger_is_worked_out_or_says_what_it_lacks(indicators, known):
    rows = {one.ledger: one for one in indicators if one.ledger}
    assert sorted(rows) == sorted(NUMBERS + SURVEYS + COHORTS)
    found = worked_out(rows.values(), known)
    without = [row for row in NUMBERS + SURVEYS + COHORTS if not found[rows[row].id][1]]
    assert without == FACTS
    for row in without:
        one = rows[row]
        assert one.kind == "fact", row
        assert one.needs is None or one.needs.what.endswith("."), row
        assert one.published, row


@pytest.mark.parametrize("part", ["domestic-abuse", "radicalisation-and-online-harm"])
def test_the_priorities_without_figures_of_their_own_have_indicators_that_are_worked_out(indicators, known, part):
    own = [one for one in indicators if part in one.priority and one.kind != "fact"]
    assert len(own) >= 2
    assert [id for id, (_, values) in worked_out(own, known).items() if not values] == []
