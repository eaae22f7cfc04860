"""Orders, claims and money: charges, payments, refunds, statements, the ledger.

Safe to run while the app serves on PostgreSQL: new tables, and columns with a default.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "scopes", sa.JSON(), nullable=False, comment="A list of scopes under the name scopes"
        ),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_table(
        "idempotent_answers",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("status", INTEGER, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("kept_until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotent_answers")),
        sa.UniqueConstraint("owner", "key", name=op.f("uq_idempotent_answers_owner_key")),
    )
    with op.batch_alter_table("idempotent_answers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_idempotent_answers_kept_until"), ["kept_until"], unique=False
        )

    op.create_table(
        "payment_events",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("event_key", sa.String(length=200), nullable=False),
        sa.Column("attempt_key", sa.String(length=80), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False, comment="Without secrets"),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("tries", INTEGER, nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=True),
        sa.Column("handled_at", INSTANT, nullable=True),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_events")),
        sa.UniqueConstraint(
            "provider", "event_key", name=op.f("uq_payment_events_provider_event_key")
        ),
    )
    with op.batch_alter_table("payment_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_events_attempt_key"), ["attempt_key"], unique=False
        )
        batch_op.create_index(
            "ix_payment_events_open",
            ["next_try_at"],
            unique=False,
            sqlite_where=sa.text("handled_at is null"),
            postgresql_where=sa.text("handled_at is null"),
        )
        batch_op.create_index(
            batch_op.f("ix_payment_events_received_at"), ["received_at"], unique=False
        )

    op.create_table(
        "day_closings",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("prepared_by", sa.String(length=120), nullable=False),
        sa.Column(
            "prepared_key",
            sa.String(length=40),
            nullable=False,
            comment="Actor; somebody else signs",
        ),
        sa.Column("prepared_at", INSTANT, nullable=False),
        sa.Column("signed_by", sa.String(length=120), nullable=False),
        sa.Column("signed_at", INSTANT, nullable=True),
        sa.Column("totals", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("last_entry_id", INTEGER, nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_day_closings_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_closings")),
        sa.UniqueConstraint("edition_id", "day", name=op.f("uq_day_closings_edition_id_day")),
    )
    op.create_table(
        "seller_statements",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column("seller_id", INTEGER, nullable=False),
        sa.Column("number", INTEGER, nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("carried_idr", INTEGER, nullable=False),
        sa.Column("due_idr", INTEGER, nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("paid_out_at", INSTANT, nullable=True),
        sa.Column("paid_out_by", sa.String(length=120), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False, comment="Of the transfer"),
        sa.Column("proof", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_seller_statements_edition_id_editions")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_seller_statements_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seller_statements")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_seller_statements_link_hash")),
        sa.UniqueConstraint(
            "seller_id", "number", name=op.f("uq_seller_statements_seller_id_number")
        ),
    )
    with op.batch_alter_table("seller_statements", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_seller_statements_edition_id"), ["edition_id"], unique=False
        )

    op.create_table(
        "total_sums",
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column("axis", sa.String(length=10), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "debit",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column(
            "credit",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("rows", INTEGER, nullable=False),
        sa.Column("amount_idr", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_total_sums_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint(
            "edition_id", "axis", "label", "kind", "debit", "credit", name=op.f("pk_total_sums")
        ),
    )
    op.create_table(
        "statement_imports",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("account_id", INTEGER, nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of the file"),
        sa.Column("content", sa.LargeBinary(), nullable=True, comment="Until it is done"),
        sa.Column("profile", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("total", INTEGER, nullable=False),
        sa.Column("done", INTEGER, nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("beat_at", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("undone_by", sa.String(length=120), nullable=False),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["receiving_accounts.id"],
            name=op.f("fk_statement_imports_account_id_receiving_accounts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_imports")),
    )
    with op.batch_alter_table("statement_imports", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_statement_imports_account_id"), ["account_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_statement_imports_made_at"), ["made_at"], unique=False)
        batch_op.create_index("ix_statement_imports_state", ["state"], unique=False)

    op.create_table(
        "statement_profiles",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("account_id", INTEGER, nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["receiving_accounts.id"],
            name=op.f("fk_statement_profiles_account_id_receiving_accounts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_profiles")),
        sa.UniqueConstraint("account_id", name=op.f("uq_statement_profiles_account_id")),
    )
    op.create_table(
        "turn_sales",
        sa.Column("turn_id", INTEGER, nullable=False),
        sa.Column("first_paid", sa.Boolean(), nullable=False, comment="Whoever pays first gets it"),
        sa.Column("set_by", sa.String(length=120), nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["turns.id"], name=op.f("fk_turn_sales_turn_id_turns")
        ),
        sa.PrimaryKeyConstraint("turn_id", name=op.f("pk_turn_sales")),
    )
    op.create_table(
        "payment_proofs",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("order_id", INTEGER, nullable=False),
        sa.Column("photo", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=True),
        sa.Column("seen_by", sa.String(length=120), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column(
            "answer",
            sa.String(length=200),
            nullable=False,
            comment="Why it was refused, to the buyer",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_payment_proofs_order_id_orders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_proofs")),
    )
    with op.batch_alter_table("payment_proofs", schema=None) as batch_op:
        batch_op.create_index(
            "ix_payment_proofs_open",
            ["order_id"],
            unique=False,
            sqlite_where=sa.text("seen_at is null"),
            postgresql_where=sa.text("seen_at is null"),
        )
        batch_op.create_index(batch_op.f("ix_payment_proofs_order_id"), ["order_id"], unique=False)

    op.create_table(
        "waiting_entries",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=False),
        sa.Column("product_id", INTEGER, nullable=False),
        sa.Column("quantity", INTEGER, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False, comment="E.164"),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column(
            "state",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("offered_at", INSTANT, nullable=True),
        sa.Column("offer_until", INSTANT, nullable=True),
        sa.Column("offered", INTEGER, nullable=True, comment="Pieces held by the offer"),
        sa.Column("basket_id", INTEGER, nullable=True),
        sa.Column("turn_id", INTEGER, nullable=True),
        sa.Column("order_id", INTEGER, nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_waiting_entries_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["basket_id"],
            ["baskets.id"],
            name=op.f("fk_waiting_entries_basket_id_baskets"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_waiting_entries_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_waiting_entries_product_id_products")
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["turns.id"], name=op.f("fk_waiting_entries_turn_id_turns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entries")),
        sa.UniqueConstraint(
            "basket_id", "product_id", name=op.f("uq_waiting_entries_basket_id_product_id")
        ),
        sa.UniqueConstraint("key", name=op.f("uq_waiting_entries_key")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_waiting_entries_link_hash")),
    )
    with op.batch_alter_table("waiting_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiting_entries_phone"), ["phone"], unique=False)
        batch_op.create_index(
            "ix_waiting_entries_product_id_state", ["product_id", "state", "id"], unique=False
        )
        batch_op.create_index(
            "ix_waiting_entries_state_offer_until", ["state", "offer_until"], unique=False
        )

    op.create_table(
        "charge_amounts",
        sa.Column("charge_id", INTEGER, nullable=False),
        sa.Column("account_id", INTEGER, nullable=False),
        sa.Column("amount_idr", INTEGER, nullable=False),
        sa.Column("free_at", INSTANT, nullable=False),
        sa.Column("released_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["receiving_accounts.id"],
            name=op.f("fk_charge_amounts_account_id_receiving_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["charges.id"], name=op.f("fk_charge_amounts_charge_id_charges")
        ),
        sa.PrimaryKeyConstraint("charge_id", name=op.f("pk_charge_amounts")),
    )
    with op.batch_alter_table("charge_amounts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_charge_amounts_free_at",
            ["free_at"],
            unique=False,
            sqlite_where=sa.text("released_at is null"),
            postgresql_where=sa.text("released_at is null"),
        )
        batch_op.create_index(
            "uq_charge_amounts_open",
            ["account_id", "amount_idr"],
            unique=True,
            sqlite_where=sa.text("released_at is null"),
            postgresql_where=sa.text("released_at is null"),
        )

    op.create_table(
        "gateway_attempts",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("key", sa.String(length=46), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("order_id", INTEGER, nullable=False),
        sa.Column("charge_id", INTEGER, nullable=True),
        sa.Column("amount_idr", INTEGER, nullable=False),
        sa.Column(
            "state",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("rank", INTEGER, nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("wanted_at", INSTANT, nullable=False),
        sa.Column("tries", INTEGER, nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=True, comment="To ask for it, or how it stands"),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["charges.id"], name=op.f("fk_gateway_attempts_charge_id_charges")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_gateway_attempts_order_id_orders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_attempts")),
        sa.UniqueConstraint("key", name=op.f("uq_gateway_attempts_key")),
        sa.UniqueConstraint(
            "provider", "provider_id", name=op.f("uq_gateway_attempts_provider_provider_id")
        ),
    )
    with op.batch_alter_table("gateway_attempts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_gateway_attempts_charge_id"), ["charge_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_gateway_attempts_order_id"), ["order_id"], unique=False
        )
        batch_op.create_index(
            "ix_gateway_attempts_state_next_try_at", ["state", "next_try_at"], unique=False
        )

    op.create_table(
        "allocations",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("payment_id", INTEGER, nullable=False),
        sa.Column("order_id", INTEGER, nullable=False),
        sa.Column("amount_idr", INTEGER, nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("reversal_of", INTEGER, nullable=True),
        sa.CheckConstraint("amount_idr <> 0", name=op.f("ck_allocations_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_allocations_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_allocations_payment_id_payments")
        ),
        sa.ForeignKeyConstraint(
            ["reversal_of"], ["allocations.id"], name=op.f("fk_allocations_reversal_of_allocations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
        sa.UniqueConstraint("reversal_of", name=op.f("uq_allocations_reversal_of")),
    )
    with op.batch_alter_table("allocations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allocations_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_allocations_payment_id"), ["payment_id"], unique=False)

    op.create_table(
        "money_cases",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("payment_id", INTEGER, nullable=False),
        sa.Column("order_id", INTEGER, nullable=True),
        sa.Column("amount_idr", INTEGER, nullable=False, comment="At stake: too much, or missing"),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_by", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_money_cases_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_money_cases_payment_id_payments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_cases")),
        sa.UniqueConstraint("key", name=op.f("uq_money_cases_key")),
    )
    with op.batch_alter_table("money_cases", schema=None) as batch_op:
        batch_op.create_index(
            "ix_money_cases_open",
            ["opened_at"],
            unique=False,
            sqlite_where=sa.text("closed_at is null"),
            postgresql_where=sa.text("closed_at is null"),
        )
        batch_op.create_index(batch_op.f("ix_money_cases_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_money_cases_payment_id"), ["payment_id"], unique=False)

    op.create_table(
        "payment_withdrawals",
        sa.Column("payment_id", INTEGER, nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.Column("taken_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_payment_withdrawals_payment_id_payments")
        ),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_payment_withdrawals")),
    )
    op.create_table(
        "refunds",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("order_id", INTEGER, nullable=True),
        sa.Column("payment_id", INTEGER, nullable=True),
        sa.Column("account_id", INTEGER, nullable=True),
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column("amount_idr", INTEGER, nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column(
            "reference", sa.String(length=200), nullable=False, comment="Of the transfer back"
        ),
        sa.Column("proof", sa.String(length=64), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("given_by", sa.String(length=120), nullable=False),
        sa.CheckConstraint("amount_idr > 0", name=op.f("ck_refunds_amount_positive")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["receiving_accounts.id"],
            name=op.f("fk_refunds_account_id_receiving_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_refunds_edition_id_editions")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_refunds_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id_payments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("key", name=op.f("uq_refunds_key")),
    )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refunds_given_at"), ["given_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_refunds_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refunds_payment_id"), ["payment_id"], unique=False)

    op.create_table(
        "statement_lines",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("import_id", INTEGER, nullable=False),
        sa.Column("account_id", INTEGER, nullable=False),
        sa.Column("number", INTEGER, nullable=False, comment="Of the line in its file"),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("occurrence", INTEGER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("time", sa.String(length=8), nullable=False),
        sa.Column("amount_sen", INTEGER, nullable=False),
        sa.Column("credit", sa.Boolean(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("balance_sen", INTEGER, nullable=True),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("rule", sa.String(length=4), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False, comment="Orders it may be for"),
        sa.Column("payment_id", INTEGER, nullable=True),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["receiving_accounts.id"],
            name=op.f("fk_statement_lines_account_id_receiving_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["statement_imports.id"],
            name=op.f("fk_statement_lines_import_id_statement_imports"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_statement_lines_payment_id_payments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_lines")),
    )
    with op.batch_alter_table("statement_lines", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_statement_lines_import_id"), ["import_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_statement_lines_payment_id"), ["payment_id"], unique=False
        )
        batch_op.create_index(
            "uq_statement_lines_fingerprint",
            ["account_id", "fingerprint", "occurrence"],
            unique=True,
            sqlite_where=sa.text("undone_at is null"),
            postgresql_where=sa.text("undone_at is null"),
        )

    op.create_table(
        "gateway_refunds",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("key", sa.String(length=46), nullable=False),
        sa.Column("attempt_id", INTEGER, nullable=False),
        sa.Column("payment_id", INTEGER, nullable=False),
        sa.Column("amount_idr", INTEGER, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("provider_id", sa.String(length=80), nullable=False),
        sa.Column("wanted_at", INSTANT, nullable=False),
        sa.Column("tries", INTEGER, nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.Column("refund_id", INTEGER, nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["gateway_attempts.id"],
            name=op.f("fk_gateway_refunds_attempt_id_gateway_attempts"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_gateway_refunds_payment_id_payments")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refunds.id"], name=op.f("fk_gateway_refunds_refund_id_refunds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_refunds")),
        sa.UniqueConstraint("key", name=op.f("uq_gateway_refunds_key")),
    )
    with op.batch_alter_table("gateway_refunds", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_gateway_refunds_attempt_id"), ["attempt_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_gateway_refunds_payment_id"), ["payment_id"], unique=False
        )
        batch_op.create_index(
            "ix_gateway_refunds_state_next_try_at", ["state", "next_try_at"], unique=False
        )

    op.create_table(
        "ledger_entries",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "debit",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column(
            "credit",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("amount_idr", INTEGER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column("seller_id", INTEGER, nullable=True),
        sa.Column("order_id", INTEGER, nullable=True),
        sa.Column("account_id", INTEGER, nullable=True),
        sa.Column("payment_id", INTEGER, nullable=True),
        sa.Column("refund_id", INTEGER, nullable=True),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.CheckConstraint("amount_idr > 0", name=op.f("ck_ledger_entries_amount_positive")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_ledger_entries_two_books")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["receiving_accounts.id"],
            name=op.f("fk_ledger_entries_account_id_receiving_accounts"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_ledger_entries_edition_id_editions")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_ledger_entries_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_ledger_entries_payment_id_payments")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refunds.id"], name=op.f("fk_ledger_entries_refund_id_refunds")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_ledger_entries_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
    )
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ledger_entries_courier",
            ["order_id"],
            unique=False,
            sqlite_where=sa.text("kind = 'courier'"),
            postgresql_where=sa.text("kind = 'courier'"),
        )
        batch_op.create_index(
            "ix_ledger_entries_edition_id_day", ["edition_id", "day"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_ledger_entries_order_id"), ["order_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_ledger_entries_payment_id"), ["payment_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_ledger_entries_refund_id"), ["refund_id"], unique=False
        )
        batch_op.create_index("ix_ledger_entries_seller_id_day", ["seller_id", "day"], unique=False)

    op.create_table(
        "seller_statement_lines",
        sa.Column("entry_id", INTEGER, nullable=False),
        sa.Column("statement_id", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["ledger_entries.id"],
            name=op.f("fk_seller_statement_lines_entry_id_ledger_entries"),
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["seller_statements.id"],
            name=op.f("fk_seller_statement_lines_statement_id_seller_statements"),
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_seller_statement_lines")),
    )
    with op.batch_alter_table("seller_statement_lines", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_seller_statement_lines_statement_id"), ["statement_id"], unique=False
        )

    with op.batch_alter_table("charges", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("method", sa.String(length=20), nullable=False, server_default="qris")
        )
        batch_op.add_column(
            sa.Column(
                "full_idr",
                INTEGER,
                nullable=False,
                server_default="0",
                comment="The order's total then",
            )
        )
        batch_op.add_column(
            sa.Column(
                "unique_idr",
                INTEGER,
                nullable=False,
                server_default="0",
                comment="Negative if added",
            )
        )
        batch_op.drop_constraint(batch_op.f("uq_charges_order_id"), type_="unique")
        batch_op.create_index(batch_op.f("ix_charges_order_id"), ["order_id"], unique=False)

    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "dynamic_qris",
                sa.Boolean(),
                nullable=False,
                server_default=sa.true(),
                comment="Codes made from stickers",
            )
        )
        batch_op.add_column(
            sa.Column(
                "unique_codes",
                sa.String(length=10),
                nullable=False,
                server_default="subtract",
                comment="subtract, add or off",
            )
        )
        batch_op.add_column(
            sa.Column(
                "unpaid_per_phone",
                INTEGER,
                nullable=True,
                comment="Orders at once; empty: no limit",
            )
        )
        batch_op.add_column(
            sa.Column("offer_minutes", INTEGER, nullable=False, server_default="15")
        )

    # Two people at once could store a rule of free shipping twice.
    op.execute(
        "delete from free_shipping where id not in (select min(id) from free_shipping"
        " group by prefix, coalesce(seller_id, 0), min_goods_idr)"
    )
    with op.batch_alter_table("free_shipping", schema=None) as batch_op:
        batch_op.create_index(
            "uq_free_shipping_all_sellers",
            ["prefix", "min_goods_idr"],
            unique=True,
            sqlite_where=sa.text("seller_id is null"),
            postgresql_where=sa.text("seller_id is null"),
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_free_shipping_prefix_seller_id_min_goods_idr"),
            ["prefix", "seller_id", "min_goods_idr"],
        )

    with op.batch_alter_table("label_sheets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seller_id", INTEGER, nullable=True))
        batch_op.add_column(
            sa.Column(
                "versions",
                sa.JSON(),
                nullable=False,
                server_default="{}",
                comment="Fingerprint by parcel code",
            )
        )
        batch_op.add_column(sa.Column("tries", INTEGER, nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column("read_at", INSTANT, nullable=True, comment="What the labels say is from then")
        )
        batch_op.create_index(batch_op.f("ix_label_sheets_made_at"), ["made_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_label_sheets_seller_id"), ["seller_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_label_sheets_seller_id_sellers"), "sellers", ["seller_id"], ["id"]
        )

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "holds",
                sa.Boolean(),
                nullable=False,
                server_default=sa.true(),
                comment="Goods are held, else taken when paid",
            )
        )
        batch_op.add_column(
            sa.Column(
                "replaces_id",
                INTEGER,
                nullable=True,
                comment="The buyer's order that this one changed",
            )
        )
        batch_op.create_unique_constraint(batch_op.f("uq_orders_replaces_id"), ["replaces_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_orders_replaces_id_orders"), "orders", ["replaces_id"], ["id"]
        )

    with op.batch_alter_table("parcel_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parcel_steps_at"), ["at"], unique=False)

    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account_id", INTEGER, nullable=True))
        batch_op.add_column(sa.Column("edition_id", INTEGER, nullable=True))
        batch_op.add_column(
            sa.Column(
                "fee_idr",
                INTEGER,
                nullable=False,
                server_default="0",
                comment="Kept back by a gateway",
            )
        )
        batch_op.add_column(
            sa.Column(
                "source",
                sa.String(length=20),
                nullable=False,
                server_default="person",
                comment="person, statement or a gateway",
            )
        )
        batch_op.add_column(
            sa.Column("external_id", sa.String(length=80), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column(
                "payer",
                sa.String(length=200),
                nullable=False,
                server_default="",
                comment="As the source names it",
            )
        )
        batch_op.add_column(sa.Column("paid_at", INSTANT, nullable=True))
        batch_op.alter_column(
            "key",
            existing_type=sa.VARCHAR(length=64),
            type_=sa.String(length=80),
            existing_nullable=False,
        )
        batch_op.alter_column("charge_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_payments_account_id"), ["account_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_payments_edition_id_editions"), "editions", ["edition_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_payments_account_id_receiving_accounts"),
            "receiving_accounts",
            ["account_id"],
            ["id"],
        )

    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "net_weight_g", INTEGER, nullable=True, comment="Without packing, for customs"
            )
        )
        batch_op.add_column(
            sa.Column(
                "most_per_order", INTEGER, nullable=True, comment="Empty: as many as there are"
            )
        )

    with op.batch_alter_table("receiving_accounts", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=20), nullable=False, server_default="qris")
        )
        batch_op.add_column(
            sa.Column(
                "bank",
                sa.String(length=120),
                nullable=False,
                server_default="",
                comment="Bank, or name of the gateway",
            )
        )
        batch_op.add_column(
            sa.Column("number", sa.String(length=40), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column(
                "words",
                sa.Text(),
                nullable=False,
                server_default="",
                comment="How to pay, for another way",
            )
        )
        batch_op.add_column(
            sa.Column(
                "photo", sa.String(length=64), nullable=True, comment="Of the printed sticker"
            )
        )
        batch_op.add_column(
            sa.Column("proposed_by", sa.String(length=120), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column(
                "proposed_key",
                sa.String(length=40),
                nullable=False,
                server_default="",
                comment="Who, as the trail says it: never who approves",
            )
        )
        batch_op.add_column(
            sa.Column("approved_by", sa.String(length=120), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("approved_at", INSTANT, nullable=True))
        batch_op.alter_column("seller_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.drop_index(
            batch_op.f("uq_receiving_accounts_in_use"), sqlite_where=sa.text("replaced_at is null")
        )
        batch_op.create_index(
            "uq_receiving_accounts_in_use",
            ["seller_id", "kind"],
            unique=True,
            sqlite_where=sa.text("replaced_at is null and approved_at is not null"),
            postgresql_where=sa.text("replaced_at is null and approved_at is not null"),
        )
        batch_op.create_index(
            "uq_receiving_accounts_gateway",
            ["bank"],
            unique=True,
            sqlite_where=sa.text("kind = 'gateway' and replaced_at is null"),
            postgresql_where=sa.text("kind = 'gateway' and replaced_at is null"),
        )

    with op.batch_alter_table("shipping_rates", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_shipping_rates_prefix_courier"), type_="unique")
        batch_op.create_index(
            "uq_shipping_rates_always",
            ["prefix", "courier"],
            unique=True,
            sqlite_where=sa.text("valid_from is null"),
            postgresql_where=sa.text("valid_from is null"),
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_shipping_rates_prefix_courier_valid_from"),
            ["prefix", "courier", "valid_from"],
        )

    op.execute("UPDATE receiving_accounts SET approved_at = added_at")
    op.execute("UPDATE charges SET full_idr = amount_idr")
    op.execute("UPDATE charges SET method = 'agreed' WHERE account_id IS NULL")
    op.execute(
        "UPDATE payments SET account_id = charges.account_id, edition_id = orders.edition_id"
        " FROM charges JOIN orders ON orders.id = charges.order_id"
        " WHERE charges.id = payments.charge_id"
    )
    with op.batch_alter_table("payments") as batch_op:
        batch_op.alter_column("edition_id", existing_type=INTEGER, nullable=False)
    _open_the_ledger()

    with op.batch_alter_table("charges") as batch_op:
        batch_op.alter_column("method", server_default=None)
        batch_op.alter_column("full_idr", server_default=None)
        batch_op.alter_column("unique_idr", server_default=None)

    with op.batch_alter_table("editions") as batch_op:
        batch_op.alter_column("dynamic_qris", server_default=None)
        batch_op.alter_column("unique_codes", server_default=None)
        batch_op.alter_column("offer_minutes", server_default=None)

    with op.batch_alter_table("label_sheets") as batch_op:
        batch_op.alter_column("versions", server_default=None)
        batch_op.alter_column("tries", server_default=None)

    with op.batch_alter_table("orders") as batch_op:
        batch_op.alter_column("holds", server_default=None)

    with op.batch_alter_table("payments") as batch_op:
        batch_op.alter_column("fee_idr", server_default=None)
        batch_op.alter_column("source", server_default=None)
        batch_op.alter_column("external_id", server_default=None)
        batch_op.alter_column("payer", server_default=None)

    with op.batch_alter_table("receiving_accounts") as batch_op:
        batch_op.alter_column("kind", server_default=None)
        batch_op.alter_column("bank", server_default=None)
        batch_op.alter_column("number", server_default=None)
        batch_op.alter_column("words", server_default=None)
        batch_op.alter_column("proposed_by", server_default=None)
        batch_op.alter_column("proposed_key", server_default=None)
        batch_op.alter_column("approved_by", server_default=None)

    with op.batch_alter_table("charges") as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_charges_amount_adds_up"), "amount_idr = full_idr - unique_idr"
        )
    with op.batch_alter_table("products") as batch_op:
        batch_op.create_check_constraint(op.f("ck_products_most_positive"), "most_per_order > 0")
        batch_op.create_check_constraint(
            op.f("ck_products_net_weight_positive"), "net_weight_g > 0"
        )
    with op.batch_alter_table("editions") as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_editions_unpaid_positive"), "unpaid_per_phone > 0"
        )
        batch_op.create_check_constraint(op.f("ck_editions_offer_positive"), "offer_minutes > 0")
        batch_op.create_check_constraint(
            op.f("ck_editions_unique_codes_known"), "unique_codes in ('subtract', 'add', 'off')"
        )
    _guard()


def downgrade() -> None:
    _unguard()
    with op.batch_alter_table("charges") as batch_op:
        batch_op.drop_constraint(op.f("ck_charges_amount_adds_up"), type_="check")
    with op.batch_alter_table("products") as batch_op:
        batch_op.drop_constraint(op.f("ck_products_most_positive"), type_="check")
        batch_op.drop_constraint(op.f("ck_products_net_weight_positive"), type_="check")
    with op.batch_alter_table("editions") as batch_op:
        batch_op.drop_constraint(op.f("ck_editions_unpaid_positive"), type_="check")
        batch_op.drop_constraint(op.f("ck_editions_offer_positive"), type_="check")
        batch_op.drop_constraint(op.f("ck_editions_unique_codes_known"), type_="check")

    # One row a place and courier: the one that was there first.
    op.execute(
        "delete from shipping_rates where id not in"
        " (select min(id) from shipping_rates group by prefix, courier)"
    )
    with op.batch_alter_table("shipping_rates", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("uq_shipping_rates_prefix_courier_valid_from"), type_="unique"
        )
        batch_op.drop_index(
            "uq_shipping_rates_always",
            sqlite_where=sa.text("valid_from is null"),
            postgresql_where=sa.text("valid_from is null"),
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_shipping_rates_prefix_courier"), ["prefix", "courier"]
        )

    with op.batch_alter_table("receiving_accounts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_receiving_accounts_gateway",
            sqlite_where=sa.text("kind = 'gateway' and replaced_at is null"),
            postgresql_where=sa.text("kind = 'gateway' and replaced_at is null"),
        )
        batch_op.drop_index(
            "uq_receiving_accounts_in_use",
            sqlite_where=sa.text("replaced_at is null and approved_at is not null"),
            postgresql_where=sa.text("replaced_at is null and approved_at is not null"),
        )
        batch_op.create_index(
            batch_op.f("uq_receiving_accounts_in_use"),
            ["seller_id"],
            unique=1,
            sqlite_where=sa.text("replaced_at is null"),
        )
        batch_op.alter_column("seller_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("approved_at")
        batch_op.drop_column("approved_by")
        batch_op.drop_column("proposed_key")
        batch_op.drop_column("proposed_by")
        batch_op.drop_column("photo")
        batch_op.drop_column("words")
        batch_op.drop_column("number")
        batch_op.drop_column("bank")
        batch_op.drop_column("kind")

    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_column("most_per_order")
        batch_op.drop_column("net_weight_g")

    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_payments_account_id_receiving_accounts"), type_="foreignkey"
        )
        batch_op.drop_constraint(batch_op.f("fk_payments_edition_id_editions"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_payments_account_id"))
        batch_op.alter_column("charge_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.alter_column(
            "key",
            existing_type=sa.String(length=80),
            type_=sa.VARCHAR(length=64),
            existing_nullable=False,
        )
        batch_op.drop_column("paid_at")
        batch_op.drop_column("payer")
        batch_op.drop_column("external_id")
        batch_op.drop_column("source")
        batch_op.drop_column("fee_idr")
        batch_op.drop_column("edition_id")
        batch_op.drop_column("account_id")

    with op.batch_alter_table("parcel_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parcel_steps_at"))

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_orders_replaces_id_orders"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_orders_replaces_id"), type_="unique")
        batch_op.drop_column("replaces_id")
        batch_op.drop_column("holds")

    with op.batch_alter_table("label_sheets", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_label_sheets_seller_id_sellers"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_label_sheets_seller_id"))
        batch_op.drop_index(batch_op.f("ix_label_sheets_made_at"))
        batch_op.drop_column("read_at")
        batch_op.drop_column("tries")
        batch_op.drop_column("versions")
        batch_op.drop_column("seller_id")

    with op.batch_alter_table("free_shipping", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("uq_free_shipping_prefix_seller_id_min_goods_idr"), type_="unique"
        )
        batch_op.drop_index(
            "uq_free_shipping_all_sellers",
            sqlite_where=sa.text("seller_id is null"),
            postgresql_where=sa.text("seller_id is null"),
        )

    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.drop_column("offer_minutes")
        batch_op.drop_column("unpaid_per_phone")
        batch_op.drop_column("unique_codes")
        batch_op.drop_column("dynamic_qris")

    with op.batch_alter_table("charges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_charges_order_id"))
        batch_op.create_unique_constraint(batch_op.f("uq_charges_order_id"), ["order_id"])
        batch_op.drop_column("unique_idr")
        batch_op.drop_column("full_idr")
        batch_op.drop_column("method")

    with op.batch_alter_table("seller_statement_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seller_statement_lines_statement_id"))

    op.drop_table("seller_statement_lines")
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_entries_seller_id_day")
        batch_op.drop_index(batch_op.f("ix_ledger_entries_refund_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_entries_payment_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_entries_order_id"))
        batch_op.drop_index("ix_ledger_entries_edition_id_day")
        batch_op.drop_index(
            "ix_ledger_entries_courier",
            sqlite_where=sa.text("kind = 'courier'"),
            postgresql_where=sa.text("kind = 'courier'"),
        )

    op.drop_table("ledger_entries")
    with op.batch_alter_table("gateway_refunds", schema=None) as batch_op:
        batch_op.drop_index("ix_gateway_refunds_state_next_try_at")
        batch_op.drop_index(batch_op.f("ix_gateway_refunds_payment_id"))
        batch_op.drop_index(batch_op.f("ix_gateway_refunds_attempt_id"))

    op.drop_table("gateway_refunds")
    with op.batch_alter_table("statement_lines", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_statement_lines_fingerprint",
            sqlite_where=sa.text("undone_at is null"),
            postgresql_where=sa.text("undone_at is null"),
        )
        batch_op.drop_index(batch_op.f("ix_statement_lines_payment_id"))
        batch_op.drop_index(batch_op.f("ix_statement_lines_import_id"))

    op.drop_table("statement_lines")
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refunds_payment_id"))
        batch_op.drop_index(batch_op.f("ix_refunds_order_id"))
        batch_op.drop_index(batch_op.f("ix_refunds_given_at"))

    op.drop_table("refunds")
    op.drop_table("payment_withdrawals")
    with op.batch_alter_table("money_cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_money_cases_payment_id"))
        batch_op.drop_index(batch_op.f("ix_money_cases_order_id"))
        batch_op.drop_index(
            "ix_money_cases_open",
            sqlite_where=sa.text("closed_at is null"),
            postgresql_where=sa.text("closed_at is null"),
        )

    op.drop_table("money_cases")
    with op.batch_alter_table("allocations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allocations_payment_id"))
        batch_op.drop_index(batch_op.f("ix_allocations_order_id"))

    op.drop_table("allocations")
    with op.batch_alter_table("gateway_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_gateway_attempts_state_next_try_at")
        batch_op.drop_index(batch_op.f("ix_gateway_attempts_order_id"))
        batch_op.drop_index(batch_op.f("ix_gateway_attempts_charge_id"))

    op.drop_table("gateway_attempts")
    with op.batch_alter_table("charge_amounts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_charge_amounts_open",
            sqlite_where=sa.text("released_at is null"),
            postgresql_where=sa.text("released_at is null"),
        )
        batch_op.drop_index(
            "ix_charge_amounts_free_at",
            sqlite_where=sa.text("released_at is null"),
            postgresql_where=sa.text("released_at is null"),
        )

    op.drop_table("charge_amounts")
    with op.batch_alter_table("waiting_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_waiting_entries_state_offer_until")
        batch_op.drop_index("ix_waiting_entries_product_id_state")
        batch_op.drop_index(batch_op.f("ix_waiting_entries_phone"))

    op.drop_table("waiting_entries")
    with op.batch_alter_table("payment_proofs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_proofs_order_id"))
        batch_op.drop_index(
            "ix_payment_proofs_open",
            sqlite_where=sa.text("seen_at is null"),
            postgresql_where=sa.text("seen_at is null"),
        )

    op.drop_table("payment_proofs")
    op.drop_table("turn_sales")
    op.drop_table("statement_profiles")
    with op.batch_alter_table("statement_imports", schema=None) as batch_op:
        batch_op.drop_index("ix_statement_imports_state")
        batch_op.drop_index(batch_op.f("ix_statement_imports_made_at"))
        batch_op.drop_index(batch_op.f("ix_statement_imports_account_id"))

    op.drop_table("statement_imports")
    op.drop_table("total_sums")
    with op.batch_alter_table("seller_statements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seller_statements_edition_id"))

    op.drop_table("seller_statements")
    op.drop_table("day_closings")
    with op.batch_alter_table("payment_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_events_received_at"))
        batch_op.drop_index(
            "ix_payment_events_open",
            sqlite_where=sa.text("handled_at is null"),
            postgresql_where=sa.text("handled_at is null"),
        )
        batch_op.drop_index(batch_op.f("ix_payment_events_attempt_key"))

    op.drop_table("payment_events")
    with op.batch_alter_table("idempotent_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotent_answers_kept_until"))

    op.drop_table("idempotent_answers")
    op.drop_table("api_keys")


IMMUTABLE = (
    "ledger_entries",
    "charges",
    "payments",
    "allocations",
    "refunds",
    "payment_withdrawals",
)


def _guard() -> None:
    """Let the database refuse to change or delete what is only ever inserted."""
    if op.get_bind().dialect.name == "sqlite":
        for table in IMMUTABLE:
            for act in ("update", "delete"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{table} is only ever inserted'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% is only ever inserted', TG_TABLE_NAME; END $$"
    )
    for table in IMMUTABLE:
        op.execute(
            f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def _unguard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in IMMUTABLE:
            for act in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{act}")
        return
    for table in IMMUTABLE:
        op.execute(f"DROP TRIGGER {table}_immutable ON {table}")
    op.execute("DROP FUNCTION refuse_change()")


def _open_the_ledger() -> None:
    """Allocate the payments there are to their orders, and book all that has happened so far."""
    connection = op.get_bind()
    tables = sa.MetaData()
    names = ["editions", "orders", "charges", "payments", "allocations", "ledger_entries"]
    tables.reflect(connection, only=names)
    orders, payments, charges = (
        tables.tables["orders"],
        tables.tables["payments"],
        tables.tables["charges"],
    )
    editions = tables.tables["editions"]
    zones = {
        row.id: ZoneInfo(row.zone_name)
        for row in connection.execute(sa.select(editions.c.id, editions.c.zone_name))
    }
    paid = (
        sa.select(
            payments.c.id.label("payment_id"),
            payments.c.amount_idr,
            payments.c.account_id,
            payments.c.method,
            payments.c.received_at,
            payments.c.confirmed_by,
            charges.c.order_id,
            orders.c.edition_id,
            orders.c.seller_id,
        )
        .join(charges, charges.c.id == payments.c.charge_id)
        .join(orders, orders.c.id == charges.c.order_id)
    )
    for row in connection.execute(paid).all():
        connection.execute(
            sa.insert(tables.tables["allocations"]).values(
                payment_id=row.payment_id,
                order_id=row.order_id,
                amount_idr=row.amount_idr,
                rule="person",
                made_at=row.received_at,
                made_by=row.confirmed_by,
            )
        )
    entries = [
        entry
        for order in connection.execute(sa.select(orders)).all()
        for entry in _of_order(order, zones[order.edition_id])
    ]
    for row in connection.execute(paid).all():
        about = {
            "amount_idr": row.amount_idr,
            "at": row.received_at,
            "day": _day(row.received_at, zones[row.edition_id]),
            "edition_id": row.edition_id,
            "seller_id": row.seller_id,
            "order_id": row.order_id,
            "account_id": row.account_id,
            "payment_id": row.payment_id,
            "method": row.method,
        }
        entries.append(about | {"kind": "payment", "debit": "money", "credit": "unknown"})
        entries.append(about | {"kind": "allocation", "debit": "unknown", "credit": "buyer"})
    for entry in sorted(entries, key=lambda entry: entry["at"]):
        connection.execute(sa.insert(tables.tables["ledger_entries"]).values(**entry))


def _of_order(order: Any, zone: ZoneInfo) -> list[dict[str, Any]]:
    steps = [(order.placed_at, "placed", "buyer", "{}_promised")]
    if order.paid_at is not None:
        steps.append((order.paid_at, "paid", "{}_promised", "{}_sold"))
    if order.status in {"expired", "cancelled"} and order.ended_at is not None:
        steps.append((order.ended_at, order.status, "{}_promised", "buyer"))
    return [
        {
            "kind": kind,
            "debit": debit.format(part),
            "credit": credit.format(part),
            "amount_idr": amount_idr,
            "at": at,
            "day": _day(at, zone),
            "edition_id": order.edition_id,
            "seller_id": order.seller_id,
            "order_id": order.id,
            "method": "",
        }
        for at, kind, debit, credit in steps
        for part, amount_idr in (("goods", order.goods_idr), ("shipping", order.shipping_idr))
        if amount_idr and order.status != "quoting"
    ]


def _day(at: datetime, zone: ZoneInfo) -> date:
    aware = at if at.tzinfo else at.replace(tzinfo=ZoneInfo("UTC"))
    return aware.astimezone(zone).date()
