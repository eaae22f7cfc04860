"""Orders: placing them, holding the goods for a while, and how they end.

One click on "order" is one checkout: one order a seller, all in one transaction. The key that the
form got at its first render makes the same click sent ten times one checkout with one link.
"""

from bazaar.orders.charging import Charging
from bazaar.orders.desk import Desk
from bazaar.orders.finding import (
    NoSuchCheckout,
    asked_of,
    find_placed,
    get_checkout,
    get_order,
)
from bazaar.orders.kept import forget_answers
from bazaar.orders.placing import Together, place, place_each
from bazaar.orders.reviving import revive
from bazaar.orders.states import (
    AT_ONCE,
    Served,
    call_off,
    cancel,
    expire_unpaid,
    finish,
    mark_paid,
    mark_paid_each,
    reopen,
    serve,
    wait_again,
)
from bazaar.orders.wishes import (
    Asked,
    CheckoutWish,
    EmptyBasket,
    Kept,
    KeyReused,
    NotOnOffer,
    Part,
    Piece,
    Placed,
    PlacedOrder,
    SellerClosed,
    StillRunning,
    TooManyPieces,
    TooManyUnpaid,
    TotalChanged,
    Wanted,
    parts_of,
)
from bazaar.orders.writing import QUOTE_WITHIN

__all__ = [
    "AT_ONCE",
    "QUOTE_WITHIN",
    "Asked",
    "Charging",
    "CheckoutWish",
    "Desk",
    "EmptyBasket",
    "Kept",
    "KeyReused",
    "NoSuchCheckout",
    "NotOnOffer",
    "Part",
    "Piece",
    "Placed",
    "PlacedOrder",
    "SellerClosed",
    "Served",
    "StillRunning",
    "Together",
    "TooManyPieces",
    "TooManyUnpaid",
    "TotalChanged",
    "Wanted",
    "asked_of",
    "call_off",
    "cancel",
    "expire_unpaid",
    "find_placed",
    "finish",
    "forget_answers",
    "get_checkout",
    "get_order",
    "mark_paid",
    "mark_paid_each",
    "parts_of",
    "place",
    "place_each",
    "reopen",
    "revive",
    "serve",
    "wait_again",
]
