"""What stops a launch, what only warns, and what it is said to cost."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from phonebank import db
from phonebank.asks import segments
from phonebank.campaigns import launching, merging, preflight, queries
from phonebank.campaigns.models import CampaignStatus, Channel
from phonebank.cli import sayings
from phonebank.contacts import ledger as numbers
from phonebank.errors import RefusedError, UnavailableError
from phonebank.optouts import ledger
from phonebank.settings import Settings
from tests.support import conversations as make
from tests.support.campaigns import NOW, PHONE_BANK, a_campaign, a_contact
from tests.support.factories import do

SETTINGS = Settings(twilio_account_sid="AC" + "0" * 32, twilio_auth_token="0" * 32)
LATER = "2027-02-10T18:00:00"


@dataclass
class Account:
    """A carrier account that answers as told."""

    owns: bool = True
    is_ours: bool = True
    is_up: bool = True
    is_registered: bool | None = True
    numbers: tuple[str, ...] = ("+12025550190",)

    def owns_sender(self, _sender):
        if not self.is_up:
            raise UnavailableError("Twilio could not be reached.")
        return self.owns

    def numbers_of(self, _sender):
        return list(self.numbers)

    def webhooks(self, _sender):
        return self


def look(toml=PHONE_BANK, contacts=None, account=None, now=NOW, **changes):
    with db.transaction() as session:
        campaign = a_campaign(session, toml, [a_contact()] if contacts is None else contacts, **changes)
        parts = queries.parts_of(session, campaign)
        return preflight.check(session, parts, settings=SETTINGS, account=account or Account(), now=now)


pytestmark = pytest.mark.usefixtures("database")


def test_a_good_campaign_passes_with_its_price():
    found = look()

    assert (found.blockers, found.weak) == ([], [])
    assert (found.recipients, found.segments) == (1, 1)
    assert found.cost_micros == int(segments.cost(1, on=NOW.date()) * 1_000_000)
    assert 0 < found.seconds < 1


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        (LATER, "2027-02-01T18:00:00", "The event has begun or is over"),
        ("2027-02-11T18:00:00", "2027-02-02T18:00:00", "An alternative's event has begun"),
        ("{{ first_name }}, it's", "{{ frist_name }}, it's", "uses frist_name, which no list has; did you mean first"),
        ("{{ first_name }}, it's", "{{ frist_name | default('friend') }}, it's", "did you mean first_name?"),
        ("{{ first_name }}, it's", "{{ shoe_size }}, it's", "uses shoe_size, which no list has"),
        ("{{ first_name }}, it's", "{{ email }}, it's", "email is missing for 1 person (Elsa …43)"),
        ("{{ first_name }}! Still", "{{ email }}! Still", "email is missing for 1 person (Elsa …43)"),
        ("it's {{ sender_name }}", "see {{ ask.link }}", "ask.link, which exists only after a yes"),
        ('sender_name = "Amanda"', "", "sender_name, and the campaign has no sender_name"),
        ('why = "The bill', 'why = ""\n# "The bill', ""),
    ],
)
def test_a_fault_of_the_campaign_stops_it(was, becomes, told):
    assert was in PHONE_BANK

    found = look(PHONE_BANK.replace(was, becomes, 1).replace("ends_at = 2027-02-10T20:00:00\n", ""))

    assert any(told in blocker for blocker in found.blockers) if told else not found.blockers


def test_missing_values_are_counted_and_the_first_rows_named():
    nameless = [a_contact(f"+120255501{n:02}", "") for n in range(8)]

    told = next(b for b in look(contacts=nameless).blockers if "first_name" in b)

    assert "8 people (someone …00, someone …01, someone …02, someone …03, someone …04, …)" in told


def test_a_fallback_lets_a_missing_value_pass():
    found = look(
        PHONE_BANK.replace("{{ first_name }}", "{{ first_name | default('friend') }}"), [a_contact(first_name=" ")]
    )

    assert found.blockers == []


def test_a_fallback_for_a_column_no_list_has_only_warns():
    found = look(PHONE_BANK.replace("{{ first_name }}, it's", "{{ shoe_size | default('friend') }}, it's"))

    assert found.blockers == []
    assert any("shoe_size" in warning for warning in found.warnings)


def test_somebodys_own_text_that_is_too_long_is_named():
    long_place = a_contact(fields={"town": "x" * 1590})

    found = look(PHONE_BANK.replace("{{ first_name }}, it's", "{{ town }}, it's"), [long_place])

    assert any("1,600" in blocker and "Elsa …43" in blocker for blocker in found.blockers)


def test_nobody_to_reach_stops_it():
    assert any("nobody to reach" in told for told in look(contacts=[]).blockers)


def test_a_list_of_opted_out_people_stops_it():
    with db.transaction() as session:
        ledger.record(session, "+12025550143", because="said so", by="test", now=NOW)

    found = look()

    assert any("of everyone on its lists, 1 opted out" in told for told in found.blockers)
    assert (found.recipients, found.opted_out) == (0, 1)


def test_who_is_on_an_excluded_list_is_left_out():
    from tests.support.campaigns import a_list

    elsa = a_contact()
    with db.transaction() as session:
        a_list(session, "volunteers", [elsa])
    with db.transaction() as session:
        campaign = a_campaign(session, contacts=[a_contact("+12025550144", "Bo")], exclude={"lists": ["volunteers"]})
        parts = queries.parts_of(session, campaign)

        assert [one.first_name for one in queries.people_to_ask(session, parts, now=NOW)] == ["Bo"]


def test_without_keys_it_says_which():
    with db.transaction() as session:
        parts = queries.parts_of(session, a_campaign(session, contacts=[a_contact()]))
        found = preflight.check(session, parts, settings=Settings(), account=None, now=NOW)

    assert found.blockers == [preflight.SET_KEYS]


@pytest.mark.parametrize(
    ("account", "told"),
    [(Account(owns=False), "not this Twilio account's own"), (Account(is_up=False), "could not be checked")],
)
def test_a_sender_that_is_not_surely_ours_stops_it(account, told):
    assert any(told in blocker for blocker in look(account=account).blockers)


def test_wrong_webhooks_only_warn():
    found = look(account=Account(is_ours=False))

    assert found.blockers == []
    assert any("doctor --fix" in warning for warning in found.warnings)


def test_a_small_budget_warns_with_numbers():
    assert any("$0.01 and $0.00 is left" in told for told in look(limits={"budget": 0}).warnings)


def test_hours_that_never_open_in_every_zone_stop_it():
    anywhere = a_contact(zones="America/New_York|Pacific/Honolulu")

    found = look(contacts=[anywhere], hours={"start": "09:00", "end": "10:00"})

    assert any("Nobody's contact hours" in told for told in found.blockers)


@pytest.mark.parametrize(("end", "warns"), [("21:00", False), ("21:30", True)])
def test_hours_longer_than_sales_law_allows_warn(end, warns):
    warnings = look(hours={"start": "08:00", "end": end}).warnings

    assert any("08:00 to 21:00" in told for told in warnings) == warns


@pytest.mark.database("sqlite")
def test_texts_by_hand_are_told_with_the_hands_there_are():
    people = [a_contact(phone=f"+1202555{1000 + number}") for number in range(5)]
    found = look(contacts=people, sent_by="people", sender_name="")
    assert found.blockers == []
    assert "nobody is a volunteer yet" in " ".join(found.warnings)
    for name in ("Ana", "Ben"):
        do(make.person, NOW, name)
    found = look(contacts=[], sent_by="people", name="Another")
    assert "2 volunteers send the 5 first texts by hand, about 3 each" in " ".join(found.warnings)


def test_some_who_cannot_be_reached_in_time_only_warn():
    anywhere = a_contact("+12025550144", zones="America/New_York|Pacific/Honolulu")

    found = look(contacts=[a_contact(), anywhere], hours={"start": "09:00", "end": "14:00"})

    assert found.blockers == []
    assert any("1 people will not be asked" in told or "1 person" in told for told in found.warnings)


def test_what_is_priced_is_what_would_be_sent():
    people = [a_contact("+12025550144", "Bo"), a_contact("+12025550145", "Zoë–“Ω”", language="es")]
    toml = PHONE_BANK.replace(
        "[[ask.alt", '[ask.languages]\nes = ["Hola {{ first_name }}, llama {{ ask.when }}"]\n\n[[ask.alt'
    )
    with db.transaction() as session:
        campaign = a_campaign(session, toml, people)
        parts = queries.parts_of(session, campaign)
        found = preflight.check(session, parts, settings=SETTINGS, account=Account(), now=NOW)
        said = [merging.ask_text(campaign, parts.ask, one, 0, NOW) for one in people]

    assert said[1].startswith("RepresentUs: Hola Zoë")
    assert found.segments == sum(segments.count(text).segments for text in said)
    assert any("“RepresentUs: ” is put before" in warning for warning in found.warnings)


def launch(because=None, at=None, **changes):
    with db.transaction() as session:
        campaign = a_campaign(session, contacts=[a_contact()], **changes)
        parts = queries.parts_of(session, campaign)
        found = preflight.check(session, parts, settings=SETTINGS, account=Account(), now=NOW)
        launching.launch(session, campaign, found, by="test", because=because, at=at, now=NOW)
        session.refresh(campaign)
        return campaign


WEAK = {"ask": {"action": "help", "texts": ["{{ organization }} could use some help sometime. Reply STOP to end."]}}


def test_a_weak_ask_needs_a_reason_which_is_kept():
    with pytest.raises(RefusedError, match=r"weak ask[^\n]*\n.*--because"):
        launch(followups=[], **WEAK)

    assert launch(because="the board insists", followups=[], **WEAK).launched_because == "the board insists"


def test_a_launch_to_people_who_have_all_opted_out_is_refused_in_a_sentence():
    with db.transaction() as session:
        ledger.record(session, "+12025550143", because="said so", by="test", now=NOW)
    with pytest.raises(RefusedError, match="There is nobody to reach: of everyone on its lists, 1 opted out"):
        launch()


def test_a_launch_may_wait_for_its_time_but_not_in_the_past():
    with pytest.raises(RefusedError, match="past"):
        launch(at=NOW - timedelta(seconds=1))

    scheduled = launch(at=NOW + timedelta(hours=1))
    assert (scheduled.status, scheduled.launch_at) == (CampaignStatus.DRAFT, NOW + timedelta(hours=1))


def test_a_scheduled_launch_that_may_not_go_any_more_waits_for_a_person():
    scheduled = launch(at=NOW + timedelta(hours=1))
    long_after = NOW + timedelta(days=30)
    with db.transaction() as session:
        parts = queries.parts_of(session, scheduled)
        found = preflight.check(session, parts, settings=SETTINGS, account=Account(), now=long_after)

        assert not launching.launch_scheduled(session, scheduled, found, long_after)
        assert queries.due_to_launch(session, long_after) == []


def test_a_sender_without_a_number_stops_the_launch():
    found = look(account=Account(numbers=()))
    assert any("no number to text from" in told for told in found.blockers)


@pytest.mark.parametrize("budget", [0, 0.001])
def test_a_budget_of_nothing_stops_the_launch_and_says_so(budget):
    found = look(limits={"budget": budget})
    assert any("budget does not pay for a single text" in told for told in found.blockers)


def test_numbers_no_text_can_reach_are_left_out_and_counted():
    with db.transaction() as session:
        numbers.note_textless(session, "+12025550144", because="a landline (30006)", now=NOW)
    found = look(contacts=[a_contact(), a_contact(phone="+12025550144", first_name="Tom")])
    assert (found.recipients, found.textless) == (1, 1)
    assert "1 more cannot be reached by text" in sayings.estimate(found, Channel.TEXT)


def test_a_list_of_landlines_alone_stops_the_launch_and_says_why():
    with db.transaction() as session:
        numbers.note_textless(session, "+12025550143", because="a landline (30006)", now=NOW)
    assert any("1 cannot be reached by text" in told for told in look().blockers)
