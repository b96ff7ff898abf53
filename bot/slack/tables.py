"""What the Slack side remembers: deliveries, and votes on answers."""

import sqlalchemy as sa

from core.database import Instant, metadata

deliveries = sa.Table(
    "slack_deliveries",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),  # what it is for: run:ab12, weekly:payments:2026-W47
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("ts", sa.Text),  # None while it is being posted
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("intended_at", Instant, nullable=False),
)

feedback = sa.Table(
    "slack_docs_feedback",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, primary_key=True),
    sa.Column("url", sa.Text, primary_key=True),  # the section's address
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),  # up or down
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)
