"""Corrections."""

import sqlalchemy as sa
from alembic import op

from core.database import Instant, Json

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Do this step."""
    op.create_table(
        "catalog_corrections",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("current", Json(), nullable=False),
        sa.Column("content", Json(), nullable=False),
        sa.Column("pull", sa.Integer(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("worked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_corrections")),
    )
    with op.batch_alter_table("catalog_corrections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalog_corrections_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_catalog_corrections_topic"), ["topic"], unique=False)

    op.create_table(
        "slack_people_claims",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("said_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "user", name=op.f("pk_slack_people_claims")),
    )
