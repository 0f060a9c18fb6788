"""What is doubtful of reference and open data as they are taken in: a month with few rows, a copy with less in it."""

import pytest

from redway.work.returns.receive import receive
from tests.work.returns.importing import street

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_newer_copy_with_many_fewer_rows_is_warned_of(with_areas, street_file):
    street(street_file([{}] * 10))
    warning = street(street_file([{}] * 7)).results[0].warning
    assert "7 rows" in warning
    assert "had 10" in warning


class TestFewRowsInThePartnership:
    """An own force's month with far fewer rows in the partnership than its other months."""

    def month(self, street_file, number, inside, outside=0):
        rows = [{}] * inside + [{"LSOA code": "E01017400"}] * outside
        return street_file(
            [row | {"Month": f"2024-0{number}"} for row in rows], f"2024-0{number}-thames-valley-street.csv"
        )

    def test_is_warned_of_beside_months_accepted_before(self, with_areas, street_file):
        street(*(self.month(street_file, n, 100) for n in (1, 2, 3)))
        warning = street(self.month(street_file, 4, 19, outside=500)).results[0].warning
        assert "19 rows in Milton Keynes, where the median of 3 other months is 100" in warning
        assert street(self.month(street_file, 5, 20, outside=500)).results[0].warning == ""

    def test_is_warned_of_beside_months_that_come_with_it(self, with_areas, street_file):
        receipt = street(*(self.month(street_file, n, 1 if n == 2 else 50) for n in (1, 2, 3, 4)))
        assert [bool(r.warning) for r in receipt.results] == [False, True, False, False]
        assert "1 row in Milton Keynes" in receipt.told_warnings[0]

    def test_two_other_months_are_too_few_to_say(self, with_areas, street_file):
        receipt = street(*(self.month(street_file, n, 1 if n == 2 else 50) for n in (1, 2, 3)))
        assert receipt.told_warnings == ()

    def test_of_a_neighbouring_force_is_not_remarkable(self, with_areas, street_file):
        kent = {"Reported by": "Kent Police"}
        counts = {1: 50, 2: 50, 3: 50, 4: 1}
        receipt = street(
            *(
                street_file([kent | {"Month": f"2024-0{n}"}] * count, f"2024-0{n}-kent-street.csv")
                for n, count in counts.items()
            )
        )
        assert receipt.told_warnings == ()

    def test_none_at_all_is_warned_of_where_areas_are_few(self, with_areas, street_file, monkeypatch):
        monkeypatch.setattr("redway.sources.police_uk.doubts.FEW_AREAS", 100)
        assert "0 rows in Milton Keynes" in street(self.month(street_file, 1, 0, outside=9)).results[0].warning


class TestAPoorerCopyOfReferenceData:
    RICH = "LSOA11CD,IMD_rank,IMD_decile,IMD_score,Crime_rank,Crime_decile,Crime_score\nE01016710,10,1,30.5,7,1,1.5\n"
    POOR = "LSOA11CD,IMD_rank,IMD_decile\nE01016710,10,1\n"

    @pytest.fixture
    def send(self, partnership, tmp_path, monkeypatch):
        def one(text):
            path = tmp_path / "imd.csv"
            path.write_text(text)
            return receive([path], dataset="deprivation-2019", by="a test")

        return one

    def test_is_warned_of_by_what_is_lost(self, send):
        assert send(self.RICH).told_warnings == ()
        [told] = send(self.POOR).told_warnings
        for column in ("Imd score", "Crime rank", "Crime decile", "Crime score"):
            assert f"“{column}”" in told
        assert "which the older one had filled" in told
        assert "import the older one again" in told

    def test_a_richer_one_is_not(self, send):
        send(self.POOR)
        assert send(self.RICH).told_warnings == ()
