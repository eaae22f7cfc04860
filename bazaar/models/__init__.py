"""The tables, one file a subject. Columns and what the database can guard, nothing else."""

from bazaar.models.accounts import Account, Allowance, Role, RoleGrant, Session
from bazaar.models.catalog import Product, StockMove, StockReason
from bazaar.models.editions import Channel, ClosedKind, ClosedTime, Edition, ShowDay, Window
from bazaar.models.orders import Basket, BasketLine, Checkout, Order, OrderLine
from bazaar.models.payments import Charge, Payment, ReceivingAccount
from bazaar.models.records import AuditEntry, ImportDraft, Installation, Message
from bazaar.models.rotation import (
    Draw,
    DrawKind,
    DrawStage,
    EditKind,
    MissedTurn,
    Pin,
    PlanEdit,
    Release,
    RequestKind,
    RequestState,
    Share,
    Turn,
    TurnEvent,
    TurnEventKind,
    TurnRequest,
)
from bazaar.models.sellers import Availability, BlockedPair, Participation, Presence, Seller
from bazaar.models.shipments import Parcel, ParcelStep, ShippingRate
from bazaar.rules.order_states import OrderStatus
from bazaar.rules.parcel_states import ParcelStatus

__all__ = [
    "Account",
    "Allowance",
    "AuditEntry",
    "Availability",
    "Basket",
    "BasketLine",
    "BlockedPair",
    "Channel",
    "Charge",
    "Checkout",
    "ClosedKind",
    "ClosedTime",
    "Draw",
    "DrawKind",
    "DrawStage",
    "EditKind",
    "Edition",
    "ImportDraft",
    "Installation",
    "Message",
    "MissedTurn",
    "Order",
    "OrderLine",
    "OrderStatus",
    "Parcel",
    "ParcelStatus",
    "ParcelStep",
    "Participation",
    "Payment",
    "Pin",
    "PlanEdit",
    "Presence",
    "Product",
    "ReceivingAccount",
    "Release",
    "RequestKind",
    "RequestState",
    "Role",
    "RoleGrant",
    "Seller",
    "Session",
    "Share",
    "ShippingRate",
    "ShowDay",
    "StockMove",
    "StockReason",
    "Turn",
    "TurnEvent",
    "TurnEventKind",
    "TurnRequest",
    "Window",
]
