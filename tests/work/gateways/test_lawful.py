"""What a gateway can never be bound to, over every combination of law and data that hypothesis can think of."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redway.errors import RedwayError
from redway.sources.dataset import Column, Dataset, Nature, dataset, names
from redway.store.profile import Profile
from redway.work.gateways import law as law_module
from redway.work.gateways import lawful
from redway.work.gateways.law import Law, law
from redway.work.gateways.purposes import Purpose
from redway.work.gateways.terms import Terms

LAW = law(Profile("milton-keynes"))
POWERS = ["", "no-such-power", *(one.id for one in LAW.powers)]
BASES = ["", "no-such-basis", *(one.id for one in LAW.bases)]
CONDITIONS = ["", "no-such-condition", *(one.id for one in LAW.conditions)]
SPECIAL = ("health", "ethnicity", "sexual-orientation", "religion")
COLUMNS = {kind or "plain": kind for kind in ("", *SPECIAL, "criminal")}

natures = st.builds(
    Nature,
    personal=st.booleans(),
    patient=st.booleans(),
    held_by_health_or_social_care=st.booleans(),
    law_enforcement=st.booleans(),
    given_for_support=st.booleans(),
)
terms_of_any_kind = st.builds(
    Terms,
    dataset=st.just("a-return"),
    purpose=st.sampled_from(Purpose),
    controllers=st.sampled_from([(), ("police",)]),
    power=st.sampled_from(POWERS),
    basis=st.sampled_from(BASES),
    special_condition=st.sampled_from(CONDITIONS),
    criminal_condition=st.sampled_from(CONDITIONS),
    agreement=st.sampled_from(["", "ISA 7"]),
    dpia=st.sampled_from(["", "DPIA 7"]),
    roles=st.sampled_from([(), ("analyst",)]),
    fields=st.lists(st.sampled_from(list(COLUMNS)), unique=True).map(tuple),
    keep_months=st.sampled_from([0, 12]),
    begins=st.sampled_from([None, dt.date(2026, 1, 1)]),
    expires=st.sampled_from([None, dt.date(2025, 12, 31), dt.date(2026, 12, 31)]),
)


def a_return(nature, access="partners"):
    return Dataset(
        name="a-return",
        title="A return",
        about="",
        provider="A partner",
        cadence="monthly",
        access=access,
        nature=nature if access == "partners" else None,
        files=(".csv",),
        where_from="",
        columns=tuple(Column(name=name, type="text", about="", special=kind) for name, kind in COLUMNS.items()),
    )


def whole(**given):
    """Terms that stand in law for an ordinary police return."""
    ordinary = {
        "dataset": "a-return",
        "purpose": Purpose.ANALYSIS,
        "controllers": ("police",),
        "power": "cda-115",
        "basis": "public-task",
        "agreement": "ISA 7",
        "dpia": "DPIA 7",
        "roles": ("analyst",),
        "fields": ("plain",),
        "keep_months": 12,
        "begins": dt.date(2026, 1, 1),
        "expires": dt.date(2026, 12, 31),
    }
    return Terms(**(ordinary | given))


@given(terms_of_any_kind, natures, st.booleans())
def test_section_16_is_never_bound_to_patients_or_to_what_health_and_social_care_hold(terms, nature, held):
    refused = lawful.faults(terms, a_return(nature), LAW, health_or_social_care=held)
    if terms.power in ("pcsc-16", "pcsc-17"):
        kept_from_it = nature.patient or (nature.personal and (nature.held_by_health_or_social_care or held))
        assert any("never be bound" in why for why in refused) == kept_from_it


@given(terms_of_any_kind, natures, st.booleans())
def test_what_was_given_for_support_is_never_for_enforcement(terms, nature, held):
    refused = lawful.faults(terms, a_return(nature), LAW, health_or_social_care=held)
    asked = nature.given_for_support and terms.purpose == Purpose.ENFORCEMENT
    assert any("never be read for enforcement" in why for why in refused) == asked


@given(terms_of_any_kind, natures)
def test_whatever_stands_has_the_conditions_that_its_fields_need(terms, nature):
    """Said again in other words than the code's: of terms without a fault, each is looked up by hand."""
    if lawful.faults(terms, a_return(nature), LAW):
        return
    article_9 = {"substantial-public-interest", "health-or-social-care", "public-health", "research-and-statistics"}
    article_9 |= {"explicit-consent", "vital-interests-9"}
    article_10 = {"official-authority", "schedule-1-criminal"}
    part_3 = terms.basis == "part-3"
    if set(terms.fields) & set(SPECIAL) or (nature.patient and nature.personal):
        assert terms.special_condition in article_9 or (part_3 and terms.special_condition == "sensitive-processing")
    if "criminal" in terms.fields:
        assert terms.criminal_condition in article_10 or part_3
    if part_3 or terms.power == "common-law-policing":
        assert nature.law_enforcement
    if nature.personal:
        assert terms.power != "cda-17a"
        assert terms.basis in {one.id for one in LAW.bases}
        assert terms.dpia
        assert terms.keep_months
    assert all([terms.agreement, terms.controllers, terms.roles, terms.fields])
    assert terms.power in {one.id for one in LAW.powers}
    assert terms.begins <= terms.expires


@given(terms_of_any_kind)
def test_open_data_have_no_gateway(terms):
    (only,) = lawful.faults(terms, a_return(None, access="open"), LAW)
    assert "licence" in only


