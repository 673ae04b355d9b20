"""Every route has its guard, and the guard holds."""

import pytest
from flask import Blueprint

from phonebank import db
from phonebank.people import accounts
from phonebank.people.models import Role
from phonebank.web import guards
from phonebank.web.guards import Guard, requires
from tests.support.pages import Visitor

sqlite_only = pytest.mark.database("sqlite")

# What anybody may open, signed in or not. A page that is not here needs a role or Twilio's signature.
PUBLIC = {
    "static",
    "health.live",
    "health.ready",
    "health.metrics",
    "sign_in.form",
    "sign_in.by_password",
    "sign_in.link",
    "sign_in.by_link",
    "join.form",
    "join.join",
    "sign_in.out",
    "call_audio.listen",  # the carrier plays it: an address nobody can guess
}
VOLUNTEERS = {"sign_in.start", "sign_in.account", "sign_in.choose_password", "shifts.start", "shifts.end"}
SIGNED_BLUEPRINTS = {"hooks", "bridge_hooks", "voice", "call_status"}
PUBLIC_BLUEPRINTS = {"supporter", "meeting", "feed"}
VOLUNTEERS_BLUEPRINTS = {"one_on_ones", "first_texts", "start", "inbox", "deeds", "practice", "guide", "door", "calls"}


def routes(app):
    return {rule.endpoint: guards.guard_of(app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()}


@sqlite_only
def test_every_route_carries_a_guard(app):
    assert [endpoint for endpoint, guard in routes(app).items() if guard is None] == []


@sqlite_only
def test_only_the_listed_routes_are_public(app):
    public = {
        endpoint
        for endpoint, guard in routes(app).items()
        if guard is not None and guard.role is None and not guard.signed
    }
    assert {endpoint for endpoint in public if endpoint.partition(".")[0] not in PUBLIC_BLUEPRINTS} == PUBLIC


@sqlite_only
def test_only_twilio_blueprint_is_signed(app):
    signed = {endpoint.partition(".")[0] for endpoint, guard in routes(app).items() if guard and guard.signed}
    assert signed <= SIGNED_BLUEPRINTS


@sqlite_only
def test_a_volunteer_reaches_only_the_inbox_and_their_own_account(app):
    open_to_them = {endpoint for endpoint, guard in routes(app).items() if guard and guard.role is Role.VOLUNTEER}
    assert {
        endpoint for endpoint in open_to_them if endpoint.partition(".")[0] not in VOLUNTEERS_BLUEPRINTS
    } == VOLUNTEERS


@sqlite_only
def test_a_route_without_a_guard_opens_for_nobody(app, visitor):
    app.add_url_rule("/bare", "bare", lambda: "secret")
    assert visitor("admin").get("/bare").status_code == 403


def _guarded(app, role):
    pages = Blueprint("pages", __name__)
    pages.add_url_rule("/page", view_func=requires(role)(lambda: "inside"), methods=["GET", "POST"], endpoint="page")
    app.register_blueprint(pages)


@sqlite_only
@pytest.mark.parametrize(
    ("role", "needed", "status"),
    [
        ("volunteer", Role.VOLUNTEER, 200),
        ("volunteer", Role.ORGANIZER, 403),
        ("volunteer", Role.ADMIN, 403),
        ("organizer", Role.VOLUNTEER, 200),
        ("organizer", Role.ORGANIZER, 200),
        ("organizer", Role.ADMIN, 403),
        ("admin", Role.ADMIN, 200),
    ],
)
def test_a_role_opens_its_own_pages_and_those_below(app, visitor, role, needed, status):
    _guarded(app, needed)
    assert visitor(role).get("/page").status_code == status


@sqlite_only
def test_somebody_unknown_is_sent_to_sign_in_and_back(app, client):
    _guarded(app, Role.VOLUNTEER)
    answer = client.get("/page?part=2")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/page?part%3D2")


@sqlite_only
def test_an_open_page_of_a_suspended_person_loses_access_at_once(app, visitor):
    _guarded(app, Role.VOLUNTEER)
    them = visitor("volunteer")
    assert them.get("/page").status_code == 200
    with db.transaction() as session:
        accounts.suspend(session, them.email)
    live = them.get("/page", headers={"HX-Request": "true"})
    assert (live.status_code, live.headers["HX-Redirect"]) == (403, "/")
    with db.transaction() as session:
        accounts.reinstate(session, them.email)
    assert them.get("/page").status_code == 303, "the session that was ended stays ended"


@sqlite_only
def test_a_form_without_the_pages_own_token_is_refused(app, visitor):
    _guarded(app, Role.VOLUNTEER)
    them = visitor("volunteer")
    assert them.client.post("/page").status_code == 400
    them.open("/me")
    assert them.send("/page").status_code == 200


@sqlite_only
def test_a_large_body_is_refused_before_it_is_read(app, client, visitor):
    assert client.post("/sign-in", data={"email": "x" * 1_100_000}).status_code == 413


@sqlite_only
def test_personal_pages_are_not_kept_and_no_script_from_elsewhere_runs(app, visitor):
    headers = visitor("admin").get("/me").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@sqlite_only
def test_a_page_that_is_not_there_says_so(app, client):
    answer = Visitor(client).get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


def test_the_guard_of_a_view_is_what_was_marked():
    marked = guards.accepts_body(5)(requires(Role.ADMIN)(lambda: ""))
    assert guards.guard_of(marked) == Guard(role=Role.ADMIN, largest_body=5)
