"""`redway release`, and an attacker who has every file that it ever wrote."""

import csv
import io
import time

import numpy as np
import pyarrow as pa
import pytest

from redway.errors import NotAllowed, NotSetUp, RedwayError
from redway.indicators import tabulating
from redway.indicators.counts import TOTAL
from redway.indicators.release import NotReleased
from redway.work.releases.models import TableEdition
from tests.indicators.test_release_attacks import assert_safe
from tests.work.releases.conftest import MONTH, TABLE, editions

pytestmark = pytest.mark.django_db
OTHERWISE = 0.3
COUNTS = [[3, 10, 40], [22, 31, 9], [60, 14, 18]]


def written(path):
    """The cells of a file that left: (row, column) -> (value, marks)."""
    text = path.read_text("utf-8")
    _about, table = text.split("\r\n\r\n") if "\r\n\r\n" in text else text.split("\n\n")
    heading, *lines = list(csv.reader(io.StringIO(table)))
    assert heading[2:] == ["count", "Mark"]
    return {(row, column): (value, marks) for row, column, value, marks in lines}


def test_a_table_is_looked_at_asked_for_approved_and_written(run, sent, tmp_path):
    sent(COUNTS)
    out, said = run(TABLE)
    assert "[c]" in out.splitlines()[1]
    assert "Not released. --ask proposes it" in said
    assert "Asked for" in run(TABLE, "--ask", "--by", "ana")[0]
    with pytest.raises(RedwayError, match="a released edition"):
        run(TABLE, "--period", MONTH, "--out", str(tmp_path / "early.csv"))
    with pytest.raises(NotAllowed, match="Another person"):
        run(TABLE, "--approve", "--by", "ana")
    with pytest.raises(RedwayError, match="approve and withdraw"):
        run(TABLE, "--approve", "--by", "mem")
    out, _ = run(TABLE, "--approve", "--by", "bo", "--out", str(tmp_path / "fires.csv"))
    assert out.splitlines() == [f"Released: {TABLE}, {MONTH}, edition 1.", f"Wrote {tmp_path / 'fires.csv'}."]
    cells = written(tmp_path / "fires.csv")
    assert cells["Primary", "Set on purpose"] == ("", "[c]")
    assert cells["Total", "Total"] == ("207", "")
    with pytest.raises(RedwayError, match="the name of a new file"):
        run(TABLE, "--out", str(tmp_path / "fires.csv"))
    assert f"  {MONTH}, edition 1: Released" in run()[0]
    assert "What was seen stays seen" in run(TABLE, "--withdraw", "--reason", "counted twice", "--by", "bo")[0]
    assert f"  {MONTH}, edition 1: Withdrawn" in run()[0]


def test_by_version_policy_and_period(run, sent):
    first = sent(COUNTS)
    sent([[30, 10, 40], *COUNTS[1:]])
    assert "[c]" in run(TABLE, "--as-at", str(first), "--policy", "nhs")[0]
    assert "rounded to the nearest 5" in run(TABLE, "--policy", "local")[1]
    with pytest.raises(RedwayError, match="hides at least 3 different counts"):
        run(TABLE, "--policy", "open")
    with pytest.raises(RedwayError, match="a month such as 2025-01"):
        run(TABLE, "--period", "quarter 3 of 2025/26")
    with pytest.raises(NotSetUp, match="A part is no whole"):
        run(TABLE, "--period", "2025-10")
    with pytest.raises(RedwayError, match="Did you mean “fires-by-kind”"):
        run("fires-by-kinds")


def test_a_proposal_is_declined_with_a_reason(run, sent):
    sent(COUNTS)
    run(TABLE, "--ask", "--by", "ana")
    with pytest.raises(NotAllowed, match="Say why"):
        run(TABLE, "--decline", "--by", "bo")
    assert "Not released" in run(TABLE, "--decline", "--reason", "too fine", "--by", "bo")[0]
    with pytest.raises(RedwayError, match="waits for a second person"):
        run(TABLE, "--approve", "--by", "bo")


@pytest.mark.parametrize(("seed", "policies"), [(0, [""]), (4, ["local"]), (1, ["local", "nhs"])])
def test_no_hidden_count_is_recovered_from_all_files_that_ever_left(run, sent, releasing, tmp_path, seed, policies):
    """Again and again the fire service revises its return, an older version or another policy is asked for, an edition
    is withdrawn, and what can leave leaves. An attacker keeps every file, knows the policies and the module, which
    hidden counts are small and which changed.
    """
    random = np.random.default_rng(seed)
    counts = random.choice([0, 1, 2, 3, 6, 9, 14, 30], size=(3, 3))
    refused, versions = 0, []
    for step in range(4):
        versions.append(str(sent(counts.tolist())))
        policy = ["--policy", policies[step % len(policies)]] if policies[0] else []
        older = ["--as-at", random.choice(versions)] if random.random() < OTHERWISE else []
        try:
            run(TABLE, "--period", MONTH, "--ask", "--by", "ana", *policy, *older)
            path = tmp_path / f"{step}.csv"
            run(TABLE, "--period", MONTH, "--approve", "--by", "bo", "--out", str(path))
        except (NotReleased, NotAllowed):  # no way to hide enough, or nothing new
            refused += 1
        else:
            left = editions(releasing)[-1].released
            for (row, column), (value, marks) in written(path).items():
                at = (TOTAL if row == "Total" else row, TOTAL if column == "Total" else column)
                assert (left[at].value, " ".join(left[at].marks)) == (float(value) if value else None, marks)
        if step == 1 and len(editions(releasing)) == 2:
            run(TABLE, "--period", MONTH, "--withdraw", "--reason", "to be looked at", "--by", "bo")
        at = tuple(random.integers(0, 3, 2))
        counts[at] = max(0, counts[at] + random.choice([-3, -1, 1, 3, 20]))
    assert refused < 3  # two editions at least to set against each other
    assert_safe(editions(releasing))


