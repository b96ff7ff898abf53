"""What the Slack side remembers: deliveries, votes on answers, and who is who."""

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

people_links = sa.Table(
    "slack_people_links",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),  # a Slack id, or an e-mail in lower case
    sa.Column("user", sa.Text, nullable=False),  # as the administrator wrote it; empty means nobody
    sa.Column("linked_by", sa.Text, nullable=False),
    sa.Column("linked_at", Instant, nullable=False),
)
