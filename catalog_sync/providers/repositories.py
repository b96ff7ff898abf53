"""GitHub as a source: light pages of all repositories, details only of what changed, and all teams."""

from collections.abc import Mapping

from catalog_sync.entity.descriptor import Descriptor, read_descriptor
from catalog_sync.entity.model import Source
from catalog_sync.github.port import FileText, GitHubPort, RepositoryDetail
from catalog_sync.ownership.codeowners import PLACES
from catalog_sync.records import Reading, RepositoryRecord, repository_key


class GitHubProvider:
    """One organisation of one GitHub host."""

    name = "github"

    def __init__(self, github: GitHubPort, organization: str, descriptor: str = "catalog-info.yaml") -> None:
        self._github = github
        self._organization = organization
        self._descriptor = descriptor
        self.source = f"github:{github.host}/{organization}".lower()

    def read(self, known: Mapping[str, str]) -> Reading:
        """See ``Provider.read``; costs one request per 100 repositories and 25 teams, and one per 25 changes."""
        before = self._github.requests
        lights = list(self._github.discover(self._organization))
        changed = [light for light in lights if known.get(repository_key(light.name)) != light.fingerprint]
        records = tuple(self.record(detail) for detail in self._github.details(changed))
        teams = tuple(self._github.teams(self._organization))
        # A repository that vanished between the two looks is gone, not unchanged.
        gone = {repository_key(light.name) for light in changed} - {record.key for record in records}
        existing = frozenset(repository_key(light.name) for light in lights) - gone
        return Reading(existing, records, teams, self._github.requests - before)

    def record(self, detail: RepositoryDetail) -> RepositoryRecord:
        """What the catalog keeps of one repository."""
        descriptor = self._read_descriptor(detail)
        codeowners = next((detail.files[place] for place in PLACES if place in detail.files), None)
        light = detail.light
        return RepositoryRecord(
            name=light.name,
            node_id=light.id,
            fingerprint=light.fingerprint,
            visibility=light.visibility,
            url=detail.url,
            created_at=light.created_at,
            is_archived=light.is_archived,
            is_fork=light.is_fork,
            description=detail.description,
            topics=detail.topics,
            language=detail.language,
            license=detail.license,
            default_branch=light.default_branch,
            head_oid=light.head_oid,
            head_committed_at=detail.head_committed_at,
            pushed_at=light.pushed_at,
            root=tuple({"name": e.name, "type": e.type, "oid": e.oid, "size": e.size} for e in detail.root),
            codeowners_path=codeowners.path if codeowners else "",
            codeowners=codeowners.text if codeowners else None,
            docs_wanted=_docs_fingerprint(detail),
            entities=descriptor.entities,
            refusals=descriptor.refusals,
        )

    def _read_descriptor(self, detail: RepositoryDetail) -> Descriptor:
        file: FileText | None = detail.files.get(self._descriptor)
        if file is None:
            return Descriptor((), ())
        page = f"{detail.url}/blob/{detail.light.default_branch}/{file.path}"
        source = Source(
            provider=self.name,
            location=f"{detail.name}/{file.path}",
            url=page,
            visibility=detail.light.visibility,
            repository=detail.name,
            path=file.path,
        )
        return read_descriptor(file.text, source)


def _docs_fingerprint(detail: RepositoryDetail) -> str:
    """Changes exactly when the docs folder, the README or mkdocs.yml do."""
    readme = [entry.oid for entry in detail.root if entry.name.lower().startswith("readme")]
    mkdocs = [entry.oid for entry in detail.root if entry.name in ("mkdocs.yml", "mkdocs.yaml")]
    parts = [detail.docs_oid or "", *readme, *mkdocs]
    return "|".join(parts) if any(parts) else ""
