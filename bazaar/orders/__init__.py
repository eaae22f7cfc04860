"""Orders: placing them, holding the goods for a while, and how they end.

One click on "order" is one checkout: one order a seller, all in one transaction. The key that the
form got at its first render makes the same click sent ten times one checkout with one link.
"""

from bazaar.orders.finding import NoSuchCheckout, find_placed, get_checkout, get_order
from bazaar.orders.placing import QUOTE_WITHIN, place
from bazaar.orders.states import (
    AT_ONCE,
    Served,
    call_off,
    cancel,
    expire_unpaid,
    finish,
    mark_paid,
    reopen,
    serve,
    wait_again,
)
from bazaar.orders.wishes import (
    CheckoutWish,
    EmptyBasket,
    Part,
    Placed,
    PlacedOrder,
    SellerClosed,
    TotalChanged,
    Wanted,
    parts_of,
)

__all__ = [
    "AT_ONCE",
    "QUOTE_WITHIN",
    "CheckoutWish",
    "EmptyBasket",
    "NoSuchCheckout",
    "Part",
    "Placed",
    "PlacedOrder",
    "SellerClosed",
    "Served",
    "TotalChanged",
    "Wanted",
    "call_off",
    "cancel",
    "expire_unpaid",
    "find_placed",
    "finish",
    "get_checkout",
    "get_order",
    "mark_paid",
    "parts_of",
    "place",
    "reopen",
    "serve",
    "wait_again",
]
