"""The register: who drafts, who puts in force, what the calendar does, and that all of it is in the audit."""

import datetime as dt
import threading
from pathlib import Path

import pytest
import yaml
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from redway.errors import NotAllowed, RedwayError
from redway.work.audit.chain import verify
from redway.work.audit.models import AuditRow
from redway.work.gateways import actions, policies, states
from redway.work.gateways.models import Gateway
from redway.work.gateways.policies import Register, ending_soon, expired, permitted
from redway.work.gateways.purposes import ABOUT, NAMES, Purpose
from redway.work.gateways.states import TRANSITIONS, Standing, State
from redway.work.gateways.terms import Drafted, Terms
from tests.work.gateways.conftest import ANALYSIS, COUNTS, TODAY, audited, terms

pytestmark = pytest.mark.django_db


class TestDrafting:
    def test_a_draft_lets_nothing_in_and_may_be_all_but_empty(self, ada):
        drafted = actions.draft(by=ada, terms=Terms(dataset=COUNTS, purpose="analysis"))
        assert (drafted.version, drafted.state, drafted.standing(TODAY)) == (1, State.DRAFT, Standing.DRAFT)
        with pytest.raises(NotAllowed, match="no gateway is in force"):
            permitted(COUNTS, on=TODAY)
        assert audited() == [("draft-gateway", "ada", f"gateway {COUNTS}/analysis/1")]

    def test_a_draft_is_changed_and_the_audit_says_what(self, ada, bea):
        drafted = actions.draft(by=ada, terms=terms())
        assert actions.change_draft(by=bea, gateway=drafted, terms=terms(agreement="ISA 13"), seen=0)
        assert AuditRow.objects.last().detail == {"changed": {"agreement": ["ISA 12", "ISA 13"]}}
        drafted.refresh_from_db()
        assert (drafted.terms, drafted.writers) == (terms(agreement="ISA 13"), ["ada", "bea"])

    def test_the_same_again_changes_nothing(self, ada):
        drafted = actions.draft(by=ada, terms=terms())
        assert actions.change_draft(by=ada, gateway=drafted, terms=terms(), seen=0) is False
        assert len(audited()) == 1

    def test_a_form_opened_before_somebody_elses_change_is_refused(self, ada, bea):
        drafted = actions.draft(by=ada, terms=terms())
        actions.change_draft(by=bea, gateway=drafted, terms=terms(notes="changed"), seen=0)
        with pytest.raises(NotAllowed, match="Somebody else changed"):
            actions.change_draft(by=ada, gateway=drafted, terms=terms(notes="also"), seen=0)
        with pytest.raises(NotAllowed, match="Somebody else changed"):
            actions.put_in_force(by=ada, gateway=drafted, seen=0)

    def test_dataset_and_purpose_make_a_gateway_what_it_is(self, ada):
        drafted = actions.draft(by=ada, terms=terms())
        with pytest.raises(RedwayError, match="agency-counts for evaluation"):
            actions.change_draft(by=ada, gateway=drafted, terms=terms(purpose="evaluation"), seen=0)

    def test_one_draft_at_a_time(self, ada):
        actions.draft(by=ada, terms=terms())
        with pytest.raises(NotAllowed, match="a draft for this dataset and purpose already"):
            actions.draft(by=ada, terms=terms())
        with pytest.raises(IntegrityError), transaction.atomic():
            Gateway.objects.create(dataset=COUNTS, purpose="analysis", version=2, drafted_by="eve")

    def test_a_discarded_draft_stays_in_the_history_and_makes_room(self, ada):
        drafted = actions.draft(by=ada, terms=terms())
        assert actions.discard(by=ada, gateway=drafted)
        assert actions.discard(by=ada, gateway=drafted) is False
        assert actions.draft(by=ada, terms=terms()).version == 2
        with pytest.raises(NotAllowed, match="Only a draft"):
            actions.put_in_force(by=ada, gateway=drafted, seen=1)

    @pytest.mark.parametrize("name", ["police-street", "lsoa-lookup"])
    def test_open_data_have_a_licence_and_no_gateway(self, ada, name):
        with pytest.raises(NotAllowed, match="licence"):
            actions.draft(by=ada, terms=terms(dataset=name))
        assert permitted(name, on=TODAY) is None

    def test_a_dataset_there_is_not(self, ada):
        with pytest.raises(RedwayError, match="name of a dataset"):
            actions.draft(by=ada, terms=terms(dataset="no-such"))


