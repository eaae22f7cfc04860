"""Asking payment gateways for codes, and hearing what became of them.

An attempt is written down before its gateway is called, and the clock does the calling, outside of
every transaction. What a gateway tells by itself goes into an inbox; nothing in it is believed
before the gateway, asked, says the same. Money goes on to `bazaar.payments`.
"""

from bazaar.gateways.asking import (
    MOST_ATTEMPTS,
    AskTask,
    NoMoreAttempts,
    NotForThis,
    NothingToAsk,
    carry,
    close,
    is_ill,
    latest,
    may_ask,
    open_code,
    pick,
    want,
)
from bazaar.gateways.following import FollowTask, carry_follow, close_follow, pick_follow
from bazaar.gateways.inbox import NewsTask, carry_news, close_news, pick_news, store
from bazaar.gateways.overview import (
    Figures,
    attempt_of,
    attempts,
    events,
    figures,
    find_events,
    get_attempt,
    payments_of,
    refunds_of,
)
from bazaar.gateways.refunding import (
    NothingToGiveBack,
    NotThrough,
    RefundTask,
    TooMuch,
    carry_refund,
    close_refund,
    left_idr,
    pick_refund,
    want_refund,
)

__all__ = [
    "MOST_ATTEMPTS",
    "AskTask",
    "Figures",
    "FollowTask",
    "NewsTask",
    "NoMoreAttempts",
    "NotForThis",
    "NotThrough",
    "NothingToAsk",
    "NothingToGiveBack",
    "RefundTask",
    "TooMuch",
    "attempt_of",
    "attempts",
    "carry",
    "carry_follow",
    "carry_news",
    "carry_refund",
    "close",
    "close_follow",
    "close_news",
    "close_refund",
    "events",
    "figures",
    "find_events",
    "get_attempt",
    "is_ill",
    "latest",
    "left_idr",
    "may_ask",
    "open_code",
    "payments_of",
    "pick",
    "pick_follow",
    "pick_news",
    "pick_refund",
    "refunds_of",
    "store",
    "want",
    "want_refund",
]
