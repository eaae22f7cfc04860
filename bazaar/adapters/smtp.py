"""Letters by SMTP (RFC 5321), encrypted by STARTTLS or from the first byte, with short waits.

A letter counts as carried when the server has accepted it after DATA. Its Message-ID is made of
the letter's key, so that a second copy after a lost answer can be recognised.
"""

import hashlib
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from bazaar.errors import Unavailable
from bazaar.ports import Letter, Undeliverable

PATIENCE_S = 10
SCHEMES = {"smtp": 587, "smtps": 465}
FOREVER = range(500, 600)
"""Reply codes that another try will not change (RFC 5321, 4.2.1)."""


class Smtp:
    """A Messenger that hands letters to one mail server.

    `url` is like `smtp://user:password@host:587` (STARTTLS, which only a server on this machine
    may lack) or `smtps://…:465`. Raises ValueError when it is not.
    """

    def __init__(self, url: str, sender: str, *, trust: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise ValueError("a mail server's address is like smtp://user:password@host:587")
        self._host = parts.hostname
        self._port = parts.port or SCHEMES[parts.scheme]
        self._from_first_byte = parts.scheme == "smtps"
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._sender = sender
        self._trust = trust or ssl.create_default_context()

    def send(self, letter: Letter) -> None:
        """Hand the letter over. Raises Unavailable or Undeliverable."""
        message = self._message(letter)
        try:
            with self._connect() as server:
                server.send_message(message, self._sender, [letter.to])
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = next(iter(error.recipients.values()))
            raise _refusal(code) from error
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable from error

    def _connect(self) -> smtplib.SMTP:
        if self._from_first_byte:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=PATIENCE_S, context=self._trust
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=PATIENCE_S)
        try:
            server.ehlo()
            if not self._from_first_byte:
                self._encrypt(server)
            if self._user:
                self._sign_in(server)
        except BaseException:
            server.close()
            raise
        return server

    def _encrypt(self, server: smtplib.SMTP) -> None:
        """Encrypt, or go on in the clear to a server on this machine without a password."""
        if server.has_extn("starttls"):
            server.starttls(context=self._trust)
            server.ehlo()
        elif self._user or not _on_this_machine(self._host):
            raise smtplib.SMTPNotSupportedError("the server offers no STARTTLS")

    def _sign_in(self, server: smtplib.SMTP) -> None:
        """Raise Unavailable when the password is refused: the letter is not to blame."""
        try:
            server.login(self._user, self._password)
        except smtplib.SMTPAuthenticationError as error:
            raise smtplib.SMTPException(f"sign-in refused ({error.smtp_code})") from None

    def _message(self, letter: Letter) -> EmailMessage:
        """Raise Undeliverable when a header would hold a line break."""
        name = hashlib.sha256(letter.key.encode()).hexdigest()[:32]
        message = EmailMessage()
        try:
            message["From"] = self._sender
            message["To"] = letter.to
            message["Subject"] = letter.subject
        except ValueError as error:
            raise Undeliverable from error
        if not letter.to.isprintable() or not letter.subject.isprintable():
            raise Undeliverable
        message["Message-ID"] = f"<{name}@{self._sender.rpartition('@')[2]}>"
        message["Date"] = formatdate(usegmt=True)
        message["Auto-Submitted"] = "auto-generated"
        if letter.unsubscribe:  # one press in the mail program ends such letters (RFC 8058)
            message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(letter.text)
        return message


def _refusal(code: int) -> Unavailable:
    return Undeliverable() if code in FOREVER else Unavailable()


def _on_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
