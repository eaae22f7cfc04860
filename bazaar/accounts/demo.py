"""The demo's committee: sign-ins that everybody may know, on play data only.

`bazaar.installation` sees to it that a database with these people never serves a real bazaar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bazaar.accounts import codes
from bazaar.accounts.members import create
from bazaar.db import db
from bazaar.models import Account, Role
from bazaar.seals import Seals

PASSWORD = "tembakau dan kopi"  # noqa: S105  printed on the sign-in page of the demo
TOTP_SECRET = "PASARVIRTUALDEMO7EDISIPERTAMA234"  # noqa: S105  as above
TEAM = (
    ("admin@demo.invalid", "Ratna Widyastuti", tuple(Role)),
    ("registrar@demo.invalid", "Hendra Prasetyo", (Role.REGISTRAR,)),
    ("host@demo.invalid", "Maya Anggraini", (Role.HOST,)),
    ("bendahara@demo.invalid", "Sulastri Handayani", (Role.TREASURER,)),
    ("kurir@demo.invalid", "Agus Setiawan", (Role.DISPATCHER,)),
    ("ketua@demo.invalid", "Bambang Wijaya", (Role.CHAIR,)),
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in to try; the code is good now."""

    email: str
    name: str
    roles: tuple[Role, ...]
    code: str


def create_team(*, seals: Seals, now: datetime) -> None:
    """Add the demo's members, ready to sign in. Only on a database marked as play data."""
    for email, name, roles in TEAM:
        create(
            email=email,
            name=name,
            roles=roles,
            password=PASSWORD,
            totp_secret=TOTP_SECRET,
            seals=seals,
            now=now,
        )


def sign_ins(*, seals: Seals, now: datetime) -> Sequence[SignIn]:
    """Return the demo's sign-ins with a code that works now, in the order of `TEAM`."""
    roles = {email: roles for email, _, roles in TEAM}
    query = sa.select(Account).where(Account.email.in_(roles), Account.active)
    accounts = sorted(db.session.scalars(query), key=lambda one: list(roles).index(one.email))
    return [
        SignIn(
            account.email,
            account.name,
            roles[account.email],
            codes.next_code(account, seals=seals, now=now),
        )
        for account in accounts
    ]
