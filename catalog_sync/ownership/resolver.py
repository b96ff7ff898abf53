"""Pure: the one place where every word on who owns an entity, a repository or a path is gathered, in its order."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from catalog_sync.entity.model import Resolution
from catalog_sync.entity.refs import parse_ref
from catalog_sync.memory.cards import Card, KnownRepository
from catalog_sync.ownership.codeowners import Codeowners, Rule
from catalog_sync.ownership.directory import Directory
from catalog_sync.ownership.places import Places
from catalog_sync.ownership.resolve import PERMISSION, Claim, resolve
from core.access import Visibility

_HIGHEST = 8
"""So many systems and domains above each other are asked."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What owners are found from; all of it is of one state of the catalog."""

    cards: Mapping[str, Card]
    repositories: Mapping[str, KnownRepository]
    directory: Directory
    places: Places
    title: Callable[[str], str]
    """What a reference is called by people."""
    codeowners: Callable[[str], Codeowners | None]
    """The CODEOWNERS of a repository, by its key."""
    administrators: Mapping[str, tuple[str, ...]]
    """Repository key to the teams that may administer it."""


class Resolver:
    """Who owns what, for those who see so much.

    Args:
        ground: The catalog.
        seen: What may be told; a system that is not in it is not asked.
    """

    def __init__(self, ground: Ground, seen: frozenset[Visibility]) -> None:
        self._ground = ground
        self._seen = seen

    def owners(self, ref: str) -> tuple[str, ...]:
        """Who owns an entity, without the reasons; quick where its descriptor says it."""
        card = self._ground.cards[ref]
        if card.owner:
            return (self._ground.directory.written(card.owner, card.namespace),)
        return self.of_entity(ref).owners

    def of_entity(self, ref: str) -> Resolution:
        """Who owns an entity, and why."""
        return resolve(list(self._entity_claims(ref)), self._ground.title)

    def of_repository(self, key: str) -> Resolution:
        """Who owns a repository that no entity stands for, and why."""
        return resolve(list(self._repository_claims(key)), self._ground.title)

    def of_path(self, key: str, path: str) -> tuple[Resolution, str | None]:
        """Who owns a path, and why; and the entity that it lies in."""
        ref = next((ref for ref in self._ground.places.around(key, path) if self._sees(ref)), None)
        codeowners = self._ground.codeowners(key)
        rule = codeowners.owners_of_either(path) if codeowners else None
        is_part = bool(ref and rule and rule.is_catch_all and not self._ground.places.is_whole(ref))
        by_rule = [self._by_rule(key, rule, may_differ=is_part)] if rule else []
        by_entity = [self._by_descriptor(ref)] if ref and self._ground.cards[ref].owner else []
        claims = [*by_entity, *by_rule] if rule is None or rule.is_catch_all else [*by_rule, *by_entity]
        if ref and not any(claim.owners for claim in claims):
            claims += self._inherited(self._ground.cards[ref])
        claims += self._permitted(key, is_root=not by_entity)
        return resolve(claims, self._ground.title), ref

    def _entity_claims(self, ref: str) -> Iterator[Claim]:
        card = self._ground.cards[ref]
        if card.owner:
            yield self._by_descriptor(ref)
        rules = list(self._by_codeowners(ref, card))
        yield from rules
        home = self._ground.places.home(ref)
        has_owner = bool(card.owner) or any(claim.owners for claim in rules)
        if not has_owner:
            yield from self._inherited(card)
        if home is not None:
            yield from self._permitted(home.key, is_root=not home.folder)

    def _repository_claims(self, key: str) -> Iterator[Claim]:
        refs = [ref for ref in self._ground.places.entries(key) if self._sees(ref)]
        owners = {self.owners(ref) for ref in refs}
        codeowners = self._ground.codeowners(key)
        rule = codeowners.owners_of_folder("") if codeowners else None
        if len(owners) == 1 and next(iter(owners)):
            many = f"its {len(refs)} entries" if len(refs) > 1 else "its entry"
            yield Claim(f"{many} in the catalog", next(iter(owners)), "its entries")
        if rule:
            yield self._by_rule(key, rule)
        yield from self._permitted(key, is_root=True)

    def _by_descriptor(self, ref: str) -> Claim:
        card = self._ground.cards[ref]
        file = card.path.rpartition("/")[2] or "the descriptor"
        owner = self._ground.directory.written(card.owner, card.namespace)
        return Claim(f"{file} (spec.owner)", (owner,), file, card.url)

    def _by_codeowners(self, ref: str, card: Card) -> Iterator[Claim]:
        home = self._ground.places.home(ref)
        if home is None:
            return
        codeowners = self._ground.codeowners(home.key)
        rule = codeowners.owners_of_folder(home.folder) if codeowners else None
        if rule:
            may_differ = rule.is_catch_all and not self._ground.places.is_whole(ref)
            yield self._by_rule(home.key, rule, may_differ=may_differ)
            return
        described = self._ground.codeowners(card.key)
        rule = described.owners_of(card.path) if described else None
        # In a repository that describes others, the rule for all of it is about the descriptions.
        if rule and (home.key == card.key or not rule.is_catch_all):
            yield self._by_rule(card.key, rule, may_differ=True)

    def _by_rule(self, key: str, rule: Rule, *, may_differ: bool = False) -> Claim:
        repository = self._ground.repositories[key]
        codeowners = self._ground.codeowners(key)
        file = codeowners.path if codeowners else ""
        owners = dict.fromkeys(
            self._ground.directory.codeowner(name, repository.host, repository.owner) for name in rule.owners
        )
        page = f"{repository.url}/blob/{repository.default_branch}/{file}"
        if not repository.default_branch:
            page = f"{repository.url}/{file}"
        return Claim(f"CODEOWNERS line {rule.line}", tuple(owners), "CODEOWNERS", page, may_differ)

    def _inherited(self, card: Card) -> Iterator[Claim]:
        """The owner of what a thing is a part of; the nearest that says one."""
        waiting, asked = [(card, 0)], {card.ref}
        while waiting:
            part, height = waiting.pop(0)
            for kind, written in part.above:
                above = self._ground.cards.get(_reference(written, kind, part.namespace))
                if above is None or above.ref in asked or height >= _HIGHEST or not self._sees(above.ref):
                    continue
                asked.add(above.ref)
                if above.owner:
                    owner = self._ground.directory.written(above.owner, above.namespace)
                    called = f"the {above.kind} {above.title}"
                    yield Claim(f"{called} (spec.owner)", (owner,), called, above.url)
                    return
                waiting.append((above, height + 1))

    def _permitted(self, key: str, *, is_root: bool) -> Iterator[Claim]:
        teams = self._ground.administrators.get(key, ())
        if teams:
            yield Claim(PERMISSION, teams, PERMISSION, may_differ=len(teams) > 1 or not is_root)

    def _sees(self, ref: str) -> bool:
        return self._ground.cards[ref].visibility in self._seen


def _reference(written: str, kind: str, namespace: str) -> str:
    try:
        return str(parse_ref(written, kind, namespace))
    except ValueError:
        # A kind of a plugin's own is not held to the form; then it leads nowhere.
        return ""
