"""One-time codes and tokens: how they are made, and what is kept of them.

Only their hashes are kept. Both are random, so that a plain hash can't be turned back: a token has
256 bits, a code 60, of which a day is far too short to find one.
"""

import hashlib
import secrets
from datetime import timedelta

CODE_LIFE = timedelta(hours=24)
"""How long a code can be used."""

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O or U."""

_READ_AS = str.maketrans("ILO", "110")
_LENGTH, _GROUP = 12, 4
_MOST = 100


def new_code() -> str:
    """A code to read out or type: ``7KQ2-M9XB-41TC``."""
    digits = "".join(secrets.choice(_DIGITS) for _ in range(_LENGTH))
    return "-".join(digits[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def new_token() -> str:
    """A token for one device."""
    return f"hw_{secrets.token_urlsafe(32)}"


def new_epoch() -> str:
    """The name of a new database, or of one that was set back."""
    return secrets.token_hex(8)


def code_hash(code: str) -> bytes:
    """What is kept of a code; the same for every way in which people write it."""
    digits = "".join(letter for letter in code[:_MOST].upper() if letter.isalnum())
    return _hash(digits.translate(_READ_AS))


def token_hash(token: str) -> bytes:
    """What is kept of a token."""
    return _hash(token)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
