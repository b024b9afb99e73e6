"""Secrets leave machine text, are pointed out in people's text, and nothing else is touched."""

import json
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from itertools import chain

import pytest
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.keyword import DENYLIST
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture.redaction import Flagged, Redacted, flag, redact
from capture.secret.hints import may_hold_secret, may_hold_typed_secret

PLACEHOLDER = re.compile(r"\[redacted: [^\]]+\]")


def fake(*parts: str) -> str:
    """Join a made-up secret; whole in this file it would set off scanners of this repository."""
    return "".join(parts)


def pem(kind: str, lines: int = 3) -> str:
    """A block in the form of a private key, with nothing in it."""
    body = "\n".join(
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7" + "Zx0=" for _ in range(lines)
    )
    return fake(
        "-----BEGIN ", kind, "PRIVATE KEY-----\n", body, "\n-----END ", kind, "PRIVATE KEY-----"
    )


AWS_ID = fake("AK", "IAQYLPMN5HFIQR7XYA")
AWS_SECRET = fake("wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYzEXAMPLEKE")
GITHUB = fake("gh", "p_", "16C7e42F292c6912E7710c838347Ae178B4a")
JWT = fake(
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
    "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkRhbmEifQ.",
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
)

# kind, the secret, and how a terminal shows it.
SECRETS = [
    ("AWS access key", AWS_ID, "aws_access_key_id = {}"),
    ("labelled secret", AWS_SECRET, "aws_secret_access_key = {}"),
    ("AWS access key", AWS_SECRET, "AWS token: '{}'"),
    ("GitHub token", GITHUB, "remote: {}"),
    ("GitHub token", fake("gh", "s_", "aB3" * 120), "token {} expired"),
    ("GitHub token", fake("github_", "pat_", "11ABCDEFG0", "_abcDEF123" * 6), "using {}"),
    ("GitLab token", fake("gl", "pat-", "abcDEF123_ghi-456jkl"), "PRIVATE {}"),
    ("Slack token", fake("xox", "b-", "123456789012-1234567890123-", "AbCdEfGhIjKl"), "bot {}"),
    ("Slack token", fake("xa", "pp-1-A0123-456-", "abcdef0123456789"), "socket {}"),
    ("Slack token", fake("https://hooks.sl", "ack.com/services/", "T000/B000/abcDEF"), "POST {}"),
    ("Stripe access key", fake("sk", "_live_", "4eC39HqLyjWDarjtT1zdp7dc" * 2), "{}"),
    ("Google API key", fake("AI", "zaSyD-", "9tSrke72PouQMnMX-a7eZSW0jkFMBWY"), "key={}&x=1"),
    ("OpenAI or Anthropic token", fake("sk-", "ant-", "api03-abcDEF_123456789-xyz"), "{}"),
    ("Vault token", fake("hv", "s.", "CAESIJ3abcdefghijklmnopqrstuv"), "{}"),
    ("NPM token", fake("np", "m_", "abcdefghij0123456789ABCDEFGHIJ012345"), "NPM {}"),
    ("PyPI token", fake("py", "pi-", "AgEIcHlwaS5vcmc", "aB3_" * 20), "{}"),
    ("SendGrid API key", fake("S", "G.", "aB3_" * 5, "aB.", "cD4-" * 10, "cDe"), "{}"),
    ("Twilio API key", fake("S", "K", "0123456789abcdef" * 2), "{}"),
    ("Telegram bot token", fake("123456789", ":AA", "aB3_" * 8, "a"), "{}"),
    ("Discord bot token", fake("M", "aB3" * 8, ".", "aB3_dE", ".", "aB3" * 9), "{}"),
    ("Mailchimp access key", fake("0123456789abcdef" * 2, "-us", "12"), "{}"),
    ("Azure storage account access key", fake("Account", "Key=", "aB3+" * 21, "aB3="), "{};X=1"),
    ("Artifactory credentials", fake("AK", "Cp8", "aB3dE5fG7h"), "apikey {} "),
    ("JSON web token", JWT, "set-cookie: id={}; Path=/"),
    ("basic auth credentials", "hunter2!$x", "postgres://app:{}@db-1:5432/orders?sslmode=require"),
    ("basic auth credentials", "p4ss", "redis://:{}@cache:6379"),
    ("private key", pem("RSA "), "cat key.pem\n{}\ndone"),
    ("private key", pem(""), "{}"),
    ("private key", pem("OPENSSH ", 60), "{}"),
    ("private key", pem("ENCRYPTED "), "{}"),
    ("private key", pem("EC ").replace("\n", "\\n"), '{{"private_key": "{}", "x": 1}}'),
    (
        "private key",
        fake("LS0tLS1CRUdJTi", "BSU0EgUFJJVkFURSBLRVktLS0tLQo="),
        "client-key-data: {}",
    ),
    ("labelled secret", "hunter2secret", "password={} host=db-1"),
    ("labelled secret", "hunter2", "Server=db;Password={};Database=orders"),
    ("labelled secret", "hunter2", "https://x/login?user=dana&password={}&next=/"),
    ("labelled secret", "two words 2", '{{"password": "{}", "user": "dana"}}'),
    ("labelled secret", "hunter2", '"{{\\"password\\":\\"{}\\",\\"y\\":2}}"'),
    ("labelled secret", "c2VjcmV0LXZhbHVl", "data:\n  password: {}\n  user: ZGFuYQ=="),
    ("labelled secret", "letmein", "SMTP_PASS={}\nSMTP_HOST=mail"),
    ("labelled secret", "0123abcd", "> X-Api-Key: {}\n> Accept: */*"),
    ("labelled secret", "abcdefgh12345678", "> Authorization: Bearer {}\n>"),
    ("labelled secret", "ZGFuYTpodW50ZXIy", "Authorization: Basic {}"),
    ("labelled secret", "s3cr3tT0ken", "DEPLOY_TOKEN={}"),
    ("labelled secret", "hunter2", "curl -s -u admin:{} https://x/health"),
    ("labelled secret", "hunter2", "mysql -h db -uroot -p{} orders"),
    ("labelled secret", "hunter2", "deploy --registry-password {} --dry-run"),
    ("labelled secret", "hunter2", "ALTER USER app PASSWORD '{}';"),
    ("labelled secret", "hunter2", "machine x login dana password {}"),
]

