"""Secrets that must be read again, kept encrypted in the database.

The key comes from the installation's secret by HKDF (RFC 5869), so a copy of the database alone
gives none of them away. The cipher is Fernet: AES-128-CBC with HMAC-SHA256.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class BrokenSeal(Exception):
    """The text was not sealed with this installation's secret."""


class Seals:
    """Closes and opens the secrets of one kind, such as "totp"; kinds cannot open each other's."""

    def __init__(self, secret: str, kind: str) -> None:
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"seal|{kind}".encode())
        self._cipher = Fernet(base64.urlsafe_b64encode(derive.derive(secret.encode())))

    def close(self, text: str) -> str:
        """Return `text` encrypted, never twice the same."""
        return self._cipher.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return the text. Raises BrokenSeal when it was sealed elsewhere or changed."""
        try:
            return self._cipher.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise BrokenSeal from None
