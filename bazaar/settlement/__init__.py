"""Settlement: what each seller sold, received and is owed, statement by statement.

A statement takes every ledger entry of its seller up to a signed day that is on no statement yet;
what happens later lands on the next. What it says is due is paid out once, or carried over.
"""

from bazaar.settlement.finding import (
    NoSuchStatement,
    OrderSum,
    Standing,
    figures_of,
    get,
    get_by_link,
    holder_of,
    is_last,
    link_token,
    mdr_of,
    of_seller,
    orders_on,
    standings,
    transfers,
)
from bazaar.settlement.letters import addressed
from bazaar.settlement.lists import transfer_list
from bazaar.settlement.making import (
    AT_ONCE,
    DaysOpen,
    Made,
    NothingNew,
    NotSigned,
    last_signed,
    make,
)
from bazaar.settlement.paying import AlreadyPaid, NothingDue, PaidOut, Superseded, pay

__all__ = [
    "AT_ONCE",
    "AlreadyPaid",
    "DaysOpen",
    "Made",
    "NoSuchStatement",
    "NotSigned",
    "NothingDue",
    "NothingNew",
    "OrderSum",
    "PaidOut",
    "Standing",
    "Superseded",
    "addressed",
    "figures_of",
    "get",
    "get_by_link",
    "holder_of",
    "is_last",
    "last_signed",
    "link_token",
    "make",
    "mdr_of",
    "of_seller",
    "orders_on",
    "pay",
    "standings",
    "transfer_list",
    "transfers",
]
