"""Twilio's door: only what it signed comes in, everything it signed is kept, and nothing is ever said back."""

import json

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from phonebank import db
from phonebank.app import create_app
from phonebank.gateway import twilio
from phonebank.messages import receiving, spool
from phonebank.messages.models import Message, MessageStatus, StrayReport
from phonebank.optouts.queries import is_opted_out
from phonebank.settings import Settings
from tests.support import conversations as make
from tests.support import factories
from tests.support.factories import at_once, fresh

pytestmark = pytest.mark.database("sqlite")

ACCOUNT, TOKEN, NEXT = "AC" + "0" * 32, "t" * 32, "n" * 32
PHONE = "+12025550143"
PUBLIC = "https://phonebank.example.org"
SMS = "/twilio/sms"


@pytest.fixture
def settings(database_url, tmp_path):
    return Settings(
        database_url=database_url,
        redis_url="redis://127.0.0.1:1/0",
        secret_key="s" * 40,
        public_url=PUBLIC,
        phonebank_home=tmp_path,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_auth_token_next=NEXT,
    )


@pytest.fixture
def app(settings, clock):
    app = create_app(settings)
    app.testing = True
    yield app
    db.engine().dispose()


@pytest.fixture
def post(app):
    """post(path, form): as Twilio would, signed with `token` over `signed` (else over what is sent)."""

    def posted(path, form, *, token=TOKEN, signed=None, signature=None):
        signature = twilio.sign(signed or PUBLIC + path, form, token) if signature is None else signature
        headers = {"X-Twilio-Signature": signature} if signature else {}
        return app.test_client().post(path, data=form, headers=headers, environ_overrides={"RAW_URI": path})

    return posted


def text(body="yes", **more):
    return {
        "MessageSid": factories.sid(),
        "AccountSid": ACCOUNT,
        "From": PHONE,
        "To": "+15005550006",
        "Body": body,
        **more,
    }


def report(status="delivered", **more):
    return {"MessageSid": factories.sid(), "AccountSid": ACCOUNT, "MessageStatus": status, **more}


def _rows(kind=Message):
    with db.reading() as session:
        return list(session.exec(select(kind).order_by(col(kind.id))))


def _spooled(settings):
    return sorted((settings.var / "spool").glob("*.json"))


def _is_silent(answer):
    return (answer.status_code, answer.mimetype, answer.text) == (200, "text/xml", "<Response/>")


@pytest.mark.database("sqlite", "postgresql")
def test_a_signed_text_is_stored_and_nothing_is_said(post, settings):
    assert _is_silent(post(SMS, text("yes")))
    assert [(one.phone, one.body, one.status) for one in _rows()] == [(PHONE, "yes", MessageStatus.RECEIVED)]
    assert not _spooled(settings)


def test_whoever_cannot_sign_is_refused_and_nothing_stored(post, settings):
    form = text()
    good = twilio.sign(PUBLIC + SMS, form, TOKEN)
    for signature in ("", "wrong", good[:-2], good.lower(), twilio.sign(PUBLIC + SMS, form, "x" * 32), "é", "=" * 5000):
        assert post(SMS, form, signature=signature).status_code == 403, signature
    assert post(SMS, {**form, "Body": "no"}, signature=good).status_code == 403, "other words"
    assert post(SMS, {**form, "More": "1"}, signature=good).status_code == 403, "one field more"
    assert post("/twilio/status/1", form, signature=good).status_code == 403, "another address"
    assert post(SMS, form, signed="http://phonebank.example.org" + SMS).status_code == 403, "another scheme"
    assert (_rows(), _rows(StrayReport), _spooled(settings)) == ([], [], [])


def test_a_signature_is_over_our_public_address_whatever_host_is_asked(app, settings):
    form = text()
    headers = {
        "X-Twilio-Signature": twilio.sign("https://evil.example.org" + SMS, form, TOKEN),
        "Host": "evil.example.org",
    }
    assert app.test_client().post(SMS, data=form, headers=headers).status_code == 403


