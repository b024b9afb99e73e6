"""Numbers of operations as they are heard, and as they are written: 503s, p99, us-east-1, SEV1.

Ordinary numbers and times of day are left alone. "Five oh three" is a time unless it is said of an
answer; "threes" never are. Regions are written only if there is such a region.
"""

import re

from capture.voice.spoken_words import Rule, rule

_UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
    "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_NUMBERS = _UNITS | _TENS | {"oh": 0, "o": 0, "free": 3}

_ANSWERS = frozenset({
    "400", "401", "403", "404", "408", "409", "410", "413", "422", "429", "499", "500", "501",
    "502", "503", "504",
})  # fmt: skip
"""Codes of HTTP that people talk about."""

_PERCENTILES = frozenset({"50", "75", "90", "95", "99"})

_REGIONS = frozenset({
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "ca-west-1", "sa-east-1",
    "eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-central-2", "eu-north-1",
    "eu-south-1", "eu-south-2", "ap-east-1", "ap-south-1", "ap-south-2", "ap-northeast-1",
    "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3",
    "ap-southeast-4", "af-south-1", "me-south-1", "me-central-1", "il-central-1", "us-central1",
    "europe-west1", "europe-west2", "europe-west3", "europe-west4", "europe-north1", "asia-east1",
    "asia-northeast1", "asia-south1", "asia-southeast1", "australia-southeast1",
})  # fmt: skip
"""Of AWS, with a hyphen before the digit, and of Google Cloud, without."""

_DIGIT = "[1-9]|one|two|three|four|five"
_GAP = "[ .,-]?"
_CODE = (
    rf"(?:five|four|[45]){_GAP}(?:hundred(?:(?: and)?{_GAP}(?:{_DIGIT}))?|twenty{_GAP}(?:two|nine)"
    rf"|(?:oh|o|zero|one|[0-9]){_GAP}(?:oh|o|zero|free|eight|nine|0|[89]|{_DIGIT}))"
)
_OF_AN_ANSWER = "an?|http|status|code|error|returns|returned|returning|throws|throwing|serves|serving|getting|gets"
_A_NUMBER = (
    rf"(?:[0-9]{{1,3}}|(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_UNITS)}))?|{'|'.join(_UNITS)})"
)
_DOT = r"(?:\s+|-)dot(?:\s+|-)"


def _code(said: str) -> str | None:
    """The code of HTTP that is meant by "five oh three", "5-0-3", "four twenty nine"."""
    words = [word for word in re.findall(r"[a-z]+|[0-9]", said.lower()) if word != "and"]
    match words[1:]:
        case ["hundred", *ones]:
            words[1:] = ["0", *(ones or ["0"])]
        case ["twenty", *ones]:
            words[1:] = ["2", *ones]
    if any(word not in _NUMBERS and not word.isdecimal() for word in words):
        return None
    code = "".join(str(_number(word)) for word in words)
    return code if code in _ANSWERS else None


def _number(said: str) -> int:
    if said.isdecimal():
        return int(said)
    return sum(_NUMBERS[word] for word in re.split(r"[ -]", said.lower()))


def _answers(found: re.Match[str]) -> str | None:
    """Several answers with one code; "5.03s" is a time in seconds."""
    code = _code(found["code"])
    if code is None or re.fullmatch(r"[0-9]\.[0-9]{2}s", found.group()):
        return None
    return f"{code}s"


def _answer(found: re.Match[str]) -> str | None:
    code = _code(found["code"])
    return None if code is None else f"{found['before']}{code}"


def _region(found: re.Match[str]) -> str | None:
    """A region that there is; "tell me south one is down" speaks of none."""
    if found["area"] == "me":
        return None
    area = found["area"].replace(".", "").lower()
    direction = re.sub(r"[ -]", "", found["direction"].lower())
    place, digit = f"{area}-{direction}", _number(found["digit"])
    known = [name for name in (f"{place}-{digit}", f"{place}{digit}") if name in _REGIONS]
    return f"{known[0]}{(found['zone'] or '').lower()}" if known else None


def _severity(found: re.Match[str]) -> str:
    return f"SEV{_number(found['level'])}"


def _percentile(found: re.Match[str]) -> str | None:
    share = str(_number(found["share"]))
    return f"p{share}" if share in _PERCENTILES else None


def _dotted(found: re.Match[str]) -> str:
    """An address or a version."""
    return ".".join(str(_number(part)) for part in re.split(_DOT, found.group().lower()))


CODE_RULES: tuple[Rule, ...] = (
    rule(
        r"(?P<area>u\.?s\.?|e\.?u\.?|a\.?p\.?|ca|sa|me|af|il|europe|asia|australia)[ ,-]{0,2}"
        r"(?P<direction>(?:north|south)[ -]?(?:east|west)|north|south|east|west|central)[ ,-]{0,2}"
        rf"(?P<digit>{_DIGIT})(?P<zone>(?<=[0-9])[a-f])?",
        _region,
    ),
    rule(rf"(?P<code>{_CODE})(?:['’]?s|es)", _answers),
    rule(rf"(?P<before>(?:{_OF_AN_ANSWER}) )(?P<code>{_CODE})", _answer),
    rule(
        r"(?P<before>)(?P<code>(?:five|four|[45])[ .,-](?:oh|o|zero|0)[ .,-]?\w+)"
        r"(?= (?:errors?|responses?|status|codes?)\b)",
        _answer,
    ),
    rule(rf"sev[.-]? ?(?P<level>{_DIGIT})", _severity),
    rule(rf"p[ .-]?(?P<share>[0-9]{{2}}|(?:{'|'.join(_TENS)})(?:[ -](?:five|nine))?)", _percentile),
    rule(rf"{_A_NUMBER}(?:{_DOT}{_A_NUMBER})+", _dotted),
)