# Machine text without a secret, in which everything looks like one.
HARMLESS = [
    "checkout-7d9f8b6c5-x2k4q   1/1   Running   0   12d   10.12.3.4   ip-10-0-3-12.eu-west-1",
    "commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nAuthor: Dana <dana@corp.com>",
    "Reverts 4b825dc642cb6eb9a060e54bf8d69288fbee4904: token refresh in auth-service",
    "docker-pullable://nginx:1.25@sha256:" + "0a1b2c3d" * 8,
    "registry.example.com/team/app@sha256:" + "deadbeef" * 8 + "  3f2a1b4c5d6e  2 days ago",
    '{"trace_id": "' + "0af76519" * 4 + '", "span_id": "b7ad6b7169203331"}',
    "request_id=550e8400-e29b-41d4-a716-446655440000 status=503",
    "arn:aws:iam::123456789012:role/checkout-irsa",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf",
    "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188",
    "i-0abcd1234ef567890 vpc-0a1b2c3d4e5f67890 subnet-0bb1c79de3EXAMPLE",
    'MountVolume.SetUp failed for volume "docker-push-secret" : stat /var/lib/kubelet: no such file',
    'MountVolume.SetUp failed for volume "tls" : secret "db-credentials" not found',
    "Error: couldn't find key password in Secret default/db-credentials",
    "      SecretName:  default-token-abcde\n      Optional:    false",
    "      DB_PASSWORD:  <set to the key 'password' in secret 'db'>  Optional: false",
    "imagePullSecrets:\n- name: regcred\nvolumes:\n- secret:\n    secretName: tls-x2k4q",
    "secret/db-credentials created",
    "volumes: secret: db-credentials",
    "ghcr.io/external-secrets/external-secrets:v0.9.1   vault/secret:latest",
    "client-certificate-data: " + "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUM3",
    "-----BEGIN CERTIFICATE-----\nMIIC7DCCAdSgAwIBAgIBADANBgkqhkiG9w0\n-----END CERTIFICATE-----",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 dana@laptop",
    "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8",
    'FATAL:  password authentication failed for user "app"',
    "Invalid password: expected at least 8 characters",
    "PasswordAuthentication no\npassword_encryption | scram-sha-256\npassword: required",
    "PWD=/home/dana/hotwash\nOLDPWD=/home/dana",
    "POSTGRES_PASSWORD_FILE=/run/secrets/pg  tls_private_key=/etc/tls/tls.key",
    "password=******** token=*** secret=xxxxx pwd=<hidden> api_key=${API_KEY} db_pass=$DB_PASS",
    "      --password string      Password for basic authentication to the API server",
    "usage: deploy [-h] [--token TOKEN] [--password PASSWORD]",
    "secrets: 12   passwords_total: 4096   secret_count: 3   token_ttl: 3600 token: 24h",
    "SyntaxError: Unexpected token: }",
    "p99 https://api.example.com:8443/v1/orders?notify=dana@corp.com 2.1s",
    "git@github.com:corp/hotwash.git  ssh://git@github.com:22/corp/hotwash",
    "14:05:00.123 4xx=12 5xx=0 rate=0.02 p50=12ms p99=1240ms key: p50 key=orders:1234",
    " id  | email         | password_changed_at\n-----+---------------+--------------------",
    "BIND9 APACHE2HANDLER APBalancerPool ACCOUNT SKIPPED ASIAN AKIA",
    "2026-11-21T14:05:00Z Warning BackOff pod/api-5f7b9d8c4-zz9pl Back-off restarting (x12 over 3m)",
    'etag: W/"33a64df551425fcc55e4d42a148795d9f25f89d4" x-amz-request-id: TX0000000000000F1D2C3',
    "kernel: Code: 48 8b 05 c4 2a 1f 00 RIP: 0033:0x7f8a3c2d1e4f RSP: 002b:00007ffd2e8a1b38",
]


