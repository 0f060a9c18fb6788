"""The guide to making a profile names every field there is, and no other."""

import re
from pathlib import Path

import pytest

from redway.indicators import definitions, tables
from redway.store.profile import Partnership
from redway.work.returns import expected
from redway.work.strategy import profile

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "profiles.md"
HEADINGS = {
    "partnership.yaml": Partnership,
    "strategy.yaml": profile.Document,
    "A source": profile.Source,
    "A theme": profile.Theme,
    "A part": profile.Part,
    "A statement": profile.Statement,
    "commitments.yaml": profile.Commitment,
    "agencies.yaml": profile.Agency,
    "groups.yaml": profile.Group,
    "programmes.yaml": profile.Programme,
    "platforms.yaml": profile.Platform,
    "returns.yaml": expected.Rule,
    "indicators/NAME.yaml": definitions.Indicator,
    "count": definitions.Count,
    "rate": definitions.Rate,
    "measure": definitions.Measure,
    "needs": definitions.Needs,
    "published.yaml": definitions.Stated,
    "published": definitions.Published,
    "tables.yaml": tables.Definition,
    "rows and columns": tables.Axis,
}


@pytest.fixture(scope="module")
def sections():
    """The text under each heading."""
    parts = re.split(r"^#+ (.+)$", GUIDE.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("heading", HEADINGS)
def test_every_field_is_described_and_marked_when_it_must_be_given(sections, heading):
    described = dict(re.findall(r"^\| `(\w+)`( \*)? \|", sections[heading], flags=re.MULTILINE))
    fields = {field.alias or name: field for name, field in HEADINGS[heading].model_fields.items()}
    assert set(described) == set(fields)
    assert {name for name, star in described.items() if star} == {n for n, f in fields.items() if f.is_required()}


def test_every_kind_of_programme_and_part_is_listed(sections):
    for heading, model in (("programmes.yaml", profile.Programme), ("A part", profile.Part)):
        for kind in model.model_fields["kind"].annotation.__args__:
            assert f"`{kind}`" in sections[heading]
