"""Divisions, offices and counters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "region_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("old_name", sa.String(length=60), nullable=False),
        sa.Column("merged_into", sa.String(length=12), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("province", sa.String(length=12), nullable=False),
        sa.Column("city", sa.String(length=12), nullable=False),
        sa.Column("county", sa.String(length=12), nullable=False),
        sa.Column("township", sa.String(length=12), nullable=False),
        sa.Column("village", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_changes")),
    )
    with op.batch_alter_table("region_changes", schema=None) as batch_op:
        batch_op.create_index("ix_region_changes_region_code", ["region_code", "since"], unique=False)

    op.create_table(
        "region_counters",
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("province", sa.String(length=12), nullable=False),
        sa.Column("city", sa.String(length=12), nullable=False),
        sa.Column("county", sa.String(length=12), nullable=False),
        sa.Column("township", sa.String(length=12), nullable=False),
        sa.Column("village", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "name", name=op.f("pk_region_counters")),
    )
    op.create_table(
        "region_offices",
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("office_name", sa.String(length=80), nullable=False),
        sa.Column("window_name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("opening_hours", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("province", sa.String(length=12), nullable=False),
        sa.Column("city", sa.String(length=12), nullable=False),
        sa.Column("county", sa.String(length=12), nullable=False),
        sa.Column("township", sa.String(length=12), nullable=False),
        sa.Column("village", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("region_code", name=op.f("pk_region_offices")),
    )
    op.create_table(
        "regions",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("full_name", sa.String(length=240), nullable=False),
        sa.Column("name_pinyin_initials", sa.String(length=12), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("parent_code", sa.String(length=12), nullable=True),
        sa.Column("code_system", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("merged_into", sa.String(length=12), nullable=True),
        sa.Column("province", sa.String(length=12), nullable=False),
        sa.Column("city", sa.String(length=12), nullable=False),
        sa.Column("county", sa.String(length=12), nullable=False),
        sa.Column("township", sa.String(length=12), nullable=False),
        sa.Column("village", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_regions")),
    )
    with op.batch_alter_table("regions", schema=None) as batch_op:
        batch_op.create_index("ix_regions_city", ["city", "level"], unique=False)
        batch_op.create_index("ix_regions_county", ["county", "level"], unique=False)
        batch_op.create_index(
            "ix_regions_merged_into",
            ["merged_into"],
            unique=False,
            sqlite_where=sa.text("merged_into IS NOT NULL"),
            postgresql_where=sa.text("merged_into IS NOT NULL"),
        )
        batch_op.create_index("ix_regions_parent_code", ["parent_code", "code"], unique=False)
        batch_op.create_index("ix_regions_province", ["province", "level"], unique=False)
        batch_op.create_index("ix_regions_township", ["township", "level"], unique=False)
