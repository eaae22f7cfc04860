"""The committee's members: invited by a one-time link, with roles, active or not."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from bazaar import audit, outbox
from bazaar.accounts import codes, passwords, sessions
from bazaar.audit import Actor
from bazaar.db import claim, db, insert_once
from bazaar.errors import N_, Conflict, NotFound
from bazaar.models import Account, Role, RoleGrant
from bazaar.seals import Seals
from bazaar.tokens import fingerprint

INVITATION = timedelta(days=7)

LETTERS = {
    "second-factor-reset": (
        "Kode masuk Anda disetel ulang",
        """Halo {name},

seorang admin panitia menyetel ulang kode masuk (dua langkah) akun Anda di Pasar Virtual.
Saat masuk berikutnya Anda diminta memasangnya lagi di ponsel.

Bila Anda tidak memintanya, segera hubungi admin panitia.
""",
    ),
    "password-changed": (
        "Kata sandi Anda diganti",
        """Halo {name},

kata sandi akun Anda di Pasar Virtual baru saja diganti.

Bila bukan Anda yang menggantinya, segera hubungi admin panitia.
""",
    ),
}


class NoSuchAccount(NotFound):
    """There is no such member."""

    text = N_("Anggota panitia ini tidak ditemukan.")


class NoSuchInvitation(NotFound):
    """The link was used, replaced, is too old or was never given."""

    text = N_("Undangan ini tidak berlaku lagi. Mintalah yang baru kepada admin panitia.")


class AddressTaken(Conflict):
    """Another member has this e-mail address."""

    text = N_("Alamat surel ini sudah dipakai anggota lain.")


class LastAdmin(Conflict):
    """Without this member nobody could invite or help anybody."""

    text = N_("Harus ada paling sedikit satu admin yang aktif.")


class Inactive(Conflict):
    """The member was deactivated."""

    text = N_("Anggota ini tidak aktif. Aktifkan dulu.")


def actor(person: Account) -> Actor:
    """Return who acts when this member does."""
    return Actor(f"committee:{person.id}", person.name)


def create(
    *,
    email: str,
    name: str,
    roles: Collection[Role],
    password: str,
    seals: Seals,
    now: datetime,
    totp_secret: str = "",
) -> Account:
    """Add a member who can sign in at once; for play data and tests, people are invited.

    With `totp_secret` (base 32) the second factor is ready too; without it the first sign-in
    leads to the enrolment page. The password is not judged.
    """
    account = _add(email, name, roles, now)
    account.password_hash = passwords.hashed(password)
    if totp_secret:
        codes.give_secret(account, seals=seals, secret=totp_secret)
        account.totp_confirmed_at = now
    db.session.flush()
    return account


def invite(email: str, name: str, roles: Collection[Role], *, by: Actor, now: datetime) -> str:
    """Add a member; return the token of the link at which they choose a password.

    Raises AddressTaken. The link works once, for `INVITATION`.
    """
    account = _add(email, name, roles, now)
    audit.note(
        by, "account.invite", _subject(account), now=now, name=name, roles=_names(account.roles)
    )
    return _invitation(account, now)


def invite_again(account: Account, *, by: Actor, now: datetime) -> str:
    """Return a new link for a member who lost theirs or forgot the password; the old one is dead.

    The password in force works until another is chosen. Raises Inactive.
    """
    if not account.active:
        raise Inactive
    audit.note(by, "account.invite_again", _subject(account), now=now)
    return _invitation(account, now)


def invite_or_again(
    email: str, name: str, roles: Collection[Role], *, by: Actor, now: datetime
) -> str:
    """Return a link for this address: of a new member, or a new one for a member who stands.

    A standing member keeps name and roles. Raises Inactive. For the server's operator, who
    can help the last admin who forgot the password.
    """
    query = sa.select(Account).where(Account.email == email.strip().lower())
    account = db.session.scalars(query).one_or_none()
    if account is None:
        return invite(email, name, roles, by=by, now=now)
    return invite_again(account, by=by, now=now)


def get_invited(token: str, *, now: datetime) -> Account:
    """Return whom this invitation is for. Raises NoSuchInvitation."""
    query = sa.select(Account).where(
        Account.invitation_hash == fingerprint(token), Account.invited_until > now, Account.active
    )
    account = db.session.scalars(query).one_or_none()
    if account is None:
        raise NoSuchInvitation
    return account


def accept(token: str, password: str, *, now: datetime) -> Account:
    """Use an invitation up to set the password; ends all sessions of the account.

    Raises NoSuchInvitation, also for the second of two parallel tries.
    """
    account = get_invited(token, now=now)
    won = claim(
        sa.update(Account)
        .where(Account.id == account.id, Account.invitation_hash == fingerprint(token))
        .values(invitation_hash=None, invited_until=None, password_hash=passwords.hashed(password))
    )
    if not won:
        raise NoSuchInvitation
    db.session.refresh(account)
    sessions.end_all(account)
    audit.note(actor(account), "account.accept_invitation", _subject(account), now=now)
    return account


def all_members() -> Sequence[Account]:
    """Return every member with roles, the active ones first, then by name."""
    query = (
        sa.select(Account)
        .options(selectinload(Account.grants))
        .order_by(Account.active.desc(), sa.func.lower(Account.name), Account.id)
    )
    return db.session.scalars(query).all()


def is_taken(email: str) -> bool:
    """Say whether a member, active or not, has this address."""
    query = sa.select(Account.id).where(Account.email == email.strip().lower())
    return db.session.scalar(query) is not None


def get_account(account_id: int) -> Account:
    """Return a member. Raises NoSuchAccount."""
    account = db.session.get(Account, account_id)
    if account is None:
        raise NoSuchAccount
    return account


def set_roles(account: Account, roles: Collection[Role], *, by: Actor, now: datetime) -> bool:
    """Give the member exactly these roles and sign them out; say whether that changed anything.

    Raises LastAdmin.
    """
    before = account.roles
    if before == set(roles):
        return False
    if Role.ADMIN in before and Role.ADMIN not in roles:
        _require_another_admin(account)
    account.grants = [RoleGrant(role=role) for role in sorted(set(roles), key=_order)]
    db.session.flush()
    sessions.end_all(account)
    audit.note(
        by,
        "account.set_roles",
        _subject(account),
        now=now,
        before=_names(before),
        after=_names(account.roles),
    )
    return True


def deactivate(account: Account, *, by: Actor, now: datetime) -> bool:
    """End the member's access at once; False if it had ended. Raises LastAdmin."""
    if not account.active:
        return False
    if Role.ADMIN in account.roles:
        _require_another_admin(account)
    account.active = False
    account.invitation_hash = account.invited_until = None
    sessions.end_all(account)
    audit.note(by, "account.deactivate", _subject(account), now=now, name=account.name)
    return True


