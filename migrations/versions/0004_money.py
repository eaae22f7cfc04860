"""Orders, claims and money: charges, payments, refunds, statements, the ledger.

Safe to run while the app serves on PostgreSQL: new tables, and columns with a default.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
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

    with op.batch_alter_table("parcel_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parcel_steps_at"), ["at"], unique=False)

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


def downgrade() -> None:

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

    with op.batch_alter_table("parcel_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parcel_steps_at"))

    with op.batch_alter_table("free_shipping", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("uq_free_shipping_prefix_seller_id_min_goods_idr"), type_="unique"
        )
        batch_op.drop_index(
            "uq_free_shipping_all_sellers",
            sqlite_where=sa.text("seller_id is null"),
            postgresql_where=sa.text("seller_id is null"),
        )
