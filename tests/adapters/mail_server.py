"""A small mail server on this machine that speaks SMTP as the real ones do (RFC 5321, 3207, 4954).

It offers STARTTLS with a certificate of its own, wants the password after that only, takes
letters line by line, undoes dot stuffing, and can be told to refuse.
"""

import base64
import datetime as dt
import socket
import ssl
import threading
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class MailServer:
    """Serves until closed. What was accepted stands in `letters`: (from, to, text)."""

    folder: Path
    starttls: bool = True
    user: str = ""
    password: str = ""
    refuse: dict[str, str] = field(default_factory=dict)
    """Command → the reply given instead, e.g. {"RCPT": "550 no such person"}; "" hangs up."""
    letters: list[tuple[str, str, str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.certificate, key = _certificate(self.folder)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(self.certificate, key)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._talks: list[threading.Thread] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    def close(self) -> None:
        self._socket.close()
        for talk in self._talks:
            talk.join(timeout=5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            talk = threading.Thread(target=self._talk, args=(connection,), daemon=True)
            self._talks.append(talk)
            talk.start()

    def _talk(self, connection: socket.socket) -> None:
        talk = _Talk(self, connection)
        try:
            talk.run()
        except (OSError, EOFError):
            pass
        finally:
            talk.close()


class _Talk:
    def __init__(self, server: MailServer, connection: socket.socket) -> None:
        self._server = server
        self._connection = connection
        self._file = connection.makefile("rb")
        self._safe = False
        self._known = not server.user
        self._sender = self._to = ""

    def close(self) -> None:
        self._file.close()
        self._connection.close()

    def run(self) -> None:
        self._connection.settimeout(5)
        self._say("220 mail.test ESMTP")
        while True:
            line = self._line()
            verb = line[:4].upper()
            if verb in self._server.refuse:
                reply = self._server.refuse[verb]
                if not reply:
                    raise EOFError
                self._say(reply)
                continue
            if verb == "QUIT":
                self._say("221 bye")
                return
            getattr(self, f"_{verb.lower()}", self._unknown)(line)

    def _unknown(self, line: str) -> None:
        self._say("502 what?")

    def _ehlo(self, line: str) -> None:
        self._say("250-mail.test", "250-8BITMIME", *self._offers(), "250 SIZE 1000000")

    def _star(self, line: str) -> None:
        self._say("220 go ahead")
        self._file.close()
        self._connection = self._server._tls.wrap_socket(self._connection, server_side=True)
        self._file = self._connection.makefile("rb")
        self._safe = True

    def _auth(self, line: str) -> None:
        _, user, password = base64.b64decode(line.split()[2]).decode().split("\0")
        self._known = (user, password) == (self._server.user, self._server.password)
        self._say("235 welcome" if self._known else "535 wrong password")

    def _mail(self, line: str) -> None:
        self._sender = line[10:].partition(">")[0].strip(" <")
        self._say("250 ok" if self._known else "530 authentication required")

    def _rcpt(self, line: str) -> None:
        self._to = line[8:].partition(">")[0].strip(" <")
        self._say("250 ok")

    def _data(self, line: str) -> None:
        self._say("354 end with a dot")
        self._server.letters.append((self._sender, self._to, self._text()))
        self._server.encrypted.append(self._safe)
        self._say("250 taken")

    def _rset(self, line: str) -> None:
        self._say("250 ok")

    def _offers(self) -> list[str]:
        offers = ["250-STARTTLS"] if self._server.starttls and not self._safe else []
        return [*offers, *(["250-AUTH PLAIN"] if self._server.user else [])]

    def _text(self) -> str:
        lines = []
        while (line := self._line()) != ".":
            lines.append(line.removeprefix("."))
        return "\n".join(lines)

    def _line(self) -> str:
        line = self._file.readline()
        if not line:
            raise EOFError
        return line.decode().removesuffix("\r\n")

    def _say(self, *lines: str) -> None:
        self._connection.sendall("".join(f"{line}\r\n" for line in lines).encode())


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for `localhost` that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "mail.crt", folder / "mail.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_file, key_file
