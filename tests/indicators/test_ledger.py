"""Every figure that the Milton Keynes strategy printed, and every indicator of its first and third priorities, can be
worked out of what partners send: all of it is worked out of Aldermere's returns, or the definition says what it lacks.
"""

import math

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from redway.errors import NotSetUp
from redway.indicators import definitions
from redway.indicators.measures import measured
from redway.indicators.places import places
from redway.indicators.query import series
from redway.sources.loaders import loader
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


# What the Home Office calls them in its tables; offences that it counts with them and the strategy does not.
SUBGROUPS = {
    "N1": "Rape offences",
    "N2": "Other sexual offences",
    "N4": "Shoplifting",
    "N5": "Robbery of business property",
    "N6": "Domestic burglary",
    "N7": "Theft from the person",
    "N9": "Possession of weapons offences",
    "N10": "Violence with injury",
    "N13": "Trafficking of drugs",
    "N14": "Possession of drugs",
}
APART = {"N10": {"4.4", "4.6", "4.8", "4.9", "37.1"}}  # deaths and injuries by driving, counted apart since


@pytest.mark.real_data
def test_the_codes_of_each_row_are_those_of_the_home_office_s_own_subgroup(indicators, open_data, tmp_path):
    path = open_data / "recorded-crime/prc-pfa-201718_new.csv.gz"
    found = loader("recorded-crime-force").load(path, file_name=path.name, into=tmp_path, context=None)
    table = pq.read_table(found[0].parquet, columns=["offence_code", "offence_subgroup", "offences"])
    rows = {one.ledger: one for one in indicators if one.ledger}
    for row, subgroup in SUBGROUPS.items():
        codes = set(rows[row].measure.rows.where["offence_code"])
        of_subgroup = table.filter(pc.equal(table["offence_subgroup"], subgroup))
        published = set(of_subgroup["offence_code"].to_pylist())
        assert published - codes == APART.get(row, set()), row
        assert codes & set(table["offence_code"].to_pylist()) <= published, row
        assert pc.sum(of_subgroup["offences"]).as_py() > 0, row
