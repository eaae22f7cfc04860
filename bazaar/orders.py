"""Orders: placing them, holding the goods for a while, and how they end.

One click on "order" is one checkout: one order a seller, all in one transaction. The key that the
form got at its first render makes the same click sent ten times one checkout with one link.
"""

from bazaar.ordering.charging import Charging
from bazaar.ordering.desk import Desk
from bazaar.ordering.finding import (
    NoSuchCheckout,
    asked_of,
    find_placed,
    get_checkout,
    get_order,
)
from bazaar.ordering.gathering import lock_phones
from bazaar.ordering.kept import forget_answers
from bazaar.ordering.placing import Together, place, place_each
from bazaar.ordering.reviving import revive
from bazaar.ordering.states import (
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
    wait_again_each,
)
from bazaar.ordering.wishes import (
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
from bazaar.ordering.writing import QUOTE_WITHIN

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
    "lock_phones",
    "mark_paid",
    "mark_paid_each",
    "parts_of",
    "place",
    "place_each",
    "reopen",
    "revive",
    "serve",
    "wait_again",
    "wait_again_each",
]
