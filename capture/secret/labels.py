"""Secrets known by their label: `password=…`, `"api_key": "…"`, `Authorization: Bearer …`.

detect-secrets has the list of keywords, and takes everything from the sign to the end of the
line. That finds a leak; to remove it and keep the rest of the line, this module reads where the
value begins and ends, and leaves out labels that say something *about* a secret
(`secretName: db`, `password_file=/run/x`) and values that are none (`password: required`).
"""

import re
from collections.abc import Iterable, Iterator

from capture.secret.span import Span, is_distinctive, is_stand_in

KIND = "labelled secret"

# Labels that the library's keywords don't reach. People also write "token: 24h", so a token's
# value must look made by a machine.
_MORE_KEYWORDS = ("passphrase", r"(?<=[_-])pass(?!\w)", r"auth[_-]?token", r"access[_-]?token")
_WEAK_KEYWORDS = r"token(?!\w)"

_SIGN = r"""\\?["'\]]{0,2}[ \t]*(?P<sign>:=|=>|={1,3}|!==?|:)(?P<space>[ \t]*)"""
_QUOTE = r"""(?P<quote>\\*["'`])?"""

# Names that end like this say something about a secret.
_ABOUT = re.compile(
    r"""age|algorithm|arn|attempts|auth|authentication|changed|class|count|encryption|engine|errors
    |expiration|expires|expiry|failures|field|files?|format|hint|kind|label|length|manager|mount
    |names?|namespace|path|policy|prompt|provider|refs?|reset|rotation|state|status|store|total
    |ttl|type|ur[il]|version""",
    re.VERBOSE,
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")

_REFERENCE = re.compile(
    r"(?:https?|file|ssh|vault|op|arn):.*"
    r"|[~./]?[\w./-]*\.(?:pem|key|crt|cer|p12|jks|json|ya?ml|conf|txt)",
    re.IGNORECASE | re.DOTALL,
)
_PATH = re.compile(r"[/~.]|[A-Za-z]:\\")
_KUBERNETES_NAME = re.compile(r"[a-z]+(?:[-./][a-z0-9]+)*")
_MORE_PROSE = re.compile(r":|[.,]?[ \t]+\S")
_VERSION = re.compile(r"v?\d+\.\d+[\w.+-]*|latest|main|master")

# In `Server=db;Password=x;Port=1`, `?password=x&user=y` and `{password: x}` the value ends here.
_UNQUOTED_END = re.compile(
    r"""[\s\0"'`]|[,;&](?=\s|$|[\w.\- ]{1,40}[=:])|:(?=\s)|\\[nr](?=\s|$|["']|[\w.-]{1,40}[=:])"""
)
# `<set to the key 'password' in secret 'db'>` (kubectl), `{{ .Values.password }}`, `(not shown)`
_REMARK = re.compile(r"<[^<>\n]* [^<>\n]*>|\{\{[^\n]*?\}\}|\([^()\n]* [^()\n]*\)")
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}

# Places where a word or a flag leads to the secret, not a sign. Machine text only.
_COMMAND_LINES = tuple(
    re.compile(pattern)
    for pattern in (
        r"""(?i:\bauthorization)["']?[ \t]*[:=][ \t]*["']?"""
        r"""(?:(?i:bearer|basic|token|apikey|digest)[ \t]+)?([^\s\0"',]{8,})""",
        r"\b[Bb]earer[ \t]+((?=[\w.~+/-]*\d)[\w.~+/-]{16,}=*)",
        r"""--[\w-]{0,40}(?i:password|passwd|passphrase|secret|token|api-key)[ \t]+"""
        r"""["']?(?![A-Z_]+\b)([^\s\0"'`-][^\s\0"'`]*)""",
        r"""\bcurl\b[^\n|;]{0,200}?[ \t](?:-u|--user)[ =]?["']?[^\s:"']{1,64}:([^\s\0"']+)""",
        r"""\bmysql\w*\b[^\n|;]{0,200}?[ \t]-p([^\s\0"']+)""",
        r"""\bsshpass[ \t]+-p[ \t]*["']?([^\s\0"']+)""",
        r"(?i:\bpassword|\bidentified[ \t]+by)[ \t]+'([^'\n\0]+)'",
        r"\blogin[ \t]+\S+[ \t]+password[ \t]+([^\s\0]+)",
    )
)


