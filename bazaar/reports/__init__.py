"""What the committee looks up: the totals of a day, orders that fit a search, sheets to take away."""

from bazaar.reports.days import (
    PAID,
    WAITING,
    DayTotals,
    SellerLabel,
    Sums,
    TurnLabel,
    day_totals,
    days_with_orders,
    neighbours,
    orders_of_day,
)
from bazaar.reports.fairness import share_sheet
from bazaar.reports.finding import NoSuchOrder, Wish, count_by_status, find_orders, get_order
from bazaar.reports.sheets import day_sheet, seller_sheet

__all__ = [
    "PAID",
    "WAITING",
    "DayTotals",
    "NoSuchOrder",
    "SellerLabel",
    "Sums",
    "TurnLabel",
    "Wish",
    "count_by_status",
    "day_sheet",
    "day_totals",
    "days_with_orders",
    "find_orders",
    "get_order",
    "neighbours",
    "orders_of_day",
    "seller_sheet",
    "share_sheet",
]
