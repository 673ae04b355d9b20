"""TwiML as strict as the carrier: what it takes, and what it refuses and why."""

import inspect
import re

import pytest
from twilio.twiml import voice_response as theirs

from phonebank.rehearsal.twiml_rules import check_twiml, rules


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
        (f"<Say>{'a' * 4097}</Say>", "4,096 bytes"),
        (f"<Say voice='Polly.Joanna-Neural'>{'a' * 3001}</Say>", "3,000 bytes"),
        (f"<Say voice='Polly.Lupe'>{'í' * 1501}</Say>", "3,000 bytes"),
        (f"<Say voice='Google.en-US-Neural2-F'>{'a' * 5001}</Say>", "5,000"),
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


_NO_ELEMENTS = {"as_of", "longest_document", "longest_said", "rooms", "voices"}
_ELSEWHERE = {"Recording": {"name"}, "Dial": {"callReason"}, "say-as": {"role"}}
"""Attributes of the carrier's pages that its library has not taken up (yet)."""


def _their_class(tag):
    if tag in vars(theirs):
        return vars(theirs)[tag]
    return vars(theirs)["Ssml" + "".join(part.capitalize() for part in tag.split("-"))]


def _said_by(method):
    return inspect.getsource(method).rpartition('"""')[2]


def _their_attributes(kind):
    """The parameters of whatever makes one of these, as they stand in a document."""
    makers = [
        method
        for owner in vars(theirs).values()
        if inspect.isclass(owner)
        for method in vars(owner).values()
        if inspect.isfunction(method) and re.search(rf"\b{kind.__name__}\(", _said_by(method))
    ]
    named = {name.rstrip("_") for maker in makers for name in inspect.signature(maker).parameters}
    return {re.sub(r"_(\w)", lambda found: found[1].upper(), name) for name in named}


@pytest.mark.parametrize("tag", sorted(set(rules()) - _NO_ELEMENTS - {"Response"}))
def test_nothing_is_taken_that_the_carrier_s_own_library_does_not_know(tag):
    known = _their_attributes(_their_class(tag)) | _ELSEWHERE.get(tag, set())
    ours = {re.sub(r"[:-](\w)", lambda found: found[1].upper(), name) for name in rules()[tag].get("attributes", {})}
    assert ours <= known


@pytest.mark.parametrize("tag", sorted(set(rules()) - _NO_ELEMENTS))
def test_nothing_stands_in_another_where_their_library_does_not_put_it(tag):
    kind = theirs.VoiceResponse if tag == "Response" else _their_class(tag)
    made = {
        found[1]
        for name, method in vars(kind).items()
        if name != "__init__" and inspect.isfunction(method)
        for found in re.finditer(r"nest\(\s*(\w+)\(", _said_by(method))
    }
    held = rules()["rooms"]["call"] if tag == "Response" else rules()[tag].get("holds", [])
    assert {_their_class(one).__name__ for one in held} <= made
