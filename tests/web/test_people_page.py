"""Admins let people in and out."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from phonebank import db
from phonebank.people import queries
from tests.support.pages import Visitor

pytestmark = pytest.mark.database("sqlite")


def invite(admin, **who):
    admin.open("/people")
    return admin.send("/people", {"name": "Vera Voss", "email": "vera@example.org", "role": "volunteer"} | who)


def test_an_invitation_is_a_link_that_lets_them_in(visitor, app):
    page = invite(visitor("admin")).text
    path = re.search(r"http://127\.0\.0\.1:8000(/sign-in/[\w-]+)", page)[1]
    vera = Visitor(app.test_client())
    vera.open(path)
    vera.send(path)
    assert "vera@example.org" in vera.open("/me")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [({"email": "vera"}, "not an e-mail address"), ({"name": " "}, "Give a name"), ({"role": "owner"}, "not a role")],
)
def test_a_bad_invitation_keeps_what_was_typed(visitor, wrong, sentence):
    answer = invite(visitor("admin"), **wrong)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert "vera@example.org" in answer.text or "email" in wrong


def test_suspending_is_at_once_and_can_be_taken_back(visitor):
    admin, vera = visitor("admin"), visitor("volunteer")
    page = admin.open("/people")
    suspend = re.search(
        r'action="(/people/\d+/suspend)"(?:(?!action=).)*Suspend<span[^>]*> Volunteer', page, re.DOTALL
    )[1]
    assert "is suspended" in admin.follow(suspend)
    assert vera.get("/me").status_code == 403
    assert "may sign in again" in admin.follow(suspend.replace("suspend", "reinstate"))


def test_the_last_admin_stays(visitor):
    admin = visitor("admin")
    admin.open("/people")
    answer = admin.send("/people/1/suspend")
    assert answer.status_code == 409
    assert "only admin left" in answer.text


def link_for_many(organizer, **form):
    organizer.open("/people")
    page = organizer.send("/people/many", {"most": "2", "until": "8"} | form).text
    return re.search(r"http://127\.0\.0\.1:8000(/join/[\w-]+)", page)


def newcomer(app):
    return Visitor(app.test_client())


def join(app, path, name="Ana", **form):
    them = newcomer(app)
    fresh = re.search(r'name="form" value="([\w-]+)"', them.open(path))[1]
    return them, them.send(path, {"name": name, "form": fresh} | form)


def test_many_join_by_one_link_and_each_gives_a_name(visitor, app):
    organizer = visitor("organizer")
    path = link_for_many(organizer)[1]
    ana, answer = join(app, path)
    assert answer.location == "/start"
    assert "Ana" in ana.open("/me")
    assert "@" not in re.search(r'class="lead"[^>]*>([^<]*)', ana.open("/me"))[1]
    assert "1 of 2" in organizer.open("/people")


def test_a_full_link_and_an_ended_one_say_so(visitor, app):
    organizer = visitor("organizer")
    path = link_for_many(organizer, most="1")[1]
    join(app, path)
    late = newcomer(app)
    assert late.get(path).status_code == 410
    other = link_for_many(organizer)[1]
    them = newcomer(app)
    them.open(other)
    organizer.open("/people")
    assert "Nobody joins by that link" in organizer.follow("/people/many/2/end")
    refused = them.send(other, {"name": "Bo", "form": "x"})
    assert refused.status_code == 409
    assert "no longer lets anybody in" in refused.text


def test_who_is_in_already_is_led_to_their_work(visitor, app):
    path = link_for_many(visitor("organizer"))[1]
    ana, _ = join(app, path)
    assert ana.get(path).location == "/start"


@pytest.mark.parametrize(("form", "sentence"), [({"most": "many"}, "as a number"), ({"most": "900"}, "1 to 500")])
def test_a_bad_link_for_many_is_refused_with_a_sentence(visitor, form, sentence):
    organizer = visitor("organizer")
    organizer.open("/people")
    answer = organizer.send("/people/many", {"until": "8"} | form)
    assert (answer.status_code, sentence in answer.text) == (400, True)


def test_tonight_is_the_viewers_own(visitor, clock):
    organizer = visitor("organizer")
    link_for_many(organizer, until="tonight", zone="Asia/Tokyo")
    with db.reading() as session:
        [link] = queries.open_links(session, clock.now())
    local = link.expires_at.astimezone(ZoneInfo("Asia/Tokyo"))
    assert (local.hour, local.minute) == (0, 0) or link.expires_at - clock.now() == timedelta(hours=2)


def test_suspending_who_came_by_a_link_for_many_says_that_it_still_works(visitor, app):
    organizer = visitor("organizer")
    join(app, link_for_many(organizer)[1])
    organizer.open("/people")
    told = organizer.follow("/people/2/suspend")
    assert "Ana is suspended" in told
    assert "came by a link for many that still works" in told


def test_an_organizer_sees_everybody_and_changes_only_volunteers(visitor):
    visitor("admin")
    organizer = visitor("organizer")
    page = organizer.open("/people")
    assert "Only an admin decides here." in page
    assert 'name="before"' not in page
    assert organizer.send("/people/1/role", {"before": "admin", "role": "volunteer"}).status_code == 403
    assert organizer.send("/people/1/suspend").status_code == 409
    assert organizer.send("/people", {"name": "Eve", "role": "admin"}).status_code == 409


def test_a_role_changed_on_an_old_page_changes_nothing(visitor):
    admin = visitor("admin")
    visitor("volunteer")
    admin.open("/people")
    form = {"before": "volunteer", "role": "organizer"}
    assert "Volunteer is organizer now." in admin.follow("/people/2/role", form)
    assert "Nothing was changed" in admin.follow("/people/2/role", {"before": "volunteer", "role": "admin"})


def test_a_suspended_persons_next_request_says_why(visitor):
    admin, vera = visitor("admin"), visitor("volunteer")
    vera.open("/inbox")
    admin.open("/people")
    admin.follow("/people/2/suspend")
    live = vera.get("/inbox/rows", headers={"HX-Request": "true"})
    assert (live.status_code, live.headers["HX-Redirect"]) == (403, "/")
    for again in range(2):
        page = vera.get("/")
        assert (page.status_code, "Your access has ended" in page.text) == (403, True), again
    assert "Your access has ended" in vera.send("/inbox/1/answer", {"body": "Hi"}, headers={"HX-Request": "true"}).text
    assert vera.get("/sign-in").status_code == 200, "somebody else may sign in on this phone"
