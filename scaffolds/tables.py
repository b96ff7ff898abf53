"""The tables of the scaffolds: one row for each run; its repository carries a visibility like any other."""

import sqlalchemy as sa

from core.database import Instant, Json, metadata

scaffold_runs = sa.Table(
    "scaffold_runs",
    metadata,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("template_version", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("reservation", sa.Text, unique=True),  # host/owner/name in lower case while the run is active
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("answers", Json, nullable=False),
    sa.Column("given", Json, nullable=False),  # what Callboard adds for the template: _team, _organization
    sa.Column("seed", sa.Text, nullable=False),  # secret: a template's random strings follow from it
    sa.Column("group_ref", sa.Text, nullable=False),
    sa.Column("workspace", sa.Text),
    sa.Column("slack_user", sa.Text),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("steps", Json, nullable=False),  # [{id, title, state, detail, output}]
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
    sa.Column("updated_at", Instant, nullable=False),
)
"""A run is active until it is done or has failed; two active runs never want one name."""
