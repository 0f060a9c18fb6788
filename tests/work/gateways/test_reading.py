"""What a gateway lets be read, for which purpose, and the gateways that are shipped."""

import datetime as dt

import pytest

from redway.errors import NotAllowed, RedwayError
from redway.sources.dataset import dataset, names
from redway.store.profile import Profile, available
from redway.work.accounts.models import User
from redway.work.audit.models import AuditRow
from redway.work.gateways import actions
from redway.work.gateways.models import Gateway
from redway.work.gateways.policies import Register, may_read, permitted
from redway.work.gateways.purposes import Purpose
from redway.work.gateways.states import Standing, State
from redway.work.gateways.terms import shipped
from tests.work.gateways.conftest import ANALYSIS, COUNTS, TODAY

pytestmark = pytest.mark.django_db


class TestReading:
    def test_a_purpose_reads_by_its_own_gateway_alone(self, put):
        put(fields=["measure"])
        put(purpose="evaluation", fields=["count"])
        register = Register(TODAY)
        assert register.reading(COUNTS, ANALYSIS).columns == {"measure"}
        assert register.reading(COUNTS, Purpose.EVALUATION).columns == {"count"}
        assert "no gateway lets it be read for support" in register.reading(COUNTS, Purpose.SUPPORT).closed
        assert permitted(COUNTS, on=TODAY) == {"measure", "count"}  # either lets it in
        assert permitted(COUNTS, on=TODAY, purpose=ANALYSIS) == {"measure"}
        with pytest.raises(NotAllowed, match="support"):
            permitted(COUNTS, on=TODAY, purpose=Purpose.SUPPORT)

    def test_a_gateway_that_the_law_does_not_let_stand_opens_nothing(self, put):
        """As when a dataset is found to hold more than was thought, or a row was written past the actions."""
        gateway = put()
        Gateway.objects.filter(pk=gateway.pk).update(
            dataset="treatment", purpose="enforcement", basis="public-task", power="cda-115"
        )
        reading = Register(TODAY).reading("treatment", Purpose.ENFORCEMENT)
        assert "never be read for enforcement" in reading.closed
        with pytest.raises(NotAllowed):
            permitted("treatment", on=TODAY)

    def test_a_dataset_that_nothing_describes_any_more_is_closed(self):
        assert "Nothing describes" in Register(TODAY).reading("gone", ANALYSIS).closed

    @pytest.mark.parametrize(
        ("role", "agency", "sees"),
        [
            ("analyst", "", True),
            ("analyst", "thames-valley-police", True),
            ("analyst", "hospital", False),
            ("agency-contact", "thames-valley-police", True),
            ("agency-contact", "hospital", False),
            ("chair", "", False),
            ("administrator", "thames-valley-police", False),
        ],
    )
    def test_recipients_alone_read_records(self, put, role, agency, sees):
        put()
        person = User.objects.create(username="pat", role=role, agency=agency)
        assert may_read(person, COUNTS, ANALYSIS, on=TODAY) is sees
        assert may_read(person, COUNTS, Purpose.SUPPORT, on=TODAY) is False
        assert may_read(person, COUNTS, ANALYSIS, on=dt.date(2027, 1, 1)) is False
        assert may_read(person, "police-street", ANALYSIS, on=TODAY) is True
        person.is_active = False
        assert may_read(person, COUNTS, ANALYSIS, on=TODAY) is False


class TestShipped:
    @pytest.mark.parametrize("name", available())
    def test_every_partners_dataset_has_one_for_analysis(self, name):
        wanted = {d for d in names() if dataset(d).access == "partners"}
        assert {one.terms.dataset for one in shipped(Profile(name)) if one.terms.purpose == ANALYSIS} == wanted

    @pytest.mark.parametrize("name", available())
    def test_each_profiles_gateways_come_with_set_up_once(self, home, name):
        (home.profile / "profile.yaml").write_text(f"profile: {name}\n")
        profile = Profile.of(home)
        brought = actions.bring_shipped(profile, today=TODAY)
        assert len(brought) == len(shipped(profile)) == Gateway.objects.count()
        assert actions.bring_shipped(profile, today=TODAY) == []
        in_force = [g for g in brought if g.state == State.IN_FORCE]
        if profile.partnership.fictional:
            assert all(row.actor == "set-up" for row in AuditRow.objects.all())
            assert all(g.standing(TODAY) is Standing.IN_FORCE for g in in_force)
        else:
            assert in_force == []

    def test_a_file_puts_nothing_in_force_for_a_real_partnership(self, partnership):
        (partnership.profile / "gateways.yaml").write_text(
            "- terms: {dataset: fire, purpose: analysis}\n  in_force: true\n"
        )
        with pytest.raises(RedwayError, match="two people"):
            actions.bring_shipped(Profile.of(partnership), today=TODAY)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("a: b\n", "a list"),
            ("- terms: {dataset: fire}\n", "purpose"),
            ("- terms: {dataset: fire, purpose: gossip}\n", "purpose"),
            ("- terms: {dataset: fire, purpose: analysis}\n" * 2, "one entry for each"),
            ("- terms: {dataset: police-street, purpose: analysis}\n", "licence"),
        ],
    )
    def test_a_fault_in_the_file_is_named(self, partnership, text, words):
        (partnership.profile / "gateways.yaml").write_text(text)
        with pytest.raises(RedwayError, match=words):
            actions.bring_shipped(Profile.of(partnership), today=TODAY)
        assert not Gateway.objects.exists()
