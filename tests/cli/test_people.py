"""`phonebank people` as an operator types it."""

AMANDA = ("people", "add", "Amanda@Example.org", "--name", "Amanda", "--role", "admin")


def test_somebody_new_gets_a_link_that_signs_in_once(phonebank):
    assert phonebank.ok(*AMANDA).startswith("http://127.0.0.1:8000/sign-in/")
    assert phonebank.records("people", "list", "--json") == [
        {"email": "amanda@example.org", "name": "Amanda", "role": "admin", "status": "active"},
    ]
    assert "already here" in phonebank.refused(*AMANDA)
    assert "/sign-in/" in phonebank.ok("people", "link", "amanda@example.org")


def test_a_password_is_read_from_standard_input_and_never_shown(phonebank):
    told = phonebank.ok(*AMANDA, "--password-stdin", typed="correct horse battery staple\n")

    assert "may sign in as admin" in told
    assert "horse" not in told


def test_the_last_admin_cannot_be_suspended_but_others_can(phonebank):
    phonebank.ok(*AMANDA)
    phonebank.ok("people", "add", "bo@example.org", "--name", "Bo", "--role", "volunteer")

    assert "only admin" in phonebank.refused("people", "suspend", "amanda@example.org")
    assert "is suspended" in phonebank.ok("people", "suspend", "bo@example.org")
    assert "may sign in" in phonebank.ok("people", "reinstate", "bo@example.org")


def test_an_unknown_role_is_wrong_usage_and_a_bad_address_a_refusal(phonebank):
    assert phonebank("people", "add", "x@example.org", "--name", "X", "--role", "king").exit_code == 2
    assert "not an e-mail address" in phonebank.refused("people", "add", "x", "--name", "X", "--role", "admin")
