"""The catalog as scorecards see it: its estate, docs index and refusals as subjects and teams."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from catalog_sync.ask import Ask
from catalog_sync.docs.store import DocsStore
from catalog_sync.entity.model import Entity
from catalog_sync.estate import OWNABLE, Estate, TeamProfile
from catalog_sync.ownership.codeowners import owner_ref
from catalog_sync.records import repository_key
from catalog_sync.store import CatalogStore
from core.access import Asker, Visibility
from scorecards.subjects import Docs, Repository, Subject, Team


class AskCatalog:
    """What scorecards need of the catalog, from the parts that answer questions too."""

    def __init__(self, ask: Ask, store: CatalogStore) -> None:
        self._ask = ask
        self._store = store
        self._docs = DocsStore(store.database)

    def subjects(self) -> tuple[Subject, ...]:
        """Everything that can be owned, in the order of references; three queries beside the estate."""
        estate = self._ask.estate()
        rows = {row["key"]: row for row in self._store.repositories()}
        docs = self._docs_by_repository(rows)
        refusals: dict[str, list[str]] = defaultdict(list)
        for refusal in self._store.refusals():
            refusals[refusal.repository].append(f"{refusal.place}: {refusal.message}")
        repositories = {key: _repository(estate, row) for key, row in rows.items()}
        teams = {ref: _team(profile) for ref, profile in estate.teams.items()}
        subjects = []
        for ref, entity in sorted(estate.entities.items()):
            if entity.ref.kind.lower() not in OWNABLE:
                continue
            key = _key_of(entity)
            resolution = estate.resolution(ref)
            subjects.append(
                Subject(
                    entity=entity,
                    owner=resolution,
                    team=teams.get(resolution.owners[0]) if resolution.owners else None,
                    repository=repositories.get(key),
                    docs=docs.get(key),
                    refusals=tuple(refusals.get(key, ())),
                )
            )
        return tuple(subjects)

    def teams(self) -> tuple[Team, ...]:
        """All groups, in the order of references."""
        return tuple(_team(profile) for profile in self._ask.teams())

    def resolve(self, query: str, asker: Asker) -> str | None:
        """What a name means, nearly right names included; a channel or a path means its owner's thing."""
        answer = self._ask.who_owns(query, asker)
        return str(answer.entity) if answer.entity else None

    def _docs_by_repository(self, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Docs]:
        """Docs by repository; one whose docs are not in the index yet is left out."""
        found = {
            key: Docs(pages, newest, oldest, titles)
            for key, (pages, newest, oldest, titles) in self._docs.summaries().items()
        }
        for key, row in rows.items():
            if key not in found and row["docs_wanted"] == row["docs_read"]:
                found[key] = Docs(0)
        return found


def _key_of(entity: Entity) -> str:
    return repository_key(entity.source.repository) if entity.source.repository else ""


def _team(profile: TeamProfile) -> Team:
    return Team(
        ref=profile.ref,
        title=profile.title,
        channel=profile.channel,
        leads=profile.leads,
        members=profile.members,
        parent=profile.parent,
        children=profile.children,
    )


def _repository(estate: Estate, row: Mapping[str, Any]) -> Repository:
    codeowners = estate.codeowners(row["key"])
    everything = codeowners.catch_all if codeowners else None
    return Repository(
        name=f"{row['owner']}/{row['name']}",
        url=row["url"],
        visibility=Visibility(row["visibility"]),
        is_archived=row["is_archived"],
        is_fork=row["is_fork"],
        # A folder's times say when it was copied, not how old the repository is.
        created_at=row["created_at"] if row["url"].startswith("http") else None,
        head_committed_at=row["head_committed_at"],
        license=row["license"],
        root={_path(entry): int(entry.get("size") or 0) for entry in row["root"]},
        has_root=True,
        codeowners_path=row["codeowners_path"],
        codeowners_faults=tuple(str(fault) for fault in codeowners.faults) if codeowners else (),
        codeowners_owners=tuple(str(owner_ref(name)) for name in everything.owners) if everything else (),
    )


def _path(entry: Mapping[str, Any]) -> str:
    return f"{entry['name']}/" if entry["type"] == "tree" else str(entry["name"])