@pytest.mark.parametrize(("kind", "secret", "shown"), SECRETS)
def test_a_secret_is_cut_out_and_the_rest_stays(kind: str, secret: str, shown: str) -> None:
    """Every kind of secret is replaced by its name, and not a character beside it changes."""
    redacted = redact(shown.format(secret))
    assert redacted == Redacted(shown.format(f"[redacted: {kind}]"), 1, (kind,))


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    """Pod names, hashes, digests, ids and talk about secrets are what a timeline is made of."""
    assert redact(text) == Redacted(text)


def test_a_labelled_secret_is_cut_out_everywhere() -> None:
    """A password seen once behind its label is also removed where it stands alone."""
    text = "password=hunter2secret\ntried hunter2secret, url http://h/hunter2secret/x\nhunter3"
    redacted = redact(text)
    assert "hunter2secret" not in redacted.text
    assert redacted.count == 3
    assert redacted.text.endswith("/x\nhunter3")


def test_an_everyday_word_is_cut_out_only_behind_its_label() -> None:
    """A password "postgres" must not blank the name of the database in the rest of the output."""
    text = "POSTGRES_PASSWORD=postgres\npostgres-0 1/1 Running"
    assert (
        redact(text).text == "POSTGRES_PASSWORD=[redacted: labelled secret]\npostgres-0 1/1 Running"
    )


def test_the_longer_of_two_secrets_goes_whole() -> None:
    """A secret that begins with another one leaves no tail behind."""
    redacted = redact("password=hunter22\napi_key=hunter22extra9\nhunter22extra9 hunter22")
    assert "extra9" not in redacted.text
    assert "hunter22" not in redacted.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "log\n" + pem("RSA ").rpartition("\n")[0] + "\nDone, ok",
            "log\n[redacted: private key]\nDone, ok",
        ),
        (
            "first line\n" + pem("EC ").partition("\n")[2] + "\nbye",
            "first line\n[redacted: private key]\nbye",
        ),
    ],
    ids=["end line lost", "first line lost"],
)
def test_a_private_key_that_was_cut_off_goes_whole(text: str, expected: str) -> None:
    """Only the last lines of output are kept, so a key may have lost a header: its body goes too."""
    assert redact(text).text == expected


