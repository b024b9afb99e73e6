"""Names and abbreviations of operations as they are heard, and as they are written.

What models write for them was collected from four voices and two models. A form stands here only if
it means nothing else: "fail over", "on call", "roll out" and "pager duty" are ordinary words too,
so they are not here, and a person who never means those can put them into the glossary.
"""

import re
from collections.abc import Callable
from typing import TypeAlias

Written: TypeAlias = Callable[[re.Match[str]], str | None]
"""What a form that was found is written as; None leaves it as it is."""

Rule: TypeAlias = tuple[re.Pattern[str], Written]

_NAMES = {
    "kubectl": r"(?:kube|cube|coob|coop|koob|cub|coup)[ -]?(?:control|cuddle|cuttle|c\.?t\.?l\.?)",
    "checkout": r"check-out",
    "kubelet": r"(?:kube|cube)[ -]?let",
    "kubeadm": r"(?:kube|cube)[ -](?:admin|adm)",
    "Kubernetes": r"[ck]ubernett?[ei]s|(?:cooper|kuber|cuber)[ -]?nett?[ei]e?s",
    "k8s": r"k[ -]?8[ '’-]?s",
    "nginx": r"engine[ -]?x|n[ -]?ginx|engine-?ex|enginx",
    "PgBouncer": r"p\.?[ -]?g\.?[ -]?bouncer",
    "Postgres": r"post[ -]gress?|postgress",
    "Elasticsearch": r"elastic[ -]search",
    "ElastiCache": r"elasti[ -]cache",
    "Datadog": r"data[ -]dog",
    "Cloudflare": r"cloud[ -]flare",
    "CloudFront": r"cloud[ -]front",
    "CloudWatch": r"cloud[ -]watch",
    "Terraform": r"terra[ -]form",
    "Grafana": r"gr[ai](?:ff|v)ann?a|grifann?a",
    "Redis": r"reddis",
    "DynamoDB": r"dynamo[ -]d\.?b\.?",
    "MongoDB": r"mongo[ -]d\.?b\.?",
    "RabbitMQ": r"rabbit[ -]?m\.?[ -]?q\.?",
    "memcached": r"mem[ -]?cache[ -]d|mem[ -]cached",
    "HAProxy": r"h\.?[ -]?a\.?[ -]proxy",
    "OAuth": r"oh?[ -]auth",
    "GitHub": r"git[ -]hub",
    "GitLab": r"git[ -]lab",
    "systemd": r"(?<!file )system[ -]d",
    "systemctl": r"system[ -]?c\.?t\.?l\.?",
    "journalctl": r"journal[ -](?:control|c\.?t\.?l\.?)",
    "etcd": r"et[ -]c\.?d|etc[ -]d|e\.?[ -]?t\.[ -]?c\.[ -]?d\.?",
    "CrashLoopBackOff": r"crash[ -]?loop[ -]?back[ -]?off",
    "EC2": r"e\.?[ -]?c\.?[ -]?(?:2|two)",
    "gRPC": r"g\.?[ -]?r\.?[ -]?p\.?[ -]?c",
    "mTLS": r"m\.?[ -]?t\.?[ -]?l\.?[ -]?s",
}
"""Each with an expression for what is heard in its place, in any case."""

_LETTERS = frozenset({
    "RDS", "DNS", "TTL", "OOM", "HPA", "DBA", "CPU", "GPU", "API", "CDN", "TLS", "SSL", "AWS",
    "GCP", "VPC", "IAM", "SQS", "SNS", "EKS", "GKE", "AKS", "SLO", "SLI", "SLA", "QPS", "RPS",
    "TCP", "UDP", "SSH", "VPN", "URL", "SQL", "JVM", "WAF", "NAT", "ELB", "ALB", "NLB", "EBS",
    "EFS", "AMI", "DDL", "HTTP", "HTTPS", "IOPS", "CRD", "PVC", "LDAP", "SAML", "MTU", "BGP",
    "NTP",
})  # fmt: skip
"""What is said letter by letter; "R.D.S." and "R D S" are written for it now and then."""

_GOES_ON = re.compile(r"\s+(?:[a-z0-9]|[A-Z]{2})|[,;:?!]")


def rule(expression: str, written: Written) -> Rule:
    """A rule for whole words, in any case."""
    return re.compile(rf"(?<![\w'’.-])(?:{expression})(?!\w)", re.IGNORECASE), written


def spelt(word: str) -> Written:
    """Always that word, and the dot that ends the sentence."""
    return lambda found: f"{word}{_full_stop(found)}"


def _letters(found: re.Match[str]) -> str | None:
    word = re.sub(r"[^a-z]", "", found["letters"].lower()).upper()
    return f"{word}{_full_stop(found)}" if word in _LETTERS else None


def _full_stop(found: re.Match[str]) -> str:
    """The dot after the last letter, where it ends the sentence as well.

    After letters without dots of their own it does nothing else.
    """
    said = found.group()
    if not said.endswith("."):
        return ""
    is_short_form = said.count(".") > 1 and _GOES_ON.match(found.string, found.end())
    return "" if is_short_form else "."


WORD_RULES: tuple[Rule, ...] = (
    *(rule(expression, spelt(word)) for word, expression in _NAMES.items()),
    rule(r"(?P<letters>(?:[a-z]\. ?){2,4}[a-z]\.?|(?:[a-z][ -]){2,4}[a-z])", _letters),
)
