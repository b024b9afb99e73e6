"""The address of a team server: what is taken, in which form, and what is refused with which words."""

from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import BadValue
from storage.team.client.address import address_of


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://team.example", "https://team.example"),
        ("HTTPS://Team.Example/", "https://team.example"),
        ("  https://team.example:443/  ", "https://team.example"),
        ("https://team.example:8443", "https://team.example:8443"),
        ("https://team.example/tools/hotwash/", "https://team.example/tools/hotwash"),
        ("https://team.example/a%20b", "https://team.example/a%20b"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://team.example/straße", "https://team.example/stra%C3%9Fe"),
        ("https://10.0.0.7:8443", "https://10.0.0.7:8443"),
        ("https://[2001:DB8:0:0::7]:8443/x", "https://[2001:db8::7]:8443/x"),
        ("http://localhost:8147", "http://localhost:8147"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://127.8.9.1:8147", "http://127.8.9.1:8147"),
        ("http://[::1]:8147", "http://[::1]:8147"),
        ("https://under_score.example", "https://under_score.example"),
    ],
)
def test_an_address_has_one_form(typed: str, url: str) -> None:
    """However somebody types it, records are marked with the same server."""
    assert address_of(typed).url == url
    assert address_of(url).url == url


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("team.example", "Type https://team.example."),
        ("team.example:8443/x", "Type https://team.example:8443/x."),
        ("localhost:8147", "Type http://localhost:8147."),
        ("ftp://team.example", "Type https://team.example."),
        ("https://team.example/x?token=1", "Type https://team.example/x."),
        ("https://team.example/#top", "Type https://team.example."),
        ("https://team.example?", "Type https://team.example."),
        ("https://dana:hunter2@team.example/x", "Type https://team.example/x."),
        ("dana@team.example", "Type https://team.example."),
        ("http://team.example/x", "Type https://team.example/x, or add --allow-http"),
        ("http://127.0.0.1.example", "or add --allow-http"),
        ("http://localhost.example", "or add --allow-http"),
        ("http://128.0.0.1", "or add --allow-http"),
        ("http://[::2]", "or add --allow-http"),
        ("http://0.0.0.0", "or add --allow-http"),
        ("https://team.example:0", "port"),
        ("https://team.example:99999", "port"),
        ("https://team.example:web", "port"),
        ("https://", "Type an address such as https://"),
        ("https://team..example", "Type an address such as https://"),
        ("https://-team.example", "Type an address such as https://"),
        ("https://te,am.example", "Type an address such as https://"),
        ("https://[::1", "Type one such as https://"),
        ("https://[fe80::1%25eth0]", "Type an address such as https://"),
        ("https://[team]", "Type"),
        ("https://team.example/../x", "Type an address such as https://"),
        ("https://team.example/a//b", "Type an address such as https://"),
        ("https://te am.example", "Type one such as https://"),
        ("https://team.example\\@evil.example", "Type one such as https://"),
        ("https://team.exa\nmple", "Type one such as https://"),
        ("https://\u2100.example", "Type"),
        ("", "Type one such as https://"),
    ],
)
def test_what_is_no_address_is_refused_with_what_to_type(typed: str, advice: str) -> None:
    """A slip is answered with the right form, and never sends a token anywhere."""
    with pytest.raises(BadValue) as refused:
        address_of(typed)
    assert advice in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_plain_http_goes_to_others_only_when_somebody_says_so() -> None:
    """A token travels unencrypted only by a person's decision, which the address remembers."""
    address = address_of("http://team.example:8080/", allow_http=True)
    assert (address.url, address.allow_http) == ("http://team.example:8080", True)
    assert not address.is_loopback


def test_loopback_is_known_by_number_and_by_name() -> None:
    """What stays on this machine needs no encryption and no proxy."""
    for url in ("http://localhost", "http://127.0.0.1", "http://127.255.0.9", "http://[::1]:1"):
        assert address_of(url).is_loopback
    assert not address_of("https://[2001:db8::1]").is_loopback


@given(typed=st.text(max_size=30) | st.text("ahtps:/.@[]%?#1é\\ ", max_size=30))
def test_any_text_is_an_address_or_refused(typed: str) -> None:
    """Nothing that can be typed or pasted leads to a traceback, nor to an address that differs when read again."""
    for text in (typed, f"https://{typed}"):
        try:
            address = address_of(text)
        except BadValue:
            continue
        assert address_of(address.url) == address


def test_a_certificate_file_is_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file that was named in one folder is still found when the app starts in another."""
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.chdir(tmp_path)
    assert address_of("https://team.example", "ca.pem").ca == str(tmp_path / "ca.pem")


def test_a_file_without_a_certificate_is_refused(tmp_path: Path) -> None:
    """A wrong file is noticed when it is named, not in the middle of an incident."""
    key = tmp_path / "key.pem"
    trustme.CA().private_key_pem.write_to_path(key)
    empty = tmp_path / "empty.pem"
    empty.touch()
    for wrong in (key, empty, tmp_path, tmp_path / "nothing.pem", tmp_path / "nul\0"):
        with pytest.raises(BadValue, match="--ca a PEM file"):
            address_of("https://team.example", wrong)
