"""Secrets known by their shape: the detectors of detect-secrets, and how to cut out their finds.

This is the only module that knows detect-secrets. Importing it costs about 0.2 s (the library
brings `requests` along), so `capture.redaction` imports it late. We take the compiled patterns
of the library's plugins and its list of keywords, never its scanner: that one keeps global
settings, is not safe in threads, and can be set to verify a find over the network. Nothing here
can reach the network.

The patterns were made to *find* a leak and we must *remove* it, so some are read differently:
a group may hold only `ghp`, and a token may have grown longer than its pattern.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.keyword import DENYLIST

from capture.secret.private_keys import private_key_spans
from capture.secret.span import Span, is_stand_in

# The library's keywords, as regular expressions; capture.secret.labels reads what follows them.
KEYWORDS: tuple[str, ...] = tuple(DENYLIST)

# Why no entropy: see capture.redaction. Public addresses are what an incident is about, and
# private keys are more than their first line (capture.secret.private_keys).
_LEFT_OUT = frozenset(
    {"Base64HighEntropyString", "HexHighEntropyString", "IPPublicDetector", "KeywordDetector"}
)

# Plugins whose group 1 is the secret; everywhere else the whole match is.
_VALUE_IN_GROUP = frozenset(
    {
        "AWSKeyDetector",
        "BasicAuthDetector",
        "CloudantDetector",
        "IbmCloudIamDetector",
        "IbmCosHmacDetector",
        "NpmDetector",
        "SoftlayerDetector",
    }
)

# The `.+` of this pattern is quadratic in the length of a line, so it is only tried near this.
_ANCHORS = {"NpmDetector": ":_authToken="}
_ANCHOR_REACH = 500

# Words that are written small in the middle of a sentence.
_SMALL = re.compile(
    r"\b(?:Access|Auth|Basic|Bot|Credentials|Key|Private|Secret|Storage|Account|Token|Web)\b"
)

_WORD_TAIL = re.compile(r"[\w-]*")
_DOTTED_TAIL = re.compile(r"[\w-]*(?:\.[\w-]+)*={0,2}")
_DOTTED = frozenset({"GitHubTokenDetector", "GitLabTokenDetector", "JwtTokenDetector"})

# Shapes that services began to issue, or that detect-secrets 1.5 does not know, and that an
# incident's terminal shows. Each is a literal prefix and a length, so none is met by chance.
_NEWER = {
    "GitHub token": r"github_pat_\w{22,}|ghs_\w[\w.-]{34,}\w",
    "Slack token": r"(?:xox[a-z]-|xoxe\.xox[a-z]-|xapp-)[\w-]{10,}",
    "Google API key": r"AIza[\w-]{35}|GOCSPX-[\w-]{28}|ya29\.[\w-]{20,}",
    "Stripe access key": r"(?:[rs]k_(?:live|test)_|whsec_)[0-9a-zA-Z]{16,}",
    "OpenAI or Anthropic token": r"sk-(?:ant|proj|svcacct|admin)-[\w-]{20,}",
    "Vault token": r"hv[sbr]\.[\w-]{20,}",
    "NPM token": r"npm_[A-Za-z0-9]{36}",
    "PyPI token": r"pypi-[\w-]{70,}",
    "DigitalOcean token": r"do[opr]_v1_[0-9a-f]{64}",
    "Hugging Face token": r"hf_[A-Za-z]{34}",
    "private key": r"AGE-SECRET-KEY-1[0-9A-Z]{58}"
    # base64 of "-----BEGIN", unless "CERT…" follows: how Kubernetes prints a key.
    r"|LS0tLS1CRUdJTi(?!BDRVJU)[A-Za-z0-9+/]{24,}={0,2}",
}
# The library stops at signs like ! and $, which real passwords hold.
_PASSWORD_IN_URL = r"""://[^\s/:@?#"'<>]*:([^\s/?#"'<>\[\]]+)@(?=[\w.\[-])"""


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape of secret: its name for people, and how its finds are cut out."""

    kind: str
    pattern: re.Pattern[str]
    group: int = 0
    anchor: str = ""
    tail: re.Pattern[str] | None = None
    accepts: Callable[[re.Match[str]], bool] | None = None

    def spans(self, text: str) -> Iterator[Span]:
        """Every find in `text`, as the secret's own start and end."""
        for match in self._matches(text):
            if self.accepts is None or self.accepts(match):
                span = self._secret(match)
                if not is_stand_in(text[span.start : span.end]):
                    yield span

    def _matches(self, text: str) -> Iterator[re.Match[str]]:
        if not self.anchor:
            yield from self.pattern.finditer(text)
            return
        at = text.find(self.anchor)
        while at >= 0:
            around = max(text.rfind("\n", 0, at) + 1, at - _ANCHOR_REACH)
            if match := self.pattern.search(text, around, at + _ANCHOR_REACH):
                yield match
            at = text.find(self.anchor, at + 1)

    def _secret(self, match: re.Match[str]) -> Span:
        group = self.group if match.re.groups >= self.group and match[self.group] else 0
        start, end = match.span(group)
        # A few patterns take the blank or quote around the secret along.
        start += len(match[group]) - len(match[group].lstrip("\"'=: \t\r\n"))
        end -= len(match[group]) - len(match[group].rstrip("\"' \t\r\n"))
        if self.tail is not None and (tail := self.tail.match(match.string, end)):
            end = tail.end()
        return Span(start, end, self.kind)


