"""The tables, one file a subject. Columns and what the database can guard, nothing else."""

from bazaar.models.accounts import Account, Allowance, Role, RoleGrant, Session
from bazaar.models.catalog import Product, StockMove, StockReason
from bazaar.models.editions import Channel, Edition, ShowDay, Window
from bazaar.models.orders import Basket, BasketLine, Checkout, Order, OrderLine
from bazaar.models.payments import Charge, Payment, ReceivingAccount
from bazaar.models.records import AuditEntry, ImportDraft, Installation, Message
from bazaar.models.rotation import Release, Turn, TurnEvent, TurnEventKind
from bazaar.models.sellers import Availability, Participation, Seller
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
    "Channel",
    "Charge",
    "Checkout",
    "Edition",
    "ImportDraft",
    "Installation",
    "Message",
    "Order",
    "OrderLine",
    "OrderStatus",
    "Parcel",
    "ParcelStatus",
    "ParcelStep",
    "Participation",
    "Payment",
    "Product",
    "ReceivingAccount",
    "Release",
    "Role",
    "RoleGrant",
    "Seller",
    "Session",
    "ShippingRate",
    "ShowDay",
    "StockMove",
    "StockReason",
    "Turn",
    "TurnEvent",
    "TurnEventKind",
    "Window",
]
