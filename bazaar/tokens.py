"""Unguessable links: what a buyer or a seller holds instead of an account.

A link's token is an HMAC of a key under the installation's secret, so the server can give the
same link again (a repeated click, a lost message) although the database keeps only the token's
fingerprint. 32 bytes of SHA-256 make 43 url-safe characters: 256 bits, far above the 128 asked.
"""

import base64
import hashlib
import hmac
import secrets


def new_key() -> str:
    """Return 128 random bits as 22 url-safe characters."""
    return secrets.token_urlsafe(16)


def fingerprint(token: str) -> str:
    """Return the SHA-256 of a token as 64 hex digits: the only form that is stored."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class Links:
    """Makes the tokens of one installation."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def token(self, kind: str, key: str) -> str:
        """Return the token for `key` among links of `kind`, such as "order". Always the same."""
        digest = hmac.digest(self._secret, f"link|{kind}|{key}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")