def _stands_alone(match: re.Match[str]) -> bool:
    """For loose patterns: inside longer runs they meet digests and ids by chance."""
    before = match.string[max(match.start() - 1, 0) : match.start()]
    after = match.string[match.end() : match.end() + 1]
    return not (before.isalnum() or after.isalnum() or after in ("-", "_"))


def _is_json_web_token(match: re.Match[str]) -> bool:
    return bool(JwtTokenDetector.is_formally_valid(match.group()))


def _is_no_digest(match: re.Match[str]) -> bool:
    """`docker-pullable://nginx:1.25@sha256:…` has the shape of a password before a host."""
    return not match.string.startswith("sha256:", match.end())


def _has_digit_and_small_letter(match: re.Match[str]) -> bool:
    """Artifactory's pattern by itself also takes APACHE2HANDLER and APBalancerPool."""
    found = match.group()
    return any(c.isdigit() for c in found) and any(c.islower() for c in found)


_ACCEPTS = {
    "ArtifactoryDetector": _has_digit_and_small_letter,
    "BasicAuthDetector": _is_no_digest,
    "DiscordBotTokenDetector": _stands_alone,
    "JwtTokenDetector": _is_json_web_token,
    "MailchimpDetector": _stands_alone,
    "TelegramBotTokenDetector": _stands_alone,
    "TwilioKeyDetector": _stands_alone,
}


def _library_shapes() -> Iterator[Shape]:
    plugins: Mapping[str, type[RegexBasedDetector]] = get_mapping_from_secret_type_to_class()
    for secret_type, plugin in plugins.items():
        name = plugin.__name__
        if name in _LEFT_OUT:
            continue
        kind = _SMALL.sub(lambda word: word.group().lower(), secret_type).replace("tokens", "token")
        in_group = name in _VALUE_IN_GROUP
        tail = _DOTTED_TAIL if name in _DOTTED else _WORD_TAIL
        for pattern in plugin().denylist:
            yield Shape(
                kind=kind,
                pattern=pattern,
                group=1 if in_group else 0,
                anchor=_ANCHORS.get(name, ""),
                tail=None if in_group else tail,
                accepts=_ACCEPTS.get(name),
            )


SHAPES: tuple[Shape, ...] = (
    *_library_shapes(),
    *(Shape(kind, re.compile(pattern), tail=_WORD_TAIL) for kind, pattern in _NEWER.items()),
    Shape("basic auth credentials", re.compile(_PASSWORD_IN_URL), group=1, accepts=_is_no_digest),
)


def shape_spans(text: str) -> Iterator[Span]:
    """Every secret in `text` that has a known shape, private keys first."""
    yield from private_key_spans(text)
    for shape in SHAPES:
        yield from shape.spans(text)
