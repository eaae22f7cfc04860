"""Where buyers stand who click at one moment: whoever comes first takes all that wait.

The time of an order is mostly the wait for its transaction, and goods that everybody wants let
through one transaction at a time. So a process has one line: the first in it places what has
gathered, in one transaction, while the next ones gather. Each answer waits for the commit, so
that what was acknowledged is kept, whatever is killed at any moment. There is no thread of its
own and nothing in memory that would be lost.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

import sqlalchemy as sa
import structlog

from bazaar import editions
from bazaar.catalog import Goods, OutOfStock
from bazaar.db import reading, transaction
from bazaar.errors import BazaarError, Unavailable
from bazaar.ordering import finding, placing
from bazaar.ordering.charging import Charging
from bazaar.ordering.gathering import named
from bazaar.ordering.placing import Overtaken, Together
from bazaar.ordering.wishes import CheckoutWish, Piece, Placed, StillRunning, Wanted
from bazaar.tokens import Links

TOGETHER = 64
"""How many clicks one transaction takes at most."""

PATIENCE_S = 20
"""How long a click waits in the line before it is told to try again."""

FRESH_S = 0.25
"""So long what the last transaction left of a product is believed when it turns buyers away."""

GATHER_S = 0.01
"""So long many who are about to be turned away wait for each other."""

FEW = 100
"""Of what more is left nothing is remembered."""

AWAY = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)
"""What the database's absence raises; who comes next would find it absent too."""

log = structlog.get_logger()

T = TypeVar("T")
R = TypeVar("R")


class _Ticket(Generic[T, R]):
    """Somebody in a line: what is asked, then what it became; `leads` once it is to serve."""

    __slots__ = ("answer", "asked", "leads", "turn")

    def __init__(self, asked: T) -> None:
        self.asked = asked
        self.answer: R | BaseException | None = None
        self.leads = False
        self.turn = threading.Lock()
        self.turn.acquire()


class Line(Generic[T, R]):
    """Serves many threads' questions together: `serve` gives as many answers, in their order.

    An answer that is an exception is raised to whoever asked. While many ask, the first waits
    `gather_s` for the others: for questions that cost little but the way to the database.
    """

    def __init__(
        self, serve: Callable[[Sequence[T]], Sequence[R | BaseException]], *, gather_s: float = 0
    ) -> None:
        self._serve = serve
        self._gather_s = gather_s
        self._many = False
        self._lock = threading.Lock()
        self._waiting: list[_Ticket[T, R]] = []
        self._busy = False

    def ask(self, asked: T) -> R:
        """Return the answer. Raises what it is an answer to raise, or Unavailable."""
        ticket: _Ticket[T, R] = _Ticket(asked)
        with self._lock:
            self._waiting.append(ticket)
            ticket.leads = not self._busy
            self._busy = True
        if not ticket.leads:
            self._wait(ticket)
        if ticket.leads:
            self._lead(ticket)
        answer = ticket.answer
        if isinstance(answer, BaseException):
            raise answer
        return answer  # type: ignore[return-value]  # whoever was served has an answer

    def _wait(self, ticket: _Ticket[T, R]) -> None:
        while not ticket.turn.acquire(timeout=PATIENCE_S):
            with self._lock:
                if ticket in self._waiting and not ticket.leads:
                    self._waiting.remove(ticket)
                    raise Unavailable

    def _lead(self, leader: _Ticket[T, R]) -> None:
        """Serve all that wait, then let the next one lead and go."""
        if self._gather_s and self._many:
            time.sleep(self._gather_s)
        with self._lock:
            company, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
            self._many = len(company) > 1
        answers: Sequence[R | BaseException] = [Unavailable() for _ in company]
        try:
            answers = self._serve([each.asked for each in company])
        finally:
            with self._lock:
                following = self._waiting[0] if self._waiting else None
                self._busy = following is not None
                if following:
                    following.leads = True
            if following:
                following.turn.release()
            for each, answer in zip(company, answers, strict=True):
                each.answer = answer
                if each is not leader:
                    each.turn.release()


class _Known(NamedTuple):
    goods: Goods
    pieces: int
    at: float


