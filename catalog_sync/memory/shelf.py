"""All cards of one state of the catalog, read from the database; of a later state only what changed is read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from catalog_sync.entity.model import Entity
from catalog_sync.memory.cards import Card, KnownRepository, Row, card_of, repository_of
from catalog_sync.store import in_batches
from catalog_sync.tables import entities, repositories, sources, teams
from core.database import Database

_Item = TypeVar("_Item")
_MANY = 0.3
"""When more than this share is new, reading all of it is quicker than asking for each."""

_CARD = sa.select(
    *(
        # As text: whole documents are made of few of them, and only when they are asked for.
        sa.cast(column, sa.Text).label(column.name) if column.name in ("metadata", "spec") else column
        for column in entities.c
        if column.name not in ("source",)
    )
)
_LIGHT = (
    repositories.c.key,
    repositories.c.fingerprint,
    repositories.c.visibility,
    repositories.c.is_archived,
    repositories.c.url,
)
_REPOSITORY = sa.select(
    *_LIGHT,
    repositories.c.host,
    repositories.c.owner,
    repositories.c.name,
    repositories.c.is_fork,
    repositories.c.description,
    repositories.c.default_branch,
    repositories.c.codeowners_path,
    repositories.c.codeowners,
    sa.cast(repositories.c.root, sa.Text).label("root"),
)
_STATE = sa.select(
    sa.func.coalesce(sa.func.sum(sources.c.generation), 0),
    sa.func.max(sources.c.synced_at, type_=sources.c.synced_at.type),
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Cards by reference, repositories by key, and the rows of teams."""

    cards: Mapping[str, Card]
    repositories: Mapping[str, KnownRepository]
    teams: tuple[Row, ...]


class Entities(Mapping[str, Entity]):
    """Entities by reference, each made from its card when it is asked for."""

    def __init__(self, cards: Mapping[str, Card]) -> None:
        self._cards = cards

    def __getitem__(self, ref: str) -> Entity:
        return self._cards[ref].entity()

    def __contains__(self, ref: object) -> bool:
        return ref in self._cards

    def __iter__(self) -> Iterator[str]:
        return iter(self._cards)

    def __len__(self) -> int:
        return len(self._cards)


def state_of(database: Database) -> tuple[int, datetime | None]:
    """A number that rises with every change of the catalog, and when it was last known to be right."""
    with database.read() as connection:
        generation, synced_at = connection.execute(_STATE).one()
    return int(generation), synced_at


def read_shelf(database: Database, before: Shelf | None = None) -> Shelf:
    """Everything as it is now.

    Args:
        database: Where it is.
        before: An earlier state; what did not change since then is taken from it.
    """
    with database.read() as connection:
        cards = _cards(connection, before.cards if before else {})
        known = _repositories(connection, before.repositories if before else {})
        return Shelf(cards, known, tuple(_rows(connection, sa.select(teams))))


def _cards(connection: sa.Connection, before: Mapping[str, Card]) -> Mapping[str, Card]:
    if not before:
        return {row["ref"]: card_of(row) for row in _rows(connection, _CARD)}
    light = connection.execute(sa.select(entities.c.ref, entities.c.digest, entities.c.gone_at)).all()
    changed = [
        ref
        for ref, digest, gone_at in light
        if (card := before.get(ref)) is None or card.stamp != (digest, gone_at)
    ]
    if not changed and len(light) == len(before):
        return before
    if len(changed) > len(light) * _MANY:
        return _cards(connection, {})
    new = _some(connection, _CARD, entities.c.ref, changed, card_of)
    cards = {ref: new.get(ref) or before.get(ref) for ref, _digest, _gone in light}
    return {ref: card for ref, card in cards.items() if card is not None}


def _repositories(
    connection: sa.Connection, before: Mapping[str, KnownRepository]
) -> Mapping[str, KnownRepository]:
    if not before:
        return {row["key"]: repository_of(row) for row in _rows(connection, _REPOSITORY)}
    light = connection.execute(sa.select(*_LIGHT)).all()
    changed = [
        key
        for key, *state in light
        if (item := before.get(key)) is None
        or state != [item.fingerprint, item.visibility, item.is_archived, item.url]
    ]
    if not changed and len(light) == len(before):
        return before
    if len(changed) > len(light) * _MANY:
        return _repositories(connection, {})
    new = _some(connection, _REPOSITORY, repositories.c.key, changed, repository_of)
    known = {row[0]: new.get(row[0]) or before.get(row[0]) for row in light}
    return {key: item for key, item in known.items() if item is not None}


def _some(
    connection: sa.Connection,
    statement: sa.Select[Any],
    column: sa.Column[str],
    keys: Sequence[str],
    make: Callable[[Row], _Item],
) -> dict[str, _Item]:
    found: dict[str, _Item] = {}
    for batch in in_batches(keys):
        for row in _rows(connection, statement.where(column.in_(batch))):
            found[row[column.name]] = make(row)
    return found


def _rows(connection: sa.Connection, statement: sa.Select[Any]) -> Iterator[dict[str, Any]]:
    """Rows by column name; the names are asked for once, because for each row they take longer than the row."""
    found = connection.execute(statement)
    names = tuple(found.keys())
    return (dict(zip(names, row, strict=True)) for row in found)
