"""Which periods a return may be of: none that is still to come, and no zero of one that is not over."""

import datetime as dt

import pytest

from redway.errors import RedwayError
from redway.periods import label
from redway.sources.dataset import dataset
from redway.work.returns.models import Delivery
from redway.work.returns.report import DeliveryReport
from redway.work.returns.sendable import check_period, recent_periods
from redway.work.returns.states import State, Way
from redway.work.returns.versions import everything

from .conftest import fires

DAY = dt.date(2025, 11, 22)


@pytest.mark.parametrize(
    ("name", "newest", "count"),
    [
        ("fire", ["2025-10", "2025-09"], 17),
        ("probation", ["2025/26-Q2", "2025/26-Q1"], 8),
        ("survey-responses", ["YE-2025-03", "YE-2024-03"], 6),
    ],
)
def test_the_periods_offered_are_recent_and_over(name, newest, count):
    offered = [period for period, _words in recent_periods(dataset(name), DAY)]
    assert offered[:2] == newest
    assert len(offered) == count


def test_a_period_is_offered_from_the_day_after_its_last():
    fire = dataset("fire")
    assert recent_periods(fire, dt.date(2025, 11, 30))[0][0] == "2025-10"
    assert recent_periods(fire, dt.date(2025, 12, 1))[0] == ("2025-11", "November 2025")


def test_terms_are_offered_too():
    termly = dataset("fire").model_copy(update={"cadence": "termly"})
    assert [one for one, _ in recent_periods(termly, DAY)][:3] == ["2025-summer", "2025-spring", "2024-autumn"]
    assert recent_periods(dataset("fire").model_copy(update={"cadence": "once"}), DAY) == []


@pytest.mark.parametrize("period", ["2027-09", "2025-12", "2025/26-Q4", "YE-2027-03", "2026-spring"])
def test_a_period_to_come_is_refused(period):
    with pytest.raises(RedwayError, match=r"has begun.*still to come"):
        check_period(period, DAY, dataset("fire"))


@pytest.mark.parametrize(
    ("name", "period"),
    [("fire", ""), ("fire", "2025-11"), ("fire", "1999-01"), ("probation", "2025/26-Q3")]
    + [("agency-counts", period) for period in ("", "2025/26-Q3", "YE-2026-03", "2025-autumn")],
)
def test_one_that_has_begun_is_not(name, period):
    check_period(period, DAY, dataset(name))


@pytest.mark.parametrize(
    ("name", "period", "instead"),
    [
        ("agency-counts", "2025-11", "for a quarter as a whole. Name 2025/26-Q3."),
        ("probation", "YE-2025-03", "Name one of 2024/25-Q1, 2024/25-Q2, 2024/25-Q3, 2024/25-Q4."),
        ("fire", "2025/26-Q2", "Name one of 2025-07, 2025-08, 2025-09."),
    ],
)
def test_one_of_another_length_is_refused_with_what_to_name_instead(name, period, instead):
    with pytest.raises(RedwayError) as told:
        check_period(period, DAY, dataset(name))
    assert instead in told.value.cause


@pytest.mark.django_db(transaction=True)
class TestNothingToReport:
    @pytest.fixture
    def this_month(self):
        today = dt.date.today()  # noqa: DTZ011 - within a day of the server's
        return label(12 * today.year + today.month - 1)

    @pytest.mark.parametrize("way", list(Way))
    def test_of_a_period_that_is_not_over_is_refused_whichever_way_it_comes(self, ready, hand_in, this_month, way):
        refused = hand_in(fires(), period=this_month, way=way)
        assert refused.state == State.REFUSED
        assert "in a period that is not over" in DeliveryReport.of_json(refused.report).fault.came
        assert not everything().has("fire")

    def test_of_a_period_to_come_is_not_even_kept(self, ready, hand_in):
        with pytest.raises(RedwayError, match="still to come"):
            hand_in(fires(), period="2097-09")
        assert not Delivery.objects.exists()

    def test_of_a_period_that_is_over_is_a_true_zero(self, ready, hand_in):
        assert hand_in(fires(), period="2025-10").state == State.ACCEPTED

    def test_rows_of_the_running_month_are_taken(self, ready, hand_in, this_month):
        rows = fires(*[{"Date and time": f"{this_month}-01 00:10"}] * 3)
        assert hand_in(rows, period=this_month).state == State.ACCEPTED
