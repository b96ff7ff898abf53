"""One repository of the local GitHub, with its settings, and its pull requests."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from bot.sandbox.github.bare import BareRepository
from core.access import Visibility

_PREFIX = "R_"
_LANGUAGES = {
    ".css": "CSS",
    ".go": "Go",
    ".html": "HTML",
    ".java": "Java",
    ".js": "JavaScript",
    ".kt": "Kotlin",
    ".php": "PHP",
    ".py": "Python",
    ".rb": "Ruby",
    ".rs": "Rust",
    ".sh": "Shell",
    ".sql": "SQL",
    ".tf": "HCL",
    ".ts": "TypeScript",
}


class PullState(StrEnum):
    """Where a pull request stands; the words are GraphQL's."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    MERGED = "MERGED"


@dataclass(frozen=True, slots=True)
class Review:
    """One review: ``state`` is APPROVED, CHANGES_REQUESTED, COMMENTED or DISMISSED."""

    author: str
    state: str
    submitted_at: datetime
    body: str = ""


@dataclass(slots=True)
class PullRequest:
    """One pull request between two branches of one repository."""

    number: int
    title: str
    body: str
    author: str
    head: str
    """The branch that is to be merged, without ``refs/heads/``."""
    base: str
    head_oid: str
    base_oid: str
    created_at: datetime
    updated_at: datetime
    state: PullState = PullState.OPEN
    is_draft: bool = False
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    merge_oid: str | None = None
    """The commit that the merge made."""
    reviews: list[Review] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    """Comments of the conversation: id, author, body, at."""


@dataclass(slots=True)
class HostedRepository:
    """One repository as the host keeps it."""

    number: int
    owner: str
    name: str
    git: BareRepository
    description: str
    visibility: Visibility
    is_archived: bool
    is_fork: bool
    created_at: datetime
    updated_at: datetime
    pushed_at: datetime | None
    topics: list[str] = field(default_factory=list)
    license: str | None = None
    stated_language: str | None = None
    """What was said to be its language; else the files tell."""
    homepage: str = ""
    stars: int = 0
    is_template: bool = False
    is_disabled: bool = False
    has_issues: bool = True
    has_projects: bool = True
    has_wiki: bool = True
    has_discussions: bool = False
    allow_merge_commit: bool = True
    allow_squash_merge: bool = True
    allow_rebase_merge: bool = True
    allow_auto_merge: bool = False
    allow_update_branch: bool = False
    delete_branch_on_merge: bool = False
    has_alerts: bool = True
    """Whether Dependabot looks at it (``vulnerability-alerts``)."""
    pulls: list[PullRequest] = field(default_factory=list)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    """Dependabot alerts as REST shows them (number, state, security_advisory, ...)."""
    rulesets: list[dict[str, Any]] = field(default_factory=list)
    """Rulesets as REST shows them."""
    protections: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Branch or pattern to its protection as ``PUT /branches/{branch}/protection`` takes it."""
    releases: list[dict[str, Any]] = field(default_factory=list)
    """Releases as REST shows them."""
    environments: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    custom_properties: dict[str, str] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """``owner/name``."""
        return f"{self.owner}/{self.name}"

    @property
    def node_id(self) -> str:
        """The GraphQL id; it survives renames."""
        return _PREFIX + base64.urlsafe_b64encode(f"{self.number:08}".encode()).decode().rstrip("=")

    @property
    def languages(self) -> Mapping[str, int]:
        """Bytes of each programming language on the default branch, the largest first."""
        sizes: dict[str, int] = {}
        for path, size in self.git.files().items():
            language = _LANGUAGES.get(PurePosixPath(path).suffix)
            if language:
                sizes[language] = sizes.get(language, 0) + size
        return dict(sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0])))

    @property
    def language(self) -> str | None:
        """The language that most of it is written in."""
        return self.stated_language or next(iter(self.languages), None)

    @property
    def default_branch(self) -> str:
        """The branch that HEAD names."""
        return self.git.default_branch


def number_of(node_id: str) -> int | None:
    """The number in a repository's GraphQL id; None where it is no such id."""
    text = node_id.removeprefix(_PREFIX)
    if text == node_id:
        return None
    try:
        return int(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return None