def test_a_private_key_behind_a_logs_prefix_goes_whole() -> None:
    """Every line of a logged key has the log's own words before it."""
    text = "\n".join(f"2026-11-21T14:05:00Z api {line}" for line in pem("RSA ").splitlines())
    assert "MIIE" not in redact(text).text


def test_a_putty_key_goes_whole() -> None:
    """PuTTY's own format has no BEGIN and END."""
    key = "PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 1\nAAAAB3NzaC1yc2EA\nPrivate-MAC: 0a1b2c"
    assert redact(f"key:\n{key}\nend").text == "key:\n[redacted: private key]\nend"


def test_a_megabyte_takes_seconds_at_most() -> None:
    """No detector goes quadratic on one endless line, or on a text that is full of secrets."""
    one_line = json.dumps(
        [{"url": f"https://api/{n}", "id": uuid.UUID(int=n).hex} for n in range(6000)]
    )
    one_line += " //registry.example/:_authToken="
    dense = "".join(f"DB_PASSWORD_{n}=hunter{n}secret\n" for n in range(5000))
    started = time.process_time()
    redact(one_line)
    assert redact(dense).count == 5000
    assert time.process_time() - started < 20


# --- people's text ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "secret"),
    [
        (f"use {AWS_ID} for now", "AWS access key", AWS_ID),
        (f"token is {GITHUB}", "GitHub token", GITHUB),
        (f"curl -H 'x: {JWT}'", "JSON web token", JWT),
        ("set password=Hunter2!x on db-1", "labelled secret", "Hunter2!x"),
        ("db is postgres://app:s3cret@db-1/x", "basic auth credentials", "s3cret"),
    ],
)
def test_a_known_shape_is_flagged(text: str, kind: str, secret: str) -> None:
    """A person who pastes a credential sees where it lies before pressing Enter."""
    start = text.index(secret)
    assert flag(text) == (Flagged(kind, start, start + len(secret)),)


@pytest.mark.parametrize(
    "text",
    [
        "password reset works again",
        "Changed the token expiration from 24h to 1h per security review",
        "password: reset for all users, secret: rotated, token=24h",
        "rotated the api key, new secret is in vault under prod/db",
        "restarted checkout-7d9f8b6c5-x2k4q, image sha256:" + "0a1b2c3d" * 8,
        "rolled back to 4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "trace 550e8400-e29b-41d4-a716-446655440000 shows the timeout",
        "see https://grafana.corp.com:3000/d/abc?from=now-1h, ask dana@corp.com",
        "curl to the bearer endpoint is a mysql timeout",
        "password=required for the new login",
        *HARMLESS,
    ],
)
def test_talk_about_secrets_is_not_flagged(text: str) -> None:
    """Words, pod names and hashes in a note raise no alarm, or alarms get ignored."""
    assert flag(text) == ()


@pytest.mark.parametrize(
    ("statement", "loaded"),
    [
        ("import capture.redaction", False),
        (
            "from capture.redaction import flag; flag('restarted checkout-7d9f8b6c5-x2k4q @-5m')",
            False,
        ),
        ("from capture.redaction import flag; flag('password reset works, token 24h')", False),
        (
            "from capture.redaction import redact; redact('checkout-7d9f8b6c5-x2k4q 1/1 Running')",
            False,
        ),
        ("from capture.redaction import flag; flag('password=Hunter2!x')", True),
    ],
)
def test_the_detectors_are_loaded_only_when_needed(statement: str, loaded: bool) -> None:
    """A plain note stays quick: the detectors and what they import stay out."""
    script = f"{statement}\nimport sys; print('detect_secrets' in sys.modules, 'requests' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == [str(loaded), str(loaded)]


# --- laws -------------------------------------------------------------------------------------


# Entropy, keywords (tested below) and public addresses.
NO_SHAPES = {
    "Base64 High Entropy String",
    "Hex High Entropy String",
    "Secret Keyword",
    "Public IP (ipv4)",
}


