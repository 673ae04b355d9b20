"""What people text is stored once, with an exact opt-out in the same breath, whatever it holds."""

import pytest

from phonebank import db
from phonebank.contacts import ledger as numbers
from phonebank.contacts import queries as contacts
from phonebank.gateway import inbound
from phonebank.gateway.inbound import Picture
from phonebank.messages import queries, receiving
from phonebank.messages.models import MessageStatus
from phonebank.optouts.models import Ban
from phonebank.optouts.queries import is_opted_out, standing
from tests.support import factories
from tests.support.factories import at_once, do

pytestmark = pytest.mark.usefixtures("database")
PHONE = "+12025550143"


def _heard():
    with db.reading() as session:
        return queries.conversation(session, PHONE)


def _is_out():
    with db.reading() as session:
        return is_opted_out(session, PHONE)


def test_the_same_text_delivered_three_times_at_once_is_one_row(clock):
    text = factories.inbound(PHONE, "yes")
    stored = at_once(3, lambda _: do(receiving.store, text, clock.now()))
    assert sorted(stored) == [False, False, True]
    assert [one.body for one in _heard()] == ["yes"]
    assert _heard()[0].status is MessageStatus.RECEIVED


def test_who_texts_us_can_be_texted_again(clock):
    do(numbers.note_textless, PHONE, because="a landline (30006)", now=clock.now())
    do(receiving.store, factories.inbound("+12025550144", "yes"), clock.now())
    with db.reading() as session:
        assert contacts.textless(session, 10)[0] == 1, "another number's text says nothing of this one"
    do(receiving.store, factories.inbound(PHONE, "yes"), clock.now())
    with db.reading() as session:
        assert contacts.textless(session, 10)[0] == 0


def test_the_same_words_twice_are_two_texts(clock):
    for _ in range(2):
        do(receiving.store, factories.inbound(PHONE, "yes"), clock.now())
    assert len(_heard()) == 2


def test_an_exact_stop_is_in_the_ledger_as_soon_as_it_is_stored(clock):
    for number, body in enumerate(("STOP", " stop. ", "Alto", "Unsubscribe", "“STOP”", "S T O P", "S.T.O.P!")):
        phone = f"+1202555{number:04d}"
        do(receiving.store, factories.inbound(phone, body), clock.now())
        with db.reading() as session:
            [ban] = standing(session, phone).values()
        assert (ban.kind, ban.recorded_by) == (Ban.OPT_OUT, receiving.BY_THEIR_TEXT), body


def test_the_stop_and_its_text_are_stored_together_or_not_at_all(clock):
    def stored_and_lost(session):
        receiving.store(session, factories.inbound(PHONE, "STOP"), clock.now())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        do(stored_and_lost)
    assert (_heard(), _is_out()) == ([], False)


def test_what_the_carrier_calls_a_stop_is_one_whatever_it_says(clock):
    do(receiving.store, factories.inbound(PHONE, "BASTA YA", opt_out_type="STOP"), clock.now())
    assert _is_out()


def test_words_that_only_hold_a_stop_are_left_to_the_reader(clock):
    for body in ("stop by at six", "I can't stop thinking of it", "START", "HELP", "YES", ""):
        do(receiving.store, factories.inbound(PHONE, body, opt_out_type="HELP"), clock.now())
    assert not _is_out()


def test_whatever_a_phone_can_send_is_stored(clock):
    form = {"MessageSid": "SM1", "From": PHONE, "To": "+15005550006"}
    for body in ("🎉" * 200, "a\x00b", "half \ud83d pair", "x" * 50_000, "’; DROP TABLE message; --", "\r\n\t", ""):
        text = inbound.text_from({**form, "MessageSid": factories.sid(), "Body": body})
        assert do(receiving.store, text, clock.now()), repr(body[:20])
    bodies = [one.body for one in _heard()]
    assert bodies[1] == "ab"
    assert len(bodies[3]) == inbound.LONGEST_BODY


def test_every_field_of_the_form_is_made_storable(clock):
    odd = "a\x00b\ud83d"
    names = ("To", "MessagingServiceSid", "OptOutType", "MediaUrl0", "MediaContentType0")
    text = inbound.text_from(
        {"MessageSid": "SM\x001", "From": PHONE + "\x00", "NumMedia": "1"} | dict.fromkeys(names, odd)
    )
    assert do(receiving.store, text, clock.now())
    assert _heard()[0].phone == PHONE


def test_a_picture_without_words_is_kept_with_where_it_is(clock):
    text = inbound.text_from(
        {
            "MessageSid": "SM1",
            "From": PHONE,
            "Body": "",
            "NumMedia": "1",
            "MediaUrl0": "https://api.twilio.com/1",
            "MediaContentType0": "image/jpeg",
        }
    )
    do(receiving.store, text, clock.now())
    [heard] = _heard()
    assert heard.media == [Picture(url="https://api.twilio.com/1", content_type="image/jpeg").model_dump()]


def test_a_count_of_pictures_that_is_no_number_is_none():
    for count in ("", "x", "-1", "²", "9" * 5000, "1e9"):
        text = inbound.text_from({"MessageSid": "SM1", "From": PHONE, "NumMedia": count})
        assert len(text.pictures) <= 10


def test_an_error_code_that_is_no_number_is_none():
    for code in ("", "x", "²", "9" * 5000, "-1", "30005.0"):
        assert (
            inbound.report_from({"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": code}).error_code is None
        )
    told = inbound.report_from({"SmsSid": "SM1", "SmsStatus": "FAILED", "ErrorCode": "30005"})
    assert (told.status, told.rank, told.error_code) == ("failed", 4, 30005)


def test_a_text_without_an_id_or_a_sender_is_refused_in_one_sentence():
    for form in ({}, {"MessageSid": "SM1"}, {"From": PHONE}, {"MessageSid": "", "From": PHONE}):
        with pytest.raises(inbound.BadInputError, match="The webhook has no"):
            inbound.text_from(form)


def test_a_text_that_came_through_a_service_belongs_to_the_service(clock):
    do(receiving.store, factories.inbound(PHONE, "hi", service="MG1"), clock.now())
    assert _heard()[0].sender == "MG1"
