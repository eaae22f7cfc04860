"""The draw of the rotation: tickets that anybody can compute again."""

import hmac


def ticket(seed: str, instance: str, seller: str) -> str:
    """Return the seller's draw ticket: HMAC-SHA256(seed, "instance|seller") as hex; lowest wins."""
    return hmac.digest(seed.encode(), f"{instance}|{seller}".encode(), "sha256").hex()
