"""Recordings for tests: silence that every player plays."""

import io
import wave


def a_wave(seconds=1.0, rate=8000):
    """A WAV file of so many seconds."""
    held = io.BytesIO()
    with wave.open(held, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"\0\0" * int(seconds * rate))
    return held.getvalue()


def an_mp3(frames=100):
    """An MP3 file of so many frames of 1152 samples at 44,100 Hz, 128 kbit/s."""
    return (bytes.fromhex("fffb9000") + bytes(413)) * frames
