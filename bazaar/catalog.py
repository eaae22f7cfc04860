"""What is on offer, and the only writers of stock.

Stock is what may still be promised to buyers. Every change of it is one conditional UPDATE and one
`StockMove` in the same transaction, so that the sum of a product's moves is its stock.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from bazaar.bulk import OnRows, Rows, among
from bazaar.db import Prepared, claim, db
from bazaar.errors import N_, Conflict, NotFound
from bazaar.models import (
    Edition,
    Participation,
    Product,
    Seller,
    StockMove,
    StockReason,
    WaitingEntry,
    WaitState,
)
from bazaar.rules.references import normalise_claim_code

FOUND_AT_MOST = 24
"""How many products a search shows."""


@dataclass(eq=False)
class NoSuchProduct(NotFound):
    """No product on offer has this claim code."""

    asked: str
    text = N_("Tidak ada produk dengan kode {asked}.")


@dataclass(eq=False)
class OutOfStock(Conflict):
    """Fewer are left than were asked for; nothing was held."""

    product_id: int
    product: str
    left: int
    text = N_("Stok {product} tidak cukup; sisa {left}. Kurangi jumlahnya lalu coba lagi.")


@dataclass(frozen=True, slots=True)
class Whose:
    """A seller, as far as taking an order needs it."""

    name: str
    active: bool
    email: str


@dataclass(frozen=True, slots=True)
class Goods:
    """A product as it stands while orders of it are decided. `waited`: pieces that people wait for."""

    id: int
    seller_id: int
    name: str
    claim_code: str
    price_idr: int
    weight_g: int
    length_cm: int | None
    width_cm: int | None
    height_cm: int | None
    stock: int
    most_per_order: int | None
    active: bool
    waited: int
    seller: Whose


@dataclass(frozen=True, slots=True)
class Held:
    """Pieces of a product that an order holds."""

    order_id: int
    product_id: int
    quantity: int


def find_product(claim_code: str) -> Product | None:
    """Return the product with its seller loaded, or None.

    The code may be written as people do: `b7`, `B-07`. What is not on offer any more, or whose
    seller has left, is not found.
    """
    code = normalise_claim_code(claim_code)
    if code is None:
        return None
    query = _on_offer().where(Product.claim_code == code)
    return db.session.scalars(query).one_or_none()


def get_product(claim_code: str) -> Product:
    """Return the product with its seller loaded, as `find_product`. Raises NoSuchProduct."""
    product = find_product(claim_code)
    if product is None:
        raise NoSuchProduct(claim_code[:20])
    return product


def products_of(*seller_ids: int) -> Sequence[Product]:
    """Return what these sellers offer, their sellers loaded; sold out last, then by claim code."""
    query = _on_offer().where(Product.seller_id.in_(seller_ids))
    return db.session.scalars(query.order_by(Product.stock == 0, Product.claim_code)).all()


def products_by_code(claim_codes: Collection[str]) -> dict[str, Product]:
    """Return the products on offer among these claim codes, written as ours, by code."""
    query = _on_offer().where(Product.claim_code.in_(claim_codes))
    return {product.claim_code: product for product in db.session.scalars(query)}


def find_products(search: str) -> Sequence[Product]:
    """Return the first products whose name or claim code fits, sold out last; `search` not empty."""
    code = normalise_claim_code(search)
    fits = _each_word(search, Product.name, Product.description)
    if code:
        fits = fits | (Product.claim_code == code)
    ranked = _on_offer().where(fits).order_by(Product.stock == 0, Product.name, Product.id)
    return db.session.scalars(ranked.limit(FOUND_AT_MOST)).all()


def on_offer(*, search: str = "", stall: str = "") -> sa.Select[Product]:
    """Return the query for what is on offer, sellers loaded, oldest first.

    `search`: every word of it must be in name or description. `stall` is the slug of the only
    seller.
    """
    query = _on_offer().where(_each_word(search, Product.name, Product.description))
    if stall:
        query = query.where(Seller.slug == stall)
    return query.order_by(Product.id)


def stalls(edition: Edition | None, *, search: str = "", cluster: str = "") -> sa.Select[Seller]:
    """Return the query for the sellers of `edition` (of all, without one) by name.

    `search`: every word of it must be in name, cluster, district or village.
    """
    query = _stalls(edition)
    if cluster:
        query = query.where(Seller.cluster == cluster)
    if search:
        query = query.where(
            _each_word(search, Seller.name, Seller.cluster, Seller.district, Seller.village)
        )
    return query.order_by(sa.func.lower(Seller.name), Seller.id)


def some_stalls(edition: Edition | None, *, limit: int) -> Sequence[Seller]:
    """Return a few sellers of `edition` that have goods to sell, newest first."""
    goods = sa.exists().where(Product.seller_id == Seller.id, Product.active, Product.stock > 0)
    newest = _stalls(edition).where(goods).order_by(Seller.created_at.desc(), Seller.id.desc())
    return db.session.scalars(newest.limit(limit)).all()


def clusters(edition: Edition | None) -> Sequence[str]:
    """Return the clusters that the sellers of `edition` belong to, by name."""
    query = _stalls(edition).with_only_columns(Seller.cluster).distinct()
    return db.session.scalars(query.order_by(Seller.cluster)).all()


def show_pieces(seller_ids: Iterable[int]) -> dict[int, str | None]:
    """Return for each of these sellers that offers anything the photo of its first product."""
    first = (
        sa.select(Product.seller_id, Product.photo)
        .where(Product.seller_id.in_(list(seller_ids)), Product.active)
        .order_by(Product.photo.is_(None).desc(), Product.stock > 0, Product.claim_code.desc())
    )
    # The last row of a seller stays: one with a photo, in stock, of the lowest code.
    return dict(db.session.execute(first).all())


def hold(pieces: Sequence[Held], *, now: datetime) -> None:
    """Take the pieces out of stock for their orders. Raises OutOfStock; then nothing may be kept.

    One conditional UPDATE a product, in product order, so that two orders never wait for each
    other's rows and no more is promised than there is.
    """
    for piece in sorted(pieces, key=lambda piece: piece.product_id):
        if not _take(piece):
            _refuse(piece)
    note_held(pieces, now=now)


def goods_of(product_ids: Collection[int], claim_codes: Collection[str]) -> dict[int, Goods]:
    """Return products, named by id or claim code, as they stand, by id. One query."""
    rows = _GOODS.run(product_ids=list(product_ids), claim_codes=list(claim_codes))
    return {row[0]: _goods(row) for row in rows}


def lock(product_ids: Collection[int], claim_codes: Collection[str] = ()) -> None:
    """Let nobody else change the stock of these products until the transaction ends.

    In product order, so that no two transactions wait for each other in a circle. On SQLite
    whoever writes is alone.
    """
    if db.engine.dialect.name == "postgresql":
        _LOCK.run(product_ids=list(product_ids), claim_codes=list(claim_codes))


def take(pieces: Mapping[int, int]) -> bool:
    """Take so many pieces of each product, by id, out of stock; say whether all had enough.

    The database decides. If not, nothing of this transaction may be kept.
    """
    sent = [{"id": product_id, "pieces": n} for product_id, n in sorted(pieces.items())]
    if not sent:
        return True
    lock(pieces)
    return _TAKE_EACH.run(sent).rowcount == len(sent)


def note_held(pieces: Sequence[Held], *, now: datetime) -> None:
    """Write the moves of pieces that were taken out of stock for their orders."""
    _MOVES.insert(
        [
            {
                "product_id": piece.product_id,
                "order_id": piece.order_id,
                "reason": StockReason.HELD,
                "pieces": -piece.quantity,
                "at": now,
            }
            for piece in pieces
        ]
    )


def hold_if_there(pieces: Sequence[Held], *, now: datetime) -> bool:
    """Take the pieces out of stock, as `hold` does, if there are enough of each; else take none."""
    wanted = {piece.product_id: piece.quantity for piece in pieces}
    query = sa.select(Product.id, Product.stock).where(Product.id.in_(wanted), Product.active)
    found = dict(db.session.execute(query.order_by(Product.id).with_for_update()).all())
    if any(found.get(product_id, 0) < quantity for product_id, quantity in wanted.items()):
        return False
    hold(pieces, now=now)
    return True


def give_back(order_ids: Sequence[int], *, now: datetime) -> None:
    """Return to stock what these orders hold. The caller has just ended them, so this runs once.

    Should it ever run twice for an order, the second time fails on the moves' unique key.
    """
    moves = db.session.execute(
        sa.select(StockMove.order_id, StockMove.product_id, StockMove.pieces).where(
            StockMove.order_id.in_(order_ids), StockMove.reason == StockReason.HELD
        )
    ).all()
    if not moves:
        return
    back: Counter[int] = Counter()
    for _, product_id, pieces in moves:
        back[product_id] -= pieces
    for product_id, pieces in sorted(back.items()):
        claim(
            sa.update(Product).where(Product.id == product_id).values(stock=Product.stock + pieces)
        )
    db.session.execute(
        sa.insert(StockMove),
        [
            {
                "product_id": product_id,
                "order_id": order_id,
                "reason": StockReason.GIVEN_BACK,
                "pieces": -pieces,
                "at": now,
            }
            for order_id, product_id, pieces in moves
        ],
    )


def take_back(pieces: Mapping[int, int], *, now: datetime) -> None:
    """Return to stock pieces, by product id, that came back in a parcel."""
    _shift(pieces, StockReason.RETURNED, now)


def set_aside(pieces: Mapping[int, int], *, now: datetime) -> None:
    """Take pieces, by product id, out of stock for offers. Raises as `hold`."""
    _take_out(pieces, StockReason.OFFERED, now)


def end_offers(pieces: Mapping[int, int], *, now: datetime) -> None:
    """Return to stock pieces, by product id, that were set aside."""
    _shift(pieces, StockReason.OFFER_ENDED, now)


def replace(pieces: Mapping[int, int], *, now: datetime) -> None:
    """Take pieces, by product id, out of stock for what was lost. Raises as `hold`."""
    _take_out(pieces, StockReason.REPLACED, now)


def set_stock(product: Product, counted: int, *, now: datetime) -> None:
    """Make `counted` the pieces that may be promised from now on; held ones are not among them.

    The product must have been flushed. Writes the difference as a move, nothing if there is none.
    Raises Conflict when an order changes the stock at the same instant.
    """
    stock = sa.select(Product.stock).where(Product.id == product.id)
    before = db.session.scalars(stock.with_for_update()).one()
    if counted == before:
        return
    unchanged = sa.update(Product).where(Product.id == product.id, Product.stock == before)
    if not claim(unchanged.values(stock=counted)):
        raise Conflict
    db.session.add(
        StockMove(
            product_id=product.id, reason=StockReason.COUNTED, pieces=counted - before, at=now
        )
    )
    db.session.flush()
    db.session.refresh(product, ["stock"])


_TAKE = Prepared(
    sa.update(Product)
    .where(
        Product.id == sa.bindparam("wanted_id"),
        Product.stock >= sa.bindparam("wanted"),
        Product.active,
    )
    .values(stock=Product.stock - sa.bindparam("wanted"))
)
_MOVES = Rows(StockMove)
_TAKE_EACH = OnRows(
    "UPDATE products SET stock = stock - sent.pieces FROM {sent}"
    " WHERE products.id = sent.id AND stock >= sent.pieces AND active",
    id="bigint",
    pieces="bigint",
)
_NAMED = sa.or_(among(Product.id, "product_ids"), among(Product.claim_code, "claim_codes"))
_LOCK = Prepared(
    sa.select(Product.id).where(_NAMED).order_by(Product.id).with_for_update(key_share=True)
)
_WAITED = (
    sa.select(sa.func.coalesce(sa.func.sum(WaitingEntry.quantity), 0))
    .where(WaitingEntry.product_id == Product.id, WaitingEntry.state == WaitState.WAITING)
    .correlate(Product)
    .scalar_subquery()
)
_GOODS = Prepared(
    sa.select(
        Product.id,
        Product.seller_id,
        Product.name,
        Product.claim_code,
        Product.price_idr,
        Product.weight_g,
        Product.length_cm,
        Product.width_cm,
        Product.height_cm,
        Product.stock,
        Product.most_per_order,
        Product.active,
        _WAITED,
        Seller.name,
        Seller.active,
        Seller.email,
    )
    .join(Seller, Seller.id == Product.seller_id)
    .where(_NAMED)
    .order_by(Product.id)
)


def _goods(row: Sequence[Any]) -> Goods:
    *columns, name, active, email = row
    columns.append(Whose(name, active, email))
    return Goods(*columns)


def _take(piece: Held) -> bool:
    """Take `piece` out of stock if there is enough; the database decides."""
    taken = _TAKE.run(wanted_id=piece.product_id, wanted=piece.quantity)
    return taken.rowcount == 1


def _take_out(pieces: Mapping[int, int], reason: StockReason, now: datetime) -> None:
    for product_id, wanted in sorted(pieces.items()):
        if not _take(piece := Held(0, product_id, wanted)):
            _refuse(piece)
    _write_moves({product: -n for product, n in pieces.items()}, reason, now)


def _shift(pieces: Mapping[int, int], reason: StockReason, now: datetime) -> None:
    for product_id, more in sorted(pieces.items()):
        claim(sa.update(Product).where(Product.id == product_id).values(stock=Product.stock + more))
    _write_moves(pieces, reason, now)


def _write_moves(pieces: Mapping[int, int], reason: StockReason, now: datetime) -> None:
    rows = [
        {"product_id": product, "order_id": None, "reason": reason, "pieces": n, "at": now}
        for product, n in sorted(pieces.items())
        if n
    ]
    if rows:
        db.session.execute(sa.insert(StockMove), rows)


def _refuse(piece: Held) -> None:
    query = sa.select(Product.name, Product.stock, Product.active)
    found = db.session.execute(query.where(Product.id == piece.product_id)).one()
    raise OutOfStock(piece.product_id, found.name, found.stock if found.active else 0)


def _on_offer() -> sa.Select[Product]:
    return (
        sa.select(Product)
        .join(Product.seller)
        .where(Product.active, Seller.active)
        .options(contains_eager(Product.seller))
    )


def _stalls(edition: Edition | None) -> sa.Select[Seller]:
    query = sa.select(Seller).where(Seller.active)
    if edition is not None:
        taking_part = sa.select(Participation.seller_id).where(
            Participation.edition_id == edition.id
        )
        query = query.where(Seller.id.in_(taking_part))
    return query


def _each_word(search: str, *columns: sa.SQLColumnExpression[str]) -> sa.ColumnElement[bool]:
    """Every word of `search` is in one of the columns, whatever its case; % and _ mean themselves."""
    words = search.split()[:8]
    return sa.and_(
        sa.true(),
        *(
            sa.or_(*(column.icontains(word, autoescape=True) for column in columns))
            for word in words
        ),
    )
