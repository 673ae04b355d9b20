"""Signing in and out, by link and by password, and what a guesser meets."""

import pytest

from phonebank import clock as house_clock
from phonebank import db
from phonebank.people import accounts, queries
from phonebank.web.sign_in import is_ours
from tests.support.pages import Visitor

pytestmark = pytest.mark.database("sqlite")
PASSWORD = "correct horse battery"


def link_for(email):
    with db.transaction() as session:
        return accounts.sign_in_link(session, queries.by_email(session, email).id, house_clock.now())


def sign_in(client, email, password=PASSWORD, onward=""):
    visitor = Visitor(client)
    visitor.open("/sign-in")
    return visitor.send("/sign-in", {"email": email, "password": password, "next": onward})


def test_a_password_opens_the_door(client, person):
    answer = sign_in(client, person("admin"))
    assert answer.status_code == 303
    assert client.get("/me").status_code == 200


def test_a_mail_scanner_that_opens_the_link_does_not_use_it_up(client, person, app):
    path = f"/sign-in/{link_for(person('volunteer'))}"
    app.test_client().get(path)
    app.test_client().head(path)
    visitor = Visitor(client)
    assert "signs you in once" in visitor.open(path)
    assert visitor.send(path).status_code == 303
    assert client.get("/me").status_code == 200


def test_a_link_that_was_used_says_so(client, person, app):
    path = f"/sign-in/{link_for(person('volunteer'))}"
    visitor = Visitor(client)
    visitor.open(path)
    visitor.send(path)
    again = Visitor(app.test_client())
    answer = again.get(path)
    assert answer.status_code == 410
    assert "no longer works" in answer.text


@pytest.mark.parametrize(
    ("email", "password"), [("admin@example.org", "wrong"), ("ghost@example.org", PASSWORD), ("", "")]
)
def test_every_refusal_reads_the_same(client, person, email, password):
    person("admin")
    answer = sign_in(client, email, password)
    assert answer.status_code == 401
    assert "do not go together" in answer.text


def test_guessing_is_slowed_down(client, person, clock):
    email = person("admin")
    answers = [sign_in(client, email, "wrong").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    assert sign_in(client, email).status_code == 429, "even with the right password"
    clock.pass_by(minutes=16)
    assert sign_in(client, email).status_code == 303


def test_one_persons_failures_do_not_lock_out_another(client, person, clock):
    for _ in range(6):
        sign_in(client, person("admin") if _ == 0 else "admin@example.org", "wrong")
    assert sign_in(client, person("volunteer")).status_code == 303


def test_signing_in_leads_back_to_where_one_wanted_to_go(client, person):
    assert sign_in(client, person("admin"), onward="/me?part=2").location == "/me?part=2"


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "evil",
        "/\t/evil.example",
        "/\n//evil.example",
        "",
    ],
)
def test_signing_in_never_leads_to_another_site(client, person, path):
    assert not is_ours(path)
    assert sign_in(client, person("admin"), onward=path).location in {"/campaigns", "/inbox"}


def test_signing_out_ends_the_session(visitor):
    them = visitor("organizer")
    them.open("/me")
    assert "signed out" in them.follow("/sign-out")
    assert them.get("/me").status_code == 303


def test_a_session_does_not_outlive_a_new_password(visitor, app):
    here, there = visitor("organizer"), Visitor(app.test_client())
    path = f"/sign-in/{link_for(here.email)}"
    there.open(path)
    there.send(path)
    here.open("/me")
    assert "Your password is set" in here.follow("/me/password", {"password": "another long password"})
    assert here.get("/me").status_code == 200
    assert there.get("/me").status_code == 303


def test_a_short_password_is_refused_with_a_sentence(visitor):
    them = visitor("volunteer")
    them.open("/me")
    answer = them.send("/me/password", {"password": "short"})
    assert answer.status_code == 400
    assert "10 characters" in answer.text


def test_the_cookie_is_kept_from_scripts_and_other_sites(client, person):
    cookie = sign_in(client, person("admin")).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_cookie_travels_only_by_https_when_the_address_is_https(settings, person):
    from phonebank.app import create_app

    email = person("admin")
    secure = create_app(settings.model_copy(update={"public_url": "https://bank.example.org"})).test_client()
    cookie = sign_in(secure, email).headers["Set-Cookie"]
    assert cookie.startswith("__Host-phonebank=")
    assert "Secure" in cookie


def test_a_name_with_markup_is_only_words(visitor):
    them = visitor("organizer", "<script>alert(1)</script>")
    assert "<script>alert" not in them.get("/me").text
    assert "&lt;script&gt;alert(1)" in them.get("/me").text
