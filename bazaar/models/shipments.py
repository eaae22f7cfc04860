"""Parcels, bookings with couriers, manifests, and every step a parcel took."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bazaar.db import Base, Code, Facts, Fingerprint, Key, Line, Name, Rupiah, Text
from bazaar.models.orders import Order, OrderLine
from bazaar.rules import couriers
from bazaar.rules.parcel_states import ParcelStatus


class Parcel(Base):
    """Some lines of one paid order on their way: one seller, one destination, one box.

    `number` counts the parcels of the order from 1. `resume_status` and `exception_code` belong
    to the state exception. `last_event_at` is when the courier's newest applied event happened.
    `label_hash` is the version of the label that was printed (`bazaar.labels`): when it differs
    from today's, the label is void. `cancel_requested_at`: we asked the courier to give it back.
    """

    __tablename__ = "parcels"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "number"),
        sa.CheckConstraint("weight_g > 0", name="weight_positive"),
        sa.Index("ix_parcels_status_created_at", "status", "created_at"),
        sa.Index("ix_parcels_resi", "resi"),
        sa.Index(
            "uq_parcels_courier_resi",
            "courier",
            "resi",
            unique=True,
            sqlite_where=sa.text("resi <> ''"),
            postgresql_where=sa.text("resi <> ''"),
        ),
    )

    id: Mapped[Key]
    code: Mapped[Code]
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))
    number: Mapped[int] = mapped_column(default=1)
    status: Mapped[ParcelStatus] = mapped_column(default=ParcelStatus.DRAFT)
    courier: Mapped[str] = mapped_column(sa.String(40))
    resi: Mapped[str] = mapped_column(sa.String(40), default="")
    weight_g: Mapped[int | None] = mapped_column(comment="As weighed")
    length_cm: Mapped[int | None]
    width_cm: Mapped[int | None]
    height_cm: Mapped[int | None]
    fragile: Mapped[bool] = mapped_column(default=False)
    photo: Mapped[str | None] = mapped_column(sa.String(64), comment="Of the packed parcel")
    photo_removed_at: Mapped[datetime | None] = mapped_column(comment="Kept long enough")
    label_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    label_printed_at: Mapped[datetime | None]
    resume_status: Mapped[ParcelStatus | None]
    exception_code: Mapped[str] = mapped_column(sa.String(40), default="")
    last_event_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    lines: Mapped[list["ParcelLine"]] = relationship(
        back_populates="parcel", order_by="ParcelLine.order_line_id"
    )
    order: Mapped[Order] = relationship()
    steps: Mapped[list["ParcelStep"]] = relationship(order_by="ParcelStep.id")

    @property
    def tracking_page(self) -> str:
        """The courier's own page for waybill numbers, empty if none is known."""
        known = couriers.find(self.courier)
        return known.tracking_page if known else ""

    def reached_at(self, status: ParcelStatus) -> datetime | None:
        """Return when the parcel came into this state last, or None; its steps must be loaded."""
        if status is ParcelStatus.DRAFT:
            return self.created_at
        return next((step.at for step in reversed(self.steps) if step.status is status), None)