@given(terms_of_any_kind, natures)
def test_what_can_never_be_is_among_the_faults(terms, nature):
    definition = a_return(nature)
    assert set(lawful.barred(terms, definition, LAW)) <= set(lawful.faults(terms, definition, LAW))


def test_whole_terms_have_no_fault_and_no_doubt():
    definition = a_return(Nature())
    assert lawful.faults(whole(fields=tuple(COLUMNS)), definition, LAW) == [
        "health, ethnicity, sexual-orientation, religion: special-category data, which need an Article 9 condition.",
        "criminal: criminal-offence data, which need an Article 10 condition or Part 3.",
    ]
    every = whole(
        fields=tuple(COLUMNS),
        special_condition="substantial-public-interest",
        criminal_condition="official-authority",
    )
    assert lawful.faults(every, definition, LAW) == []
    assert lawful.doubts(every, definition, LAW) == []


def test_a_return_that_says_nothing_of_its_nature_is_taken_for_personal_data():
    definition = a_return(None)
    assert definition.nature is None
    assert "Choose the lawful basis." in lawful.faults(whole(basis=""), definition, LAW)
    assert lawful.faults(whole(power="cda-17a"), definition, LAW)


@pytest.mark.parametrize("basis", ["consent", "legitimate-interests", "vital-interests"])
def test_what_is_rarely_right_is_lawful_and_flagged(basis):
    definition = a_return(Nature())
    terms = whole(basis=basis, fields=tuple(COLUMNS)[:1])
    assert lawful.faults(terms, definition, LAW) == []
    assert any("rarely the right one" in doubt for doubt in lawful.doubts(terms, definition, LAW))


def test_a_gateway_that_leaves_out_needed_columns_or_lasts_for_years_is_doubted():
    definition = a_return(Nature())
    doubts = lawful.doubts(whole(expires=dt.date(2030, 1, 1)), definition, LAW)
    assert "leaves out health" in doubts[0]
    assert "more than 3 years" in doubts[1]


def test_fields_that_the_dataset_does_not_have_are_refused():
    (fault,) = lawful.faults(whole(fields=("plain", "home_address")), a_return(Nature()), LAW)
    assert "home_address" in fault


@pytest.mark.parametrize("name", [name for name in names() if dataset(name).access == "partners"])
def test_every_partners_dataset_says_what_it_is_in_law(name):
    definition = dataset(name)
    assert definition.nature is not None
    if definition.nature.patient:
        assert definition.nature.held_by_health_or_social_care


class TestOwnLaw:
    """A partnership's own law.yaml adds and rewords, and lifts no limit."""

    @pytest.fixture
    def own(self, partnership):
        def write(text):
            path = partnership.profile / "law.yaml"
            path.write_text(text, "utf-8")
            return law(Profile.of(partnership))

        return write

    def test_without_one_the_shipped_law_stands(self, partnership, home):
        assert law() == LAW == law(Profile.of(partnership))

    def test_it_adds_and_rewords(self, own):
        found = own(
            "powers:\n"
            "- {id: fire-act-6, name: Fire and Rescue Services Act 2004 section 6, about: Fire safety.}\n"
            "- {id: cda-115, name: Our words for section 115, about: Reworded.}\n"
        )
        assert found.power("fire-act-6").name.startswith("Fire")
        assert found.power("cda-115").name == "Our words for section 115"
        assert len(found.powers) == len(LAW.powers) + 1
        assert found.bases == LAW.bases

    @pytest.mark.parametrize("section", ["16", "s.16", "s16", "Section 16", "s. 16"])
    @pytest.mark.parametrize("id", ["pcsc-16", "our-sixteen"])
    def test_section_16_stays_what_it_is_under_any_name(self, own, id, section):
        found = own(
            f"powers:\n- id: {id}\n  name: Serious violence sharing\n  about: Anything goes.\n"
            f"  act: police, crime, sentencing and courts act 2022\n  section: '{section}'\n  never: []\n"
        )
        terms = whole(power=id, special_condition="public-health")
        for nature in (Nature(patient=True), Nature(held_by_health_or_social_care=True)):
            assert lawful.barred(terms, a_return(nature), found)

    def test_part_3_stays_for_law_enforcement(self, own):
        found = own("bases:\n- {id: easy, regime: part-3, name: Easy, about: Easy.}\n")
        assert lawful.barred(whole(basis="easy"), a_return(Nature()), found)

    def test_it_can_add_a_limit(self, own):
        found = own("powers:\n- {id: localism-1, name: L, about: L, never: [personal]}\n")
        assert lawful.barred(whole(power="localism-1"), a_return(Nature()), found)

    def test_a_fault_in_it_names_the_file(self, own):
        with pytest.raises(RedwayError, match=r"law\.yaml"):
            own("powers:\n- {id: x, name: X, about: X, never: [sometimes]}\n")
        with pytest.raises(RedwayError, match="twice"):
            own("bases:\n" + "- {id: x, regime: uk-gdpr, name: X, about: X}\n" * 2)


def test_every_entry_of_the_shipped_law_says_what_it_cannot_do():
    shipped = law_module.checked(Law, law_module.read_yaml(law_module.SHIPPED), file="law.yaml")
    for entry in (*shipped.powers, *shipped.bases, *shipped.conditions):
        assert entry.cannot, entry.id
