"""Only what the carrier can play is taken for a recording, and its length is what is really there."""

import pytest

from phonebank.calls import audio
from phonebank.errors import BadInputError
from tests.support.recordings import a_wave, an_mp3


def test_a_wave_is_as_long_as_what_it_holds():
    found = audio.read(a_wave(2.5))
    assert (found.content_type, found.seconds) == ("audio/wav", pytest.approx(2.5))


def test_a_wave_cut_off_in_the_middle_is_as_long_as_the_rest():
    assert audio.read(a_wave(2.0)[: 44 + 16_000]).seconds == pytest.approx(1.0)


def test_an_mp3_is_as_long_as_its_frames():
    found = audio.read(an_mp3(100))
    assert (found.content_type, found.seconds) == ("audio/mpeg", pytest.approx(100 * 1152 / 44_100))


def test_tags_before_and_after_an_mp3_are_no_sound():
    tagged = b"ID3\x03\x00\x00\x00\x00\x01\x00" + bytes(128) + an_mp3(100) + b"TAG" + bytes(125)
    assert audio.read(tagged).seconds == pytest.approx(audio.read(an_mp3(100)).seconds)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"%PDF-1.4 and more", "not a recording"),
        (b"RIFF" + bytes(100), "not a recording"),
        (a_wave(1.0)[:30], "not a recording"),
        (an_mp3(2), "not a recording"),
        (an_mp3(100) + b"<html>" * 10, "not a recording"),
        (b"ID3", "not a recording"),
        (a_wave(121.0), "121 seconds long"),
        (bytes(audio.BIGGEST + 1), "larger than 5 MB"),
    ],
)
def test_what_is_no_recording_is_refused_with_what_to_do(content, said):
    with pytest.raises(BadInputError, match=said):
        audio.read(content)