class ParcelLine(Base):
    """So many pieces of an order's line are in the parcel; `ticked_at` when they were packed."""

    __tablename__ = "parcel_lines"
    __table_args__ = (sa.CheckConstraint("quantity > 0", name="quantity_positive"),)

    parcel_id: Mapped[int] = mapped_column(sa.ForeignKey("parcels.id"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(
        sa.ForeignKey("order_lines.id"), primary_key=True, index=True
    )
    quantity: Mapped[int]
    ticked_at: Mapped[datetime | None]

    parcel: Mapped[Parcel] = relationship(back_populates="lines")
    order_line: Mapped[OrderLine] = relationship()


class ParcelStep(Base):
    """One change of a parcel's state: who and when."""

    __tablename__ = "parcel_steps"

    id: Mapped[Key]
    parcel_id: Mapped[int] = mapped_column(sa.ForeignKey("parcels.id"), index=True)
    status: Mapped[ParcelStatus]
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[Name]
    note: Mapped[Line] = mapped_column(default="")


class ParcelReview(Base):
    """A parcel needs a person, and why; `cleared_at` when somebody has dealt with it."""

    __tablename__ = "parcel_reviews"
    __table_args__ = (
        sa.Index(
            "uq_parcel_reviews_open",
            "parcel_id",
            "reason",
            unique=True,
            sqlite_where=sa.text("cleared_at is null"),
            postgresql_where=sa.text("cleared_at is null"),
        ),
    )

    id: Mapped[Key]
    parcel_id: Mapped[int] = mapped_column(sa.ForeignKey("parcels.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.String(40))
    facts: Mapped[Facts] = mapped_column(default=dict)
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    cleared_by: Mapped[Name] = mapped_column(default="")
    answer: Mapped[Line] = mapped_column(default="")


class ResiChange(Base):
    """A waybill number was replaced or taken away; the buyer is told once."""

    __tablename__ = "resi_changes"

    id: Mapped[Key]
    parcel_id: Mapped[int] = mapped_column(sa.ForeignKey("parcels.id"), index=True)
    courier: Mapped[str] = mapped_column(sa.String(40))
    old: Mapped[str] = mapped_column(sa.String(40))
    new: Mapped[str] = mapped_column(sa.String(40), default="")
    why: Mapped[Line] = mapped_column(default="")
    by: Mapped[Name]
    at: Mapped[datetime]


class BookingStatus(enum.Enum):
    """How far a booking with a courier is."""

    WANTED = "wanted"
    OPEN = "open"
    CLOSED = "closed"
    FAILED = "failed"


class Booking(Base):
    """One attempt to have a courier carry a parcel; `key` goes to the provider before the call.

    `provider` is `manual` or the name of an adapter. At most one booking of a parcel is not
    closed. `quoted_idr` is what was expected, `charged_idr` what the courier takes.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        sa.UniqueConstraint("provider", "provider_order_id"),
        sa.Index("ix_bookings_status_next_poll_at", "status", "next_poll_at"),
        sa.Index(
            "uq_bookings_current",
            "parcel_id",
            unique=True,
            sqlite_where=sa.text("status in ('wanted', 'open')"),
            postgresql_where=sa.text("status in ('wanted', 'open')"),
        ),
    )

    id: Mapped[Key]
    parcel_id: Mapped[int] = mapped_column(sa.ForeignKey("parcels.id"), index=True)
    key: Mapped[Code]
    provider: Mapped[str] = mapped_column(sa.String(20))
    status: Mapped[BookingStatus]
    courier_code: Mapped[str] = mapped_column(sa.String(20), default="")
    service_code: Mapped[str] = mapped_column(sa.String(20), default="")
    provider_order_id: Mapped[str | None] = mapped_column(sa.String(80))
    tracking_id: Mapped[str] = mapped_column(sa.String(80), default="")
    sorting_code: Mapped[str] = mapped_column(sa.String(40), default="")
    driver: Mapped[Line] = mapped_column(default="")
    link: Mapped[Line] = mapped_column(default="")
    sent: Mapped[Facts] = mapped_column(default=dict, comment="The request as it was sent")
    quoted_idr: Mapped[Rupiah | None]
    charged_idr: Mapped[Rupiah | None]
    made_by: Mapped[Name]
    made_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    next_poll_at: Mapped[datetime | None]
    failure: Mapped[Line] = mapped_column(default="")
    cancel_asked_at: Mapped[datetime | None] = mapped_column(comment="By us, of the provider")
    cancel_tries: Mapped[int] = mapped_column(default=0)
    next_cancel_at: Mapped[datetime | None]
    remark: Mapped[Line] = mapped_column(default="", comment="What the provider said beside")
    closed_at: Mapped[datetime | None]
    closed_why: Mapped[Line] = mapped_column(default="")

    parcel: Mapped[Parcel] = relationship()


class CourierEvent(Base):
    """What a courier told us, raw and once; `key` is the SHA-256 of provider and canonical body.

    `result`: applied, ignored, review or unmatched; `why` in one word.
    """

    __tablename__ = "courier_events"
    __table_args__ = (
        sa.Index("ix_courier_events_result_received_at", "result", "received_at"),
        sa.Index("ix_courier_events_provider_order_id", "provider", "provider_order_id"),
    )

    id: Mapped[Key]
    key: Mapped[Fingerprint]
    provider: Mapped[str] = mapped_column(sa.String(20))
    provider_order_id: Mapped[str] = mapped_column(sa.String(80))
    booking_id: Mapped[int | None] = mapped_column(sa.ForeignKey("bookings.id"), index=True)
    parcel_id: Mapped[int | None] = mapped_column(sa.ForeignKey("parcels.id"), index=True)
    body: Mapped[Text]
    headers: Mapped[Facts] = mapped_column(default=dict)
    occurred_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    signal: Mapped[str] = mapped_column(sa.String(40), default="")
    facts: Mapped[Facts] = mapped_column(default=dict, comment="The signal as it was read")
    note: Mapped[Line] = mapped_column(default="")
    result: Mapped[str] = mapped_column(sa.String(20), default="")
    why: Mapped[str] = mapped_column(sa.String(40), default="")


class ManifestStatus(enum.Enum):
    """Whether parcels can still be added, the list is frozen, or the courier has signed."""

    OPEN = "open"
    LOCKED = "locked"
    SIGNED = "signed"
    VOID = "void"


class Manifest(Base):
    """The list a courier signs for at one pick-up.

    When it is locked its rows are written down as they are printed; `digest` is their SHA-256.
    """

    __tablename__ = "manifests"

    id: Mapped[Key]
    number: Mapped[Code]
    courier: Mapped[str] = mapped_column(sa.String(40))
    status: Mapped[ManifestStatus]
    branch: Mapped[Line] = mapped_column(default="")
    pickup: Mapped[bool] = mapped_column(default=True, comment="Else brought to the agent")
    vehicle: Mapped[str] = mapped_column(sa.String(40), default="")
    link_hash: Mapped[Fingerprint]
    link_serial: Mapped[int] = mapped_column(default=1)
    digest: Mapped[str] = mapped_column(sa.String(64), default="")
    rows: Mapped[Facts] = mapped_column(default=dict, comment="As locked, see bazaar.manifests")
    made_by: Mapped[Name]
    made_at: Mapped[datetime] = mapped_column(index=True)
    locked_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    signer: Mapped[Name] = mapped_column(default="")
    signer_contact: Mapped[str] = mapped_column(sa.String(40), default="")
    signature: Mapped[bytes | None] = mapped_column(sa.LargeBinary, comment="PNG")
    received_count: Mapped[int | None]
    remark: Mapped[Line] = mapped_column(default="")
    void_why: Mapped[Line] = mapped_column(default="")

    lines: Mapped[list["ManifestLine"]] = relationship(order_by="ManifestLine.id")


class ManifestLine(Base):
    """A parcel on a manifest. Taken off or of a void manifest, the line stays and is `void`.

    `missing`: the courier signed without this parcel. `scan_key` was made by the scanning page:
    the same scan sent again finds its line.
    """

    __tablename__ = "manifest_lines"
    __table_args__ = (
        sa.Index(
            "uq_manifest_lines_parcel",
            "parcel_id",
            unique=True,
            sqlite_where=sa.text("not void"),
            postgresql_where=sa.text("not void"),
        ),
    )

    id: Mapped[Key]
    manifest_id: Mapped[int] = mapped_column(sa.ForeignKey("manifests.id"), index=True)
    parcel_id: Mapped[int] = mapped_column(sa.ForeignKey("parcels.id"))
    void: Mapped[bool] = mapped_column(default=False)
    missing: Mapped[bool] = mapped_column(default=False)
    scan_key: Mapped[str] = mapped_column(sa.String(40), default="")
    scanned_by: Mapped[Name]
    scanned_at: Mapped[datetime]

    parcel: Mapped[Parcel] = relationship()


class ParcelProblem(Base):
    """A buyer says that something is wrong with a parcel; answered by a person."""

    __tablename__ = "parcel_problems"

    id: Mapped[Key]
    parcel_id: Mapped[int] = mapped_column(sa.ForeignKey("parcels.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    text: Mapped[Text]
    photo: Mapped[str | None] = mapped_column(sa.String(64))
    photo_removed_at: Mapped[datetime | None] = mapped_column(comment="Kept long enough")
    told_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[Text] = mapped_column(default="")
    answered_by: Mapped[Name] = mapped_column(default="")

    parcel: Mapped[Parcel] = relationship()


class ParcelDecision(Base):
    """What was decided about a parcel that came back or was lost: goods, and compensation."""

    __tablename__ = "parcel_decisions"

    id: Mapped[Key]
    parcel_id: Mapped[int] = mapped_column(sa.ForeignKey("parcels.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20), comment="restock, write_off, compensation")
    quantities: Mapped[Facts] = mapped_column(default=dict, comment="Pieces by order line id")
    amount_idr: Mapped[Rupiah] = mapped_column(default=0)
    note: Mapped[Line] = mapped_column(default="")
    by: Mapped[Name]
    at: Mapped[datetime]


class LabelSheet(Base):
    """Many labels as one PDF, drawn in the background; thrown away after some days.

    `seller_id` is whose it is, None the committee's. `beat_at` is the claim and the sign of life of
    who draws it. `versions` says which label of each parcel was drawn (`shipments.label_hash`).
    """

    __tablename__ = "label_sheets"
    __table_args__ = (sa.Index("ix_label_sheets_done_at", "done_at"),)

    id: Mapped[Key]
    seller_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sellers.id"), index=True)
    layout: Mapped[str] = mapped_column(sa.String(20), comment="thermal or a6_on_a4")
    codes: Mapped[list[str]] = mapped_column(sa.JSON, comment="Parcel codes in order")
    versions: Mapped[Facts] = mapped_column(default=dict, comment="Fingerprint by parcel code")
    drawn: Mapped[int] = mapped_column(default=0)
    pdf: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    failure: Mapped[Line] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[Name]
    made_at: Mapped[datetime] = mapped_column(index=True)
    beat_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None] = mapped_column(comment="What the labels say is from then")
    done_at: Mapped[datetime | None]


class ProviderArea(Base):
    """A provider's own id of a village, found once and kept."""

    __tablename__ = "provider_areas"

    provider: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    village_code: Mapped[str] = mapped_column(sa.String(13), primary_key=True)
    area_id: Mapped[str] = mapped_column(sa.String(80))
    found_at: Mapped[datetime]
