"""What accepting a newer copy replaces, and what is warned of before it does."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from redway.sources.dataset import Loaded, dataset
from redway.sources.loaders import loader
from redway.store.profile import Profile
from redway.store.query import connect
from redway.store.snapshot import Part, Snapshot
from redway.work.returns import loading, result
from redway.work.returns.checking import work_on
from redway.work.returns.deliveries import acknowledge
from redway.work.returns.loading import Staged
from redway.work.returns.models import Submission
from redway.work.returns.replacing import lost_columns, replaced
from redway.work.returns.report import DeliveryReport
from redway.work.returns.states import State
from redway.work.returns.versions import everything

from .conftest import fires

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def engine(ready, monkeypatch):
    """The real engine, by which accepted files bear the columns of the definition."""
    monkeypatch.setattr(loading, "loader", loader)
    return ready


def report(delivery):
    return DeliveryReport.of_json(delivery.report)


def texts(delivery):
    return [w.text for w in report(delivery).warnings if w.kind == "replaces"]


def taken(delivery):
    """Accepted, whatever was warned of."""
    if delivery.state == State.TO_ACKNOWLEDGE:
        keys = [w.key for w in report(delivery).warnings]
        delivery = work_on(acknowledge(delivery=delivery, warnings=keys, by="the sender"))
    assert delivery.state == State.ACCEPTED
    return delivery


def some(count, first=1, **changes):
    return fires(*({"Incident number": f"A-{n}"} | changes for n in range(first, first + count)))


class TestTheReport:
    def test_tells_what_falls_away_changes_and_is_new(self, engine, hand_in):
        first = taken(hand_in(some(30)))
        rows = [{"Incident number": f"A-{n}"} for n in range(3, 31)]
        rows[0] |= {"Cause": "accidental"}
        newer = hand_in(fires(*rows, {"Incident number": "B-1"}))
        found = report(newer).items[0].replaced
        assert (found.rows_before, found.rows_now, found.delivery) == (30, 29, str(first.public_id))
        assert (found.gone, found.changed, found.new, found.told_by) == (2, 1, 1, ("Incident number",))
        assert found.rows_lost == (), "rows about people are never named"

    def test_is_the_same_in_words_for_pages_and_commands(self, engine, hand_in):
        taken(hand_in(some(30)))
        newer = hand_in(some(20, first=25))
        said = result.replacement(report(newer).items[0])
        assert said[0].endswith(": 20 rows in place of 30 rows.")
        assert said[1] == (
            "Rows told apart by “Incident number”: 24 fall away, 0 have other cells, 6 stay as they were, 14 are new."
        )
        assert all(sentence in result.told(newer, "Tests Fire Service") for sentence in said)

    def test_a_first_copy_replaces_nothing(self, engine, hand_in):
        item = report(hand_in(some(3))).items[0]
        assert item.replaced is None
        assert result.replacement(item) == []

    def test_a_report_of_before_this_was_told_can_still_be_read(self, engine, hand_in):
        stored = hand_in(some(3)).report
        del stored["items"][0]["replaced"]
        assert DeliveryReport.of_json(stored).items[0].replaced is None

    def test_a_damaged_older_copy_is_said_to_be_so(self, engine, hand_in):
        taken(hand_in(some(3)))
        everything().of("fire")[0].path.write_bytes(b"nothing of sense")
        newer = hand_in(some(4))
        assert newer.state == State.ACCEPTED
        assert "damaged" in result.replacement(report(newer).items[0])[1]


class TestWarnings:
    @pytest.mark.parametrize(("before", "now"), [(5, 17), (100, 80), (17, 5), (5, 4), (0, 10)])
    def test_a_great_rise_or_fall_has_to_be_acknowledged(self, engine, hand_in, before, now):
        taken(hand_in(some(before), period="2025-11"))
        newer = hand_in(some(now))
        assert newer.state == State.TO_ACKNOWLEDGE
        assert f"this return has {now} rows, the one accepted before has {before} (" in texts(newer)[0]

    @pytest.mark.parametrize(("before", "now"), [(30, 31), (30, 29), (5, 9), (100, 140)])
    def test_a_small_correction_has_not(self, engine, hand_in, before, now):
        taken(hand_in(some(before)))
        assert texts(hand_in(some(now))) == []

    def test_as_many_rows_of_other_cases(self, engine, hand_in):
        taken(hand_in(some(30)))
        [told] = texts(hand_in(some(30, first=16)))
        assert "15 of the 30 rows accepted before" in told

    def test_a_column_left_out(self, engine, hand_in):
        taken(hand_in(some(30)))
        [told] = texts(hand_in(some(30, Casualties="")))
        assert "nothing stands under “Casualties” any more" in told

    def test_who_accepts_sees_what_was_warned_of(self, engine, hand_in, monkeypatch):
        taken(hand_in(some(5)))
        monkeypatch.setitem(dataset("fire").__dict__, "acceptance", "second-person")
        newer = hand_in(some(17), by="the sender")
        newer = acknowledge(delivery=newer, warnings=[w.key for w in report(newer).warnings], by="the sender")
        assert newer.state == State.TO_ACCEPT
        assert "this return has 17 rows" in texts(newer)[0]
        assert report(newer).items[0].replaced.rows_before == 5


class TestCountsOfAgencies:
    HEAD = "Measure,Area,Period,Category,Number,Out of,Status\n"

    @pytest.fixture
    def send(self, engine, in_force, hand_in):
        in_force("agency-counts", agencies=["council", "police"])
        return lambda *rows: hand_in(self.HEAD + "\n".join(rows) + "\n", dataset="agency-counts", agency="council")

    def test_a_measure_that_is_not_sent_again_is_named_with_its_area(self, send):
        cases, notices = (
            "marac-cases,,2025/26-Q1,,61,,final",
            "pspo-notices,E01016710,2025/26-Q1,fixed-penalty,7,,final",
        )
        assert send(cases, notices).state == State.ACCEPTED
        later = send(cases.replace("61", "62"))
        assert later.state == State.TO_ACKNOWLEDGE
        told = " ".join(texts(later))
        assert "this return has no row for: Notices under a public space protection order" in told
        assert "Milton Keynes 001A (E01016710), Fixed" in told
        assert report(later).items[0].replaced.rows_lost

    def test_the_whole_partnership_is_named_so(self, send):
        cases, uptake = "marac-cases,,2025/26-Q1,,61,,final", "marac-repeat-cases,,2025/26-Q1,,5,61,final"
        send(cases, uptake)
        assert "Cases heard at MARAC, the whole partnership" in " ".join(texts(send(uptake)))


CELLS = st.one_of(st.none(), st.sampled_from(["", "a", "b", "a,b"]))
ROWS = st.lists(st.fixed_dictionaries({"x": CELLS, "y": CELLS}), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=ROWS, now=ROWS)
def test_counts_are_those_of_a_slow_twin(partnership, tmp_path, before, now):
    plain = dataset("fire").model_copy(update={"key": ()})
    old, new = (_written(tmp_path / name, rows) for name, rows in (("old.parquet", before), ("new.parquet", now)))
    kept = Submission.objects.create(dataset="fire", provider="p", period="2025-01", rows_read=0, rows_accepted=0)
    part = Part("fire", "p", "2025-01", "c", len(before), old, kept.pk)
    staged = Staged(plain, "f.csv", Loaded("p", "2025-01", new, "d", len(now), len(now)), old, "")
    with connect(tmp_path / "spill") as db:
        found = replaced(staged, part, Snapshot(0, ()), Profile.of(partnership), db)
        lost = lost_columns(staged, part, db)
    left, gone = [(row["x"], row["y"]) for row in now], 0
    for row in before:
        if (row["x"], row["y"]) in left:
            left.remove((row["x"], row["y"]))
        else:
            gone += 1
    assert (found.gone, found.new, found.changed) == (gone, len(left), 0)
    empty = {c for c in ("x", "y") if any(r[c] is not None for r in before) and all(r[c] is None for r in now)}
    assert set(lost) == (empty if now else set())


def _written(path: Path, rows):
    pq.write_table(pa.table({c: pa.array([r[c] for r in rows], pa.string()) for c in ("x", "y")}), path)
    return path