class TestPuttingInForce:
    def test_a_second_person_puts_it_in_force(self, put):
        gateway = put()
        assert (gateway.drafted_by, gateway.put_in_force_by) == ("ada", "bea")
        assert audited()[-1] == ("put-gateway-in-force", "bea", f"gateway {COUNTS}/analysis/1")
        assert AuditRow.objects.last().detail["terms"]["agreement"] == "ISA 12"
        assert permitted(COUNTS, on=TODAY) == {"measure", "period", "count", "month"}
        assert verify() is None

    def test_nobody_who_wrote_in_it_does(self, ada, bea):
        drafted = actions.draft(by=ada, terms=terms())
        actions.change_draft(by=bea, gateway=drafted, terms=terms(notes="n"), seen=0)
        for person in (ada, bea):
            with pytest.raises(NotAllowed, match="Another person"):
                actions.put_in_force(by=person, gateway=drafted, seen=1)

    def test_all_that_it_lacks_is_said_at_once(self, ada, bea):
        drafted = actions.draft(by=ada, terms=Terms(dataset="hospital-istv", purpose="analysis", power="pcsc-16"))
        with pytest.raises(NotAllowed) as refused:
            actions.put_in_force(by=bea, gateway=drafted, seen=0)
        for words in (
            "never be bound to patient information",
            "lawful basis",
            "DPIA",
            "last day",
            "at least one field",
        ):
            assert words in str(refused.value)

    def test_a_body_of_health_or_social_care_keeps_section_16_away(self, partnership, ada, bea):
        """By who sends or controls the data, though the dataset itself could be anybody's."""
        (partnership.profile / "agencies.yaml").write_text(
            "- {id: clinic, name: The Clinic, health_or_social_care: true, datasets: [fire]}\n"
            "- {id: brigade, name: The Brigade, aliases: [Fire Brigade]}\n"
        )
        given = {"dataset": "fire", "power": "pcsc-16", "basis": "public-task", "dpia": "D", "keep_months": 12}
        drafted = actions.draft(by=ada, terms=terms(**given, fields=["incident"], controllers=["Fire Brigade"]))
        with pytest.raises(NotAllowed, match="never be bound to personal data that a health"):
            actions.put_in_force(by=bea, gateway=drafted, seen=0)

    @pytest.mark.parametrize("before", State)
    @pytest.mark.parametrize("after", State)
    def test_every_step_is_the_tables(self, put, ada, bea, before, after):
        now = put()
        Gateway.objects.filter(pk=now.pk).update(state=before, end_reason="a reason")
        steps = {
            State.IN_FORCE: lambda: actions.put_in_force(by=bea, gateway=now, seen=now.edits),
            State.ENDED: lambda: actions.end(by=bea, gateway=now, reason="why", on=TODAY),
            State.DISCARDED: lambda: actions.discard(by=bea, gateway=now),
        }
        if after not in steps:
            assert all(after not in steps for steps in TRANSITIONS.values())  # nothing becomes a draft again
        elif after in TRANSITIONS[before]:
            steps[after]()
            assert Gateway.objects.get().state == after
        elif after == before and after in (State.ENDED, State.DISCARDED):
            assert steps[after]() is False
        else:
            with pytest.raises(NotAllowed):
                steps[after]()
            assert Gateway.objects.get().state == before

    def test_the_database_keeps_rows_without_dates_out_of_force(self, put):
        gateway = put()
        with pytest.raises(IntegrityError), transaction.atomic():
            Gateway.objects.filter(pk=gateway.pk).update(expires=None)
        with pytest.raises(IntegrityError), transaction.atomic():
            Gateway.objects.filter(pk=gateway.pk).update(state="ended", end_reason="")


