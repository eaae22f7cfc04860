"""What one click asks for, part by part, and why it may be refused."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bazaar.baskets import Offer
from bazaar.catalog import Goods
from bazaar.errors import N_, Conflict, Invalid
from bazaar.models import Product
from bazaar.rules import shipping
from bazaar.rules.shipping import Box, ShippingOption


class EmptyBasket(Conflict):
    """There is nothing to order."""

    text = N_("Keranjang ini kosong. Pilih barang dulu.")


@dataclass(eq=False)
class SellerClosed(Conflict):
    """The seller takes no orders any more."""

    seller: str
    text = N_("Lapak {seller} sedang tutup. Keluarkan barangnya dari keranjang.")


@dataclass(eq=False)
class TotalChanged(Conflict):
    """The buyer agreed to another sum than it would be now; nothing was placed."""

    agreed_idr: int
    total_idr: int
    text = N_(
        "Harga atau ongkir berubah sejak halaman ini dibuka. "
        "Periksa jumlah yang baru, lalu tekan Pesan sekali lagi."
    )


@dataclass(eq=False)
class NotOnOffer(Invalid):
    """There is no such product."""

    product: str
    text = N_("Tidak ada produk {product}.")


@dataclass(eq=False)
class TooManyPieces(Conflict):
    """More pieces of a product than one order may have."""

    product_id: int
    product: str
    most: int
    text = N_("{product} paling banyak {most} per pesanan. Kurangi jumlahnya lalu coba lagi.")


@dataclass(eq=False)
class TooManyUnpaid(Conflict):
    """The telephone number has as many unpaid orders as it may have."""

    most: int
    text = N_(
        "Nomor ini sudah punya {most} pesanan yang belum dibayar."
        " Buka tautan pesanan itu, bayar atau batalkan salah satunya, lalu pesan lagi."
    )


@dataclass(eq=False)
class KeyReused(Invalid):
    """The key of another request: the same key with another body."""

    text = N_("Kunci permintaan ini sudah dipakai untuk permintaan lain.")


class StillRunning(Conflict):
    """The same request is being worked on; its answer can be asked for again shortly."""

    text = N_("Permintaan yang sama sedang dikerjakan. Coba lagi sebentar.")


@dataclass(frozen=True, slots=True)
class Piece:
    """So many pieces of a product, by its number or its claim code."""

    product: int | str
    quantity: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pieces of a product, its seller loaded; `held` of them are set aside for this buyer."""

    product: Product | Offer | Goods
    quantity: int
    held: int = 0

    @property
    def left(self) -> int:
        """How many pieces one order can have; none if the product is not sold any more."""
        on_offer = self.product.active and self.product.seller.active
        most = self.product.most_per_order
        stock = self.product.stock + self.held if on_offer else 0
        return stock if most is None else min(stock, most)

    @property
    def over(self) -> bool:
        """Whether more are wanted than one order may have, although there are more."""
        most = self.product.most_per_order
        return most is not None and most < self.quantity and self.left == most

    @property
    def short(self) -> bool:
        """Whether fewer can be had than are wanted."""
        return self.left < self.quantity

    @property
    def amount_idr(self) -> int:
        """What the pieces cost."""
        return self.product.price_idr * self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutWish:
    """What one click asks for. `key` (at most 64 characters) is the click's own.

    `couriers` is the chosen courier by seller id. `village_code` is Kemendagri's (35.09.21.1002), empty
    abroad; `area` what follows the street on a label. `agreed_idr` is the total that the buyer saw,
    None if nobody saw any. `offered` are offers from outside by seller id, checked already; they
    count before the table. What was wanted is taken out of the basket `basket_id`, if given.
    With `cheapest`, a seller without a chosen courier sends by `courier`, or by the cheapest if
    that is empty. `kept`: the answer to a program is to be kept; with another body than before its
    key is refused. `reserved`: pieces by product id that the caller has just put back into stock
    for this wish, in the same transaction: nobody in line goes before it there.
    """

    key: str
    wanted: Sequence[Wanted | Piece]
    couriers: Mapping[int, str]
    buyer_name: str
    phone: str
    country: str = "ID"
    village_code: str = ""
    street: str
    area: str
    postal_code: str = ""
    note: str = ""
    source: str = "link"
    language: str = "id"
    agreed_idr: int | None = None
    basket_id: int | None = None
    offered: Mapping[int, ShippingOption] = field(default_factory=dict)
    cheapest: bool = False
    courier: str = ""
    kept: "Kept | None" = None
    reserved: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """Whose answer is to be kept under which key, for which body (its SHA-256 as hex digits).

    `tell` makes the text of it; it may hold nothing that only the buyer may know.
    """

    owner: str
    key: str
    body_hash: str
    tell: Callable[["Placed"], str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for the money of an order that has just been placed.

    Without a `payload` buyer and seller are to agree on another way.
    """

    reference: str
    amount_idr: int
    payload: str
    pay_before: datetime


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order that has just been placed, as far as asking for its money needs it."""

    id: int
    reference: str
    seller_id: int
    total_idr: int
    quoting: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """What a click became. `orders` is empty when it had become that before."""

    token: str
    orders: Sequence[PlacedOrder] = ()
    asked: Sequence[Asked] = ()
    told: str = ""


@dataclass(slots=True)
class Part:
    """What one seller sends: pieces, weight in grams, and what couriers ask for it."""

    wanted: list[Wanted] = field(default_factory=list)
    options: list[ShippingOption] = field(default_factory=list)

    @property
    def seller_id(self) -> int:
        """Whose part it is."""
        return self.wanted[0].product.seller_id

    @property
    def goods_idr(self) -> int:
        """What the goods cost."""
        return sum(item.amount_idr for item in self.wanted)

    @property
    def weight_g(self) -> int:
        """What the goods weigh."""
        return sum(item.product.weight_g * item.quantity for item in self.wanted)

    @property
    def box(self) -> Box | None:
        """The box around what of the goods was measured, None if nothing was."""
        return shipping.box_around(_measured(self.wanted))


def _measured(wanted: Sequence[Wanted]) -> Iterator[tuple[Box, int]]:
    for item in wanted:
        product = item.product
        if product.length_cm and product.width_cm and product.height_cm:
            yield Box(product.length_cm, product.width_cm, product.height_cm), item.quantity


def parts_of(wanted: Sequence[Wanted]) -> list[Part]:
    """Return what is wanted by seller, in the order given; shipping is still to be asked for."""
    parts: dict[int, Part] = {}
    for item in wanted:
        parts.setdefault(item.product.seller_id, Part()).wanted.append(item)
    return list(parts.values())