class SecretLabels:
    """Reads labelled secrets, given the keywords that detect-secrets goes by."""

    def __init__(self, keywords: Iterable[str]) -> None:
        """Compile `keywords`, which are regular expressions such as `api_?key`."""
        # HTTP headers and flags write api-key.
        words = "|".join((*(k.replace("_?", "[_-]?") for k in keywords), *_MORE_KEYWORDS))
        rest = r"\w{0,40}(?:[-.](?:key|value|data|text|hash))?"
        self._label = re.compile(
            rf"(?:(?P<strong>{words})(?P<rest>{rest})|(?P<weak>{_WEAK_KEYWORDS})){_SIGN}{_QUOTE}",
            re.IGNORECASE,
        )

    def spans(self, text: str) -> Iterator[Span]:
        """Every labelled secret of a machine's `text`: the value without label and quotes."""
        for _, span in self._labelled(text):
            yield span
        for pattern in _COMMAND_LINES:
            for match in pattern.finditer(text):
                if not is_stand_in(match[1]):
                    yield Span(*match.span(1), KIND)

    def certain_spans(self, text: str) -> Iterator[Span]:
        """The labelled secrets of a person's `text` that can hardly be anything else."""
        for label, span in self._labelled(text):
            assigned = label["weak"] is None or label["sign"] == "="
            if assigned and is_distinctive(text[span.start : span.end]):
                yield span

    def _labelled(self, text: str) -> Iterator[tuple[re.Match[str], Span]]:
        for label in self._label.finditer(text):
            end = _value_end(text, label)
            if _is_secret(label, text[label.end() : end], text[end : end + 40]):
                yield label, Span(label.end(), end, KIND)


def _value_end(text: str, label: re.Match[str]) -> int:
    start = label.end()
    line_end = text.find("\n", start)
    stop = line_end if line_end >= 0 else len(text)
    if quote := label["quote"]:
        closing = re.compile(rf"(?<!\\){re.escape(quote)}").search(text, start, stop)
        if closing:
            return closing.start()
    if remark := _REMARK.match(text, start, stop):
        return remark.end()
    ending = _UNQUOTED_END.search(text, start, stop)
    end = ending.start() if ending else stop
    while end > start and (opening := _BRACKETS.get(text[end - 1])):
        if opening in text[start:end]:
            break
        end -= 1
    return end


def _is_secret(label: re.Match[str], value: str, after: str) -> bool:
    if len(value) < 3 or is_stand_in(value) or _REFERENCE.fullmatch(value):
        return False
    if label["weak"]:
        return (
            len(value) >= 8 and any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
        )
    return not (
        _says_something_about(label["rest"])
        or (label["rest"] == "s" and value.isdigit())
        or (label["strong"].lower() == "pwd" and _PATH.match(value))
        or _names_a_kubernetes_secret(label, value)
        or _is_part_of_a_name(label, value)
        or _is_prose(label, value, after)
    )


def _says_something_about(rest: str) -> bool:
    """`secretName`, `password_expires_at`: the last word tells, or the one before "at"."""
    words = [word.lower() for word in _WORD.findall(rest)]
    return any(_ABOUT.fullmatch(word) for word in words[-2:])


def _character_before(label: re.Match[str]) -> str:
    return label.string[max(label.start() - 1, 0) : label.start()]


def _names_a_kubernetes_secret(label: re.Match[str], value: str) -> bool:
    before = _character_before(label)
    bare = label["strong"].lower() == "secret" and label["rest"] in ("", "s")
    alone = bare and not (before.isalnum() or before in ("_", "-"))
    return alone and label["sign"] == ":" and _KUBERNETES_NAME.fullmatch(value) is not None


def _is_part_of_a_name(label: re.Match[str], value: str) -> bool:
    """`arn:aws:secretsmanager:eu-west-1:…`, `ghcr.io/external-secrets/external-secrets:v0.9.1`."""
    if label["quote"] or label["sign"] != ":" or label["space"]:
        return False
    return _character_before(label) in (":", "/") or _VERSION.fullmatch(value) is not None


def _is_prose(label: re.Match[str], value: str, after: str) -> bool:
    """`Invalid password: expected at least 8 characters` goes on in words."""
    if label["quote"] or label["sign"] != ":" or not label["space"]:
        return False
    return value.rstrip(".,").isalpha() and _MORE_PROSE.match(after) is not None
