"""Which of many clicks get what they ask for: each decided for itself, first come, first served.

Nothing is read or written here: the facts were gathered, and what is granted is taken from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bazaar.catalog import Goods, OutOfStock
from bazaar.errors import BazaarError
from bazaar.ordering.gathering import Facts
from bazaar.ordering.wishes import (
    CheckoutWish,
    EmptyBasket,
    KeyReused,
    Part,
    Placed,
    SellerClosed,
    StillRunning,
    TooManyPieces,
    TooManyUnpaid,
    TotalChanged,
    Wanted,
    parts_of,
)
from bazaar.rates import NoRate, Quotes
from bazaar.rules import shipping
from bazaar.rules.shipping import ShippingOption
from bazaar.tokens import Links


@dataclass(frozen=True, slots=True)
class GrantedPart:
    """What becomes one order. `turn_id`: the seller's turn on air; `holds`: goods are taken now.

    `email`: the seller's, if it has one.
    """

    part: Part
    goods_idr: int
    option: ShippingOption
    turn_id: int | None
    holds: bool
    email: str

    @property
    def total_idr(self) -> int:
        """What goods and shipping cost."""
        return self.goods_idr + self.option.price_idr

    @property
    def quoting(self) -> bool:
        """Whether a person is still to work out the shipping fee."""
        return self.option.courier == shipping.ASKED


@dataclass(frozen=True, slots=True)
class Granted:
    """A click that becomes orders."""

    wish: CheckoutWish
    token: str
    parts: Sequence[GrantedPart]


class Again(BazaarError):
    """Not a refusal: the click came before in the same company, as number `first` of it."""

    def __init__(self, first: int) -> None:
        self.first = first


Decision = Granted | Placed | BazaarError


@dataclass(slots=True)
class Counter:
    """Decides click by click. `left` and `taken` are pieces by product after those so far."""

    facts: Facts
    links: Links
    most_unpaid: int | None
    left: dict[int, int] = field(init=False)
    taken: dict[int, int] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)
    _emptied: set[int] = field(default_factory=set)
    _unpaid: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.left = {
            product_id: goods.stock if goods.active else 0
            for product_id, goods in self.facts.goods.items()
        }

    def decide_each(self, wishes: Sequence[CheckoutWish]) -> list[Decision]:
        """Decide all of them, in this order. A refusal is what would be raised."""
        decided: list[Decision] = []
        for number, wish in enumerate(wishes):
            try:
                one: Decision = self._before(wish, wishes) or self._decide(wish)
            except BazaarError as refusal:
                one = refusal
            if isinstance(one, Granted):
                self._seen[wish.key] = number
            decided.append(one)
        return decided

    def _before(self, wish: CheckoutWish, wishes: Sequence[CheckoutWish]) -> Decision | None:
        """Return what this click has become already, if anything. Raises KeyReused, StillRunning.

        Also when its answer was forgotten: whoever knows an old key may not be who had it.
        """
        kept = wish.kept
        if wish.key in self.facts.known:
            answer = self.facts.answers.get((kept.owner, kept.key)) if kept else None
            if kept and (answer is None or answer.body_hash != kept.body_hash):
                raise KeyReused
            token = self.links.token("order", wish.key)
            return Placed(token, told=answer.text if answer else "")
        if wish.key in self._seen:
            first = wishes[self._seen[wish.key]].kept
            if kept and first and first.body_hash != kept.body_hash:
                raise KeyReused
            return Again(self._seen[wish.key])
        if wish.key in self.facts.running:
            raise StillRunning
        return None

    def _decide(self, wish: CheckoutWish) -> Granted:
        if not wish.wanted:
            raise EmptyBasket
        parts = self._with_options(wish)
        total_idr = sum(part.total_idr for part in parts)
        if wish.agreed_idr is not None and wish.agreed_idr != total_idr:
            raise TotalChanged(wish.agreed_idr, total_idr)
        self._require_enough(parts, wish)
        self._require_full_basket(wish)
        self._count_unpaid(wish, len(parts))
        if wish.basket_id is not None:
            self._emptied.add(wish.basket_id)
        for part in parts:
            if part.holds:
                for item in part.part.wanted:
                    product_id = item.product.id
                    self.left[product_id] -= item.quantity
                    self.taken[product_id] = self.taken.get(product_id, 0) + item.quantity
        return Granted(wish, self.links.token("order", wish.key), parts)

    def _with_options(self, wish: CheckoutWish) -> list[GrantedPart]:
        """Return what each seller sends, all of it on offer, with what its courier asks."""
        pieces: dict[int, int] = {}
        for item in wish.wanted:
            goods = self.facts.get_goods(item)
            pieces[goods.id] = pieces.get(goods.id, 0) + item.quantity
        parts = parts_of([Wanted(self.facts.goods[of], n) for of, n in pieces.items()])
        for part in parts:
            if not part.wanted[0].product.seller.active:
                raise SellerClosed(part.wanted[0].product.seller.name)
            for item in part.wanted:
                if not item.product.active:
                    raise OutOfStock(item.product.id, item.product.name, 0)
        quotes = self.facts.quotes[wish.country, wish.village_code]
        return [self._granted(part, wish, quotes) for part in parts]

    def _granted(self, part: Part, wish: CheckoutWish, quotes: Quotes) -> GrantedPart:
        goods_idr = part.goods_idr
        option = _option(part, goods_idr, wish, quotes)
        turn_id, first_paid = self.facts.turns.get(part.seller_id, (None, False))
        email = self.facts.goods[part.wanted[0].product.id].seller.email
        return GrantedPart(part, goods_idr, option, turn_id, not first_paid, email)

    def _require_enough(self, parts: Sequence[GrantedPart], wish: CheckoutWish) -> None:
        for part in parts:
            for item in part.part.wanted:
                goods = self.facts.goods[item.product.id]
                if goods.most_per_order is not None and item.quantity > goods.most_per_order:
                    raise TooManyPieces(goods.id, goods.name, goods.most_per_order)
                free = self._free(goods, wish.reserved.get(goods.id, 0))
                if free < item.quantity:
                    raise OutOfStock(goods.id, goods.name, free)

    def _free(self, goods: Goods, reserved: int) -> int:
        """Return what a click may have: who waits in line goes before it, but not before its own."""
        left = self.left[goods.id]
        return max(left - goods.waited, min(reserved, left), 0)

    def _require_full_basket(self, wish: CheckoutWish) -> None:
        """Two tabs may order the same basket: whose lines are gone already is the later."""
        if wish.basket_id is None:
            return
        there = self.facts.baskets[wish.basket_id]
        wanted = {self.facts.get_goods(item).id for item in wish.wanted}
        if wish.basket_id in self._emptied or not there >= wanted:
            raise EmptyBasket

    def _count_unpaid(self, wish: CheckoutWish, more: int) -> None:
        if self.most_unpaid is None:
            return
        count = self._unpaid.get(wish.phone, self.facts.unpaid.get(wish.phone, 0)) + more
        if count > self.most_unpaid:
            raise TooManyUnpaid(self.most_unpaid)
        self._unpaid[wish.phone] = count


def _option(part: Part, goods_idr: int, wish: CheckoutWish, quotes: Quotes) -> ShippingOption:
    """Return what the courier of this part asks. Raises NoRate."""
    seller_id = part.seller_id
    offered = wish.offered.get(seller_id)
    if offered is not None:
        return shipping.with_free([offered], quotes.free, seller_id=seller_id, goods_idr=goods_idr)[
            0
        ]
    asked = wish.couriers.get(seller_id, wish.courier)
    options = quotes.options(part.weight_g, part.box, seller_id=seller_id, goods_idr=goods_idr)
    for option in options:
        if option.courier == asked or (wish.cheapest and not asked):
            return option
    raise NoRate
