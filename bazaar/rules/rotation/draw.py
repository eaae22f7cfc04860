"""The draw of the rotation: what is promised before, and what anybody can compute again after.

Commit, freeze, reveal, after the example of RFC 3797: the input and the algorithm are published
first, together with the fingerprint of a secret and the name of a public value of the future;
neither the secret's owner nor whoever knows the public value could have chosen the seed.
"""

import hashlib
import hmac


def ticket(seed: str, instance: str, seller: str) -> str:
    """Return the seller's draw ticket: HMAC-SHA256(seed, "instance|seller") as hex; lowest wins."""
    return hmac.digest(seed.encode(), f"{instance}|{seller}".encode(), "sha256").hex()


def commitment(secret: bytes) -> str:
    """Return what is published of the secret before the draw: its SHA-256 as hex."""
    return hashlib.sha256(secret).hexdigest()


def seed_of(
    secret: bytes, edition: str, instance_digest: str, public_value: str, number: int
) -> str:
    """Return the seed of a draw: HMAC-SHA256(secret, "edition|digest|public value|number") as hex.

    `edition` is the name of the instance, `number` counts the draws of the edition from 1.
    """
    told = f"{edition}|{instance_digest}|{public_value}|{number}"
    return hmac.digest(secret, told.encode(), "sha256").hex()
