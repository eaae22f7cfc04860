"""The show, and sums of days that are kept.

Safe to run while the app serves on PostgreSQL: new tables, and columns with a default.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "day_sums",
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
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
            ["edition_id"], ["editions.id"], name=op.f("fk_day_sums_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint(
            "edition_id",
            "day",
            "axis",
            "label",
            "kind",
            "debit",
            "credit",
            name=op.f("pk_day_sums"),
        ),
    )
    op.create_table(
        "sum_marks",
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column("last_entry_id", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_sum_marks_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_sum_marks")),
    )


def downgrade() -> None:
    op.drop_table("sum_marks")
    op.drop_table("day_sums")
