"""Partners' keys to the JSON API: shown once, kept as a hash, good for some scopes, revocable.

Whoever has a key orders under the partner's name. A partner may hold several at once, so that one
can be changed for another without a pause.
"""

import enum
import secrets
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bazaar import attempts, audit
from bazaar.attempts import Limit
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.errors import N_, NotAllowed, NotFound
from bazaar.models import ApiKey
from bazaar.tokens import fingerprint

MAX_NAME = 20
"""Orders remember it as where they came from."""

UNUSED = timedelta(days=365)
"""A key that nobody has used for so long is good for nothing any more."""

NOTED = timedelta(minutes=5)
"""The last use of a key is noted this exactly."""

BLOCK = 20
"""How many uses a process takes at once, so that not each of them is written."""

PER_MINUTE = Limit("api-key", 60, timedelta(minutes=1))
"""How many blocks a key has: 1,200 uses a minute."""

_MARK = "pv_"
_SHOWN = 9
"""How many of a key's first characters are kept, to tell keys apart."""


class Scope(enum.Enum):
    """What a key is good for."""

    CATALOGUE_READ = "catalogue:read"
    ORDERS_CREATE = "orders:create"
    ORDERS_READ = "orders:read"
    ORDERS_CANCEL = "orders:cancel"


@dataclass(eq=False)
class ScopeMissing(NotAllowed):
    """The key is not good for this."""

    scope: str
    text = N_("Kunci ini tidak berlaku untuk {scope}.")


class NoSuchKey(NotFound):
    """There is no such key."""

    text = N_("Kunci ini tidak ditemukan.")


@dataclass(frozen=True, slots=True)
class Partner:
    """Who sent a key, and what it is good for."""

    key_id: int
    name: str
    scopes: frozenset[str]

    @property
    def owner(self) -> str:
        """Under whom its answers are kept, the same for all keys of the partner."""
        return f"partner:{self.name}"

    def require(self, scope: Scope) -> None:
        """Refuse what the key is not good for. Raises ScopeMissing."""
        if scope.value not in self.scopes:
            raise ScopeMissing(scope.value)


def make(name: str, scopes: Collection[Scope], *, by: Actor, now: datetime) -> str:
    """Give a partner a key; return it. It can never be shown again."""
    token = f"{_MARK}{secrets.token_urlsafe(32)}"
    granted = [scope.value for scope in Scope if scope in scopes]
    key = ApiKey(
        name=name,
        prefix=token[:_SHOWN],
        key_hash=fingerprint(token),
        scopes={"scopes": granted},
        made_by=by.name,
        made_at=now,
    )
    db.session.add(key)
    db.session.flush()
    audit.note(by, "api_key.make", _subject(key.id), now=now, name=name, scopes=granted)
    return token


def keys() -> Sequence[ApiKey]:
    """Return all keys, those that were revoked last, else the newest first."""
    order = (ApiKey.revoked_at.is_not(None), ApiKey.made_at.desc(), ApiKey.id.desc())
    return db.session.scalars(sa.select(ApiKey).order_by(*order)).all()


def get_key(key_id: int) -> ApiKey:
    """Return a key, revoked or not. Raises NoSuchKey."""
    key = db.session.get(ApiKey, key_id)
    if key is None:
        raise NoSuchKey
    return key


def revoke(key: ApiKey, *, by: Actor, now: datetime) -> bool:
    """Make a key good for nothing, at once and for ever; False if it was already."""
    living = sa.update(ApiKey).where(ApiKey.id == key.id, ApiKey.revoked_at.is_(None))
    if not claim(living.values(revoked_at=now)):
        return False
    db.session.refresh(key)
    audit.note(by, "api_key.revoke", _subject(key.id), now=now, name=key.name)
    return True


def find(token: str, *, now: datetime) -> Partner | None:
    """Return whose key this is, None if it is nobody's, revoked or long unused."""
    used = sa.func.coalesce(ApiKey.used_at, ApiKey.made_at)
    query = sa.select(ApiKey.id, ApiKey.name, ApiKey.scopes).where(
        ApiKey.key_hash == fingerprint(token), ApiKey.revoked_at.is_(None), used > now - UNUSED
    )
    row = db.session.execute(query).one_or_none()
    return Partner(row[0], row[1], frozenset(row[2]["scopes"])) if row else None


def is_over(key: ApiKey, *, now: datetime) -> bool:
    """Say whether a key that was not revoked is too long unused."""
    return (key.used_at or key.made_at) <= now - UNUSED


def spend(partner: Partner, *, now: datetime) -> datetime | None:
    """Take a block of uses and note the use; return None, or when there are more."""
    end = attempts.spend(PER_MINUTE, str(partner.key_id), now=now)
    if end is None:
        long_ago = sa.or_(ApiKey.used_at.is_(None), ApiKey.used_at <= now - NOTED)
        key = sa.update(ApiKey).where(ApiKey.id == partner.key_id, long_ago)
        claim(key.values(used_at=now))
    return end


@dataclass(slots=True)
class _Block:
    left: int
    until: datetime


class Meter:
    """Counts the uses of keys in one process: what is left of the block that it took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks: dict[int, _Block] = {}

    def take(self, partner: Partner, *, now: datetime) -> bool:
        """Count one use; False if a block must be taken first."""
        with self._lock:
            block = self._blocks.get(partner.key_id)
            if block is None or block.until <= now or block.left == 0:
                return False
            block.left -= 1
            return True

    def fill(self, partner: Partner, *, now: datetime) -> None:
        """A block was taken, of which one use is over."""
        with self._lock:
            self._blocks[partner.key_id] = _Block(BLOCK - 1, now + PER_MINUTE.within)

    def forget(self) -> None:
        """Forget all blocks: the keys are those of another database now."""
        with self._lock:
            self._blocks.clear()


def _subject(key_id: int) -> str:
    return f"api_key:{key_id}"
