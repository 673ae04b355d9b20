"""A not now is offered the prepared alternative, and a yes to that is a yes to its time."""

from phonebank import db
from phonebank.asks.models import Ask
from phonebank.followups.queries import standing_of


def test_a_not_now_becomes_a_yes_to_the_alternative(walk):
    other = {"for": "not_now", "text": "Could you join us {{ ask.when }} instead?", "starts_at": walk.event(8)}
    drive = walk.launch(1, ask=walk.ask(alternatives=[other]))
    walk.until_asked()
    number = drive.people[0]
    walk.says(number, "I can't make it that day")
    offer = walk.until_heard(number, "Could you join us", "instead?")
    assert walk.recipient(number).outcome == "not_now"
    walk.says(number, "Yes, that works!")
    confirmation = walk.until_heard(number, "Wonderful", "/y/")
    with db.reading() as session:
        commitment = standing_of(session, walk.recipient(number).id)
        starts_at = session.get(Ask, commitment.ask_id).starts_at
    assert starts_at.isoformat()[:10] == walk.event(8)[:10]
    assert offer.split("join us ")[1].split(" instead")[0] in confirmation
    assert walk.recipient(number).outcome == "yes"


def test_the_alternative_is_offered_once(walk):
    other = {"for": "not_now", "text": "Could you join us {{ ask.when }} instead?", "starts_at": walk.event(8)}
    number = walk.launch(1, ask=walk.ask(alternatives=[other])).people[0]
    walk.until_asked()
    walk.says(number, "I can't make it that day")
    walk.until_heard(number, "Could you join us")
    walk.says(number, "I can't make it then either")
    walk.until(lambda: walk.recipient(number).status in {"settled", "with_volunteer"})
    walk.until_quiet()
    assert sum("Could you join us" in body for body in walk.heard(number)) == 1
