"""The virtual microphone, for every test of the voice."""

from tests.capture.voice.virtual_mic import mic, own_mic, sound_server

__all__ = ["mic", "own_mic", "sound_server"]
