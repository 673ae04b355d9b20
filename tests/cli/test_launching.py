"""`phonebank campaigns launch` with the stand-in carrier on its port, and no Redis anywhere."""

import pytest

from tests.support.campaigns import PHONE_BANK

LIST = "First Name,Cell Phone\nElsa,(202) 555-0143\nBo,202-555-0144\n"


@pytest.fixture
def drafted(phonebank, noon, tmp_path, carrier, monkeypatch):
    """Makes a draft of a campaign file with changes; the carrier's keys are set."""
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", carrier.account_sid)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", carrier.auth_token)
    monkeypatch.setenv("TWILIO_API_BASE_URL", carrier.url)
    (tmp_path / "list.csv").write_text(LIST)
    phonebank.ok("contacts", "import", tmp_path / "list.csv", "--list", "supporters")

    def drafted(was="", becomes=""):
        (tmp_path / "campaign.toml").write_text(OURS.replace(was, becomes, 1))
        phonebank.ok("campaigns", "create", tmp_path / "campaign.toml")

    return drafted


OURS = PHONE_BANK.replace("MG00000000000000000000000000000000", "+12025550190")


def state(phonebank):
    (campaign,) = phonebank.records("campaigns", "list", "--json")
    return campaign["status"], campaign["launch_at"]


def test_a_good_campaign_is_launched_with_redis_down(phonebank, drafted):
    drafted()

    told = phonebank("campaigns", "launch", "Phone bank")

    assert (told.exit_code, state(phonebank)[0]) == (0, "enrolling"), told.stderr
    assert "is launched. 2 people, 2 segments, $0.03" in told.stdout
    assert "launched already" in phonebank.refused("campaigns", "launch", "Phone bank")


def test_a_sender_that_is_not_ours_is_refused(phonebank, drafted):
    drafted("+12025550190", "MG11111111111111111111111111111111")

    assert "is not this Twilio account's own" in phonebank.refused("campaigns", "launch", "Phone bank")
    assert state(phonebank)[0] == "draft"


def test_a_launch_waits_for_its_time_in_the_campaigns_zone_and_can_be_called_back(phonebank, drafted):
    drafted()

    told = phonebank.ok("campaigns", "launch", "Phone bank", "--at", "2027-02-04 09:00")

    assert "at 2027-02-04 09:00 EST" in told
    assert state(phonebank) == ("draft", "2027-02-04T14:00:00+00:00")
    phonebank.ok("campaigns", "pause", "Phone bank")
    assert state(phonebank) == ("draft", None)


def test_a_launch_after_the_event_is_refused(phonebank, drafted):
    drafted()

    assert "has begun or is over" in phonebank.refused(
        "campaigns", "launch", "Phone bank", "--at", "2027-02-10T18:00:00-05:00"
    )


def test_a_weak_ask_is_launched_only_with_a_reason(phonebank, drafted):
    weak = "{{ organization }} could use a hand sometime. Reply STOP to end."
    drafted(OURS.split('texts = ["')[1].split('"]')[0], weak)

    assert "weak ask" in phonebank.refused("campaigns", "launch", "Phone bank")
    told = phonebank("campaigns", "launch", "Phone bank", "--because", "the board insists")
    assert (told.exit_code, "weak ask" in told.stderr) == (0, True)


def test_a_carrier_that_is_down_is_one_sentence(phonebank, drafted, monkeypatch, free_port):
    drafted()
    monkeypatch.setenv("TWILIO_API_BASE_URL", f"http://127.0.0.1:{free_port}")

    assert "could not be reached" in phonebank.refused("campaigns", "launch", "Phone bank")
