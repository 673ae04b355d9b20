"""Admins let people in and out."""

import re

import pytest

pytestmark = pytest.mark.database("sqlite")


def invite(admin, **who):
    admin.open("/people")
    return admin.send("/people", {"name": "Vera Voss", "email": "vera@example.org", "role": "volunteer"} | who)


def test_an_invitation_is_a_link_that_lets_them_in(visitor, app):
    page = invite(visitor("admin")).text
    path = re.search(r"http://127\.0\.0\.1:8000(/sign-in/[\w-]+)", page)[1]
    from tests.support.pages import Visitor

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
    assert vera.get("/me").status_code == 303
    assert "may sign in again" in admin.follow(suspend.replace("suspend", "reinstate"))


def test_the_last_admin_stays(visitor):
    admin = visitor("admin")
    admin.open("/people")
    answer = admin.send("/people/1/suspend")
    assert answer.status_code == 409
    assert "only admin left" in answer.text