def library_patterns() -> list[re.Pattern[str]]:
    """Every pattern of every detector that detect-secrets has, but for public addresses."""
    plugins: Mapping[str, type[RegexBasedDetector]] = get_mapping_from_secret_type_to_class()
    shapes = (plugin for name, plugin in plugins.items() if name not in NO_SHAPES)
    return list(chain.from_iterable(plugin().denylist for plugin in shapes))


@pytest.mark.parametrize(
    "pattern", library_patterns(), ids=lambda pattern: str(pattern.pattern)[:40]
)
@settings(
    max_examples=50, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
@given(data=st.data())
def test_the_hints_miss_nothing_of_the_library(
    pattern: re.Pattern[str], data: st.DataObject
) -> None:
    """The cheap test lets through whatever any detector could find, whichever version we have."""
    found = data.draw(st.from_regex(pattern))
    assert may_hold_typed_secret(found)
    assert may_hold_secret(found)


@given(
    keyword=st.sampled_from(DENYLIST).flatmap(lambda word: st.from_regex(word, fullmatch=True)),
    rest=st.sampled_from(["", "_1", "_key", ".value", "s"]),
    sign=st.sampled_from(["=", ": ", " = ", '": "', "'] = '", ' := "', '\\":\\"', "=>", " != "]),
)
def test_the_hints_miss_no_labelled_secret(keyword: str, rest: str, sign: str) -> None:
    """Every keyword of the library with every way to assign reaches the detectors."""
    text = f"db_{keyword}{rest}{sign}hunter2secret"
    assert may_hold_typed_secret(text)
    assert "hunter2secret" not in redact(text).text


HARMLESS_PIECES = st.one_of(
    st.sampled_from(HARMLESS),
    st.uuids().map(str),
    st.from_regex(r"[0-9a-f]{40}", fullmatch=True),
    st.from_regex(r"[0-9a-f]{64}", fullmatch=True).map("sha256:{}".format),
    st.from_regex(r"[a-z]{3,10}-[a-z0-9]{9}-[bcdfghjklmnpqrstvwxz2456789]{5}", fullmatch=True),
    st.datetimes().map(str),
    st.from_regex(r"[a-z]{1,12}", fullmatch=True),
)


@given(st.lists(HARMLESS_PIECES))
def test_text_without_secrets_comes_back_as_it_was(pieces: list[str]) -> None:
    """However ids, hashes and log lines are put together, redaction leaves them alone."""
    text = "\n".join(pieces)
    assert redact(text) == Redacted(text)


@given(st.text(), st.sampled_from(SECRETS), st.text(), st.sampled_from(["\n", "\r\n"]))
def test_a_planted_secret_never_survives(
    before: str, planted: tuple[str, str, str], after: str, line_break: str
) -> None:
    """Whatever stands in the lines around it, a secret is gone afterwards."""
    _, secret, shown = planted
    redacted = redact(f"{before}{line_break}{shown.format(secret)}{line_break}{after}")
    assert secret not in redacted.text
    assert redacted.count


FRAGMENTS = st.one_of(
    st.sampled_from([secret for _, secret, _ in SECRETS]),
    st.sampled_from(
        ["password=", '"api_key": "', "token: ", "secret:", "://a:", "@h", "-p", "curl -u a:"]
    ),
    st.sampled_from(
        ["[redacted: labelled secret]", "[redacted: ", "]", "<", ">", "{{", "}}", "\\", "\\n"]
    ),
    st.sampled_from(
        ["-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "PuTTY-User-Key-File-2:"]
    ),
    st.sampled_from([" ", "\n", '"', "'", ":", "=", ";", "&", ",", "AKC", "\0", "\t"]),
    st.text(max_size=6),
)


@given(st.lists(FRAGMENTS, max_size=12).map("".join))
def test_redacting_twice_is_redacting_once(text: str) -> None:
    """An import that is redacted again, or a dump of a record, does not decay."""
    once = redact(text)
    assert redact(once.text) == Redacted(once.text)


@given(st.lists(FRAGMENTS, max_size=12).map("".join))
def test_what_is_not_redacted_stays_in_order(text: str) -> None:
    """Between two placeholders stands a piece of the original, untouched and in its order."""
    at = 0
    for piece in PLACEHOLDER.split(redact(text).text):
        at = text.index(piece, at) + len(piece)
