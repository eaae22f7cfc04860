"""Parcels as couriers know them: lines, bookings, events, manifests, reviews, label sheets.

Safe to run while the app serves on PostgreSQL: new tables, and columns with a default.
Parcels there are hold all lines of their order.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "courier_pages",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("company", sa.String(length=40), nullable=False),
        sa.Column("tracking_url", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courier_pages")),
        sa.UniqueConstraint("company", name=op.f("uq_courier_pages_company")),
    )
    op.create_table(
        "label_sheets",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("layout", sa.String(length=20), nullable=False, comment="thermal or a6_on_a4"),
        sa.Column("codes", sa.JSON(), nullable=False, comment="Parcel codes in order"),
        sa.Column("drawn", INTEGER, nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("beat_at", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_sheets")),
    )
    with op.batch_alter_table("label_sheets", schema=None) as batch_op:
        batch_op.create_index("ix_label_sheets_done_at", ["done_at"], unique=False)

    op.create_table(
        "manifests",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("courier", sa.String(length=40), nullable=False),
        sa.Column(
            "status",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("branch", sa.String(length=200), nullable=False),
        sa.Column("pickup", sa.Boolean(), nullable=False, comment="Else brought to the agent"),
        sa.Column("vehicle", sa.String(length=40), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("link_serial", INTEGER, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False, comment="As locked, see bazaar.manifests"),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("locked_at", INSTANT, nullable=True),
        sa.Column("signed_at", INSTANT, nullable=True),
        sa.Column("signer", sa.String(length=120), nullable=False),
        sa.Column("signer_contact", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True, comment="PNG"),
        sa.Column("received_count", INTEGER, nullable=True),
        sa.Column("remark", sa.String(length=200), nullable=False),
        sa.Column("void_why", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifests")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_manifests_link_hash")),
        sa.UniqueConstraint("number", name=op.f("uq_manifests_number")),
    )
    with op.batch_alter_table("manifests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_manifests_made_at"), ["made_at"], unique=False)

    op.create_table(
        "provider_areas",
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("village_code", sa.String(length=13), nullable=False),
        sa.Column("area_id", sa.String(length=80), nullable=False),
        sa.Column("found_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("provider", "village_code", name=op.f("pk_provider_areas")),
    )
    op.create_table(
        "free_shipping",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("prefix", sa.String(length=13), nullable=False),
        sa.Column("seller_id", INTEGER, nullable=True),
        sa.Column("min_goods_idr", INTEGER, nullable=False),
        sa.Column("up_to_idr", INTEGER, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("min_goods_idr >= 0", name=op.f("ck_free_shipping_minimum_sensible")),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_free_shipping_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_free_shipping")),
    )
    with op.batch_alter_table("free_shipping", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_free_shipping_seller_id"), ["seller_id"], unique=False)

    op.create_table(
        "bookings",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("parcel_id", INTEGER, nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column(
            "status",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("courier_code", sa.String(length=20), nullable=False),
        sa.Column("service_code", sa.String(length=20), nullable=False),
        sa.Column("provider_order_id", sa.String(length=80), nullable=True),
        sa.Column("tracking_id", sa.String(length=80), nullable=False),
        sa.Column("sorting_code", sa.String(length=40), nullable=False),
        sa.Column("driver", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=200), nullable=False),
        sa.Column("sent", sa.JSON(), nullable=False, comment="The request as it was sent"),
        sa.Column("quoted_idr", INTEGER, nullable=True),
        sa.Column("charged_idr", INTEGER, nullable=True),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("tries", INTEGER, nullable=False),
        sa.Column("next_poll_at", INSTANT, nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.Column("cancel_asked_at", INSTANT, nullable=True, comment="By us, of the provider"),
        sa.Column("cancel_tries", INTEGER, nullable=False),
        sa.Column("next_cancel_at", INSTANT, nullable=True),
        sa.Column(
            "remark", sa.String(length=200), nullable=False, comment="What the provider said beside"
        ),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_why", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.id"], name=op.f("fk_bookings_parcel_id_parcels")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("key", name=op.f("uq_bookings_key")),
        sa.UniqueConstraint(
            "provider", "provider_order_id", name=op.f("uq_bookings_provider_provider_order_id")
        ),
    )
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bookings_parcel_id"), ["parcel_id"], unique=False)
        batch_op.create_index(
            "ix_bookings_status_next_poll_at", ["status", "next_poll_at"], unique=False
        )
        batch_op.create_index(
            "uq_bookings_current",
            ["parcel_id"],
            unique=True,
            sqlite_where=sa.text("status in ('wanted', 'open')"),
            postgresql_where=sa.text("status in ('wanted', 'open')"),
        )

    op.create_table(
        "manifest_lines",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("manifest_id", INTEGER, nullable=False),
        sa.Column("parcel_id", INTEGER, nullable=False),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.Boolean(), nullable=False),
        sa.Column("scan_key", sa.String(length=40), nullable=False),
        sa.Column("scanned_by", sa.String(length=120), nullable=False),
        sa.Column("scanned_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifests.id"], name=op.f("fk_manifest_lines_manifest_id_manifests")
        ),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.id"], name=op.f("fk_manifest_lines_parcel_id_parcels")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifest_lines")),
    )
    with op.batch_alter_table("manifest_lines", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_manifest_lines_manifest_id"), ["manifest_id"], unique=False
        )
        batch_op.create_index(
            "uq_manifest_lines_parcel",
            ["parcel_id"],
            unique=True,
            sqlite_where=sa.text("not void"),
            postgresql_where=sa.text("not void"),
        )

    op.create_table(
        "parcel_decisions",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("parcel_id", INTEGER, nullable=False),
        sa.Column(
            "kind", sa.String(length=20), nullable=False, comment="restock, write_off, compensation"
        ),
        sa.Column("quantities", sa.JSON(), nullable=False, comment="Pieces by order line id"),
        sa.Column("amount_idr", INTEGER, nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.id"], name=op.f("fk_parcel_decisions_parcel_id_parcels")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_decisions")),
    )
    with op.batch_alter_table("parcel_decisions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_parcel_decisions_parcel_id"), ["parcel_id"], unique=False
        )

    op.create_table(
        "parcel_lines",
        sa.Column("parcel_id", INTEGER, nullable=False),
        sa.Column("order_line_id", INTEGER, nullable=False),
        sa.Column("quantity", INTEGER, nullable=False),
        sa.Column("ticked_at", INSTANT, nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_parcel_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_lines.id"],
            name=op.f("fk_parcel_lines_order_line_id_order_lines"),
        ),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.id"], name=op.f("fk_parcel_lines_parcel_id_parcels")
        ),
        sa.PrimaryKeyConstraint("parcel_id", "order_line_id", name=op.f("pk_parcel_lines")),
    )
    with op.batch_alter_table("parcel_lines", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_parcel_lines_order_line_id"), ["order_line_id"], unique=False
        )

    op.create_table(
        "parcel_problems",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("parcel_id", INTEGER, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.id"], name=op.f("fk_parcel_problems_parcel_id_parcels")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_problems")),
    )
    with op.batch_alter_table("parcel_problems", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_parcel_problems_parcel_id"), ["parcel_id"], unique=False
        )

    op.create_table(
        "parcel_reviews",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("parcel_id", INTEGER, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("cleared_at", INSTANT, nullable=True),
        sa.Column("cleared_by", sa.String(length=120), nullable=False),
        sa.Column("answer", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.id"], name=op.f("fk_parcel_reviews_parcel_id_parcels")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_reviews")),
    )
    with op.batch_alter_table("parcel_reviews", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_parcel_reviews_parcel_id"), ["parcel_id"], unique=False
        )
        batch_op.create_index(
            "uq_parcel_reviews_open",
            ["parcel_id", "reason"],
            unique=True,
            sqlite_where=sa.text("cleared_at is null"),
            postgresql_where=sa.text("cleared_at is null"),
        )

    op.create_table(
        "resi_changes",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("parcel_id", INTEGER, nullable=False),
        sa.Column("courier", sa.String(length=40), nullable=False),
        sa.Column("old", sa.String(length=40), nullable=False),
        sa.Column("new", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.id"], name=op.f("fk_resi_changes_parcel_id_parcels")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resi_changes")),
    )
    with op.batch_alter_table("resi_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resi_changes_parcel_id"), ["parcel_id"], unique=False)

    op.create_table(
        "courier_events",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("provider_order_id", sa.String(length=80), nullable=False),
        sa.Column("booking_id", INTEGER, nullable=True),
        sa.Column("parcel_id", INTEGER, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("occurred_at", INSTANT, nullable=True),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("signal", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False, comment="The signal as it was read"),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_courier_events_booking_id_bookings")
        ),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.id"], name=op.f("fk_courier_events_parcel_id_parcels")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courier_events")),
        sa.UniqueConstraint("key", name=op.f("uq_courier_events_key")),
    )
    with op.batch_alter_table("courier_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_courier_events_booking_id"), ["booking_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_courier_events_parcel_id"), ["parcel_id"], unique=False
        )
        batch_op.create_index(
            "ix_courier_events_provider_order_id", ["provider", "provider_order_id"], unique=False
        )
        batch_op.create_index(
            "ix_courier_events_result_received_at", ["result", "received_at"], unique=False
        )

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "shipping_full_idr",
                INTEGER,
                nullable=False,
                server_default="0",
                comment="Before free shipping",
            )
        )
        batch_op.add_column(
            sa.Column(
                "shipping_quote",
                sa.JSON(),
                nullable=False,
                server_default="{}",
                comment="The rate and how it was applied",
            )
        )

    with op.batch_alter_table("parcels", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", INTEGER, nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("weight_g", INTEGER, nullable=True, comment="As weighed"))
        batch_op.add_column(sa.Column("length_cm", INTEGER, nullable=True))
        batch_op.add_column(sa.Column("width_cm", INTEGER, nullable=True))
        batch_op.add_column(sa.Column("height_cm", INTEGER, nullable=True))
        batch_op.add_column(
            sa.Column("fragile", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("photo", sa.String(length=64), nullable=True, comment="Of the packed parcel")
        )
        batch_op.add_column(
            sa.Column("label_hash", sa.String(length=64), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("label_printed_at", INSTANT, nullable=True))
        batch_op.add_column(
            sa.Column(
                "resume_status",
                sa.String(length=20),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column("exception_code", sa.String(length=40), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("last_event_at", INSTANT, nullable=True))
        batch_op.add_column(sa.Column("cancel_requested_at", INSTANT, nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_parcels_order_id"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_parcels_order_id_number"), ["order_id", "number"]
        )

    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.add_column(sa.Column("length_cm", INTEGER, nullable=True))
        batch_op.add_column(sa.Column("width_cm", INTEGER, nullable=True))
        batch_op.add_column(sa.Column("height_cm", INTEGER, nullable=True))
        batch_op.add_column(
            sa.Column("hs_code", sa.String(length=10), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column(
                "customs_text",
                sa.String(length=120),
                nullable=False,
                server_default="",
                comment="In English, for parcels abroad",
            )
        )

    with op.batch_alter_table("shipping_rates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("min_kg", INTEGER, nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("max_kg", INTEGER, nullable=True))
        batch_op.add_column(sa.Column("divisor", INTEGER, nullable=False, server_default="6000"))
        batch_op.add_column(sa.Column("tolerance_g", INTEGER, nullable=False, server_default="300"))
        batch_op.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("valid_until", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true())
        )

    op.execute("UPDATE orders SET shipping_full_idr = shipping_idr")

    with op.batch_alter_table("orders") as batch_op:
        batch_op.alter_column("shipping_full_idr", server_default=None)
        batch_op.alter_column("shipping_quote", server_default=None)

    op.execute(
        "INSERT INTO parcel_lines (parcel_id, order_line_id, quantity)"
        " SELECT parcels.id, order_lines.id, order_lines.quantity"
        " FROM parcels JOIN order_lines ON order_lines.order_id = parcels.order_id"
    )

    with op.batch_alter_table("parcels") as batch_op:
        batch_op.alter_column("number", server_default=None)
        batch_op.alter_column("fragile", server_default=None)
        batch_op.alter_column("label_hash", server_default=None)
        batch_op.alter_column("exception_code", server_default=None)

    with op.batch_alter_table("products") as batch_op:
        batch_op.alter_column("hs_code", server_default=None)
        batch_op.alter_column("customs_text", server_default=None)

    with op.batch_alter_table("shipping_rates") as batch_op:
        batch_op.alter_column("min_kg", server_default=None)
        batch_op.alter_column("divisor", server_default=None)
        batch_op.alter_column("tolerance_g", server_default=None)
        batch_op.alter_column("active", server_default=None)

    with op.batch_alter_table("shipping_rates") as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_shipping_rates_measures_positive"), "min_kg > 0 and divisor > 0"
        )
        batch_op.create_check_constraint(
            op.f("ck_shipping_rates_tolerance_sensible"), "tolerance_g between 0 and 999"
        )
    with op.batch_alter_table("parcels") as batch_op:
        batch_op.create_check_constraint(op.f("ck_parcels_weight_positive"), "weight_g > 0")


def downgrade() -> None:
    with op.batch_alter_table("shipping_rates") as batch_op:
        batch_op.drop_constraint(op.f("ck_shipping_rates_measures_positive"), type_="check")
        batch_op.drop_constraint(op.f("ck_shipping_rates_tolerance_sensible"), type_="check")
    with op.batch_alter_table("parcels") as batch_op:
        batch_op.drop_constraint(op.f("ck_parcels_weight_positive"), type_="check")

    with op.batch_alter_table("shipping_rates", schema=None) as batch_op:
        batch_op.drop_column("active")
        batch_op.drop_column("valid_until")
        batch_op.drop_column("valid_from")
        batch_op.drop_column("tolerance_g")
        batch_op.drop_column("divisor")
        batch_op.drop_column("max_kg")
        batch_op.drop_column("min_kg")

    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_column("customs_text")
        batch_op.drop_column("hs_code")
        batch_op.drop_column("height_cm")
        batch_op.drop_column("width_cm")
        batch_op.drop_column("length_cm")

    with op.batch_alter_table("parcels", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_parcels_order_id_number"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_parcels_order_id"), ["order_id"])
        batch_op.drop_column("cancel_requested_at")
        batch_op.drop_column("last_event_at")
        batch_op.drop_column("exception_code")
        batch_op.drop_column("resume_status")
        batch_op.drop_column("label_printed_at")
        batch_op.drop_column("label_hash")
        batch_op.drop_column("photo")
        batch_op.drop_column("fragile")
        batch_op.drop_column("height_cm")
        batch_op.drop_column("width_cm")
        batch_op.drop_column("length_cm")
        batch_op.drop_column("weight_g")
        batch_op.drop_column("number")

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_column("shipping_quote")
        batch_op.drop_column("shipping_full_idr")

    with op.batch_alter_table("courier_events", schema=None) as batch_op:
        batch_op.drop_index("ix_courier_events_result_received_at")
        batch_op.drop_index("ix_courier_events_provider_order_id")
        batch_op.drop_index(batch_op.f("ix_courier_events_parcel_id"))
        batch_op.drop_index(batch_op.f("ix_courier_events_booking_id"))

    op.drop_table("courier_events")
    with op.batch_alter_table("resi_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resi_changes_parcel_id"))

    op.drop_table("resi_changes")
    with op.batch_alter_table("parcel_reviews", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_parcel_reviews_open",
            sqlite_where=sa.text("cleared_at is null"),
            postgresql_where=sa.text("cleared_at is null"),
        )
        batch_op.drop_index(batch_op.f("ix_parcel_reviews_parcel_id"))

    op.drop_table("parcel_reviews")
    with op.batch_alter_table("parcel_problems", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parcel_problems_parcel_id"))

    op.drop_table("parcel_problems")
    with op.batch_alter_table("parcel_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parcel_lines_order_line_id"))

    op.drop_table("parcel_lines")
    with op.batch_alter_table("parcel_decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parcel_decisions_parcel_id"))

    op.drop_table("parcel_decisions")
    with op.batch_alter_table("manifest_lines", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_manifest_lines_parcel",
            sqlite_where=sa.text("not void"),
            postgresql_where=sa.text("not void"),
        )
        batch_op.drop_index(batch_op.f("ix_manifest_lines_manifest_id"))

    op.drop_table("manifest_lines")
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_bookings_current",
            sqlite_where=sa.text("status in ('wanted', 'open')"),
            postgresql_where=sa.text("status in ('wanted', 'open')"),
        )
        batch_op.drop_index("ix_bookings_status_next_poll_at")
        batch_op.drop_index(batch_op.f("ix_bookings_parcel_id"))

    op.drop_table("bookings")
    with op.batch_alter_table("free_shipping", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_free_shipping_seller_id"))

    op.drop_table("free_shipping")
    op.drop_table("provider_areas")
    with op.batch_alter_table("manifests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_manifests_made_at"))

    op.drop_table("manifests")
    with op.batch_alter_table("label_sheets", schema=None) as batch_op:
        batch_op.drop_index("ix_label_sheets_done_at")

    op.drop_table("label_sheets")
    op.drop_table("courier_pages")
