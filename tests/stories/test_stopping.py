"""Nobody who asked us to stop hears from us again, however they said it and whoever they are."""

import pytest

from phonebank import db
from phonebank.messages import queries as messages
from phonebank.optouts import queries as optouts
from phonebank.reports import queues

OUR_NUMBER = "+12025550190"


def _tries_after_a_stop(walk):
    """How often the carrier itself had to refuse us (21610: this person told it to stop)."""
    return walk.carrier.stats()["refused"].get("21610", 0)


def test_a_stop_in_mid_blast_holds_for_who_was_asked_and_who_was_not_yet(walk):
    drive = walk.launch(70, limits={"segments_per_second": 5})
    walk.until(lambda: len(walk.asks()) >= 8)
    asked, not_yet, loudly = walk.asks()[0]["to"], drive.people[-1], drive.people[-2]
    tried = _tries_after_a_stop(walk)
    assert walk.carrier.inbound(sender=not_yet, to=OUR_NUMBER, body="STOP")["answers"] == [200]
    assert walk.carrier.inbound(sender=loudly, to=OUR_NUMBER, body="Stop!!")["answers"] == [200]
    assert walk.carrier.inbound(sender=asked, to=OUR_NUMBER, body="unsubscribe")["answers"] == [200]
    walk.may_miss |= {not_yet, loudly}
    walk.until_asked()
    walk.until_quiet()
    assert not walk.heard(not_yet)
    assert not walk.heard(loudly), "the carrier does not know this word as a stop: only we do"
    assert len(walk.heard(asked)) == 1
    assert _tries_after_a_stop(walk) == tried
    assert {walk.recipient(number).outcome for number in (asked, not_yet, loudly)} == {"opted_out"}


def test_a_stop_silences_what_is_queued_and_what_is_yet_to_come(walk):
    reminder = {"before": "24h", "text": "See you tomorrow! Still good?"}
    number = walk.launch(1, followups=[reminder]).people[0]
    walk.until_asked()
    walk.says(number, "Yes")
    walk.until_heard(number, "Wonderful")
    walk.says(number, "Stop!")
    walk.until(lambda: walk.recipient(number).outcome == "opted_out")
    walk.wind_to("18:30", days=6)
    walk.until_quiet()
    assert len(walk.heard(number)) == 2


@pytest.mark.parametrize("words", ["please stop texting me", "take me off your list", "No me manden más mensajes"])
def test_a_stop_in_their_own_words_is_a_stop(walk, words):
    number = walk.launch(1).people[0]
    walk.until_asked()
    walk.says(number, words)
    walk.until(lambda: walk.is_opted_out(number))
    other, *_ = walk.people(1)
    walk.may_miss.add(number)
    again = walk.launch([number, other])
    walk.until_asked(again)
    assert len(walk.heard(number)) == 1


def test_a_number_we_do_not_know_is_kept_and_shown_and_its_stop_counts(walk):
    stranger, other = walk.people(2)
    hello = walk.carrier.inbound(sender=stranger, to=OUR_NUMBER, body="Who are you people?")
    assert hello["answers"] == [200]
    walk.pass_by(seconds=4)
    walk.until(lambda: walk.replies(stranger)[-1].status == "handled")
    assert "Who are you people?" in walk.volunteer("Olga", "organizer").open("/queues/strangers")
    walk.carrier.inbound(sender=stranger, to=OUR_NUMBER, body="Stop.")
    assert walk.is_opted_out(stranger)
    walk.may_miss.add(stranger)
    walk.launch([stranger, other])
    walk.until_asked()
    assert not walk.heard(stranger)
    with db.reading() as session:
        waiting = {row.phone for row in queues.strangers(session).rows}
        assert stranger not in waiting, "who said stop waits for nobody"
        assert {text.body for text in messages.conversation(session, stranger)} >= {"Who are you people?", "Stop."}


def test_importing_an_opted_out_number_again_never_revives_it(walk):
    number, other = walk.launch(2).people
    walk.until_asked()
    walk.says(number, "STOP")
    walk.until(lambda: walk.is_opted_out(number))
    spelled = f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    told = walk.import_([spelled, other], "everybody again", consent="said yes at the door")
    assert (told.opted_out, told.updated) == (1, 1)
    walk.may_miss.add(number)
    walk.launch([number, other], lists=["everybody again"])
    walk.until_asked()
    assert len(walk.heard(number)) == 1
    with db.reading() as session:
        assert optouts.is_opted_out(session, number)
