"""Money of orders that came here or there, days that two people closed, statements made of them."""

from datetime import date, datetime

from bazaar import closings, payments, settlement
from bazaar.audit import Actor
from bazaar.models import AccountKind, Edition, Order, ReceivingAccount, Seller, SellerStatement
from bazaar.payments import Outcome, Receipt, Received
from bazaar.web import services
from tests.builders import HOST, NOW, keep

DAY = date(2026, 3, 1)
SECOND = Actor("committee:2", "Pak Budi")


def a_gateway() -> ReceivingAccount:
    """The committee's account at a gateway."""
    return keep(
        ReceivingAccount(
            kind=AccountKind.GATEWAY,
            merchant_name="",
            bank="midtrans",
            added_at=NOW,
            approved_at=NOW,
        )
    )


def a_bank_account(seller: Seller, *, number: str = "0012345678") -> ReceivingAccount:
    """The seller's bank account, in use."""
    return keep(
        ReceivingAccount(
            seller_id=seller.id,
            kind=AccountKind.BANK,
            merchant_name=seller.owner_name.upper(),
            bank="Bank Contoh",
            number=number,
            added_at=NOW,
            approved_at=NOW,
        )
    )


def through(
    gateway: ReceivingAccount, order: Order, *, at: datetime = NOW, fee_idr: int = 0
) -> Receipt:
    """The order's money comes to the committee's gateway."""
    received = Received(
        key=f"midtrans:{order.reference}",
        amount_idr=order.total_idr,
        method="midtrans",
        source="midtrans",
        account_id=gateway.id,
        edition_id=order.edition_id,
        order_id=order.id,
        rule="gateway",
        fee_idr=fee_idr,
    )
    return payments.receive(received, actor=HOST, now=at, together=True)


def directly(order: Order, *, at: datetime = NOW) -> Outcome:
    """The order's money comes to its seller's own sticker."""
    return payments.confirm(payments.charge_of(order, now=at), actor=HOST, now=at)


def close(edition: Edition, day: date = DAY, *, at: datetime = NOW) -> None:
    """Two people close a day."""
    closings.prepare(edition, day, actor=HOST, now=at)
    closings.sign(edition, day, actor=SECOND, now=at)


def make(
    edition: Edition, day: date = DAY, *, at: datetime = NOW, seller_id: int | None = None
) -> list[SellerStatement]:
    """Make the next statements."""
    return settlement.make(
        edition, day, links=services().links, actor=HOST, now=at, seller_id=seller_id
    ).statements


def pay(statement: SellerStatement, *, at: datetime = NOW) -> None:
    """Write down that a statement was paid."""
    settlement.pay(statement, settlement.PaidOut("TRX-1"), actor=HOST, now=at)