def test_a_query_string_and_escapes_are_signed_as_they_were_typed(post):
    for path in (SMS + "?a=1&b=%20x%2Fy", SMS + "?plus=a+b&empty=", "/twilio/status/no%20such%2Did?x=%C3%B1"):
        assert post(path, text()).status_code in {200, 204}, path
        assert post(path, text(), signed=PUBLIC + path.split("?", maxsplit=1)[0]).status_code == 403, path


def test_both_tokens_are_good_while_one_is_rotated(post):
    assert _is_silent(post(SMS, text(), token=TOKEN))
    assert _is_silent(post(SMS, text(), token=NEXT))
    assert len(_rows()) == 2


def test_without_a_token_nothing_comes_in(database_url, tmp_path, clock):
    app = create_app(Settings(database_url=database_url, public_url=PUBLIC, phonebank_home=tmp_path))
    form = text()
    headers = {"X-Twilio-Signature": twilio.sign(PUBLIC + SMS, form, "")}
    assert app.test_client().post(SMS, data=form, headers=headers).status_code == 403
    db.engine().dispose()


def test_another_account_with_our_token_is_refused(post):
    assert post(SMS, text(AccountSid="AC" + "1" * 32)).status_code == 403
    assert _rows() == []


def test_a_report_of_another_accounts_text_changes_nothing_and_is_counted(post, app, clock):
    with db.transaction() as session:
        drive = make.campaign(session, clock.now())
        to = factories.member(session, drive, clock.now())
        sent = {"status": "sent", "claimed_at": clock.now(), "attempts": 1, "carrier_sid": "SM" + "7" * 32}
        message_id = factories.queued(session, to, drive, clock.now(), **sent)
    stranger = report("failed", MessageSid="SM" + "7" * 32, AccountSid="AC" + "1" * 32, ErrorCode="30007")
    assert post(f"/twilio/status/{message_id}", stranger).status_code == 204
    (row,) = _rows()
    assert (row.status, row.error_code) == ("sent", None)
    (stray,) = _rows(StrayReport)
    assert (stray.about, stray.status) == (f"of another account: {message_id}", "failed")
    assert b"phonebank_stray_reports 1.0" in app.test_client().get("/metrics").data


@pytest.mark.database("sqlite", "postgresql")
def test_the_same_text_delivered_three_times_at_once_is_kept_once(post):
    form = text("yes")
    assert all(map(_is_silent, at_once(3, lambda _: post(SMS, form))))
    assert len(_rows()) == 1


def test_a_stop_stands_when_the_answer_goes_out(post):
    post(SMS, text("Stop"))
    with db.reading() as session:
        assert is_opted_out(session, PHONE)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("x" * 10_000, "x" * 10_000),
        ("x" * 10_001, "x" * 10_000),
        ("🎉❤️", "🎉❤️"),
        ("", ""),
        ("a\x00b", "ab"),
        ("<Response><Message>hi</Message></Response>", "<Response><Message>hi</Message></Response>"),
    ],
    ids=["10,000", "10,001", "emoji", "empty", "NUL", "markup"],
)
@pytest.mark.database("postgresql")
def test_whatever_they_send_is_kept(post, body, kept):
    assert _is_silent(post(SMS, text(body, NumMedia="1", MediaUrl0="https://api.twilio.com/1")))
    [row] = _rows()
    assert (row.body, len(row.media)) == (kept, 1)


def test_bytes_that_are_no_text_are_refused_or_kept_never_a_crash(app):
    for body in (b"From=%2B12025550143&MessageSid=SM1&Body=%ED%A0%BD", b"\xff\xfe=\x00", b"Body=%00%ff"):
        kind = "application/x-www-form-urlencoded"
        assert app.test_client().post(SMS, data=body, content_type=kind).status_code == 403


def test_a_text_without_a_sender_is_heard_and_nothing_stored(post):
    form = text()
    del form["From"]
    assert _is_silent(post(SMS, form))
    assert _rows() == []


