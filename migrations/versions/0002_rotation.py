"""The rotation as people ask for it: closed times, draws, shares, hand edits, requests.

Safe to run while the app serves on PostgreSQL: new tables, and columns with a default.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "blocked_pairs",
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column("seller_id", INTEGER, nullable=False),
        sa.Column("other_id", INTEGER, nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("seller_id < other_id", name=op.f("ck_blocked_pairs_pair_in_order")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_blocked_pairs_edition_id_editions")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["sellers.id"], name=op.f("fk_blocked_pairs_other_id_sellers")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_blocked_pairs_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint(
            "edition_id", "seller_id", "other_id", name=op.f("pk_blocked_pairs")
        ),
    )
    op.create_table(
        "closed_times",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column(
            "kind",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_closed_times_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_closed_times_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_times")),
        sa.UniqueConstraint(
            "edition_id",
            "starts_at",
            "kind",
            name=op.f("uq_closed_times_edition_id_starts_at_kind"),
        ),
    )
    op.create_table(
        "draws",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column("number", INTEGER, nullable=False),
        sa.Column(
            "kind",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("rule", sa.String(length=40), nullable=False, comment="Name of the planner"),
        sa.Column("iterations", INTEGER, nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("sealed_secret", sa.String(length=200), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=True, comment="Hex, once revealed"),
        sa.Column("witness", sa.String(length=200), nullable=False),
        sa.Column("public_value", sa.String(length=200), nullable=False),
        sa.Column("instance", sa.LargeBinary(), nullable=True),
        sa.Column("instance_digest", sa.String(length=64), nullable=True),
        sa.Column(
            "base_number", INTEGER, nullable=True, comment="The release in force when frozen"
        ),
        sa.Column("seed", sa.String(length=64), nullable=True),
        sa.Column("plan", sa.LargeBinary(), nullable=True, comment="Gzipped rotation-plan/1"),
        sa.Column("plan_digest", sa.String(length=64), nullable=True),
        sa.Column("percent", INTEGER, nullable=False),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("committed_at", INSTANT, nullable=False),
        sa.Column("frozen_at", INSTANT, nullable=True),
        sa.Column("beat_at", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.CheckConstraint("percent between 0 and 100", name=op.f("ck_draws_percent_exists")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_draws_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draws")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_draws_edition_id_number")),
    )
    with op.batch_alter_table("draws", schema=None) as batch_op:
        batch_op.create_index("ix_draws_stage", ["stage"], unique=False)

    op.create_table(
        "missed_turns",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column("turn_uid", sa.String(length=32), nullable=False),
        sa.Column("seller_id", INTEGER, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("excused", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("noted_by", sa.String(length=120), nullable=False),
        sa.Column("noted_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_missed_turns_edition_id_editions")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_missed_turns_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed_turns")),
        sa.UniqueConstraint(
            "edition_id", "turn_uid", name=op.f("uq_missed_turns_edition_id_turn_uid")
        ),
    )
    with op.batch_alter_table("missed_turns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_missed_turns_seller_id"), ["seller_id"], unique=False)

    op.create_table(
        "turn_requests",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column(
            "kind",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("seller_id", INTEGER, nullable=False),
        sa.Column("turn_uid", sa.String(length=32), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("other_id", INTEGER, nullable=True),
        sa.Column("other_uid", sa.String(length=32), nullable=True),
        sa.Column("other_starts_at", INSTANT, nullable=True),
        sa.Column("wish", sa.String(length=200), nullable=False),
        sa.Column("preferred", sa.JSON(), nullable=False),
        sa.Column("answer", sa.String(length=200), nullable=False),
        sa.Column("answer_by", INSTANT, nullable=False),
        sa.Column("veto_by", INSTANT, nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_turn_requests_edition_id_editions")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["sellers.id"], name=op.f("fk_turn_requests_other_id_sellers")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_turn_requests_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn_requests")),
    )
    with op.batch_alter_table("turn_requests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_turn_requests_edition_id"), ["edition_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_turn_requests_other_id"), ["other_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_turn_requests_seller_id"), ["seller_id"], unique=False)
        batch_op.create_index("ix_turn_requests_state", ["state", "answer_by"], unique=False)
        batch_op.create_index(
            "uq_turn_requests_open",
            ["turn_uid"],
            unique=True,
            sqlite_where=sa.text("state in ('asked', 'agreed')"),
            postgresql_where=sa.text("state in ('asked', 'agreed')"),
        )

    op.create_table(
        "pins",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("channel_id", INTEGER, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("seller_id", INTEGER, nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_pins_channel_id_channels")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_pins_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pins")),
        sa.UniqueConstraint("channel_id", "starts_at", name=op.f("uq_pins_channel_id_starts_at")),
    )
    with op.batch_alter_table("pins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pins_seller_id"), ["seller_id"], unique=False)

    op.create_table(
        "plan_edits",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("release_id", INTEGER, nullable=False),
        sa.Column("number", INTEGER, nullable=False),
        sa.Column(
            "kind",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_plan_edits_release_id_releases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_edits")),
        sa.UniqueConstraint("release_id", "number", name=op.f("uq_plan_edits_release_id_number")),
    )
    op.create_table(
        "presences",
        sa.Column("seller_id", INTEGER, nullable=False),
        sa.Column("window_id", INTEGER, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_presences_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_presences_seller_id_sellers")
        ),
        sa.ForeignKeyConstraint(
            ["window_id"],
            ["windows.id"],
            name=op.f("fk_presences_window_id_windows"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("seller_id", "window_id", name=op.f("pk_presences")),
    )
    with op.batch_alter_table("presences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presences_window_id"), ["window_id"], unique=False)

    op.create_table(
        "shares",
        sa.Column("release_id", INTEGER, nullable=False),
        sa.Column("seller_id", INTEGER, nullable=False),
        sa.Column("place", INTEGER, nullable=False),
        sa.Column("rounds", INTEGER, nullable=False),
        sa.Column("turns", INTEGER, nullable=False),
        sa.Column("prime", INTEGER, nullable=False),
        sa.Column("carry", INTEGER, nullable=False),
        sa.Column("share", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_shares_release_id_releases")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_shares_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("release_id", "seller_id", name=op.f("pk_shares")),
    )
    with op.batch_alter_table("shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shares_seller_id"), ["seller_id"], unique=False)

    with op.batch_alter_table("channels", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("lost_from", INSTANT, nullable=True, comment="No turns from then on")
        )

    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("buffer_every", INTEGER, nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column("buffer_minutes", INTEGER, nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("max_turns_per_day", INTEGER, nullable=True, comment="Empty: as many as fit")
        )
        batch_op.add_column(
            sa.Column("min_gap_minutes", INTEGER, nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("freeze_minutes", INTEGER, nullable=False, server_default="1440")
        )
        batch_op.add_column(
            sa.Column("request_hours", INTEGER, nullable=False, server_default="24")
        )
        batch_op.add_column(sa.Column("veto_hours", INTEGER, nullable=False, server_default="12"))
        batch_op.add_column(sa.Column("availability_until", INSTANT, nullable=True))
        batch_op.add_column(sa.Column("latitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Double(), nullable=True))

    with op.batch_alter_table("participations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answered_at", INSTANT, nullable=True))
        batch_op.add_column(sa.Column("answered_window", INTEGER, nullable=True))
        batch_op.add_column(
            sa.Column("standby", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("max_turns", INTEGER, nullable=True))
        batch_op.add_column(sa.Column("withdrawn_at", INSTANT, nullable=True))
        batch_op.add_column(
            sa.Column("withdrawn_why", sa.String(length=200), nullable=False, server_default="")
        )

    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("draw_id", INTEGER, nullable=True))
        batch_op.add_column(sa.Column("revision", INTEGER, nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("figures", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.create_foreign_key(
            batch_op.f("fk_releases_draw_id_draws"), "draws", ["draw_id"], ["id"]
        )

    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("uid", sa.String(length=32), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("sequence", INTEGER, nullable=False, server_default="0"))
        batch_op.create_index(batch_op.f("ix_turns_uid"), ["uid"], unique=False)

    with op.batch_alter_table("editions") as batch_op:
        batch_op.alter_column("buffer_every", server_default=None)
        batch_op.alter_column("buffer_minutes", server_default=None)
        batch_op.alter_column("min_gap_minutes", server_default=None)
        batch_op.alter_column("freeze_minutes", server_default=None)
        batch_op.alter_column("request_hours", server_default=None)
        batch_op.alter_column("veto_hours", server_default=None)

    with op.batch_alter_table("participations") as batch_op:
        batch_op.alter_column("standby", server_default=None)
        batch_op.alter_column("withdrawn_why", server_default=None)

    with op.batch_alter_table("releases") as batch_op:
        batch_op.alter_column("revision", server_default=None)
        batch_op.alter_column("figures", server_default=None)

    op.execute("UPDATE turns SET uid = 'turn-' || id")

    with op.batch_alter_table("turns") as batch_op:
        batch_op.alter_column("uid", server_default=None)
        batch_op.alter_column("sequence", server_default=None)

    with op.batch_alter_table("editions") as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_editions_freeze_not_negative"), "freeze_minutes >= 0"
        )
        batch_op.create_check_constraint(
            op.f("ck_editions_min_gap_not_negative"), "min_gap_minutes >= 0"
        )
        batch_op.create_check_constraint(
            op.f("ck_editions_max_turns_positive"), "max_turns_per_day > 0"
        )
        batch_op.create_check_constraint(
            op.f("ck_editions_buffer_whole"), "(buffer_every = 0) = (buffer_minutes = 0)"
        )
        batch_op.create_check_constraint(
            op.f("ck_editions_hours_not_negative"), "request_hours >= 0 and veto_hours >= 0"
        )


def downgrade() -> None:
    with op.batch_alter_table("editions") as batch_op:
        batch_op.drop_constraint(op.f("ck_editions_freeze_not_negative"), type_="check")
        batch_op.drop_constraint(op.f("ck_editions_min_gap_not_negative"), type_="check")
        batch_op.drop_constraint(op.f("ck_editions_max_turns_positive"), type_="check")
        batch_op.drop_constraint(op.f("ck_editions_buffer_whole"), type_="check")
        batch_op.drop_constraint(op.f("ck_editions_hours_not_negative"), type_="check")

    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_turns_uid"))
        batch_op.drop_column("sequence")
        batch_op.drop_column("uid")

    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_releases_draw_id_draws"), type_="foreignkey")
        batch_op.drop_column("figures")
        batch_op.drop_column("revision")
        batch_op.drop_column("draw_id")

    with op.batch_alter_table("participations", schema=None) as batch_op:
        batch_op.drop_column("withdrawn_why")
        batch_op.drop_column("withdrawn_at")
        batch_op.drop_column("max_turns")
        batch_op.drop_column("standby")
        batch_op.drop_column("answered_window")
        batch_op.drop_column("answered_at")

    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.drop_column("longitude")
        batch_op.drop_column("latitude")
        batch_op.drop_column("availability_until")
        batch_op.drop_column("veto_hours")
        batch_op.drop_column("request_hours")
        batch_op.drop_column("freeze_minutes")
        batch_op.drop_column("min_gap_minutes")
        batch_op.drop_column("max_turns_per_day")
        batch_op.drop_column("buffer_minutes")
        batch_op.drop_column("buffer_every")

    with op.batch_alter_table("channels", schema=None) as batch_op:
        batch_op.drop_column("lost_from")

    with op.batch_alter_table("shares", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shares_seller_id"))

    op.drop_table("shares")
    with op.batch_alter_table("presences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_presences_window_id"))

    op.drop_table("presences")
    op.drop_table("plan_edits")
    with op.batch_alter_table("pins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pins_seller_id"))

    op.drop_table("pins")
    with op.batch_alter_table("turn_requests", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_turn_requests_open",
            sqlite_where=sa.text("state in ('asked', 'agreed')"),
            postgresql_where=sa.text("state in ('asked', 'agreed')"),
        )
        batch_op.drop_index("ix_turn_requests_state")
        batch_op.drop_index(batch_op.f("ix_turn_requests_seller_id"))
        batch_op.drop_index(batch_op.f("ix_turn_requests_other_id"))
        batch_op.drop_index(batch_op.f("ix_turn_requests_edition_id"))

    op.drop_table("turn_requests")
    with op.batch_alter_table("missed_turns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_missed_turns_seller_id"))

    op.drop_table("missed_turns")
    with op.batch_alter_table("draws", schema=None) as batch_op:
        batch_op.drop_index("ix_draws_stage")

    op.drop_table("draws")
    op.drop_table("closed_times")
    op.drop_table("blocked_pairs")
