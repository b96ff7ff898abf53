"""Connects what tells people with the catalog, GitHub and Slack."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from catalog_sync.notices.model import FileAt, Touch
from catalog_sync.notices.tell import Messenger, Notices

if TYPE_CHECKING:
    from bot.catalog import Catalog


def notices_of(catalog: "Catalog", messenger: Messenger) -> Notices:
    """Telling people of one catalog's syncs."""
    return Notices(
        catalog.notice_store,
        catalog.clock,
        touches=lambda files: _touches(catalog, files),
        owners=_Owners(catalog),
        messenger=messenger,
        orphan_grace=timedelta(days=catalog.settings.catalog.orphan_grace_days),
    )


def approve(catalog: "Catalog", source: str, digest: str, by: str) -> bool:
    """Let what is held leave the catalog; False when something else is held by now, or nothing."""
    provider = catalog.providers.get(source)
    return provider is not None and catalog.sync.approve_hold(provider, digest, by) is not None


@dataclass(frozen=True, slots=True)
class _Owners:
    """``catalog_sync.notices.tell.Owners`` over the estate."""

    catalog: "Catalog"

    def of_repository(self, key: str) -> tuple[str, ...]:
        estate = self.catalog.ask.estate()
        ref = estate.entity_of_repository.get(key)
        found = self.of_entity(ref) if ref else ()
        return found or (estate.resolver().of_repository(key).owners if key in estate.repositories else ())

    def of_entity(self, ref: str) -> tuple[str, ...]:
        estate = self.catalog.ask.estate()
        return estate.resolution(ref).owners if ref in estate.entities else ()


def _touches(catalog: "Catalog", files: Sequence[FileAt]) -> dict[FileAt, Touch]:
    """Who touched the files last, asked of each organisation's own host; one without commits knows nobody."""
    from catalog_sync.github.commits import last_touches

    asked: dict[tuple[str, str], list[FileAt]] = {}
    for file in files:
        asked.setdefault((file.repository.host, file.repository.owner), []).append(file)
    found: dict[FileAt, Touch] = {}
    for (host, organization), some in asked.items():
        transport = getattr(catalog.github_of(host, organization), "transport", None)
        found |= last_touches(transport, some) if transport else {}
    return found
