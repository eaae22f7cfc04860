"""What programs are answered, for the document of the API; tests hold every answer against it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

OrderState = Literal["quoting", "unpaid", "paid", "done", "expired", "cancelled"]


class Shape(BaseModel):
    """Nothing else is in it."""

    model_config = ConfigDict(extra="forbid")


class Stall(Shape):
    """A seller's public page. `url` is for people."""

    slug: str
    name: str
    cluster: str
    district: str
    village: str
    story: str
    url: str


class Product(Shape):
    """One thing on offer. `product` is its claim code, `stock` what can be ordered now."""

    product: str
    name: str
    description: str
    price_idr: int
    weight_g: int
    stock: int
    most_per_order: int | None
    photo: str | None
    stall: str
    url: str


class Stalls(Shape):
    """A page of stalls, by name."""

    items: list[Stall]
    page: int
    per_page: int
    total: int


class Products(Shape):
    """A page of products, oldest first."""

    items: list[Product]
    page: int
    per_page: int
    total: int


class Turn(Shape):
    """A seller's turn on air."""

    stall: str
    name: str
    starts_at: datetime
    ends_at: datetime
    url: str


class Channel(Shape):
    """One channel. `changing`: a short pause in which one seller follows another. `held`: the show
    is stopped for a while, and nobody knows yet when it goes on.
    """

    number: int
    name: str
    watch_url: str
    changing: bool
    held: bool
    on_air: Turn | None
    next: Turn | None


class State(Shape):
    """What is on air right now and what comes next."""

    edition: str | None
    channels: list[Channel]


class Charge(Shape):
    """A request for money. Without `qr_payload` buyer and seller agree on another way."""

    reference: str
    amount_idr: int
    qr_payload: str | None
    pay_before: datetime


class Placed(Shape):
    """What a request became: one order for each seller. `code` opens it: keep it secret."""

    code: str
    url: str
    charges: list[Charge]


class Line(Shape):
    """Pieces of a product at the price of the moment of ordering."""

    product: str
    name: str
    quantity: int
    price_idr: int
    amount_idr: int


class Parcel(Shape):
    """How far the goods are. `resi` is the courier's number."""

    status: str
    courier: str
    resi: str


class Order(Shape):
    """What is asked of one seller."""

    reference: str
    stall: str
    status: OrderState
    goods_idr: int
    shipping_idr: int
    total_idr: int
    courier: str
    placed_at: datetime
    pay_before: datetime
    paid_at: datetime | None
    ended_at: datetime | None
    lines: list[Line]
    charge: Charge | None
    parcels: list[Parcel]


class OrderStatus(Shape):
    """How the orders behind a code stand."""

    code: str
    url: str
    orders: list[Order]


class Fault(Shape):
    """What is wrong where: a JSON pointer (RFC 6901) into the body, or the name of a parameter."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """Problem details (RFC 9457). `type` names the reason; its facts are members of their own."""

    type: str
    title: str
    status: int
    detail: str = Field(description="For people; in English with Accept-Language: en")
    errors: list[Fault] | None = None


class Document(BaseModel):
    """An OpenAPI 3.1 document."""

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]
