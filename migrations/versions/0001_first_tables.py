"""The first tables: editions, sellers, rotation, orders, money, parcels, accounts, records.

Safe to run on an empty database only; downgrading removes everything.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False, comment="Lower case"),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_secret", sa.String(length=200), nullable=True),
        sa.Column("totp_confirmed_at", INSTANT, nullable=True),
        sa.Column("totp_step", INTEGER, nullable=False),
        sa.Column("invitation_hash", sa.String(length=64), nullable=True),
        sa.Column("invited_until", INSTANT, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
        sa.UniqueConstraint("invitation_hash", name=op.f("uq_accounts_invitation_hash")),
    )
    op.create_table(
        "allowances",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("spent", INTEGER, nullable=False),
        sa.Column("until_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_allowances")),
    )
    with op.batch_alter_table("allowances", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allowances_until_at"), ["until_at"], unique=False)

    op.create_table(
        "audit_entries",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entries_at"), ["at"], unique=False)
        batch_op.create_index("ix_audit_entries_subject", ["subject"], unique=False)

    op.create_table(
        "baskets",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baskets")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_baskets_link_hash")),
    )
    with op.batch_alter_table("baskets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_baskets_updated_at"), ["updated_at"], unique=False)

    op.create_table(
        "checkouts",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("buyer_name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False, comment="E.164"),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("village_code", sa.String(length=13), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column(
            "area",
            sa.String(length=200),
            nullable=False,
            comment="Village to province, or city and state abroad",
        ),
        sa.Column("postal_code", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("placed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkouts")),
        sa.UniqueConstraint("key", name=op.f("uq_checkouts_key")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_checkouts_link_hash")),
    )
    with op.batch_alter_table("checkouts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkouts_phone"), ["phone"], unique=False)

    op.create_table(
        "editions",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("zone_name", sa.String(length=40), nullable=False),
        sa.Column(
            "regency_code", sa.String(length=5), nullable=False, comment="Kemendagri, dotted: 35.09"
        ),
        sa.Column("turn_minutes", INTEGER, nullable=False),
        sa.Column("gap_minutes", INTEGER, nullable=False),
        sa.Column("hold_minutes", INTEGER, nullable=False),
        sa.Column("contact_phone", sa.String(length=20), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("gap_minutes >= 0", name=op.f("ck_editions_gap_not_negative")),
        sa.CheckConstraint("hold_minutes > 0", name=op.f("ck_editions_hold_positive")),
        sa.CheckConstraint("turn_minutes > 0", name=op.f("ck_editions_turn_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
        sa.UniqueConstraint("slug", name=op.f("uq_editions_slug")),
    )
    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_editions_current",
            ["is_current"],
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )

    op.create_table(
        "import_drafts",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column(
            "kind", sa.String(length=20), nullable=False, comment="sellers, products or both"
        ),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column(
            "rows",
            sa.JSON(),
            nullable=False,
            comment="The lists as read, see bazaar.imports.drafts",
        ),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("applied_at", INSTANT, nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_drafts")),
    )
    op.create_table(
        "installation",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("marked_at", INSTANT, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "messages",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("to", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("tries", INTEGER, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_messages_key")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_next_try_at", ["next_try_at"], unique=False)

    op.create_table(
        "sellers",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("owner_name", sa.String(length=120), nullable=False),
        sa.Column("cluster", sa.String(length=40), nullable=False),
        sa.Column(
            "district_code",
            sa.String(length=13),
            nullable=False,
            comment="Kemendagri, dotted: 35.09.21",
        ),
        sa.Column("district", sa.String(length=120), nullable=False),
        sa.Column("village", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False, comment="E.164"),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("social", sa.String(length=200), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("link_serial", INTEGER, nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sellers")),
        sa.UniqueConstraint("code", name=op.f("uq_sellers_code")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_sellers_link_hash")),
        sa.UniqueConstraint("slug", name=op.f("uq_sellers_slug")),
    )
    with op.batch_alter_table("sellers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sellers_cluster"), ["cluster"], unique=False)

    op.create_table(
        "shipping_rates",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("prefix", sa.String(length=13), nullable=False),
        sa.Column("courier", sa.String(length=40), nullable=False),
        sa.Column("first_kg_idr", INTEGER, nullable=False),
        sa.Column("next_kg_idr", INTEGER, nullable=False),
        sa.Column("days", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "first_kg_idr >= 0 and next_kg_idr >= 0", name=op.f("ck_shipping_rates_prices_sensible")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipping_rates")),
        sa.UniqueConstraint("prefix", "courier", name=op.f("uq_shipping_rates_prefix_courier")),
    )
    op.create_table(
        "availabilities",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("seller_id", INTEGER, nullable=False),
        sa.Column("weekday", INTEGER, nullable=False),
        sa.Column("from_time", sa.Time(), nullable=False),
        sa.Column("until", sa.Time(), nullable=False),
        sa.CheckConstraint(
            "weekday between 0 and 6", name=op.f("ck_availabilities_weekday_exists")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_availabilities_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availabilities")),
    )
    with op.batch_alter_table("availabilities", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_availabilities_seller_id"), ["seller_id"], unique=False
        )

    op.create_table(
        "channels",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column("number", INTEGER, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("zoom_url", sa.String(length=200), nullable=False),
        sa.Column("youtube_url", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_channels_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_channels_edition_id_number")),
    )
    op.create_table(
        "participations",
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column("seller_id", INTEGER, nullable=False),
        sa.Column("joined_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_participations_edition_id_editions")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_participations_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("edition_id", "seller_id", name=op.f("pk_participations")),
    )
    with op.batch_alter_table("participations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_participations_seller_id"), ["seller_id"], unique=False
        )

    op.create_table(
        "products",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("seller_id", INTEGER, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("claim_code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("price_idr", INTEGER, nullable=False),
        sa.Column("weight_g", INTEGER, nullable=False),
        sa.Column("stock", INTEGER, nullable=False),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint("price_idr > 0", name=op.f("ck_products_price_positive")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_products_stock_not_negative")),
        sa.CheckConstraint("weight_g > 0", name=op.f("ck_products_weight_positive")),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_products_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("claim_code", name=op.f("uq_products_claim_code")),
        sa.UniqueConstraint("seller_id", "code", name=op.f("uq_products_seller_id_code")),
    )
    op.create_table(
        "receiving_accounts",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("seller_id", INTEGER, nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("merchant_name", sa.String(length=120), nullable=False),
        sa.Column("merchant_city", sa.String(length=120), nullable=False),
        sa.Column("nmid", sa.String(length=20), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("replaced_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_receiving_accounts_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receiving_accounts")),
    )
    with op.batch_alter_table("receiving_accounts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_receiving_accounts_seller_id"), ["seller_id"], unique=False
        )
        batch_op.create_index(
            "uq_receiving_accounts_in_use",
            ["seller_id"],
            unique=True,
            sqlite_where=sa.text("replaced_at is null"),
            postgresql_where=sa.text("replaced_at is null"),
        )

    op.create_table(
        "releases",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column("number", INTEGER, nullable=True),
        sa.Column("base_id", INTEGER, nullable=True),
        sa.Column(
            "rule", sa.String(length=40), nullable=False, comment="Name of the planner that made it"
        ),
        sa.Column("seed", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("released_at", INSTANT, nullable=True),
        sa.Column("replaced_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(number is null) = (released_at is null)", name=op.f("ck_releases_number_at_release")
        ),
        sa.ForeignKeyConstraint(
            ["base_id"], ["releases.id"], name=op.f("fk_releases_base_id_releases")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_releases_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_releases_edition_id_number")),
    )
    op.create_table(
        "role_grants",
        sa.Column("account_id", INTEGER, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_role_grants_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("account_id", "role", name=op.f("pk_role_grants")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", INTEGER, nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_ends_at"), ["ends_at"], unique=False)

    op.create_table(
        "show_days",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_show_days_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_show_days")),
        sa.UniqueConstraint("edition_id", "day", name=op.f("uq_show_days_edition_id_day")),
    )
    op.create_table(
        "basket_lines",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("basket_id", INTEGER, nullable=False),
        sa.Column("product_id", INTEGER, nullable=False),
        sa.Column("quantity", INTEGER, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_basket_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["basket_id"],
            ["baskets.id"],
            name=op.f("fk_basket_lines_basket_id_baskets"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_basket_lines_product_id_products")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basket_lines")),
        sa.UniqueConstraint(
            "basket_id", "product_id", name=op.f("uq_basket_lines_basket_id_product_id")
        ),
    )
    op.create_table(
        "turns",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("release_id", INTEGER, nullable=False),
        sa.Column("channel_id", INTEGER, nullable=False),
        sa.Column("seller_id", INTEGER, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_turns_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_turns_channel_id_channels")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_turns_release_id_releases")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_turns_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
        sa.UniqueConstraint(
            "release_id",
            "channel_id",
            "starts_at",
            name=op.f("uq_turns_release_id_channel_id_starts_at"),
        ),
        sa.UniqueConstraint(
            "release_id",
            "seller_id",
            "starts_at",
            name=op.f("uq_turns_release_id_seller_id_starts_at"),
        ),
    )
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.create_index(
            "ix_turns_release_id_ends_at", ["release_id", "ends_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_turns_seller_id"), ["seller_id"], unique=False)

    op.create_table(
        "windows",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("show_day_id", INTEGER, nullable=False),
        sa.Column("opens_at", INSTANT, nullable=False),
        sa.Column("closes_at", INSTANT, nullable=False),
        sa.Column("weight", INTEGER, nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_windows_closes_after_opening")),
        sa.CheckConstraint("weight > 0", name=op.f("ck_windows_weight_positive")),
        sa.ForeignKeyConstraint(
            ["show_day_id"], ["show_days.id"], name=op.f("fk_windows_show_day_id_show_days")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_windows")),
    )
    with op.batch_alter_table("windows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_windows_show_day_id"), ["show_day_id"], unique=False)

    op.create_table(
        "orders",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("checkout_id", INTEGER, nullable=False),
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column("seller_id", INTEGER, nullable=False),
        sa.Column("turn_id", INTEGER, nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("goods_idr", INTEGER, nullable=False),
        sa.Column("shipping_idr", INTEGER, nullable=False),
        sa.Column("total_idr", INTEGER, nullable=False),
        sa.Column("courier", sa.String(length=40), nullable=False),
        sa.Column("weight_g", INTEGER, nullable=False),
        sa.Column("placed_at", INSTANT, nullable=False),
        sa.Column("pay_before", INSTANT, nullable=False),
        sa.Column("release_at", INSTANT, nullable=False),
        sa.Column("paid_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True, comment="Done, expired or cancelled"),
        sa.CheckConstraint(
            "goods_idr > 0 and shipping_idr >= 0", name=op.f("ck_orders_sums_sensible")
        ),
        sa.CheckConstraint(
            "total_idr = goods_idr + shipping_idr", name=op.f("ck_orders_total_adds_up")
        ),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["checkouts.id"], name=op.f("fk_orders_checkout_id_checkouts")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_orders_edition_id_editions")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_orders_seller_id_sellers")
        ),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name=op.f("fk_orders_turn_id_turns")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("reference", name=op.f("uq_orders_reference")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_checkout_id"), ["checkout_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_paid_at"), ["paid_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_placed_at"), ["placed_at"], unique=False)
        batch_op.create_index("ix_orders_seller_id_status", ["seller_id", "status"], unique=False)
        batch_op.create_index("ix_orders_status_release_at", ["status", "release_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_turn_id"), ["turn_id"], unique=False)

    op.create_table(
        "turn_events",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("turn_id", INTEGER, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["turns.id"], name=op.f("fk_turn_events_turn_id_turns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn_events")),
        sa.UniqueConstraint("turn_id", "kind", name=op.f("uq_turn_events_turn_id_kind")),
    )
    op.create_table(
        "charges",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("order_id", INTEGER, nullable=False),
        sa.Column("account_id", INTEGER, nullable=True),
        sa.Column("reference", sa.String(length=25), nullable=False),
        sa.Column("amount_idr", INTEGER, nullable=False),
        sa.Column("qr_payload", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("amount_idr > 0", name=op.f("ck_charges_amount_positive")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["receiving_accounts.id"],
            name=op.f("fk_charges_account_id_receiving_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_charges_order_id_orders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charges")),
        sa.UniqueConstraint("order_id", name=op.f("uq_charges_order_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_charges_reference")),
    )
    with op.batch_alter_table("charges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_charges_account_id"), ["account_id"], unique=False)

    op.create_table(
        "order_lines",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("order_id", INTEGER, nullable=False),
        sa.Column("product_id", INTEGER, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("claim_code", sa.String(length=8), nullable=False),
        sa.Column("price_idr", INTEGER, nullable=False),
        sa.Column("quantity", INTEGER, nullable=False),
        sa.Column("amount_idr", INTEGER, nullable=False),
        sa.CheckConstraint(
            "amount_idr = price_idr * quantity", name=op.f("ck_order_lines_amount_adds_up")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_order_lines_product_id_products")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint(
            "order_id", "product_id", name=op.f("uq_order_lines_order_id_product_id")
        ),
    )
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_lines_product_id"), ["product_id"], unique=False)

    op.create_table(
        "parcels",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("order_id", INTEGER, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("courier", sa.String(length=40), nullable=False),
        sa.Column("resi", sa.String(length=40), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_parcels_order_id_orders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcels")),
        sa.UniqueConstraint("code", name=op.f("uq_parcels_code")),
        sa.UniqueConstraint("order_id", name=op.f("uq_parcels_order_id")),
    )
    with op.batch_alter_table("parcels", schema=None) as batch_op:
        batch_op.create_index("ix_parcels_resi", ["resi"], unique=False)
        batch_op.create_index(
            "ix_parcels_status_created_at", ["status", "created_at"], unique=False
        )
        batch_op.create_index(
            "uq_parcels_courier_resi",
            ["courier", "resi"],
            unique=True,
            sqlite_where=sa.text("resi <> ''"),
            postgresql_where=sa.text("resi <> ''"),
        )

    op.create_table(
        "stock_moves",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("product_id", INTEGER, nullable=False),
        sa.Column("order_id", INTEGER, nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("pieces", INTEGER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint("pieces <> 0", name=op.f("ck_stock_moves_pieces_not_zero")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_stock_moves_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_stock_moves_product_id_products")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_moves")),
        sa.UniqueConstraint(
            "order_id",
            "product_id",
            "reason",
            name=op.f("uq_stock_moves_order_id_product_id_reason"),
        ),
    )
    with op.batch_alter_table("stock_moves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_moves_product_id"), ["product_id"], unique=False)

    op.create_table(
        "parcel_steps",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("parcel_id", INTEGER, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.id"], name=op.f("fk_parcel_steps_parcel_id_parcels")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_steps")),
    )
    with op.batch_alter_table("parcel_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parcel_steps_parcel_id"), ["parcel_id"], unique=False)

    op.create_table(
        "payments",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("charge_id", INTEGER, nullable=False),
        sa.Column("amount_idr", INTEGER, nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("confirmed_by", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("amount_idr > 0", name=op.f("ck_payments_amount_positive")),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["charges.id"], name=op.f("fk_payments_charge_id_charges")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("key", name=op.f("uq_payments_key")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_charge_id"), ["charge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_received_at"), ["received_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_received_at"))
        batch_op.drop_index(batch_op.f("ix_payments_charge_id"))

    op.drop_table("payments")
    with op.batch_alter_table("parcel_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parcel_steps_parcel_id"))

    op.drop_table("parcel_steps")
    with op.batch_alter_table("stock_moves", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_moves_product_id"))

    op.drop_table("stock_moves")
    with op.batch_alter_table("parcels", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_parcels_courier_resi",
            sqlite_where=sa.text("resi <> ''"),
            postgresql_where=sa.text("resi <> ''"),
        )
        batch_op.drop_index("ix_parcels_status_created_at")
        batch_op.drop_index("ix_parcels_resi")

    op.drop_table("parcels")
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_lines_product_id"))

    op.drop_table("order_lines")
    with op.batch_alter_table("charges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_charges_account_id"))

    op.drop_table("charges")
    op.drop_table("turn_events")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_orders_turn_id"))
        batch_op.drop_index("ix_orders_status_release_at")
        batch_op.drop_index("ix_orders_seller_id_status")
        batch_op.drop_index(batch_op.f("ix_orders_placed_at"))
        batch_op.drop_index(batch_op.f("ix_orders_paid_at"))
        batch_op.drop_index(batch_op.f("ix_orders_checkout_id"))

    op.drop_table("orders")
    with op.batch_alter_table("windows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_windows_show_day_id"))

    op.drop_table("windows")
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_turns_seller_id"))
        batch_op.drop_index("ix_turns_release_id_ends_at")

    op.drop_table("turns")
    op.drop_table("basket_lines")
    op.drop_table("show_days")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_ends_at"))
        batch_op.drop_index(batch_op.f("ix_sessions_account_id"))

    op.drop_table("sessions")
    op.drop_table("role_grants")
    op.drop_table("releases")
    with op.batch_alter_table("receiving_accounts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_receiving_accounts_in_use",
            sqlite_where=sa.text("replaced_at is null"),
            postgresql_where=sa.text("replaced_at is null"),
        )
        batch_op.drop_index(batch_op.f("ix_receiving_accounts_seller_id"))

    op.drop_table("receiving_accounts")
    op.drop_table("products")
    with op.batch_alter_table("participations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_participations_seller_id"))

    op.drop_table("participations")
    op.drop_table("channels")
    with op.batch_alter_table("availabilities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_availabilities_seller_id"))

    op.drop_table("availabilities")
    op.drop_table("shipping_rates")
    with op.batch_alter_table("sellers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sellers_cluster"))

    op.drop_table("sellers")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_next_try_at")

    op.drop_table("messages")
    op.drop_table("installation")
    op.drop_table("import_drafts")
    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_editions_current",
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )

    op.drop_table("editions")
    with op.batch_alter_table("checkouts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_checkouts_phone"))

    op.drop_table("checkouts")
    with op.batch_alter_table("baskets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_baskets_updated_at"))

    op.drop_table("baskets")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entries_subject")
        batch_op.drop_index(batch_op.f("ix_audit_entries_at"))

    op.drop_table("audit_entries")
    with op.batch_alter_table("allowances", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allowances_until_at"))

    op.drop_table("allowances")
    op.drop_table("accounts")
