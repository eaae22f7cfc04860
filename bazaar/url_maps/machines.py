"""Addresses for machines: programs, providers, supervisors."""

from bazaar.views import health, notifications, webhooks
from bazaar.views.api import catalogue as api_catalogue
from bazaar.views.api import document as api_document
from bazaar.views.api import orders as api_orders
from bazaar.web import Route, Who, get, post

# fmt: off
MACHINES: tuple[Route, ...] = (
    # Machines
    get("/healthz", health.healthz, Who.ANYONE),
    get("/readyz", health.readyz, Who.ANYONE),
    get("/api/v1/openapi.json", api_document.show, Who.PROGRAM),
    get("/api/v1/state", api_catalogue.state, Who.PROGRAM),
    get("/api/v1/stalls", api_catalogue.stalls, Who.PROGRAM),
    get("/api/v1/stalls/<slug>", api_catalogue.stall, Who.PROGRAM),
    get("/api/v1/products", api_catalogue.products, Who.PROGRAM),
    get("/api/v1/products/<code>", api_catalogue.product, Who.PROGRAM),
    post("/api/v1/orders", api_orders.create, Who.PROGRAM),
    get("/api/v1/orders/<token>", api_orders.show, Who.PROGRAM),
    post("/api/v1/orders/<token>/cancel", api_orders.cancel, Who.PROGRAM),
    post("/webhook/biteship", webhooks.biteship, Who.MACHINE),
    post("/webhook/kiriminaja", webhooks.kiriminaja, Who.MACHINE),
    post("/webhook/midtrans", notifications.midtrans, Who.MACHINE),
    post("/webhook/xendit", notifications.xendit, Who.MACHINE),
)
