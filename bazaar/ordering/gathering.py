"""What deciding over many clicks together needs to know, read at once.

The number of statements does not depend on the number of clicks, products or orders in history.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
import sqlalchemy as sa

from bazaar import broadcast, catalog, rates
from bazaar.bulk import OnRows, among
from bazaar.catalog import Goods
from bazaar.db import Prepared, db
from bazaar.models import BasketLine, Checkout, Order, OrderStatus
from bazaar.ordering import finding
from bazaar.ordering.wishes import CheckoutWish, NotOnOffer, Piece, Wanted
from bazaar.rates import Destination, Quotes

PHONES_LOCK = 6
"""The name of the lock that a telephone number is held by while its orders are counted."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a program was told, and the SHA-256 of the body that it had sent."""

    body_hash: str
    text: str


Numbers = Mapping[str, int]
"""Products by claim code."""


@dataclass(frozen=True, slots=True)
class Facts:
    """How things stand before the first click is decided.

    `known`: keys of clicks that have become something before; `running`: those of programs that
    another process is working on. `turns`: by seller on air the turn,
    and whether whoever pays first gets the goods. `baskets`: what still lies in them.
    """

    known: Collection[str]
    running: Collection[str]
    answers: Mapping[tuple[str, str], KeptAnswer]
    quotes: Mapping[Destination, Quotes]
    goods: Mapping[int, Goods]
    turns: Mapping[int, tuple[int, bool]]
    baskets: Mapping[int, set[int]]
    unpaid: Mapping[str, int]
    numbers: Numbers

    def get_goods(self, item: Wanted | Piece) -> Goods:
        """Return the goods an item is about. Raises NotOnOffer."""
        asked = named(item)
        number = self.numbers.get(asked) if isinstance(asked, str) else asked
        goods = self.goods.get(number) if number is not None else None
        if goods is None:
            raise NotOnOffer(str(asked))
        return goods


def named(item: Wanted | Piece) -> int | str:
    """Return the number or claim code by which an item names its product."""
    return item.product.id if isinstance(item, Wanted) else item.product


def gather(
    wishes: Sequence[CheckoutWish], *, limits_phones: bool, lock_first: bool, now: datetime
) -> Facts:
    """Read what these wishes are about; with `lock_first` their goods stay as they were read."""
    known, running = finding.asked_before(
        [wish.key for wish in wishes], [wish.key for wish in wishes if wish.kept]
    )
    places = {(wish.country, wish.village_code) for wish in wishes}
    quotes = rates.quotes_each(places, now=now)
    unpaid = _unpaid(wishes) if limits_phones else {}
    baskets = _baskets([wish.basket_id for wish in wishes if wish.basket_id is not None])
    asked = {named(item) for wish in wishes for item in wish.wanted}
    numbers = [each for each in asked if isinstance(each, int)]
    codes = [each for each in asked if isinstance(each, str)]
    if lock_first:
        catalog.lock(numbers, codes)
    goods = catalog.goods_of(numbers, codes)
    return Facts(
        known=known,
        running=running,
        answers=_answers(wishes, known) if known else {},
        quotes=quotes,
        goods=goods,
        turns=broadcast.selling_now({each.seller_id for each in goods.values()}, now=now),
        baskets=baskets,
        unpaid=unpaid,
        numbers={each.claim_code: each.id for each in goods.values()},
    )


_ANSWERS = OnRows(
    "SELECT a.owner, a.key, a.body_hash, a.body FROM {sent}"
    " JOIN idempotent_answers a ON a.owner = sent.owner AND a.key = sent.key",
    owner="text",
    key="text",
)
_UNPAID = Prepared(
    sa.select(Checkout.phone, sa.func.count())
    .join(Order, Order.checkout_id == Checkout.id)
    .where(
        among(Checkout.phone, "phones"),
        sa.or_(Order.status == OrderStatus.UNPAID, Order.status == OrderStatus.QUOTING),
    )
    .group_by(Checkout.phone)
)
_LOCK_PHONES = Prepared(
    sa.text(
        "SELECT pg_advisory_xact_lock(:lock, number) FROM (SELECT DISTINCT hashtext(value) AS number"
        " FROM json_array_elements_text(CAST(:phones AS json)) ORDER BY 1) AS sent"
    )
)
_IN_BASKETS = sa.select(BasketLine.basket_id, BasketLine.product_id).where(
    among(BasketLine.basket_id, "basket_ids")
)
_BASKETS = {
    "sqlite": Prepared(_IN_BASKETS),
    "postgresql": Prepared(_IN_BASKETS.order_by(BasketLine.id).with_for_update()),
}


def _answers(
    wishes: Sequence[CheckoutWish], known: Collection[str]
) -> dict[tuple[str, str], KeptAnswer]:
    asked = [
        {"owner": wish.kept.owner, "key": wish.kept.key}
        for wish in wishes
        if wish.kept and wish.key in known
    ]
    if not asked:
        return {}
    return {(row[0], row[1]): KeptAnswer(row[2], row[3]) for row in _ANSWERS.run(asked)}


def _unpaid(wishes: Sequence[CheckoutWish]) -> dict[str, int]:
    """Return how many orders wait for these telephones' money; others with them wait meanwhile.

    They are locked before any goods and in one order: nobody waits in a circle.
    """
    phones = sorted({wish.phone for wish in wishes})
    lock_phones(phones)
    return dict(_UNPAID.run(phones=phones).all())


def lock_phones(phones: Sequence[str]) -> None:
    """Let nobody else count these telephones' unpaid orders until the transaction ends.

    To be called before goods are locked.
    """
    if db.engine.dialect.name == "postgresql":
        _LOCK_PHONES.run(phones=orjson.dumps(phones).decode(), lock=PHONES_LOCK)


def _baskets(basket_ids: Sequence[int]) -> dict[int, set[int]]:
    if not basket_ids:
        return {}
    there: dict[int, set[int]] = {basket_id: set() for basket_id in basket_ids}
    query = _BASKETS[db.engine.dialect.name]
    for basket_id, product_id in query.run(basket_ids=sorted(there)):
        there[basket_id].add(product_id)
    return there