class TestTheCalendar:
    def test_a_gateway_is_in_force_from_its_first_day_to_its_last(self, put):
        gateway = put(begins=dt.date(2026, 3, 1), expires=dt.date(2026, 3, 31))
        for day, standing in [
            (dt.date(2026, 2, 28), Standing.NOT_BEGUN),
            (dt.date(2026, 3, 1), Standing.IN_FORCE),
            (dt.date(2026, 3, 31), Standing.IN_FORCE),
            (dt.date(2026, 4, 1), Standing.EXPIRED),
        ]:
            assert gateway.standing(day) == standing
            reading = Register(day).reading(COUNTS, ANALYSIS)
            assert bool(reading.closed) == (standing is not Standing.IN_FORCE)
        assert "begins on 1 March 2026" in Register(dt.date(2026, 2, 1)).reading(COUNTS, ANALYSIS).closed
        assert "expired on 31 March 2026" in Register(dt.date(2026, 4, 1)).reading(COUNTS, ANALYSIS).closed
        with pytest.raises(NotAllowed, match="expired on 31 March 2026"):
            permitted(COUNTS, on=dt.date(2026, 4, 1))

    def test_an_amendment_is_a_new_version_and_replaces_the_old_on_its_first_day(self, put):
        put(fields=["measure"])
        put(fields=["count"], begins=dt.date(2026, 6, 1), expires=dt.date(2027, 5, 31))
        assert permitted(COUNTS, on=dt.date(2026, 5, 31)) == {"measure"}
        assert permitted(COUNTS, on=dt.date(2026, 6, 1)) == {"count"}

    def test_a_version_that_was_replaced_does_not_come_back(self, put, bea):
        put(expires=dt.date(2030, 1, 1))
        newer = put(begins=dt.date(2026, 2, 1), expires=dt.date(2026, 2, 28))
        assert Register(dt.date(2026, 3, 1)).reading(COUNTS, ANALYSIS).closed
        actions.end(by=bea, gateway=newer, reason="a mistake", on=dt.date(2026, 2, 2))
        with pytest.raises(NotAllowed, match="ended"):
            permitted(COUNTS, on=dt.date(2026, 2, 2))

    def test_ending_early_asks_for_a_reason_and_stops_reads_at_once(self, put, bea):
        gateway = put()
        with pytest.raises(NotAllowed, match="Say why"):
            actions.end(by=bea, gateway=gateway, reason="  ", on=TODAY)
        assert actions.end(by=bea, gateway=gateway, reason="the police withdrew", on=TODAY)
        assert actions.end(by=bea, gateway=gateway, reason="again", on=TODAY) is False
        assert Gateway.objects.get().end_reason == "the police withdrew"
        assert "was ended on" in Register(TODAY).reading(COUNTS, ANALYSIS).closed

    @pytest.mark.parametrize(("days", "within"), [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7)])
    def test_expiry_is_warned_of(self, put, days, within):
        put(expires=TODAY + dt.timedelta(days))
        found = ending_soon(TODAY)
        assert [(e.days, e.within) for e in found] == ([(days, within)] if within else [])

    def test_nobody_is_warned_of_one_that_is_renewed_without_a_gap(self, put):
        put(expires=TODAY + dt.timedelta(5))
        put(begins=TODAY + dt.timedelta(6), expires=TODAY + dt.timedelta(400))
        assert ending_soon(TODAY) == []

    def test_a_gap_before_the_renewal_is_warned_of(self, put):
        put(expires=TODAY + dt.timedelta(5))
        put(begins=TODAY + dt.timedelta(9), expires=TODAY + dt.timedelta(400))
        assert [e.days for e in ending_soon(TODAY)] == [5]

    def test_what_expired_is_listed_until_it_is_renewed(self, put):
        put(expires=TODAY - dt.timedelta(1))
        assert [g.version for g in expired(TODAY)] == [1]
        put(begins=TODAY, expires=TODAY + dt.timedelta(400))
        assert expired(TODAY) == []


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_draft_one(ada, bea):
    """Threads stand in for two servers: each has a connection of its own."""
    outcomes = []

    def try_it(person):
        try:
            outcomes.append(actions.draft(by=person, terms=terms()).version)
        except NotAllowed as refused:
            outcomes.append(str(refused)[:16])
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=[person]) for person in (ada, bea)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [1, "There is a draft"]


def test_the_states_draw_themselves_and_every_word_is_there():
    drawn = states.diagram()
    assert "draft --> in_force : by a second person" in drawn
    assert "in_force --> ended : with a reason" in drawn
    assert set(NAMES) == set(ABOUT) == set(Purpose)
    assert (set(states.NAMES), set(states.STANDINGS)) == (set(State), set(Standing))


def test_the_words_of_a_gateway(put):
    assert put().words == "agency-counts for analysis, version 1"
    assert policies.day(timezone.localdate(timezone.now()).replace(2026, 5, 3)) == "3 May 2026"


def test_the_guide_shows_the_states_and_names_what_can_be_named():
    guide = (Path(__file__).resolve().parents[3] / "docs" / "gateways.md").read_text("utf-8")
    assert states.diagram() in guide
    assert all(str(name).lower() in guide.lower() for name in NAMES.values())
    entry = guide.split("```yaml\n")[1].split("```")[0]
    (given,) = yaml.safe_load(entry)
    assert not Drafted.model_validate(given).in_force