def activate(account: Account, *, by: Actor, now: datetime) -> bool:
    """Let a deactivated member in again; False if they were active."""
    if account.active:
        return False
    account.active = True
    audit.note(by, "account.activate", _subject(account), now=now, name=account.name)
    return True


def reset_second_factor(account: Account, *, by: Actor, now: datetime) -> None:
    """Forget the member's phone and sign them out; they enrol anew at the next sign-in."""
    account.totp_secret = None
    account.totp_confirmed_at = None
    sessions.end_all(account)
    audit.note(by, "account.reset_second_factor", _subject(account), now=now)
    tell(account, "second-factor-reset", now=now)


def sign_out_everywhere(account: Account, *, by: Actor, now: datetime) -> int:
    """End all sessions of a member; return how many there were."""
    ended = sessions.end_all(account)
    audit.note(by, "account.sign_out_everywhere", _subject(account), now=now, sessions=ended)
    return ended


def tell(account: Account, what: str, *, now: datetime) -> None:
    """Write the member a letter about their own account: password or second factor changed."""
    subject, text = LETTERS[what]
    outbox.write(
        f"account:{account.id}:{what}:{now:%Y%m%dT%H%M%S}",
        account.email,
        subject,
        text.format(name=account.name),
        now=now,
    )


def _add(email: str, name: str, roles: Collection[Role], now: datetime) -> Account:
    email = email.strip().lower()
    added = insert_once(
        Account, email=email, name=name.strip(), totp_step=0, active=True, created_at=now
    )
    if not added:
        raise AddressTaken
    account = db.session.scalars(sa.select(Account).where(Account.email == email)).one()
    account.grants = [RoleGrant(role=role) for role in sorted(set(roles), key=_order)]
    db.session.flush()
    return account


def _invitation(account: Account, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    account.invitation_hash = fingerprint(token)
    account.invited_until = now + INVITATION
    db.session.flush()
    return token


def _require_another_admin(account: Account) -> None:
    """Raise LastAdmin unless somebody else can help. Locks the admins against a parallel act."""
    others = (
        sa.select(Account.id)
        .join(Account.grants)
        .where(RoleGrant.role == Role.ADMIN, Account.active)
        .order_by(Account.id)
        .with_for_update(of=Account)
    )
    if set(db.session.scalars(others)) <= {account.id}:
        raise LastAdmin


def _order(role: Role) -> int:
    return list(Role).index(role)


def _names(roles: Collection[Role]) -> list[str]:
    return [role.value for role in sorted(roles, key=_order)]


def _subject(account: Account) -> str:
    return f"account:{account.id}"
