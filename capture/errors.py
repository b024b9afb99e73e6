"""What capture can't understand or do, as sentences for a person.

::

    CaptureError
    ├── MomentError           words for a point in time
    │   ├── NotAMoment        they have no shape of a time or date
    │   ├── MomentOutOfReach  understood, but ahead of now or too far back
    │   └── UnknownZone       they name a time zone that nobody knows
    ├── NotADuration          words for a stretch of time, such as a time box
    ├── NotADate              words for a day, such as a due date
    └── VoiceError            speech
        ├── MicrophoneError   nothing can be recorded
        ├── ModelError        there is no model that can be used
        └── TranscriptionFailed  a recording could not be turned into text
"""


class CaptureError(Exception):
    """Anything that capture reports. The message is one sentence that a person can act on."""


class MomentError(CaptureError):
    """Words that give no usable moment."""


class NotAMoment(MomentError):
    """The words have no shape of a time or date."""


class MomentOutOfReach(MomentError):
    """The words name a moment at which nothing can have happened yet, or long ago.

    Attributes:
        what: what is wrong, short enough for the preview: ``03:30 is ahead``.
    """

    def __init__(self, what: str, advice: str = "") -> None:
        """Keep the short form beside the whole sentence."""
        super().__init__(f"{what}; {advice}" if advice else what)
        self.what = what


class UnknownZone(MomentError):
    """No time zone has that name."""


class NotADuration(CaptureError):
    """The words are no usable stretch of time."""


class NotADate(CaptureError):
    """The words name no day of the calendar."""


class VoiceError(CaptureError):
    """Speech can't be recorded or understood; typing needs none of it."""


class MicrophoneError(VoiceError):
    """Nothing can be recorded: no PortAudio, no microphone, or one that refuses."""


class ModelError(VoiceError):
    """There is no model, or it is not what it should be, or it can't be fetched."""


class TranscriptionFailed(VoiceError):
    """A recording could not be turned into text; it is kept, and can be tried again."""
