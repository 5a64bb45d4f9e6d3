"""Households and people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "households",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("sort", sa.BigInteger(), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("head_person_id", sa.Uuid(), nullable=False),
        sa.Column("head_masked", sa.String(length=60), nullable=False),
        sa.Column("size", sa.SmallInteger(), nullable=False),
        sa.Column("village_group", sa.String(length=60), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("province", sa.String(length=12), nullable=False),
        sa.Column("city", sa.String(length=12), nullable=False),
        sa.Column("county", sa.String(length=12), nullable=False),
        sa.Column("township", sa.String(length=12), nullable=False),
        sa.Column("village", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_households")),
        sa.UniqueConstraint("township", "number", name=op.f("uq_households_township_number")),
    )
    with op.batch_alter_table("households", schema=None) as batch_op:
        batch_op.create_index("ix_households_city", ["city", "sort", "id"], unique=False)
        batch_op.create_index("ix_households_county", ["county", "sort", "id"], unique=False)
        batch_op.create_index("ix_households_province", ["province", "sort", "id"], unique=False)
        batch_op.create_index("ix_households_township", ["township", "sort", "id"], unique=False)
        batch_op.create_index("ix_households_village", ["village", "sort", "id"], unique=False)

    op.create_table(
        "identities",
        sa.Column("id_index", sa.LargeBinary(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("county", sa.String(length=12), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id_index", name=op.f("pk_identities")),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.String(length=2), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("not_counted_reason", sa.String(length=40), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("end_reason", sa.String(length=40), nullable=True),
        sa.Column("left_out", sa.String(length=40), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("province", sa.String(length=12), nullable=False),
        sa.Column("city", sa.String(length=12), nullable=False),
        sa.Column("county", sa.String(length=12), nullable=False),
        sa.Column("township", sa.String(length=12), nullable=False),
        sa.Column("village", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberships_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_memberships_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_memberships_running",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("to_day IS NULL"),
            postgresql_where=sa.text("to_day IS NULL"),
        )

    op.create_table(
        "identity_corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_by", sa.Uuid(), nullable=True),
        sa.Column("province", sa.String(length=12), nullable=False),
        sa.Column("city", sa.String(length=12), nullable=False),
        sa.Column("county", sa.String(length=12), nullable=False),
        sa.Column("township", sa.String(length=12), nullable=False),
        sa.Column("village", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_corrections")),
    )
    with op.batch_alter_table("identity_corrections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_corrections_person_id"), ["person_id"], unique=False)

    op.create_table(
        "household_transfers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("began_by", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("from_region", sa.String(length=12), nullable=False),
        sa.Column("to_region", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("province", sa.String(length=12), nullable=False),
        sa.Column("city", sa.String(length=12), nullable=False),
        sa.Column("county", sa.String(length=12), nullable=False),
        sa.Column("township", sa.String(length=12), nullable=False),
        sa.Column("village", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_transfers")),
        sa.UniqueConstraint("transfer_id", "side", name=op.f("uq_household_transfers_transfer_id_side")),
    )
    with op.batch_alter_table("household_transfers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_household_transfers_household_id"), ["household_id"], unique=False
        )
        for level in ("township", "county"):
            batch_op.create_index(f"ix_household_transfers_{level}", [level, "asked_at", "id"], unique=False)
        batch_op.create_index(
            "uq_household_transfers_waiting",
            ["household_id"],
            unique=True,
            sqlite_where=sa.text("side = 'giving' AND state IN ('offered', 'requested')"),
            postgresql_where=sa.text("side = 'giving' AND state IN ('offered', 'requested')"),
        )

    op.create_table(
        "name_bigrams",
        sa.Column("county", sa.String(length=12), nullable=False),
        sa.Column("bigram", sa.String(length=2), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county", "bigram", "person_id", name=op.f("pk_name_bigrams")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_masked", sa.String(length=60), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id_index", sa.LargeBinary(length=64), nullable=False),
        sa.Column("id_masked", sa.String(length=24), nullable=False),
        sa.Column("secrets_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(length=64), nullable=True),
        sa.Column("sex", sa.SmallInteger(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("disability_class", sa.SmallInteger(), nullable=True),
        sa.Column("disability_grade", sa.SmallInteger(), nullable=True),
        sa.Column("seriously_ill", sa.Boolean(), nullable=True),
        sa.Column("student", sa.Boolean(), nullable=True),
        sa.Column("working", sa.Boolean(), nullable=True),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("province", sa.String(length=12), nullable=False),
        sa.Column("city", sa.String(length=12), nullable=False),
        sa.Column("county", sa.String(length=12), nullable=False),
        sa.Column("township", sa.String(length=12), nullable=False),
        sa.Column("village", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    with op.batch_alter_table("persons", schema=None) as batch_op:
        batch_op.create_index(
            "ix_persons_alone",
            ["household_id"],
            unique=False,
            sqlite_where=sa.text("category IS NOT NULL"),
            postgresql_where=sa.text("category IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_persons_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_persons_id_index"), ["id_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_persons_phone_index"), ["phone_index"], unique=False)
