"""The tables of the catalog; everything read from a repository carries its visibility along."""

import sqlalchemy as sa

from core.database import Instant, Json, metadata

repositories = sa.Table(
    "repositories",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # host/owner/name in lower case
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False, index=True),
    sa.Column("node_id", sa.Text, nullable=False, index=True),  # what its source calls it; survives renames
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("is_archived", sa.Boolean, nullable=False),
    sa.Column("is_fork", sa.Boolean, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("topics", Json, nullable=False),
    sa.Column("language", sa.Text),
    sa.Column("license", sa.Text),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("default_branch", sa.Text),
    sa.Column("head_oid", sa.Text),
    sa.Column("head_committed_at", Instant),
    sa.Column("pushed_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("root", Json, nullable=False),  # [{name, type, oid, size}]
    sa.Column("codeowners_path", sa.Text, nullable=False),
    sa.Column("codeowners", sa.Text),
    sa.Column("docs_wanted", sa.Text, nullable=False),  # fingerprint of the docs on the host
    sa.Column("docs_read", sa.Text, nullable=False),  # fingerprint of the docs in the index
    sa.Column("docs_sources", Json, nullable=False, server_default="{}"),  # path to oid of what was read
    sa.Column("walk", sa.Integer, nullable=False, server_default="0"),  # the last walk that saw it
    sa.Column(
        "missing_paths", Json, nullable=False, server_default="[]"
    ),  # those of read_paths at which there was no file
    sa.Column(
        "read_paths", Json, nullable=False, server_default="[]"
    ),  # files that its entities were made from
)

entities = sa.Table(
    "entities",
    metadata,
    sa.Column("ref", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("namespace", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("api_version", sa.Text, nullable=False),
    sa.Column("metadata", Json, nullable=False),
    sa.Column("spec", Json, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False, index=True),
    sa.Column("location", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("repository", sa.Text, index=True),  # repositories.key
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("gone_at", Instant),  # since when its file says nothing of it; it is kept for a while
)

refusals = sa.Table(
    "refusals",
    metadata,
    sa.Column("owner_key", sa.Text, primary_key=True),  # the repository (or other place) it belongs to
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("source", sa.Text, nullable=False, index=True),
    sa.Column("place", sa.Text, nullable=False),  # path:line:column
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("expected", sa.Text, nullable=False),
    sa.Column("found", sa.Text, nullable=False),
    sa.Column("hint", sa.Text, nullable=False, server_default=""),
    sa.Column("subject", sa.Text, nullable=False, server_default=""),  # the entry that it is about
    sa.Column("conflict", sa.Text),  # the reference that somebody else claimed first
    sa.Column("visibility", sa.Text, nullable=False),
)

teams = sa.Table(
    "teams",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # host/organisation/slug in lower case
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("organization", sa.Text, nullable=False),
    sa.Column("slug", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("parent_slug", sa.Text),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("members", Json, nullable=False),  # [{login, name, email, is_maintainer}]
    sa.Column("repositories", Json, nullable=False),  # full name -> permission
    sa.Column("ref", sa.Text, nullable=False, server_default=""),  # its Group in the catalog
    sa.Column("walk", sa.Integer, nullable=False, server_default="0"),  # the last walk that saw it
    sa.Column("digest", sa.Text, nullable=False),
)

sources = sa.Table(
    "catalog_sources",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("synced_at", Instant),  # when a walk last ended
    sa.Column("generation", sa.Integer, nullable=False),  # rises with every change of the catalog
    sa.Column("held", sa.Boolean, nullable=False),
    sa.Column("walk", sa.Integer, nullable=False, server_default="0"),  # the number of the walk under way
    sa.Column(
        "phase", sa.Text, nullable=False, server_default=""
    ),  # what the walk is at; empty between walks
    sa.Column("cursor", sa.Text),  # where in that phase
    sa.Column("pending", Json, nullable=False, server_default="[]"),  # ids that changed and are not read yet
    sa.Column(
        "is_full", sa.Boolean, nullable=False, server_default=sa.false()
    ),  # reads what did not change too
    sa.Column("walk_started_at", Instant),
    sa.Column("walked_at", Instant),  # when the last whole walk ended
    sa.Column("watermark", Instant),  # pushes up to here were seen
    # What left one by one since the last walk; together it counts as if it had left at once.
    sa.Column("lost_repositories", sa.Integer, nullable=False, server_default="0"),
    sa.Column("lost_entities", sa.Integer, nullable=False, server_default="0"),
)

holds = sa.Table(
    "catalog_holds",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),  # of what would go; an approval is for exactly that
    sa.Column("repositories", Json, nullable=False),  # keys
    sa.Column("entities", Json, nullable=False),  # references
    sa.Column("known", sa.Integer, nullable=False),  # how many entities the source had
    sa.Column("found_at", Instant, nullable=False),
    sa.Column("approved_at", Instant),
    sa.Column("approved_by", sa.Text),
)

sections = sa.Table(
    "docs_sections",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("repository", sa.Text, nullable=False, index=True),
    sa.Column("entity", sa.Text, nullable=False, index=True),  # a reference, or repository:owner/name
    sa.Column("entity_title", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("page", sa.Text, nullable=False),
    sa.Column("heading", sa.Text, nullable=False),
    sa.Column("anchor", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("edited_at", Instant),
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("trail", sa.Text, nullable=False, server_default=""),  # Guides › Deploying, from the navigation
    sa.Column("tags", sa.Text, nullable=False, server_default=""),  # of the front matter, with commas
    sa.Column(
        "position", sa.Integer, nullable=False, server_default="0"
    ),  # its place in the order of reading
    sa.Column("terms", sa.Text, nullable=False, server_default=""),  # what it is found by (docs/indexed.py)
)

doc_terms = sa.Table(
    "docs_terms",
    metadata,
    sa.Column("term", sa.Text, primary_key=True),
    sa.Column("sections", sa.Integer, nullable=False),  # about how many have it
)

doc_words = sa.Table(
    "docs_vocabulary",
    metadata,
    sa.Column("word", sa.Text, primary_key=True),  # as it is spelt, for the correction of misspelt ones
    sa.Column("term", sa.Text, nullable=False),
    sa.Column("shape", sa.Text, nullable=False, index=True),  # its first letter and its length
)

doc_votes = sa.Table(
    "docs_votes",
    metadata,
    sa.Column("voter", sa.Text, primary_key=True),  # workspace/user
    sa.Column("section", sa.Text, primary_key=True),  # repository/path#anchor
    sa.Column("repository", sa.Text, nullable=False, index=True),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("page", sa.Text, nullable=False),
    sa.Column("heading", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),  # up or down
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

doc_gaps = sa.Table(
    "docs_gaps",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # the terms of a question that had no answer, in order
    sa.Column("entity", sa.Text, primary_key=True),  # what it names; empty where it names nothing
    sa.Column("question", sa.Text, nullable=False),  # as it was asked last
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("first_at", Instant, nullable=False),
    sa.Column("last_at", Instant, nullable=False),
)

deliveries = sa.Table(
    "github_deliveries",
    metadata,
    sa.Column("guid", sa.Text, primary_key=True),  # X-GitHub-Delivery; a redelivery has the same
    sa.Column("subject", sa.Text, primary_key=True),  # what is looked at again; empty where nothing is
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # waiting, working, done, ignored, failed
    sa.Column("problem", sa.Text, nullable=False),  # why it failed, or why nothing follows from it
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("worker", sa.Text, nullable=False),  # the job that works on it
    sa.Column("received_at", Instant, nullable=False, index=True),
    sa.Column("claimed_at", Instant),
    sa.Column("settled_at", Instant),
    sa.Index("ix_github_deliveries_subject_state", "subject", "state"),
)

notices = sa.Table(
    "catalog_notices",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # what it is about, for whom: each is told once
    sa.Column("kind", sa.Text, nullable=False),  # broken, conflict, orphan, held, first
    sa.Column("source", sa.Text, nullable=False, index=True),
    sa.Column("repository", sa.Text, nullable=False),  # repositories.key; empty where it is about none
    sa.Column("recipient", sa.Text, nullable=False),  # whom, in the words of whoever tells; empty: nobody
    sa.Column("message", sa.Text, nullable=False, index=True),  # the message that it stands in; empty: none
    sa.Column("state", sa.Text, nullable=False),  # noted, open, mended, gone, kept, applied
    sa.Column("is_told", sa.Boolean, nullable=False),  # whether the message says what this row says
    sa.Column("content", Json, nullable=False),
    sa.Column("found_at", Instant, nullable=False),
    sa.Column("settled_at", Instant),
)

corrections = sa.Table(
    "catalog_corrections",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # the topic, and how often it came up
    sa.Column("topic", sa.Text, nullable=False, index=True),  # of the thing and the new owner
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),  # rises with each change
    sa.Column("shown", sa.Integer, nullable=False),  # the version that people saw last
    sa.Column("subject", sa.Text, nullable=False),  # the thing, as questions name it
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("repository", sa.Text, nullable=False),  # repositories.key
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),  # the new one's reference
    sa.Column("current", Json, nullable=False),  # references of those who were named when it was asked for
    sa.Column("content", Json, nullable=False),  # who asked, who decided, whom was asked, what became of it
    sa.Column("pull", sa.Integer),  # the number of the pull request
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("checked_at", Instant),  # when the host was last asked about the pull request
    sa.Column("worker", sa.Text),  # the job that shows it to people at this moment
    sa.Column("worked_at", Instant),
)
