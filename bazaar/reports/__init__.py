"""What the committee looks up: the totals of a day, orders that fit a search, sheets to take away."""

from bazaar.reports.books import (
    Figures,
    SellerLabel,
    Totals,
    TurnLabel,
    unpaid_of,
)
from bazaar.reports.days import PAID, WAITING, days_with_orders, neighbours, orders_of_day
from bazaar.reports.dispatch import (
    LONGEST,
    Dispatch,
    FeeRow,
    FeeSum,
    dispatch_of,
    fee_list,
    fee_rows,
    fee_sums,
)
from bazaar.reports.estimates import mdr_of_entries
from bazaar.reports.fairness import share_sheet
from bazaar.reports.finding import NoSuchOrder, Wish, count_by_status, find_orders, get_order
from bazaar.reports.parcel_lists import (
    TooManyRows,
    manifest_list,
    packing_list,
    shipping_list,
    to_pack,
)
from bazaar.reports.sheets import day_sheet
from bazaar.reports.sums import days_of
from bazaar.reports.total_lists import day_list, season_list
from bazaar.reports.totals import mdr_of_day, mdr_of_season, of_day, of_season
from bazaar.reports.workbooks import NoSuchForm

__all__ = [
    "LONGEST",
    "PAID",
    "WAITING",
    "Dispatch",
    "FeeRow",
    "FeeSum",
    "Figures",
    "NoSuchForm",
    "NoSuchOrder",
    "SellerLabel",
    "TooManyRows",
    "Totals",
    "TurnLabel",
    "Wish",
    "count_by_status",
    "day_list",
    "day_sheet",
    "days_of",
    "days_with_orders",
    "dispatch_of",
    "fee_list",
    "fee_rows",
    "fee_sums",
    "find_orders",
    "get_order",
    "manifest_list",
    "mdr_of_day",
    "mdr_of_entries",
    "mdr_of_season",
    "neighbours",
    "of_day",
    "of_season",
    "orders_of_day",
    "packing_list",
    "season_list",
    "share_sheet",
    "shipping_list",
    "to_pack",
    "unpaid_of",
]
