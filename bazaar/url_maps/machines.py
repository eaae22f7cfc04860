"""Addresses for machines: programs, providers, supervisors."""

from bazaar.views import health, notifications, webhooks
from bazaar.views.api import orders as api_orders
from bazaar.web import Route, Who, get, post

# fmt: off
MACHINES: tuple[Route, ...] = (
    # Machines
    get("/healthz", health.healthz, Who.ANYONE),
    get("/readyz", health.readyz, Who.ANYONE),
    post("/api/v1/orders", api_orders.create, Who.MACHINE),
    post("/webhook/biteship", webhooks.biteship, Who.MACHINE),
    post("/webhook/kiriminaja", webhooks.kiriminaja, Who.MACHINE),
    post("/webhook/midtrans", notifications.midtrans, Who.MACHINE),
    post("/webhook/xendit", notifications.xendit, Who.MACHINE),
)
