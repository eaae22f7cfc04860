"""Asking buyers for money, and writing down what came.

The default needs no contract: the seller's own QRIS sticker becomes a code with the exact amount
and the order's reference, and the money goes straight to the seller. Somebody who has seen it
arrive confirms it. What came is written down first and whatever happens; then the order is served,
or a case is opened that needs a person (`bazaar.rules.money` has the table).
"""

from bazaar.payments.accounts import StickerRejected, enrol, find_account, with_sticker
from bazaar.payments.acts import (
    CaseClosed,
    GoodsGone,
    NoSuchCase,
    NoSuchOrder,
    NotAllowedHere,
    accept,
    assign,
    can_undo,
    contacted,
    get_case,
    give_case_back,
    not_ours,
    open_owed,
    revive,
    undo,
    ways_of,
)
from bazaar.payments.batches import receive_each
from bazaar.payments.charges import (
    AGREED,
    QRIS,
    NoCode,
    NoSuchCharge,
    NotPriced,
    NotWaiting,
    ask_for,
    charge_of,
    find_charges,
    get_charge,
    get_codes,
)
from bazaar.payments.lists import (
    OpenCharge,
    find_cases,
    find_refunds,
    open_charges,
    received,
)
from bazaar.payments.receiving import (
    LEFT_ALONE,
    Receipt,
    Received,
    confirm,
    receive,
    settle_left,
)
from bazaar.payments.refunds import Back, TooMuchBack, give_back, given_back
from bazaar.payments.sums import NoSuchPayment
from bazaar.payments.taking_back import BuiltUpon, WasGivenBack, take_back
from bazaar.rules.money import Outcome

__all__ = [
    "AGREED",
    "LEFT_ALONE",
    "QRIS",
    "Back",
    "BuiltUpon",
    "CaseClosed",
    "GoodsGone",
    "NoCode",
    "NoSuchCase",
    "NoSuchCharge",
    "NoSuchOrder",
    "NoSuchPayment",
    "NotAllowedHere",
    "NotPriced",
    "NotWaiting",
    "OpenCharge",
    "Outcome",
    "Receipt",
    "Received",
    "StickerRejected",
    "TooMuchBack",
    "WasGivenBack",
    "accept",
    "ask_for",
    "assign",
    "can_undo",
    "charge_of",
    "confirm",
    "contacted",
    "enrol",
    "find_account",
    "find_cases",
    "find_charges",
    "find_refunds",
    "get_case",
    "get_charge",
    "get_codes",
    "give_back",
    "give_case_back",
    "given_back",
    "not_ours",
    "open_charges",
    "open_owed",
    "receive",
    "receive_each",
    "received",
    "revive",
    "settle_left",
    "take_back",
    "undo",
    "ways_of",
    "with_sticker",
]
