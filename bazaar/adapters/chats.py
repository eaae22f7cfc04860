"""Messages to chats by Apprise (Telegram and a few other services), one HTTPS call each.

Apprise knows much more than is wanted here, so what it may do is bounded: only services of
`bazaar.rules.show.addresses`, no options in addresses, no templates (they can read files), no
redirects, certificates checked, short waits, nothing of the address in a log. It is loaded with
the first message, in the process that sends: it takes a second and 14 MB on disk.
"""

import logging
import re
import threading
from typing import Any, Final

from bazaar.errors import Unavailable
from bazaar.ports import Letter, Undeliverable
from bazaar.rules.show.addresses import is_chat, is_service

TELEGRAM: Final = "telegram"
CONNECT_S, PATIENCE_S = 5.0, 10.0
FOREVER: Final = frozenset({400, 403, 404})
"""Statuses that another try will not change: no such chat, or the bot was blocked there."""

_STATUS = re.compile(r"\berror=(\d{3})\b")
_one_at_a_time = threading.Lock()
"""What Apprise says of a failure it writes to one log for everybody."""


class Chats:
    """A Messenger to chats. Without a token of a bot there is no Telegram."""

    def __init__(self, telegram_token: str = "") -> None:
        self._token = telegram_token

    def send(self, letter: Letter) -> None:
        """Hand the message over. Raises Unavailable or Undeliverable."""
        service = self._service(letter)
        # Chats show no subject; the text says everything.
        sent, said = _notify(service, letter.text)
        if sent:
            return
        status = _STATUS.search(said)
        if status is not None and int(status[1]) in FOREVER:
            raise Undeliverable from ValueError(f"the service answered {status[1]}")
        raise Unavailable from ValueError(f"the service answered {status[1] if status else '-'}")

    def _service(self, letter: Letter) -> Any:
        """Return Apprise's object for the address. Raises Undeliverable when it may not be used."""
        if letter.way == TELEGRAM:
            if not self._token:
                raise Unavailable from ValueError("no Telegram bot is set up")
            usable, address = is_chat(letter.to), f"tgram://{self._token}/{letter.to}/"
        else:
            usable, address = is_service(letter.to), letter.to
        service = _open(address) if usable else None
        if service is None:
            raise Undeliverable from ValueError("no address that may be used")
        return service


def _open(address: str) -> Any:
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415 - heavy, and only senders need it

    logging.getLogger("apprise").propagate = False  # it names chats
    asset = AppriseAsset(
        app_id="Pasar Virtual",
        app_desc="Pasar Virtual",
        async_mode=False,
        secure_logging=True,
        http_redirects=False,
        allow_templates=False,
    )
    service = Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    if service is not None:
        service.verify_certificate = True
        service.socket_connect_timeout, service.socket_read_timeout = CONNECT_S, PATIENCE_S
    return service


def _notify(service: Any, text: str) -> tuple[bool, str]:
    """Send; return whether it worked and what Apprise says about it."""
    from apprise import Apprise, LogCapture  # noqa: PLC0415

    sender = Apprise()
    sender.add(service)
    with _one_at_a_time, LogCapture(level=logging.WARNING) as said:  # type: ignore[no-untyped-call]
        sent = sender.notify(body=text, body_format="text")
        return bool(sent), said.getvalue()
