"""Addresses at which somebody can be told something, and which of them may be used.

An address of Apprise (`service://…`) can name files, programs and machines in our own network, and
its options can switch off checks or read files. Only services with one fixed host on the internet
are let through, and no options.
"""

import re
from typing import Final

LONGEST: Final = 200

SCHEMES: Final = frozenset({"tgram", "whatsapp", "discord", "slack", "line", "pover", "twilio"})
"""Services that send to one fixed host each, whatever the address says."""

_MAIL = re.compile(r"[^@\s<>\"(),:;\[\]\\]+@[^@\s<>\"(),:;\[\]\\]+\.[A-Za-z0-9-]{2,}")
_CHAT = re.compile(r"-?[1-9][0-9]{4,18}|@[A-Za-z][A-Za-z0-9_]{4,31}")
_SERVICE = re.compile(r"([a-z]+)://[A-Za-z0-9_@:/#+.~-]+")


def is_mail(text: str) -> bool:
    """Say whether the text is one plain mail address."""
    return text.isascii() and len(text) <= LONGEST and _MAIL.fullmatch(text) is not None


def is_chat(text: str) -> bool:
    """Say whether the text is the number, or the public name, of a chat on Telegram."""
    return _CHAT.fullmatch(text) is not None


def is_service(text: str) -> bool:
    """Say whether the text is an address of a service that may be used, without options."""
    found = _SERVICE.fullmatch(text)
    return len(text) <= LONGEST and found is not None and found[1] in SCHEMES