@pytest.mark.database("sqlite", "postgresql")
def test_a_report_settles_its_text(post, clock):
    with db.transaction() as session:
        drive = make.campaign(session, clock.now())
        to = factories.member(session, drive, clock.now())
        sent = {"status": MessageStatus.SENDING, "attempts": 1, "claimed_at": clock.now()}
        message_id = factories.queued(session, to, drive, clock.now(), **sent)
    form = report("delivered")
    for _ in range(3):
        answer = post(f"/twilio/status/{message_id}", form)
        assert (answer.status_code, answer.data) == (204, b"")
    assert post(f"/twilio/status/{message_id}", {**form, "MessageStatus": "sent"}).status_code == 204
    row = fresh(Message, message_id)
    assert (row.status, row.carrier_sid) == (MessageStatus.DELIVERED, form["MessageSid"])
    assert _rows(StrayReport) == []


@pytest.mark.database("sqlite", "postgresql")
def test_a_report_about_nobodys_text_is_kept_and_counted(post, settings):
    strange = ("999999", "abc", "-1", "9" * 30, "9" * 5000, "1%00", "%E2%82%AC", "1.5")
    for about in strange:
        assert post(f"/twilio/status/{about}", report(MessageStatus="delivered\x00")).status_code == 204, about[:20]
    assert len(_rows(StrayReport)) == len(strange)
    assert not _spooled(settings)


def test_a_report_of_a_word_or_code_nobody_knows_is_no_crash(post):
    for more in ({"MessageStatus": "teleported"}, {"ErrorCode": "²"}, {"ErrorCode": "9" * 40}, {"MessageStatus": ""}):
        assert post("/twilio/status/1", report(**more)).status_code == 204, more
    assert post("/twilio/status/1", {"AccountSid": ACCOUNT}).status_code == 204


def _down(*_args, **_more):
    raise OperationalError("INSERT", {}, Exception("connection refused"))


@pytest.mark.database("sqlite", "postgresql")
def test_while_the_database_is_down_webhooks_wait_on_disk_and_are_replayed(post, settings, monkeypatch):
    form, told = text("STOP"), report()
    with monkeypatch.context() as down:
        down.setattr(db, "transaction", _down)
        assert _is_silent(post(SMS, form))
        assert post("/twilio/status/77", told).status_code == 204
    kept = [json.loads(path.read_text()) for path in _spooled(settings)]
    assert [(one["kind"], one["key"], one["form"]) for one in kept] == [("text", "", form), ("report", "77", told)]
    spool.replay(settings.var / "spool")
    assert [one.body for one in _rows()] == ["STOP"]
    with db.reading() as session:
        assert is_opted_out(session, PHONE)
    assert [one.about for one in _rows(StrayReport)] == ["77"]


def test_a_commit_that_fails_is_spooled_too(post, settings, monkeypatch):
    def stored_then_down(session, told, now):
        receiving_store(session, told, now)
        _down()

    receiving_store = receiving.store
    with monkeypatch.context() as down:
        down.setattr(receiving, "store", stored_then_down)
        assert _is_silent(post(SMS, text("yes")))
    assert (len(_rows()), len(_spooled(settings))) == (0, 1)


def test_with_neither_database_nor_disk_twilio_is_told_so(post, settings, monkeypatch):
    settings.var.mkdir(parents=True, exist_ok=True)
    (settings.var / "spool").write_text("a file where the folder should be")
    monkeypatch.setattr(db, "transaction", _down)
    assert post(SMS, text()).status_code == 503
    assert post("/twilio/status/1", report()).status_code == 503


@pytest.mark.database("postgresql")
def test_a_pool_without_a_free_connection_is_a_database_that_is_down(post, settings, monkeypatch):
    from sqlalchemy.exc import TimeoutError as NoneFree

    def none_free(*_):
        raise NoneFree("QueuePool limit reached")

    monkeypatch.setattr(db, "transaction", none_free)
    assert _is_silent(post(SMS, text()))
    assert len(_spooled(settings)) == 1


def test_a_doorbell_that_is_down_keeps_no_text_out(post):
    assert _is_silent(post(SMS, text("yes")))  # REDIS_URL of these tests leads nowhere
    assert len(_rows()) == 1


def test_only_a_post_comes_in(app):
    for path in (SMS, "/twilio/status/1"):
        for verb in ("get", "put", "delete", "patch"):
            assert getattr(app.test_client(), verb)(path).status_code == 405