class TestBounds:
    def test_a_table_of_ten_thousand_rows_is_refused_at_once(self, run, releasing, accepted_crimes):
        accepted_crimes([f"Type {n}" for n in range(10_000)])
        began = time.perf_counter()
        with pytest.raises(RedwayError, match=r"at most 1,200 cells.*10,000 rows and 3 columns"):
            run("crime-by-type", "--period", "2025/26-Q3")
        assert time.perf_counter() - began < 10

    def test_more_kinds_than_can_be_put_together_are_not_even_fetched(
        self, run, releasing, accepted_crimes, monkeypatch
    ):
        monkeypatch.setattr(tabulating, "_RAW", 50)
        accepted_crimes([f"Type {n}" for n in range(200)])
        with pytest.raises(RedwayError, match="51 rows and 1 columns"):
            run("crime-by-type", "--period", "2025/26-Q3")

    def test_open_data_leave_by_one_persons_word_and_months_that_have_not_come_are_not_available(
        self, run, releasing, accepted_crimes, tmp_path
    ):
        accepted_crimes(["Burglary", "Burglary", "Robbery"])
        path = tmp_path / "crime.csv"
        path.write_text("somebody's own")
        with pytest.raises(RedwayError, match="the name of a new file"):
            run("crime-by-type", "--period", "2025/26-Q3", "--ask", "--by", "ana", "--out", str(path))
        assert not TableEdition.objects.filter(table="crime-by-type").exists(), "released, though its file is not"
        path.unlink()
        out, _ = run("crime-by-type", "--period", "2025/26-Q3", "--ask", "--by", "ana", "--out", str(path))
        assert out.startswith("Released: crime-by-type")
        cells = written(path)
        assert cells["Burglary", "2025-11"] == ("2", "")
        assert cells["Burglary", "2025-12"] == ("", "[x]")
        assert cells["Burglary", "Total"] == ("", "[x]")


@pytest.fixture
def accepted_crimes(releasing, db):
    """Accepts one crime of each type for November 2025."""
    from redway.store import files
    from redway.store.content import write
    from redway.work.returns.models import DataVersion, Submission
    from redway.work.returns.versions import everything

    def accept(types):
        rows = [{"month": "2025-11", "lsoa_code": "E01016710", "crime_type": one} for one in types]
        path, hashed = write(pa.Table.from_pylist(rows), releasing.incoming)
        files.put(path, releasing.accepted / "police-street" / f"{hashed}.parquet")
        one = Submission.objects.create(
            **{"dataset": "police-street", "provider": "Thames Valley Police", "period": "2025-11"},
            **{"content": hashed, "parquet": f"police-street/{hashed}.parquet", "received_by": "a test"},
            **{"file_name": "street.csv", "raw": "", "rows_read": len(rows), "rows_accepted": len(rows)},
        )
        before = everything()
        version = DataVersion.objects.create(number=before.number + 1, made_by="a test", summary="made by a test")
        version.submissions.add(*(p.submission for p in before.parts), one)

    return accept


def test_what_waits_is_shown_as_it_was_asked_for_and_decided_on_as_such(run, sent):
    first = sent([[30, 10, 40], *COUNTS[1:]])
    run(TABLE, "--ask", "--policy", "nhs", "--by", "ana")
    second = sent([[90, 10, 40], *COUNTS[1:]], month="2025-10")
    out, said = run(TABLE)
    assert "235" in out
    assert "Counts from 1 to 7 are hidden" in said
    assert f"It is of data version {first}, and {second} has other files of" in said
    assert "ana asked for it" in said
    assert "--ask proposes it" not in said
    for step, given in (("--approve", ("--policy", "local")), ("--decline", ("--as-at", str(second)))):
        with pytest.raises(RedwayError, match="keeps its data version and policy"):
            run(TABLE, step, *given, "--by", "bo")
    run(TABLE, "--approve", "--by", "bo")
    assert "Held against 1 earlier edition, withdrawn ones too." in run(TABLE)[1]
    assert "--ask" in run(TABLE)[1]
    assert "--ask" not in run(TABLE, "--as-at", str(first), "--policy", "nhs")[1]


def test_what_was_sent_again_since_is_said_before_anybody_approves(run, sent):
    sent([[30, 10, 40], *COUNTS[1:]])
    run(TABLE, "--ask", "--by", "ana")
    sent([[90, 10, 40], *COUNTS[1:]])
    out, said = run(TABLE)
    assert "234" in out
    assert "294" not in out
    assert "the return of fire-service, November 2025 was sent again" in said
    assert "--approve" not in said
    with pytest.raises(RedwayError, match="have a new edition made"):
        run(TABLE, "--approve", "--by", "bo")
    run(TABLE, "--decline", "--reason", "sent again", "--by", "bo")
    run(TABLE, "--ask", "--by", "ana")
    run(TABLE, "--approve", "--by", "bo")
    assert "294" in run(TABLE)[0]


def test_a_month_that_lacks_is_told_with_the_name_of_whom_it_is_due_from(partnership, run, sent):
    sent(COUNTS, "2025-07")
    sent(COUNTS, "2025-09")
    (partnership.profile / "agencies.yaml").write_text("- {id: fire-service, name: Made-up Fire and Rescue}\n")
    with pytest.raises(NotSetUp, match="nothing yet of August 2025 from Made-up Fire and Rescue"):
        run(TABLE, "--period", "2025-08")
