"""Lets a call be heard: its transcript spoken by the synthesizer of this machine, when it has one."""

import io
import shutil
import subprocess
import wave
from collections.abc import Iterable
from functools import cache
from typing import Any

_KNOWN = ("espeak-ng", "espeak")
_LONGEST_S = 20.0
_MOST_LINES = 60
_VOICES = {"us": "{}+f3", "them": "{}+m3", "machine": "{}+m1"}


def synthesizer() -> str | None:
    """The program that speaks, if it is installed."""
    return next((found for name in _KNOWN if (found := shutil.which(name))), None)


def spoken(lines: Iterable[dict[str, Any]]) -> bytes:
    """One WAV of all that was said, line after line. Silence where nothing was."""
    program = synthesizer()
    waves = [
        _one(program, _VOICES[line["who"]].format((line["language"] or "en-US")[:2]), line["words"])
        for line in list(lines)[:_MOST_LINES]
        if program and line["who"] in _VOICES and line["words"]
    ]
    return _joined(waves)


@cache
def _one(program: str, voice: str, words: str) -> bytes:
    """The words go in by a pipe: they are no arguments."""
    asked = [program, "-v", voice, "-s", "160", "--stdout", "--stdin"]
    made = subprocess.run(  # noqa: S603  # found on the path, and told nothing but a voice
        asked, input=words.encode(), capture_output=True, timeout=_LONGEST_S, check=False
    )
    return made.stdout


def _joined(waves: Iterable[bytes]) -> bytes:
    """They all come from one program, so that they are of one kind."""
    out = io.BytesIO()
    with wave.open(out, "wb") as joined:
        joined.setparams((1, 2, 22_050, 0, "NONE", "not compressed"))
        for each in waves:
            frames = _frames(each)
            joined.writeframes(frames)
            joined.writeframes(b"\0\0" * 8000)  # a breath between two speakers
    return out.getvalue()


def _frames(written: bytes) -> bytes:
    """A stream's header cannot know its length: the frames are whatever follows it."""
    start = written.find(b"data")
    return written[start + 8 :] if start >= 0 else b""
