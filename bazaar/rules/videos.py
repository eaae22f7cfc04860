"""Addresses of broadcasts: which video they name, and where it can be shown inside a page."""

import re

HOSTS = r"(?:www\.|m\.)?(?:youtube\.com|youtube-nocookie\.com)"
VIDEO = r"([A-Za-z0-9_-]{11})"
CHANNEL = r"(UC[A-Za-z0-9_-]{22})"

_VIDEO = re.compile(
    rf"https://(?:{HOSTS}/(?:watch\?(?:[^#]*&)?v=|live/|embed/)|youtu\.be/){VIDEO}(?:[?&#].*)?",
    re.ASCII,
)
_CHANNEL = re.compile(rf"https://{HOSTS}/channel/{CHANNEL}(?:/.*)?", re.ASCII)


def embed(url: str, player: str) -> str:
    """Return where `player` shows the broadcast that `url` names; empty if it names none.

    The address is built from the checked name of a video or of a channel whose present broadcast
    is meant; an address by the name of a person, such as `/@name/live`, tells neither.
    """
    if found := _VIDEO.fullmatch(url):
        return f"{player}/embed/{found[1]}?autoplay=1&playsinline=1&rel=0"
    if found := _CHANNEL.fullmatch(url):
        return f"{player}/embed/live_stream?channel={found[1]}&autoplay=1&playsinline=1"
    return ""