class Desk:
    """The line of one process. `scope` opens a place for a transaction of its own."""

    def __init__(
        self,
        scope: Callable[[], AbstractContextManager[object]],
        *,
        links: Links,
        slack: timedelta,
        charge: Charging,
    ) -> None:
        self._scope = scope
        self._links = links
        self._slack = slack
        self._charge = charge
        self._placing: Line[tuple[CheckoutWish, datetime], Placed] = Line(self._place_each)
        self._looking: Line[str, bool] = Line(self._look_up, gather_s=GATHER_S)
        self._running: dict[str, CheckoutWish] = {}
        self._left: dict[int | str, _Known] = {}

    def place(self, wish: CheckoutWish, *, now: datetime) -> Placed:
        """Place it as `orders.place` does, money asked for, and return when it is kept.

        The caller must have no transaction of its own open. Raises what `orders.place` does, and
        StillRunning when a program repeats what is being worked on.
        """
        if wish.kept is None:
            self._refuse_quickly(wish)
            return self._placing.ask((wish, now))
        if self._running.setdefault(wish.key, wish) is not wish:
            raise StillRunning
        try:
            self._refuse_quickly(wish)
            return self._placing.ask((wish, now))
        finally:
            del self._running[wish.key]

    def place_here(self, wish: CheckoutWish, *, now: datetime) -> Placed:
        """Place it alone and in the caller's own transaction, as `orders.place` does."""
        return placing.place(
            wish,
            edition=editions.get_terms(),
            links=self._links,
            slack=self._slack,
            charge=self._charge,
            now=now,
        )

    def forget(self) -> None:
        """Forget what is left of products: they are those of another database now."""
        self._left.clear()

    def _place_each(
        self, asked: Sequence[tuple[CheckoutWish, datetime]]
    ) -> Sequence[Placed | BaseException]:
        try:
            return self._together(asked)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is one's own fault alone
            if len(asked) == 1:
                return [error]
            log.warning("placed_one_by_one", clicks=len(asked), error=type(error).__name__)
        answers: list[Placed | BaseException] = []
        for each in asked:
            try:
                answers.extend(self._together([each]))
            except AWAY as away:
                return [*answers, *[away] * (len(asked) - len(answers))]
            except Exception as error:  # noqa: BLE001 - for whoever asked, as if alone
                answers.append(error)
        return answers

    def _together(
        self, asked: Sequence[tuple[CheckoutWish, datetime]]
    ) -> Sequence[Placed | BazaarError]:
        try:
            together = self._in_one_transaction(asked, lock_first=False)
        except Overtaken:
            together = self._in_one_transaction(asked, lock_first=True)
        at = time.monotonic()
        for goods, pieces in together.left:
            self._note(_Known(goods, pieces, at))
        return together.outcomes

    def _in_one_transaction(
        self, asked: Sequence[tuple[CheckoutWish, datetime]], *, lock_first: bool
    ) -> Together:
        with self._scope(), transaction():
            return placing.place_each(
                [wish for wish, _ in asked],
                edition=editions.get_terms(),
                links=self._links,
                slack=self._slack,
                charge=self._charge,
                now=max(now for _, now in asked),
                lock_first=lock_first,
            )

    def _note(self, known: _Known) -> None:
        for name in (known.goods.id, known.goods.claim_code):
            if known.pieces < FEW:
                self._left[name] = known
            else:
                self._left.pop(name, None)

    def refusal(self, key: str, wanted: Sequence[Wanted | Piece]) -> OutOfStock | None:
        """Return why `place` would turn this click away without looking at goods, if it would.

        None also where it takes more than a glance to know: then `place` decides. Needs no
        transaction of the caller's and no application context. Raises what looking up raises.
        """
        short = self._short(wanted)
        if short is None or time.monotonic() - short.at > FRESH_S or key in self._running:
            return None
        return None if self._looking.ask(key) else _out_of(short)

    def _refuse_quickly(self, wish: CheckoutWish) -> None:
        """Turn away who asks for more than there was a moment ago. Raises OutOfStock.

        Not who has got it before: the same click again finds what it became.
        """
        short = self._short(wish.wanted)
        if short is None:
            return
        now = time.monotonic()
        if now - short.at > FRESH_S:
            self._note(short._replace(at=now))  # one goes and sees, the others believe it still
        elif not self._looking.ask(wish.key):
            raise _out_of(short)

    def _short(self, wanted: Sequence[Wanted | Piece]) -> _Known | None:
        """Return what is remembered of the first of these goods that there are too few of."""
        for item in wanted:
            known = self._left.get(named(item))
            if known is not None and known.pieces < item.quantity:
                return known
        return None

    def _look_up(self, keys: Sequence[str]) -> Sequence[bool]:
        with self._scope(), reading():
            known = finding.known_keys(keys)
        return [key in known for key in keys]


def _out_of(short: _Known) -> OutOfStock:
    return OutOfStock(short.goods.id, short.goods.name, short.pieces)
