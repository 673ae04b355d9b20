"""TwiML as strict as the carrier: what it takes, and what it refuses and why."""

import pytest

from phonebank.rehearsal.twiml_rules import check_twiml


def _wrapped(inside):
    return f"<Response>{inside}</Response>"


@pytest.mark.parametrize(
    "inside",
    [
        "",
        '<Say voice="Polly.Joanna-Neural" language="en-US">Hi <break time="300ms"/> Ana.</Say><Pause length="2"/>',
        "<Gather input='dtmf speech' action='/a?turn=2' numDigits='1' timeout='4' speechTimeout='2' language='es-US'><Say>¿Sí?</Say></Gather>",
        "<Gather input='speech' speechModel='experimental_utterances' speechTimeout='2' hints='yes, no' actionOnEmptyResult='true'/>",
        "<Say voice='Polly.Lupe-Neural' language='es-US'>Hola</Say><Redirect>/again</Redirect>",
        "<Dial action='/over' timeout='20'><Number statusCallbackEvent='ringing answered'>+12025550101</Number></Dial>",
        "<Dial><Conference endConferenceOnExit='true' waitUrl='' beep='false'>call-7</Conference></Dial>",
        "<Dial><Client><Identity>ana</Identity><Parameter name='call' value='7'/></Client></Dial>",
        "<Enqueue waitUrl='/wait'>people</Enqueue>",
        "<Dial><Queue>people</Queue></Dial>",
        "<Record maxLength='60' playBeep='true' finishOnKey='#'/><Hangup/>",
        "<Play>https://example.org/a.mp3</Play><Play digits='ww1'/>",
    ],
)
def test_a_document_by_the_book_is_taken(inside):
    assert check_twiml(_wrapped(inside)) == []


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        ("<Speak>Hi</Speak>", "cannot hold <Speak>"),
        ("Hi", "cannot hold words"),
        ("<Say></Say>", "is empty"),
        (f"<Say>{'a' * 4097}</Say>", "4,096 at most"),
        ("<Say volume='3'>Hi</Say>", "has no attribute volume"),
        ("<Say voice='Polly.Lupe' language='en-US'>Hi</Say>", "speaks es-US, not en-US"),
        ("<Say voice='a nice one'>Hi</Say>", "should be voice"),
        ("<Say><b>Hi</b></Say>", "cannot hold <b>"),
        ("<Gather><Dial>+12025550101</Dial></Gather>", "Gather cannot hold <Dial>"),
        ("<Gather numDigits='0'/>", "should be 1 to 1000"),
        ("<Gather input='voice'/>", "some of dtmf, speech"),
        ("<Gather input='speech' speechModel='phone_call' speechTimeout='auto'/>", "13335"),
        ("<Gather hints='yes'/>", "no meaning"),
        (f"<Gather input='speech' hints='{'a' * 101}'/>", "should be hints"),
        ("<Gather action='javascript:alert(1)'/>", "should be url"),
        ("<Redirect/>", "is empty"),
        ("<Redirect method='PUT'>/a</Redirect>", "should be method"),
        ("<Hangup/><Say>Hi</Say>", "never reached"),
        ("<Dial/>", "dials nobody"),
        ("<Dial>+12025550101<Client>ana</Client></Dial>", "both"),
        ("<Dial><Conference>a</Conference><Number>+12025550101</Number></Dial>", "beside others"),
        ("<Dial>" + "<Number>+12025550101</Number>" * 11 + "</Dial>", "10 at most"),
        ("<Dial timeout='601'>+12025550101</Dial>", "should be 1 to 600"),
        ("<Dial><Client/></Dial>", "names nobody"),
        ("<Dial><Conference maxParticipants='251'>a</Conference></Dial>", "2 to 250"),
        ("<Enqueue/>", "names no queue"),
        ("<Play/>", "neither"),
        ("<Play>a b</Play>", "not an address"),
        ("<Pause length='-1'/>", "should be 1 to"),
    ],
)
def test_what_the_carrier_refuses_is_said(inside, says):
    (wrong,) = check_twiml(_wrapped(inside))
    assert says in wrong


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not XML"),
        ("<Response><Say>Hi</Response>", "not XML"),
        ("<Messages/>", "not a <Response>"),
        ('<!DOCTYPE r [<!ENTITY a "b">]><Response/>', "DOCTYPE"),
        (_wrapped("<Pause/>" * 9000), "65,536 bytes"),
        ("<Response version='2'/>", "has no attribute version"),
    ],
)
def test_what_is_no_document_is_refused_whole(text, says):
    (wrong,) = check_twiml(text)
    assert says in wrong


def test_while_people_wait_fewer_verbs_are_known():
    inside = _wrapped("<Say>One moment.</Say><Gather numDigits='1'/>")
    assert check_twiml(inside, "queue") == []
    assert check_twiml(inside, "conference") == ["Response cannot hold <Gather>."]
    assert check_twiml(_wrapped("<Dial>+12025550101</Dial>"), "queue") == ["Response cannot hold <Dial>."]
