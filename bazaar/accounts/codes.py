"""The second factor: six digits that an app on the member's phone shows (TOTP, RFC 6238).

A code is good for its half minute and the one before and after. Each is taken once: the account
remembers the last step used, and taking one is a conditional UPDATE, so that of two parallel
requests with the same code one loses.
"""

import hmac
from datetime import datetime

import pyotp
import sqlalchemy as sa
import structlog
from sqlalchemy.orm.attributes import set_committed_value

from bazaar.db import claim, db
from bazaar.models import Account
from bazaar.seals import BrokenSeal, Seals

log = structlog.get_logger()

ISSUER = "Pasar Virtual"
STEP_S = 30
DIGITS = 6


def give_secret(account: Account, *, seals: Seals, secret: str = "") -> None:
    """Give the account the secret its phone will share, a random one unless it is given."""
    account.totp_secret = seals.close(secret or pyotp.random_base32())
    db.session.flush()


def secret_of(account: Account, *, seals: Seals) -> str:
    """Return the secret as the phone needs it, in base 32. Only before it is confirmed."""
    if account.totp_secret is None or account.totp_confirmed_at is not None:
        raise ValueError(f"no secret to show for account {account.id}")
    return seals.open(account.totp_secret)


def uri(account: Account, secret: str) -> str:
    """Return the `otpauth://` address that a phone scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=ISSUER)


def take(account: Account, code: str, *, seals: Seals, now: datetime) -> bool:
    """Use a code up; say whether it was right and not used before.

    No code is right when the secret cannot be opened because the installation's has changed.
    """
    if account.totp_secret is None:
        return False
    try:
        secret = seals.open(account.totp_secret)
    except BrokenSeal:
        log.warning("second_factor_unreadable", account=account.id)
        return False
    step = _step_of(secret, _digits(code), now)
    if step is None:
        return False
    taken = claim(
        sa.update(Account)
        .where(Account.id == account.id, Account.totp_step < step)
        .values(totp_step=step)
    )
    if taken:
        set_committed_value(account, "totp_step", step)
    return taken


def next_code(account: Account, *, seals: Seals, now: datetime) -> str:
    """Return a code that is good now and not used up, as the phone would show it.

    For play data only: nobody else may be told. After two sign-ins in one half minute the
    code shown works only when the next half minute begins.
    """
    if account.totp_secret is None:
        return ""
    step = max(_step(now), account.totp_step + 1)
    return pyotp.TOTP(seals.open(account.totp_secret)).generate_otp(step)


def _step(now: datetime) -> int:
    return int(now.timestamp()) // STEP_S


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    totp = pyotp.TOTP(secret)
    for step in (_step(now), _step(now) - 1, _step(now) + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


def _digits(code: str) -> str:
    """Return the code without the spaces that apps show in its middle."""
    return "".join(code.split())
