"""Only a released table can be written to a file, and the file says what was done to it."""

import csv
from io import StringIO

import numpy as np
import pytest

from redway.indicators.counts import Mark, Table
from redway.indicators.release import LOCAL, OPEN, release
from redway.products import releases

TABLE = Table(("A", "=B"), ("knife", "other", "none"), np.array([[2, 10, 20], [22, np.nan, 9]]), row_totals=True)


def write(released):
    return releases.document(released, rows="Ward", columns="Kind", about={"Title": "Recorded crime"})


def test_one_line_for_each_figure_with_its_mark():
    lines = list(csv.reader(StringIO(write(release(TABLE, LOCAL)))))
    heading = lines.index(["Ward", "Kind", "count", "Mark"])
    assert lines[heading + 1 :] == [
        ["A", "knife", "", "[c]"],
        ["A", "other", "10", ""],
        ["A", "none", "20", ""],
        ["A", "Total", "30", ""],
        ["'=B", "knife", "20", ""],
        ["'=B", "other", "", "[x]"],
        ["'=B", "none", "10", ""],
        ["'=B", "Total", "", "[x]"],
    ]


def test_the_notes_state_the_policy_the_loss_and_the_marks():
    notes = releases.notes(release(TABLE, LOCAL))
    assert notes[0].startswith("Counts from 0 to 4 are hidden")
    assert notes[1] == "1 of 8 figures are hidden, 0 of them totals."
    assert "nearest 5" in notes[2]
    assert [note.split()[0] for note in notes[3:]] == [Mark.CONFIDENTIAL, Mark.NOT_AVAILABLE]


def test_an_open_table_has_nothing_to_explain_but_its_marks():
    assert [note.split()[0] for note in releases.notes(release(TABLE, OPEN))] == [Mark.NOT_AVAILABLE]


def test_percentages_say_what_they_are_of_and_that_they_rest_on_what_is_shown():
    shares = release(TABLE, LOCAL).percentages("row")
    assert "A,other,33.3," in write(shares)
    assert "percentage of the row" in write(shares)
    assert "worked out of the counts as shown, rounding and all" in releases.derived_notes([shares])[0]


def test_a_file_has_percentages_and_rates_beside_the_counts_they_are_worked_out_of():
    public = {"shares": "row", "rate": {"per": 1000, "people": [2000, None, 4000]}}
    released = release(TABLE, LOCAL)
    made = releases.derived(released, public)
    assert [releases.called(one) for one in made] == ["Percentage of the row", "For every 1,000 residents"]
    text = releases.document(released, rows="Group", columns="Kind", about={}, derived=made)
    lines = list(csv.reader(text.splitlines()))
    head = next(line for line in lines if line and line[0] == "Group")
    assert head[2:] == [
        "count",
        "Mark",
        "Percentage of the row",
        "Mark: Percentage of the row",
        "For every 1,000 residents",
        "Mark: For every 1,000 residents",
    ]
    rows = {tuple(line[:2]): line[2:] for line in lines[lines.index(head) + 1 :]}
    assert rows["A", "other"] == ["10", "", "33.3", "", "5", ""]
    assert all(line[2] == line[4] == "" for line in rows.values() if "[c]" in line[1])
    assert any("usual residents of Census 2021" in line[-1] for line in lines if line)
    with pytest.raises(TypeError, match="only a released table"):
        releases.document(released, rows="Group", columns="Kind", about={}, derived=[TABLE])


@pytest.mark.parametrize("counts", [TABLE, TABLE.counts])
def test_counts_cannot_be_written(counts):
    with pytest.raises(TypeError, match="only a released table may leave"):
        write(counts)
