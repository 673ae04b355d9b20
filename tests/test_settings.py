"""Settings: read once from the environment over `.env`; what is wrong is refused in one sentence that names it."""

import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from phonebank import settings as house_settings
from phonebank.errors import BadInputError, UnavailableError
from phonebank.settings import Settings, load, load_for_rehearsal

REFUSED = [
    ({"PORT": "0"}, "PORT"),
    ({"PORT": "65536"}, "PORT"),
    ({"PORT": "eight thousand"}, "PORT"),
    ({"WEB_CONCURRENCY": "0"}, "WEB_CONCURRENCY"),
    ({"WEB_CONCURRENCY": "65"}, "WEB_CONCURRENCY"),
    ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL: use DEBUG"),
    ({"PUBLIC_URL": "http://phonebank.example.org"}, "PUBLIC_URL: use https"),
    ({"PUBLIC_URL": "phonebank.example.org"}, "PUBLIC_URL: use https"),
    ({"PUBLIC_URL": "ftp://phonebank.example.org"}, "PUBLIC_URL: use https"),
    ({"PUBLIC_URL": "http://localhost.example.org"}, "PUBLIC_URL: use https"),
    ({"PUBLIC_URL": "http://127.0.0.1.example.org"}, "PUBLIC_URL: use https"),
    ({"PUBLIC_URL": "http://127.0.0.1@example.org"}, "PUBLIC_URL: give the address alone"),
    ({"PUBLIC_URL": "https://"}, "PUBLIC_URL: use https"),
    ({"PUBLIC_URL": "https://a.example.org?x=1"}, "PUBLIC_URL"),
    ({"PUBLIC_URL": "https://[::1"}, "PUBLIC_URL"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter than 32 characters; make one with: openssl"),
    ({"SECRET_KEY": "replace-this-with-the-output-of-openssl-rand-hex-32"}, "SECRET_KEY is the example's own"),
    ({"METRICS_TOKEN": "replace-this-with-the-output-of-openssl-rand-hex-32"}, "METRICS_TOKEN is the example's own"),
]
ACCEPTED = ["https://phonebank.example.org", "http://127.0.0.1:8000", "http://localhost:8000/", "http://[::1]:8000"]


@pytest.mark.parametrize(("written", "said"), REFUSED, ids=lambda value: str(value)[:50])
def test_what_is_wrong_is_refused_in_one_sentence_that_names_it(monkeypatch, written, said):
    for name, value in written.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadInputError) as refused:
        load()
    sentence = str(refused.value)
    assert sentence.startswith(said)
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_refusal_never_repeats_a_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "hunter2hunter2")
    with pytest.raises(BadInputError) as refused:
        load()
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("url", ACCEPTED)
def test_an_address_twilio_can_reach_is_taken_without_its_slash(monkeypatch, url):
    monkeypatch.setenv("PUBLIC_URL", url)
    assert load().address == url.rstrip("/")


def test_the_environment_wins_over_the_file_and_what_was_typed_over_both(home, monkeypatch):
    (home / ".env").write_text("PORT=8100\nLOG_LEVEL=debug\nSENTRY_DSN=\n")
    assert (load().port, load().log_level, load().sentry_dsn) == (8100, "DEBUG", None)
    monkeypatch.setenv("PORT", "8200")
    assert load().port == 8200
    assert load(port=8300).port == 8300
    monkeypatch.setenv("LOG_LEVEL", "")
    assert load().log_level in {"DEBUG", "INFO"}


def test_the_example_file_needs_only_a_key_of_ones_own(home):
    example = house_settings._PLACEHOLDERS.read_text()
    (home / ".env").write_text(example)
    with pytest.raises(BadInputError, match="SECRET_KEY is the example's own"):
        load()
    (home / ".env").write_text(example.replace("replace-this-with-the-output-of-openssl-rand-hex-32", "k" * 64))
    assert load().signing_key == "k" * 64


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        Settings().port = 1


def test_a_rehearsal_sees_nothing_of_the_real_thing(home, monkeypatch):
    real = {
        "DATABASE_URL": "postgresql://real/rows",
        "REDIS_URL": "redis://real",
        "SECRET_KEY": "r" * 40,
        "TWILIO_ACCOUNT_SID": "AC1",
        "TWILIO_AUTH_TOKEN": "real",
        "PUBLIC_URL": "https://real.example.org",
        "SENTRY_DSN": "https://real",
    }
    for name, value in real.items():
        monkeypatch.setenv(name, value)
    rehearsed = load_for_rehearsal(port=8123)
    assert rehearsed.rehearsal
    assert rehearsed.var == home / "var" / "rehearsal"
    assert rehearsed.database == f"sqlite:///{home}/var/rehearsal/phonebank.db"
    assert rehearsed.address == "http://127.0.0.1:8123"
    assert not rehearsed.has_twilio_keys
    told = house_settings.child_environment(rehearsed)
    assert not [name for name, value in told.items() if name in real and value]


def test_only_the_product_itself_turns_a_rehearsal_on(monkeypatch):
    monkeypatch.setenv("REHEARSAL", "yes")
    assert not load().rehearsal


def test_addresses_of_databases_are_made_plain(home):
    def database(url):
        return Settings(database_url=url, phonebank_home=home).database

    assert database("postgres://u@h/d") == database("postgresql://u@h/d") == "postgresql+psycopg://u@h/d"
    assert database("sqlite:///rows.db") == f"sqlite:///{home}/rows.db"
    assert database("sqlite:////tmp/rows.db") == "sqlite:////tmp/rows.db"
    assert database("") == f"sqlite:///{home}/var/phonebank.db"


def test_tokens_for_webhooks_are_the_ones_that_are_set():
    assert Settings().auth_tokens == ()
    assert Settings(twilio_auth_token="a").auth_tokens == ("a",)
    assert Settings(twilio_auth_token="a", twilio_auth_token_next="b").auth_tokens == ("a", "b")


def test_a_key_is_made_once_and_kept_for_the_owners_eyes(home):
    made = Settings(phonebank_home=home).signing_key
    assert len(made) == 64
    assert Settings(phonebank_home=home).signing_key == made
    assert stat.S_IMODE((home / "var" / "secret_key").stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_says_what_to_do(home):
    (home / "var").write_text("a file where the folder should be")
    with pytest.raises(UnavailableError, match="Make the folder writable, or set SECRET_KEY"):
        _ = Settings(phonebank_home=home).signing_key


@given(st.dictionaries(st.sampled_from([name.upper() for name in Settings.model_fields]), st.text(max_size=40)))
def test_whatever_is_written_is_taken_or_refused_in_a_sentence(written):
    try:
        house_settings._made(written)
    except BadInputError as refused:
        assert str(refused).endswith(".")  # noqa: PT017


def test_a_part_is_told_exactly_what_we_know(home, monkeypatch):
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    told = house_settings.child_environment(Settings(port=8123, phonebank_home=home), EXTRA="1")
    assert (told["PORT"], told["LOG_LEVEL"], told["REHEARSAL"], told["EXTRA"]) == ("8123", "INFO", "", "1")
    assert told["PHONEBANK_HOME"] == str(home)
    assert told["PATH"] == os.environ["PATH"]
