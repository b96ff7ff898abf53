"""The tables of the scorecards: what holds now, and what changed when; nothing is copied daily."""

import sqlalchemy as sa

from core.database import Instant, Json, metadata

entity_scores = sa.Table(
    "entity_scores",
    metadata,
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False, index=True),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("is_ranked", sa.Boolean, nullable=False),
    sa.Column("fields", Json, nullable=False),
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
)
"""One row for each judged entity; written when something in it changed."""

check_results = sa.Table(
    "check_results",
    metadata,
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("check_id", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("verdict", sa.Boolean, nullable=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("visibility", sa.Text, nullable=False),
)
"""The newest result of each check on each entity; ``since`` is when its state began."""

level_changes = sa.Table(
    "level_changes",
    metadata,
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("at", Instant, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("before", sa.Integer, nullable=False),
    sa.Column("after", sa.Integer, nullable=False),
    sa.Column("because", sa.Text, nullable=False),
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Index("ix_level_changes_at", "at"),
)
"""Every rise and fall."""

score_snapshots = sa.Table(
    "score_snapshots",
    metadata,
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("passed", sa.Integer, nullable=False),
    sa.Column("judged", sa.Integer, nullable=False),
    sa.Column("visibility", sa.Text, nullable=False),
)
"""An entity's numbers from a day on, until its next row; nothing judged means it was gone."""

scorecard_runs = sa.Table(
    "scorecard_runs",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("entities", sa.Integer, nullable=False),
)
"""When everything was judged last."""

fix_claims = sa.Table(
    "fix_claims",
    metadata,
    sa.Column("team", sa.Text, primary_key=True),
    sa.Column("fix", sa.Text, primary_key=True),
    sa.Column("workspace", sa.Text, nullable=False),
    sa.Column("slack_user", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)
"""Who took which improvement."""
