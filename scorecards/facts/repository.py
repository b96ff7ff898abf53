"""Facts about the repository that an entity was read from."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from scorecards.facts.measured import NotMeasured, as_facts
from scorecards.model import Fact
from scorecards.subjects import Repository, Subject
from scorecards.vocabulary import Declaration, FactType

_NO_REPOSITORY = NotMeasured("the entity was not read from a repository")
_UPDATE_CONFIGS = (
    ".github/dependabot.yml",
    ".github/dependabot.yaml",
    "renovate.json",
    "renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
    ".github/renovate.json",
    ".github/renovate.json5",
)
"""Where Dependabot and Renovate look for their configuration."""

_LICENSES = ("license", "licence", "copying")

_NO_ROOT = NotMeasured("the files of the repository were not read")


class RepositoryFacts:
    """What the last sync read of the repository: its root, CODEOWNERS, licence and dates."""

    name = "repository"
    facts: Mapping[str, Declaration] = {
        "repo.is_archived": Declaration(FactType.BOOL, "Whether the repository is archived."),
        "repo.visibility": Declaration(FactType.TEXT, "public, internal or private."),
        "repo.license": Declaration(
            FactType.TEXT, "SPDX id of the licence, else its file at the root; empty when there is none."
        ),
        "repo.root": Declaration(
            FactType.TEXTS, "Paths at the root of the default branch and in .github/; folders end in /."
        ),
        "repo.update_config": Declaration(
            FactType.TEXT, "Path of the configuration of Dependabot or Renovate; empty when there is none."
        ),
        "repo.committed_at": Declaration(FactType.TIME, "When the head of the default branch was committed."),
        "readme.path": Declaration(FactType.TEXT, "The README at the root; empty when there is none."),
        "readme.bytes": Declaration(FactType.INT, "Size of that README; 0 when there is none."),
        "codeowners.path": Declaration(FactType.TEXT, "Where CODEOWNERS lies; empty when there is none."),
        "codeowners.faults": Declaration(FactType.TEXTS, "Lines of CODEOWNERS that GitHub would not take."),
        "codeowners.owners": Declaration(
            FactType.TEXTS, "Owners of the whole repository by CODEOWNERS, as references."
        ),
    }

    def collect(self, subjects: Sequence[Subject], now: datetime) -> dict[str, tuple[Fact, ...]]:
        """An entity without a repository has no values here, only the reason."""
        return {subject.ref: self._facts(subject.repository, now) for subject in subjects}

    def _facts(self, repository: Repository | None, now: datetime) -> tuple[Fact, ...]:
        if repository is None:
            return as_facts(dict.fromkeys(self.facts, _NO_REPOSITORY), now, "catalog")
        return as_facts(_values(repository), now, repository.name)


def _values(repository: Repository) -> dict[str, Any]:
    readme = next((name for name in sorted(repository.root) if _is_readme(name)), "")
    codeowners = repository.has_root or bool(repository.codeowners_path)
    return {
        "repo.is_archived": repository.is_archived,
        "repo.visibility": str(repository.visibility),
        "repo.license": repository.license or _license_file(repository),
        "repo.root": tuple(sorted(repository.root)) if repository.has_root else _NO_ROOT,
        "repo.update_config": _update_config(repository) if repository.has_root else _NO_ROOT,
        "repo.committed_at": repository.head_committed_at or NotMeasured("the repository has no commits"),
        "readme.path": readme if repository.has_root else _NO_ROOT,
        "readme.bytes": repository.root.get(readme, 0) if repository.has_root else _NO_ROOT,
        "codeowners.path": repository.codeowners_path if codeowners else _NO_ROOT,
        "codeowners.faults": repository.codeowners_faults if codeowners else _NO_ROOT,
        "codeowners.owners": repository.codeowners_owners if codeowners else _NO_ROOT,
    }


def _update_config(repository: Repository) -> str:
    return next((path for path in _UPDATE_CONFIGS if path in repository.root), "")


def _license_file(repository: Repository) -> str:
    return next((name for name in sorted(repository.root) if name.lower().startswith(_LICENSES)), "")


def _is_readme(name: str) -> bool:
    return name.lower().partition(".")[0] == "readme" and not name.endswith("/")
