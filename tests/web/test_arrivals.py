"""What a data version brought is a sentence."""

import pytest

from redway.web.figures.arrivals import sentences
from redway.work.returns.models import DataVersion, Submission

pytestmark = pytest.mark.django_db
FORCE, OTHER = "Aldermere Constabulary", "Fenmarch Constabulary"


@pytest.fixture
def version():
    """`version(("police-street", FORCE, "2025-01"), ...)`: a version that brings these, and holds what came before."""

    def make(*files):
        number = DataVersion.objects.count() + 1
        new = [
            Submission.objects.create(
                dataset=dataset, provider=provider, period=period, content=f"{number}", raw="", parquet="",
                file_name="", rows_read=1, rows_accepted=1, received_by="a test",
            )
            for dataset, provider, period in files
        ]  # fmt: skip
        made = DataVersion.objects.create(number=number, made_by="a test", summary="")
        before = Submission.objects.filter(versions__number=number - 1)
        taken = {(s.dataset, s.provider, s.period) for s in new}
        made.submissions.set([*new, *(s for s in before if (s.dataset, s.provider, s.period) not in taken)])
        return number

    return make


def street(provider, month):
    return ("police-street", provider, month)


def test_months_of_one_force_are_counted_and_reference_data_too(version):
    version(street(FORCE, "2025-01"), street(FORCE, "2025-02"), ("residents", "ONS", ""), ("population", "ONS", ""))
    assert sentences() == {
        1: "2 months of street-level crime and anti-social behaviour from Aldermere Constabulary "
        "and 2 reference datasets."
    }


def test_each_version_says_only_what_it_brought(version):
    version(("residents", "ONS", ""))
    version(street(FORCE, "2025-01"), street(OTHER, "2025-01"))
    said = sentences()
    assert said[1] == "Usual residents, Census 2021 (reference data)."
    assert said[2].startswith("2 monthly files of street-level crime")
    assert said[2].endswith("from Aldermere Constabulary and Fenmarch Constabulary.")


def test_a_newer_copy_says_that_it_takes_the_place_of_an_older_one(version):
    version(street(FORCE, "2025-01"))
    version(street(FORCE, "2025-01"), street(FORCE, "2025-02"))
    assert sentences()[2].endswith("from Aldermere Constabulary. 1 file takes the place of an older copy.")


def test_a_version_that_only_left_something_out_brought_nothing(version):
    version(street(FORCE, "2025-01"))
    version()
    assert set(sentences()) == {1}
