"""What the Slack side remembers: deliveries, what buttons stand for, and who is who."""

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

kept_values = sa.Table(
    "slack_kept_values",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # stands in a button for what is too long for one
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("kept_at", Instant, nullable=False, index=True),
)

people_links = sa.Table(
    "slack_people_links",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),  # a Slack id, or an e-mail in lower case
    sa.Column("user", sa.Text, nullable=False),  # as the administrator wrote it; empty means nobody
    sa.Column("linked_by", sa.Text, nullable=False),
    sa.Column("linked_at", Instant, nullable=False),
)

claims = sa.Table(
    "slack_people_claims",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("user", sa.Text, primary_key=True),  # the Slack id of whoever says who they are
    sa.Column("number", sa.Integer, nullable=False),  # how often they said it
    sa.Column("ref", sa.Text, nullable=False),  # the user of the catalog that they say they are
    sa.Column("state", sa.Text, nullable=False),  # waiting, confirmed, declined
    sa.Column("decided_by", sa.Text, nullable=False),  # a Slack id; empty while it waits
    sa.Column("said_at", Instant, nullable=False),
    sa.Column("decided_at", Instant),
)

previews = sa.Table(
    "slack_previews",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),  # what the link is about, as questions name it
    sa.Column("message_ts", sa.Text, nullable=False),  # the message that it stood in last
    sa.Column("is_shown", sa.Boolean, nullable=False),  # False while it is being shown
    sa.Column("claimed_at", Instant, nullable=False, index=True),
)

quiet_channels = sa.Table(
    "slack_quiet_channels",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),  # no previews here
    sa.Column("quieted_by", sa.Text, nullable=False),  # a Slack id
    sa.Column("quieted_at", Instant, nullable=False),
)
