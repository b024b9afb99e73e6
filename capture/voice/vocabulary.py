"""What is likely to be said in an incident, so that it is heard: its services, people and terms.

A speech model that is told what to expect spells half again as many terms of operations right. How
much it can be told is limited, and what is cut are the first terms: the newest come last.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

from capture.voice.glossary import Glossary
from storage.record_view import RecordView

COMMON_TERMS = (
    "HAProxy", "memcached", "RabbitMQ", "systemd", "etcd", "Helm", "Istio", "Envoy", "Prometheus",
    "PagerDuty", "CloudFront", "DynamoDB", "IAM", "VPC", "S3", "TLS", "CDN", "SLO", "load balancer",
    "circuit breaker", "hotfix", "Cloudflare", "DNS TTL", "Elasticsearch", "OOM", "EC2", "Datadog",
    "Grafana", "Terraform", "HPA", "replicas", "ingress", "nginx", "Kafka", "consumer lag",
    "feature flag", "DBA", "on-call", "us-west-2", "us-east-1", "502s", "503s", "p99 latency",
    "canary", "rollback", "failover", "Redis", "RDS", "Postgres", "PgBouncer", "rollout undo",
    "kubectl", "SEV1",
)  # fmt: skip
"""What people say in most incidents, the most common last."""

NEWEST_ENTRIES = 300
"""Entries that are looked at: what was named further back fits into no prompt."""

_MOST_NAMES = 60
_LONGEST = 24
_LONGEST_IN_ONE = 15

_TERM = re.compile(
    r"(?<![\w./:@-])"
    r"(?:[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)+"  # us-east-1, feature_flags
    r"|[A-Za-z]+[0-9]+[a-z]?|[0-9]{3}s"  # p99, EC2, 503s
    r"|[A-Z][a-z0-9]+[A-Z]\w*|[a-z]+[A-Z]\w*"  # PgBouncer, mTLS
    r"|[A-Z]{2,}\w*)"  # OOM, HPAs, VTGate
    r"(?![\w/@-]|:\S)"
)
_HASH = re.compile(r"(?=\w*[0-9])[0-9a-f]{6,}|[0-9]{5,}")


class Vocabulary(msgspec.Struct, frozen=True):
    """What a transcription is told.

    Attributes:
        terms: likely words, the newest and most relevant last.
        aliases: said, meant; from the person's glossary.
    """

    terms: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()


def vocabulary_of(
    record: RecordView | None,
    people: Iterable[str],
    services: Iterable[str],
    glossary: Glossary,
) -> Vocabulary:
    """What is likely to be said now.

    Args:
        record: the incident; None when there is none yet.
        people: names that are known.
        services: names of services that are known.
        glossary: the person's own words.
    """
    terms = [
        *COMMON_TERMS,
        *_names(services),
        *_names(people),
        *(meant for _, meant in glossary.spoken),
        *glossary.terms,
    ]
    if record is not None:
        terms += _of_incident(record)
    # The last mention counts; a name that is new in the incident is the likeliest of all.
    latest = dict.fromkeys(reversed([term for term in terms if 1 < len(term) <= _LONGEST]))
    return Vocabulary(tuple(reversed(latest)), glossary.spoken)


def _names(known: Iterable[str]) -> list[str]:
    """Some of many names, always the same ones."""
    return sorted(known)[:_MOST_NAMES]


def _of_incident(record: RecordView) -> Iterator[str]:
    """Services, people and terms of the incident, in the order in which they came up."""
    incident = record.incident
    yield from terms_in(incident.title)
    yield from incident.services
    yield from incident.roles.values()
    for _, _, entry_id in record.order()[-NEWEST_ENTRIES:]:
        text, owner, said_by, services = record.values(
            entry_id, ("text", "owner", "said_by", "services")
        )
        yield from (name for name in (owner, said_by) if isinstance(name, str))
        if isinstance(services, list):
            yield from (str(name) for name in services)
        if isinstance(text, str):
            yield from terms_in(text)


def terms_in(text: str) -> Iterator[str]:
    """Words that are written as no ordinary word is: us-east-1, PgBouncer, p99, OOM.

    Not those that nobody says aloud: hashes, keys, paths, addresses, long numbers.
    """
    for found in _TERM.finditer(text):
        term = found.group()
        parts = re.split("[-_]", term)
        if not _HASH.search(term) and max(map(len, parts)) <= _LONGEST_IN_ONE:
            yield term
