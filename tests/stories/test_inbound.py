"""No reply is lost or handled twice."""

from sqlmodel import select

from phonebank import db
from phonebank.replies.models import ReplyReading


def _readings(walk, number):
    texts = [text.id for text in walk.replies(number)]
    with db.reading() as session:
        return [one for one in session.exec(select(ReplyReading)) if one.message_id in texts]


def test_one_text_delivered_three_times_at_once_is_one_text(walk):
    number = walk.launch(1).people[0]
    walk.until_asked()
    ours = walk.until(lambda: walk.carrier.thread(number))[-1]["our_number"]
    first = walk.carrier.inbound(sender=number, to=ours, body="Yes!", times=3)
    assert first["answers"] == [200, 200, 200]
    walk.pass_by(seconds=4)
    walk.until_heard(number, "Wonderful")
    again = walk.carrier.inbound(sender=number, to=ours, body="Yes!", sid=first["sid"], times=2)
    assert again["answers"] == [200, 200]
    walk.pass_by(seconds=4)
    walk.until_quiet()
    assert len(walk.replies(number)) == 1
    assert len(_readings(walk, number)) == 1
    assert len(walk.heard(number)) == 2


def test_texts_in_a_row_are_read_together(walk):
    number = walk.launch(1).people[0]
    walk.until_asked()
    walk.says(number, "Yes", "I'd love to", "see you there!")
    walk.until_heard(number, "Wonderful")
    walk.until_quiet()
    assert len(walk.replies(number)) == 3
    assert len(walk.heard(number)) == 2


def test_many_people_answering_at_once_are_each_answered_once(walk):
    drive = walk.launch(30)
    walk.until_asked()
    walk.until(lambda: all(walk.carrier.thread(number) for number in drive.people))
    for place, number in enumerate(drive.people):
        walk.carrier.reply(number, "Yes!" if place % 2 else "No thanks")
    walk.pass_by(seconds=4)
    walk.until(lambda: len(walk.ledger()) == 60)
    walk.until_quiet()
    assert walk.standing(drive)["outcome"] == {"yes": 15, "no": 15}
    assert all(len(walk.heard(number)) == 2 for number in drive.people)


def test_a_lying_signature_is_refused_and_nothing_is_stored(walk):
    import requests

    number = walk.people(1)[0]
    form = {"MessageSid": "SM" + "1" * 32, "From": number, "To": "+12025550190", "Body": "Yes"}
    answer = requests.post(
        f"{walk.house.settings.address}/twilio/sms", form, headers={"X-Twilio-Signature": "bGll"}, timeout=30
    )
    assert answer.status_code == 403
    assert not walk.talk(number)
