"""Whether a file is a recording that the carrier can play, and how long it is: WAV or MP3 (pure)."""

import io
import wave
from dataclasses import dataclass

from phonebank.errors import BadInputError

BIGGEST = 5_000_000  # bytes
LONGEST_S = 120
_WHAT_TO_DO = "Save it as WAV (PCM) or MP3 and choose that file."
_FEWEST_FRAMES = 5  # bytes that look like one frame of MP3 by chance stand in any file
_ID3_SIZE = 10
_KBPS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # MPEG-1 layer III, ISO 11172-3
_KBPS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)  # MPEG-2 and 2.5, ISO 13818-3
_HERTZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}  # by version bits


@dataclass(frozen=True)
class Audio:
    content: bytes
    content_type: str
    seconds: float


def read(content: bytes) -> Audio:
    """The recording in these bytes. Raises BadInputError with what to do about what is none."""
    if not content:
        raise BadInputError("That file is empty. Choose the recording.")
    if len(content) > BIGGEST:
        raise BadInputError(f"That file is larger than {BIGGEST // 1_000_000} MB. Save it as MP3, which is smaller.")
    is_wave = content[:4] == b"RIFF"
    seconds = _seconds_of_wave(content) if is_wave else _seconds_of_mp3(content)
    if not seconds:
        raise BadInputError(f"That file is not a recording we can play. {_WHAT_TO_DO}")
    if seconds > LONGEST_S:
        raise BadInputError(f"That recording is {seconds:.0f} seconds long, more than {LONGEST_S}. Shorten it.")
    return Audio(content, "audio/wav" if is_wave else "audio/mpeg", seconds)


def _seconds_of_wave(content: bytes) -> float:
    try:
        with wave.open(io.BytesIO(content)) as sound:
            size = sound.getsampwidth() * sound.getnchannels()
            held: int = len(sound.readframes(sound.getnframes())) // size  # what is there, not what the header promises
            return float(held / sound.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return 0.0


def _seconds_of_mp3(content: bytes) -> float:
    """Counts its frames, one after another, to the end or a tag."""
    at, frames, seconds = _after_id3(content), 0, 0.0
    while frame := _frame(content[at : at + 4]):
        size, lasts = frame
        at, frames, seconds = at + size, frames + 1, seconds + lasts
    is_whole = at >= len(content) or content[at : at + 3] == b"TAG" or content[at : at + 8] == b"APETAGEX"
    return seconds if frames >= _FEWEST_FRAMES and is_whole else 0.0


def _after_id3(content: bytes) -> int:
    if content[:3] != b"ID3" or len(content) < _ID3_SIZE:
        return 0
    size = sum((byte & 0x7F) << shift for byte, shift in zip(content[6:10], (21, 14, 7, 0), strict=True))
    return _ID3_SIZE + size


def _frame(header: bytes) -> tuple[int, float] | None:
    """(bytes, seconds) of the frame of layer III that begins so; None where none does."""
    bits = int.from_bytes(header, "big")
    version, rate, hertz = bits >> 19 & 3, bits >> 12 & 15, bits >> 10 & 3
    is_layer_3 = len(header) == 4 and bits >> 21 == 0x7FF and bits >> 17 & 3 == 1  # noqa: PLR2004  # four bytes
    if not is_layer_3 or version not in _HERTZ or not 0 < rate < len(_KBPS_1) or hertz >= len(_HERTZ[version]):
        return None
    is_first = version == 3  # noqa: PLR2004  # MPEG-1
    samples, kbps = (1152, _KBPS_1[rate]) if is_first else (576, _KBPS_2[rate])
    per_second = _HERTZ[version][hertz]
    return samples // 8 * kbps * 1000 // per_second + (bits >> 9 & 1), samples / per_second
