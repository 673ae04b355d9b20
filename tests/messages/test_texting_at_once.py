"""First texts by hand, pressed by many at once, over and over, with crashes: each person gets at most one."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import select

from phonebank import db
from phonebank.errors import RefusedError
from phonebank.messages import texting
from phonebank.messages.models import Message
from phonebank.messages.texting import Passing
from phonebank.recipients.models import Recipient
from tests.support.factories import at_once, fresh

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("seed", range(3))
def test_many_hands_held_keys_and_crashes_ask_each_person_at_most_once(by_hand, somebody, volunteer, clock, seed):
    """Each volunteer presses whatever they like, several times, on what they last saw; some transactions die midway."""
    people = [somebody().id for _ in range(30)]
    team = [volunteer(f"V{number}") for number in range(5)]

    def works(mine):
        chance, who, seen = random.Random(f"{seed} {mine}"), team[mine], []
        for _ in range(40):
            now = clock.now() + timedelta(minutes=chance.choice([0, 0, 0, 11]))
            try:
                with db.transaction() as session:
                    _press(session, chance, by_hand, who, seen, now)
                    _die(chance)
            except (ConnectionError, RefusedError):
                continue

    at_once(5, works)
    with db.reading() as session:
        asked = Counter(session.exec(select(Message.recipient_id).where(Message.campaign_id == by_hand.id)))
    assert set(asked.values()) <= {1}
    written = {person for person in people if fresh(Recipient, person).composed_at is not None}
    assert written == set(asked), "whoever is marked has a text, and the other way round"
    assert asked


def _die(chance):
    if chance.random() < 0.15:
        raise ConnectionError


def _press(session, chance, by_hand, who, seen, now):
    match chance.choice(["take", "send", "send", "send", "pass", "back"]):
        case "take":
            texting.take(session, by_hand.id, who, now)
            seen[:] = texting.in_hand(session, by_hand.id, who, now) + seen[:3]
        case "send" if seen:
            text = chance.choice(seen)
            for _ in range(chance.choice([1, 1, 4])):
                texting.send(session, by_hand.id, text.recipient_id, who, text.body, now)
        case "pass" if seen:
            texting.pass_by(session, chance.choice(seen).recipient_id, who, Passing.KNOW_THEM)
        case "back":
            texting.give_back(session, by_hand.id, who)
