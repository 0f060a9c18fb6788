"""The strategy's files: what a profile maker may expect of them."""

import pytest
import yaml

from redway.errors import RedwayError
from redway.store.profile import Profile
from redway.work.strategy.profile import strategy

PARTNERSHIP = {
    "name": "Rivertown Safer Partnership",
    "short_name": "Safer Rivertown",
    "place": "Rivertown",
    "district": "E06000099",
    "police_force": "Rivershire Police",
}
STRATEGY = {
    "title": "Safer together",
    "period": "2025-2029",
    "about": "Five pages.",
    "themes": [{"id": "streets", "title": "Streets", "summary": "Out of doors."}],
    "parts": [
        {
            "id": "shops",
            "kind": "priority",
            "number": 1,
            "reference": "Priority One",
            "title": "Shops",
            "theme": "streets",
            "summary": "Theft from shops.",
            "next": ["A1"],
        }
    ],
}
COMMITMENTS = [
    {
        "id": "A1",
        "text": "Walk the high street with shopkeepers.",
        "part": "shops",
        "section": "Priority One",
        "owners": ["traders"],
        "forum": ["traders"],
    }
]
FILES = {
    "partnership": PARTNERSHIP,
    "strategy": STRATEGY,
    "commitments": COMMITMENTS,
    "agencies": [{"id": "council", "name": "Rivertown Council"}],
    "groups": [{"id": "traders", "name": "Traders"}],
    "programmes": [{"id": "walk", "name": "Walk", "kind": "event", "part": "shops", "summary": "A walk."}],
    "platforms": [],
}


@pytest.fixture
def make(tmp_path):
    """Writes a small whole profile, with some files given differently."""

    def profile(**changed):
        for name, content in (FILES | changed).items():
            if content is not None:
                text = content if isinstance(content, str) else yaml.safe_dump(content)
                (tmp_path / f"{name}.yaml").write_text(text)
        return Profile("", tmp_path)

    return profile


def refused(profile):
    with pytest.raises(RedwayError) as caught:
        strategy(profile)
    return str(caught.value)


def test_a_small_profile_is_read_whole(make):
    found = strategy(make())
    (shops,) = found.parts
    assert [c.id for c in found.next_of(shops)] == ["A1"]
    assert [p.name for p in found.programmes_of(shops)] == ["Walk"]
    assert found.names["traders"] == "Traders"
    assert found.part("shops") is shops
    with pytest.raises(KeyError):
        found.part("roads")


def test_a_profile_may_begin_without_a_strategy(make):
    found = strategy(make(**dict.fromkeys(set(FILES) - {"partnership"})))
    assert (found.title, found.parts, found.commitments) == ("No strategy yet", (), ())


def test_a_changed_file_is_read_again(make):
    assert strategy(make()).title == "Safer together"
    assert strategy(make(strategy=STRATEGY | {"title": "Safer still"})).title == "Safer still"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"groups": None}, ["groups.yaml", "not complete"]),
        ({"groups": "- id: [traders\n"}, ["groups.yaml", "near line"]),
        ({"groups": "traders"}, ["groups.yaml", "a list"]),
        (
            {"groups": [{"id": "traders", "nam": "Traders"}]},
            ["groups.yaml", "entry traders", "“name”", "it is not there"],
        ),
        ({"groups": [None]}, ["groups.yaml", "entry 1"]),
        ({"groups": FILES["groups"] * 2}, ["groups.yaml", "“traders” twice"]),
        ({"agencies": [{"id": "traders", "name": "Traders"}]}, ["“traders” twice"]),
        (
            {"commitments": [COMMITMENTS[0] | {"owners": ["mayor"]}]},
            ["commitments.yaml", "“owners” of “A1”", "“mayor”"],
        ),
        ({"commitments": [COMMITMENTS[0] | {"forum": ["council"]}]}, ["“forum” of “A1”", "“council”"]),
        (
            {"commitments": [COMMITMENTS[0], COMMITMENTS[0] | {"id": "A2"}]},
            ["strategy.yaml", "“next” of “shops” to name “A2”"],
        ),
        ({"commitments": []}, ["strategy.yaml", "“next” of “shops”", "“A1”"]),
        ({"programmes": [FILES["programmes"][0] | {"also": ["roads"]}]}, ["programmes.yaml", "“roads”"]),
        ({"programmes": [FILES["programmes"][0] | {"ledger": ["C12"]}]}, ["programmes.yaml", "“C12”"]),
        (
            {"strategy": STRATEGY | {"parts": [STRATEGY["parts"][0] | {"indicators": ["no-such-thing"]}]}},
            ["strategy.yaml", "“indicators” of “shops”", "“no-such-thing”"],
        ),
        ({"strategy": STRATEGY | {"parts": [{"id": "Shops!"}]}}, ["strategy.yaml", "“parts.0.id”", "small letters"]),
    ],
)
def test_a_fault_is_named_with_its_file(make, changed, words):
    message = refused(make(**changed))
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id: other\n", ["ours.yaml", "“title”", "it is not there"]),
        ("id: [\n", ["ours.yaml", "near line"]),
        ("\xff".encode("latin-1"), ["ours.yaml", "can be read"]),
    ],
)
def test_a_fault_in_an_indicator_is_named_with_its_file(make, tmp_path, text, words):
    (tmp_path / "indicators").mkdir()
    (tmp_path / "indicators" / "ours.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    message = refused(make())
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"id": "theirs"}, ["ours.yaml", "“ours”", "“theirs”"]),
        ({"needs": None}, ["ours.yaml", "“count”, “measure” and “needs”", "none"]),
        ({"measure": {"kind": "rate", "dataset": "fire", "unit": "fires"}}, ["ours.yaml", "a rate needs population"]),
        ({"priority": ["roads"]}, ["indicators/ours.yaml", "“roads”"]),
        ({"priority": ["shops"]}, ["strategy.yaml", "“indicators” of “shops” to name “ours”"]),
        ({"related": ["no-such-thing"]}, ["indicators/ours.yaml", "“no-such-thing”"]),
    ],
)
def test_an_indicator_must_fit_its_file_and_the_strategy(make, tmp_path, changed, words):
    text = "It is said here."
    said = dict.fromkeys(("why_it_matters", "what_good_looks_like", "numerator", "denominator"), text)
    whole = said | {
        "id": "ours",
        "title": "Ours",
        "kind": "police",
        "better": "lower",
        "caveats": [text],
        "provider": "Police",
        "cadence": "yearly",
        "needs": {"dataset": "agency-counts", "provider": "Police", "what": text},
    }
    (tmp_path / "indicators").mkdir()
    (tmp_path / "indicators" / "ours.yaml").write_text(yaml.safe_dump(whole | changed))
    message = refused(make())
    for word in words:
        assert word in message
