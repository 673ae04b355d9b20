"""What the command line does to lists, opt-outs and people stands in the audit trail, without anybody's number."""

from sqlmodel import select

from phonebank import db
from phonebank.people.models import AuditEntry, Deed

NUMBER = "+12025550143"


def trail():
    with db.reading() as session:
        return session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()


def test_every_deed_of_staff_is_kept(phonebank, home):
    people = home / "people.csv"
    people.write_text(f"First Name,Phone\nElsa,{NUMBER}\n")
    (home / "stopped.txt").write_text("(202) 555-0144\n")
    for words in (
        ("contacts", "import", people, "--list", "supporters"),
        ("contacts", "import", people, "--list", "supporters", "--dry-run"),
        ("optouts", "add", NUMBER, "--because", "called us"),
        ("optouts", "add", NUMBER, "--because", "called us again"),
        ("optouts", "lift", NUMBER, "--because", "wrote to us"),
        ("optouts", "import", home / "stopped.txt"),
        ("optouts", "export"),
        ("people", "add", "amanda@example.org", "--name", "Amanda", "--role", "admin"),
        ("people", "add", "bo@example.org", "--name", "Bo", "--role", "volunteer"),
        ("people", "role", "bo@example.org", "organizer"),
        ("people", "suspend", "bo@example.org"),
        ("people", "reinstate", "bo@example.org"),
        ("contacts", "erase", NUMBER),
        ("db", "backup", home / "all.db"),
        ("db", "restore", home / "all.db", "--replace"),
        ("db", "backup", home / "again.db"),
    ):
        phonebank.ok(*words)
    kept = trail()
    assert [entry.deed for entry in kept] == [
        Deed.IMPORTED,
        Deed.OPT_OUT_RECORDED,
        Deed.OPT_OUT_LIFTED,
        Deed.OPT_OUTS_IMPORTED,
        Deed.EXPORTED,
        Deed.INVITED,
        Deed.INVITED,
        Deed.ROLE_CHANGED,
        Deed.SUSPENDED,
        Deed.REINSTATED,
        Deed.ERASED,
        Deed.RESTORED,  # the first backup's own entry came after it, and so is gone
        Deed.BACKED_UP,
    ]
    assert all("command line" in entry.by for entry in kept)
    assert not any("555" in entry.about + entry.detail for entry in kept)


def test_the_last_admin_keeps_the_role(phonebank):
    phonebank.ok("people", "add", "amanda@example.org", "--name", "Amanda", "--role", "admin")
    assert "only admin left" in phonebank.refused("people", "role", "amanda@example.org", "volunteer")
