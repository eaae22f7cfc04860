"""Where a form may send the reader back to: only to pages of this site."""

from urllib.parse import urlsplit


def own_path(address: str) -> str | None:
    """Return the address if every browser takes it for a path of this site, else None.

    Browsers read a backslash as a slash and skip control characters and blanks at the front, so
    an address with any of these is not a path of ours.
    """
    if not address.startswith("/") or address.startswith("//") or len(address) > 2000:
        return None
    if "\\" in address or any(ord(letter) <= 32 or ord(letter) == 127 for letter in address):
        return None
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or "//" in parts.path:
        return None
    return address
