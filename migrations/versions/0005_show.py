"""The show: what people do in the control room, presence, cues, overlays, platforms.

Safe to run while the app serves on PostgreSQL: new tables, and columns with a default. What the
clock had written about turns moves into the table of cues.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "air_watches",
        sa.Column("turn_uid", sa.String(length=32), nullable=False),
        sa.Column("viewers", INTEGER, nullable=False),
        sa.Column("noted_by", sa.String(length=120), nullable=False),
        sa.Column("noted_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("turn_uid", name=op.f("pk_air_watches")),
    )
    op.create_table(
        "beats",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("ticks", INTEGER, nullable=False),
        sa.Column("process", sa.String(length=120), nullable=False),
        sa.Column("done_until", INSTANT, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_beats_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beats")),
    )
    op.create_table(
        "cues",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("turn_uid", sa.String(length=32), nullable=False),
        sa.Column("sequence", INTEGER, nullable=False),
        sa.Column(
            "kind",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column(
            "target",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cues")),
        sa.UniqueConstraint(
            "turn_uid",
            "sequence",
            "kind",
            "target",
            name=op.f("uq_cues_turn_uid_sequence_kind_target"),
        ),
    )
    with op.batch_alter_table("cues", schema=None) as batch_op:
        batch_op.create_index("ix_cues_recorded_at", ["recorded_at"], unique=False)

    op.create_table(
        "contact_ways",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("seller_id", INTEGER, nullable=False),
        sa.Column(
            "kind",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column(
            "token_hash", sa.String(length=64), nullable=False, comment="Of the link to end it"
        ),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_contact_ways_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_ways")),
        sa.UniqueConstraint("seller_id", "kind", name=op.f("uq_contact_ways_seller_id_kind")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_contact_ways_token_hash")),
    )
    op.create_table(
        "cue_texts",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("edition_id", INTEGER, nullable=False),
        sa.Column(
            "kind",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(length=120), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_cue_texts_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cue_texts")),
        sa.UniqueConstraint(
            "edition_id", "kind", "language", name=op.f("uq_cue_texts_edition_id_kind_language")
        ),
    )
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
        "seller_tax_ids",
        sa.Column("seller_id", INTEGER, nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False, comment="npwp or nik"),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("given_by", sa.String(length=120), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_seller_tax_ids_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("seller_id", name=op.f("pk_seller_tax_ids")),
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
    op.create_table(
        "check_ins",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("channel_id", INTEGER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seller_id", INTEGER, nullable=False),
        sa.Column("here", sa.Boolean(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("noted_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_check_ins_channel_id_channels")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_check_ins_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_ins")),
    )
    with op.batch_alter_table("check_ins", schema=None) as batch_op:
        batch_op.create_index("ix_check_ins_channel_id_day", ["channel_id", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_check_ins_seller_id"), ["seller_id"], unique=False)

    op.create_table(
        "overlay_links",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("channel_id", INTEGER, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("look", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_overlay_links_channel_id_channels")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overlay_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_overlay_links_token_hash")),
    )
    with op.batch_alter_table("overlay_links", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_overlay_links_channel_id"), ["channel_id"], unique=False
        )

    op.create_table(
        "show_acts",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("channel_id", INTEGER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", INTEGER, nullable=False),
        sa.Column(
            "kind",
            sa.String(length=20),
            nullable=False,
        ),
        sa.Column("turn_uid", sa.String(length=32), nullable=True),
        sa.Column("seller_id", INTEGER, nullable=True),
        sa.Column("product_id", INTEGER, nullable=True),
        sa.Column("seconds", INTEGER, nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False, comment="Why, or what is told"),
        sa.Column("undoes", INTEGER, nullable=True, comment="Number of the act taken back"),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_show_acts_channel_id_channels")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_show_acts_product_id_products")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_show_acts_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_show_acts")),
        sa.UniqueConstraint(
            "channel_id", "day", "number", name=op.f("uq_show_acts_channel_id_day_number")
        ),
    )
    with op.batch_alter_table("show_acts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_show_acts_seller_id"), ["seller_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_show_acts_turn_uid"), ["turn_uid"], unique=False)

    op.create_table(
        "standbys",
        sa.Column("id", INTEGER, nullable=False),
        sa.Column("channel_id", INTEGER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seller_id", INTEGER, nullable=False),
        sa.Column("place", INTEGER, nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_standbys_channel_id_channels")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["sellers.id"], name=op.f("fk_standbys_seller_id_sellers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standbys")),
        sa.UniqueConstraint(
            "channel_id", "day", "seller_id", name=op.f("uq_standbys_channel_id_day_seller_id")
        ),
    )
    with op.batch_alter_table("standbys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standbys_seller_id"), ["seller_id"], unique=False)

    op.execute(
        "INSERT INTO cues (turn_uid, sequence, kind, target, due_at, recorded_at, late)"
        " SELECT turns.uid, turns.sequence,"
        " CASE WHEN turn_events.kind = 'began' THEN 'on_air' ELSE 'done' END,"
        " CASE WHEN turn_events.kind = 'began' THEN 'host' ELSE 'seller' END,"
        " min(turn_events.due_at), min(turn_events.recorded_at), false"
        " FROM turn_events JOIN turns ON turns.id = turn_events.turn_id"
        " GROUP BY turns.uid, turns.sequence, turn_events.kind"
    )
    op.drop_table("turn_events")
    with op.batch_alter_table("channels", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("public_delay_s", INTEGER, nullable=False, server_default="0")
        )

    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "warn_s",
                INTEGER,
                nullable=False,
                server_default="120",
                comment="A turn turns yellow before its end",
            )
        )
        batch_op.add_column(
            sa.Column("danger_s", INTEGER, nullable=False, server_default="60", comment="and red")
        )

    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("way", sa.String(length=20), nullable=False, server_default="mail")
        )
        batch_op.add_column(sa.Column("valid_until", INSTANT, nullable=True))
        batch_op.create_index("ix_messages_valid_until", ["valid_until"], unique=False)

    with op.batch_alter_table("parcel_problems", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("photo_removed_at", INSTANT, nullable=True, comment="Kept long enough")
        )

    with op.batch_alter_table("parcels", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("photo_removed_at", INSTANT, nullable=True, comment="Kept long enough")
        )

    with op.batch_alter_table("payment_proofs", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("photo_removed_at", INSTANT, nullable=True, comment="Kept long enough")
        )

    with op.batch_alter_table("sellers", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("language", sa.String(length=5), nullable=False, server_default="id")
        )

    with op.batch_alter_table("channels") as batch_op:
        batch_op.alter_column("public_delay_s", server_default=None)

    with op.batch_alter_table("editions") as batch_op:
        batch_op.alter_column("warn_s", server_default=None)
        batch_op.alter_column("danger_s", server_default=None)

    with op.batch_alter_table("messages") as batch_op:
        batch_op.alter_column("way", server_default=None)

    with op.batch_alter_table("sellers") as batch_op:
        batch_op.alter_column("language", server_default=None)

    with op.batch_alter_table("editions") as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_editions_warns_before_danger"), "warn_s >= danger_s and danger_s >= 0"
        )
    with op.batch_alter_table("channels") as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_channels_public_delay_bounded"), "public_delay_s between 0 and 120"
        )


def downgrade() -> None:
    with op.batch_alter_table("editions") as batch_op:
        batch_op.drop_constraint(op.f("ck_editions_warns_before_danger"), type_="check")
    with op.batch_alter_table("channels") as batch_op:
        batch_op.drop_constraint(op.f("ck_channels_public_delay_bounded"), type_="check")

    with op.batch_alter_table("sellers", schema=None) as batch_op:
        batch_op.drop_column("language")

    with op.batch_alter_table("payment_proofs", schema=None) as batch_op:
        batch_op.drop_column("photo_removed_at")

    with op.batch_alter_table("parcels", schema=None) as batch_op:
        batch_op.drop_column("photo_removed_at")

    with op.batch_alter_table("parcel_problems", schema=None) as batch_op:
        batch_op.drop_column("photo_removed_at")

    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_valid_until")
        batch_op.drop_column("valid_until")
        batch_op.drop_column("way")

    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.drop_column("danger_s")
        batch_op.drop_column("warn_s")

    with op.batch_alter_table("channels", schema=None) as batch_op:
        batch_op.drop_column("public_delay_s")

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
    op.execute(
        "INSERT INTO turn_events (turn_id, kind, due_at, recorded_at)"
        " SELECT min(turns.id), CASE WHEN cues.kind = 'on_air' THEN 'began' ELSE 'ended' END,"
        " cues.due_at, cues.recorded_at FROM cues"
        " JOIN turns ON turns.uid = cues.turn_uid AND turns.sequence = cues.sequence"
        " WHERE (cues.kind, cues.target) IN (('on_air', 'host'), ('done', 'seller'))"
        " GROUP BY cues.id, cues.kind, cues.due_at, cues.recorded_at"
    )
    with op.batch_alter_table("standbys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standbys_seller_id"))

    op.drop_table("standbys")
    with op.batch_alter_table("show_acts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_show_acts_turn_uid"))
        batch_op.drop_index(batch_op.f("ix_show_acts_seller_id"))

    op.drop_table("show_acts")
    with op.batch_alter_table("overlay_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_overlay_links_channel_id"))

    op.drop_table("overlay_links")
    with op.batch_alter_table("check_ins", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_check_ins_seller_id"))
        batch_op.drop_index("ix_check_ins_channel_id_day")

    op.drop_table("check_ins")
    op.drop_table("sum_marks")
    op.drop_table("seller_tax_ids")
    op.drop_table("day_sums")
    op.drop_table("cue_texts")
    op.drop_table("contact_ways")
    with op.batch_alter_table("cues", schema=None) as batch_op:
        batch_op.drop_index("ix_cues_recorded_at")

    op.drop_table("cues")
    op.drop_table("beats")
    op.drop_table("air_watches")
