"""Pure: which repository, and which path in it, something that was written means in this catalog."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from catalog_sync.asking.addresses import AT_BRANCH, Address, path_of
from catalog_sync.asking.found import Found, Place, Several
from catalog_sync.asking.question import lines_apart, spot_of, without_article
from catalog_sync.estate import Estate
from catalog_sync.memory.cards import Card, KnownRepository
from catalog_sync.names import Match, Named
from catalog_sync.providers.folder import HOST as FOLDER
from core.access import Visibility


class PlaceFinding:
    """One asker's way to find places, and things by their exact names.

    Args:
        estate: The catalog.
        seen: What the asker may know of; the rest is as if it were not there.
    """

    def __init__(self, estate: Estate, seen: frozenset[Visibility]) -> None:
        self._estate = estate
        self._seen = seen

    def sees(self, thing: Card | KnownRepository) -> bool:
        """Whether the asker may know of it."""
        return thing.visibility in self._seen

    def allowed(self, *kinds: str) -> Callable[[Named], bool]:
        """What the asker may be told of, of some kinds or of all."""

        def may_know(thing: Named) -> bool:
            if thing.what == "repository":
                return (not kinds or "repository" in kinds) and self.sees(
                    self._estate.repositories[thing.key]
                )
            card = self._estate.cards[thing.key]
            return (not kinds or card.kind in kinds) and self.sees(card)

        return may_know

    def at(self, address: Address) -> Found | None:
        """What the address of a repository, or of a path in one, is about."""
        full_name = f"{address.owner}/{address.name}".lower()
        rows = [row for row in self.called(address.name) if row.full_name.lower() == full_name]
        # A folder does not say which host its repositories are from.
        rows = [row for row in rows if row.host == FOLDER or address.host.lower() in _hosts(row)]
        if not rows:
            return self.by_slug(full_name)
        if len(rows) > 1:
            return Several(tuple(row.key for row in rows))
        row = rows[0]
        return Place(row, path_of(address, row.default_branch, row.root), address.lines)

    def exactly(self, name: str, *kinds: str) -> Match | None:
        """The things of a name that need not be corrected, of some kinds or of all."""
        match = self._estate.names.find(name, self.allowed(*kinds))
        return match if match.found and not match.is_corrected else None

    def inside(self, subject: str) -> Found | None:
        """``src/x.py in payments-api``."""
        spot = spot_of(subject)
        if spot is None:
            return None
        path, lines = lines_apart(spot.path)
        for place in self._places_called(spot.inside):
            if spot.is_sure or "/" in path or "." in path or path in place.repository.root:
                return Place(place.repository, _below(place.path, path), lines)
        return None

    def by_path(self, text: str) -> Found | None:
        """``org/repo``, ``repo/path``, ``org/repo/path``, ``host/org/repo``, ``namespace/name``."""
        text, lines = lines_apart(text.strip("/"))
        words = [word for word in re.split(r"/|(?<=\w):(?=\w)", text) if word not in ("", ".")]
        if len(words) > 2 and words[0].lower() in self._estate.hosts:
            words = words[1:]
        if len(words) < 2 or ".." in words:
            return self.exactly(words[0], "repository") if words else None
        owner, name, path = (
            words[0].lower(),
            words[1].partition("@")[0].removesuffix(".git"),
            "/".join(words[2:]),
        )
        full = [row for row in self.called(name) if row.owner.lower() == owner]
        if len(full) > 1:
            return Several(tuple(row.key for row in full))
        if full:
            row, is_page = full[0], len(words) > 3 and words[2] in AT_BRANCH
            if is_page and words[2] not in row.root:
                address = Address("place", after_branch=tuple(words[3:]))
                path = path_of(address, row.default_branch, row.root)
            return Place(row, path, lines)
        in_namespace = self.in_namespace(owner, words[1]) if len(words) == 2 else None
        found = in_namespace or self.by_slug(f"{owner}/{name}".lower())
        return (
            found
            or self._below_one_of(self._places_called(words[0]), "/".join(words[1:]), lines)
            or self._by_folder("/".join(words), lines)
        )

    def with_blanks(self, text: str) -> Found | None:
        """``org/repo/my notes/plan.txt``: a path with blanks, in a repository that is named in full."""
        owner, _slash, rest = text.strip("/").partition("/")
        name, _slash, path = rest.partition("/")
        if not path or " " in f"{owner}{name}" or ".." in path.split("/"):
            return None
        rows = [row for row in self.called(name) if row.owner.lower() == owner.lower()]
        path, lines = lines_apart(path.replace("\\ ", " "))
        return Place(rows[0], path, lines) if len(rows) == 1 else None

    def _by_folder(self, path: str, lines: str) -> Found | None:
        """A path without its repository, where only one has an entity whose code lies in such a folder."""
        keys = [
            key for key in self._estate.places.with_folder(path) if self.sees(self._estate.repositories[key])
        ]
        return Place(self._estate.repositories[keys[0]], path, lines) if len(keys) == 1 else None

    @staticmethod
    def _below_one_of(places: Iterable[Place], path: str, lines: str) -> Found | None:
        """A path in the first of some places; in none where the repositories of one name are several."""
        known = list(places)
        roots = tuple(dict.fromkeys(place.repository.key for place in known if not place.path))
        if len(roots) > 1:
            return Several(roots)
        first = next(iter(known), None)
        return Place(first.repository, _below(first.path, path), lines) if first else None

    def _places_called(self, name: str) -> Iterator[Place]:
        """The repositories of a name, then the folders of the things of that name."""
        plain = without_article(name)
        if "/" in plain:
            found = self.by_path(plain)
            yield from [found] if isinstance(found, Place) else []
        for row in self.called(plain):
            yield Place(row)
        match = self.exactly(name)
        for thing in match.found if match else ():
            if thing.what == "repository":
                yield Place(self._estate.repositories[thing.key])
                continue
            home = self._estate.places.home(thing.key)
            around = self._estate.repositories.get(home.key) if home else None
            if home and around and self.sees(around):
                yield Place(around, home.folder)

    def called(self, name: str) -> Sequence[KnownRepository]:
        """The repositories of a name, on all hosts and of all organisations."""
        rows = self._estate.repositories_called.get(name.lower(), ())
        return [row for row in rows if self.sees(row)]

    def in_namespace(self, namespace: str, name: str) -> Found | None:
        """``staging/payments-api``: the first kind that has such a name in such a namespace."""
        wanted = f"/{name}".lower()
        for kind in ("component", "system", "group", "api", "resource", "domain", "template", "user"):
            found = self.card(f"{kind}:{namespace}{wanted}")
            if found:
                return found
        return None

    def by_slug(self, full_name: str) -> Found | None:
        """The entity that says that its code lies in a repository which the catalog does not know."""
        refs = [ref for ref in self._estate.by_slug.get(full_name, ()) if self.sees(self._estate.cards[ref])]
        if len(refs) > 1:
            return Several(tuple(refs))
        return self.card(refs[0]) if refs else None

    def card(self, ref: str | None) -> Card | None:
        """The entity of a reference, where there is one that the asker may know of."""
        card = self._estate.cards.get(ref) if ref else None
        return card if card and self.sees(card) else None


def _hosts(row: KnownRepository) -> tuple[str, str]:
    """The host of a repository: as it is configured, and as it stands in addresses."""
    return row.host.lower(), urlsplit(row.url).netloc.lower()


def _below(folder: str, path: str) -> str:
    return (
        f"{folder}/{path}".strip("/")
        if folder and not f"{path}/".startswith(f"{folder}/")
        else path.strip("/")
    )
