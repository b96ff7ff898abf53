"""An organisation of any size from a fixed seed: the same files at every run, on every machine.

The numbers are those of the organisation that Backstage was measured with: for every 1,000 components
100 APIs, 20 groups, 100 users, 2 domains and 30 systems; each component with an owner, a system, three
dependencies, eight annotations and five tags. 10,000 repositories give 12,520 entities.
"""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

from bot.sandbox.words import FIRST, PROSE, SECOND, THIRD

ORGANIZATION = "bench"
SEED = 20_261_125
_API_VERSION = "backstage.io/v1alpha1"
_IN_ONE_FILE = 500
"""Groups, users, domains and systems lie in repositories of their own, so many to a file."""
_EVERY_NAME = len(FIRST) * len(SECOND) * len(THIRD)
"""So many names can be made of the words; an organisation with more adds a word."""
_WITH_DOCS = 10
"""Every so many repositories one has a docs folder; all have a README."""
_PAGES, _SECTIONS, _WORDS = 3, 5, 120
_WEIGHTS = tuple(accumulate(1 / (rank + 10) for rank in range(len(PROSE))))

Document = dict[str, Any]


@dataclass(frozen=True)
class Generated:
    """One organisation, not yet written anywhere."""

    repositories: int
    """How many have a component; a few more hold teams, people and systems."""
    seed: int = SEED

    @cached_property
    def components(self) -> tuple[str, ...]:
        """The names of all components, which are those of their repositories."""
        rounds = -(-self.repositories // _EVERY_NAME) or 1
        chosen = random.Random(self.seed).sample(range(rounds * _EVERY_NAME), self.repositories)
        return tuple(_name(number) for number in chosen)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The names of all teams."""
        return tuple(f"team-{number:03}" for number in range(max(2, self.repositories // 50)))

    @cached_property
    def users(self) -> tuple[str, ...]:
        """The logins of all people."""
        return tuple(f"user-{number:04}" for number in range(max(10, self.repositories // 10)))

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """The names of all domains."""
        return tuple(f"domain-{number:02}" for number in range(max(1, self.repositories // 500)))

    @cached_property
    def systems(self) -> tuple[str, ...]:
        """The names of all systems."""
        return tuple(f"system-{number:03}" for number in range(max(2, self.repositories * 3 // 100)))

    @property
    def entities(self) -> int:
        """How many entities the catalog has once it knows all of it."""
        shared = len(self.groups) + len(self.users) + len(self.domains) + len(self.systems)
        return self.repositories + len(range(0, self.repositories, 10)) + shared

    def write(self, folder: Path) -> None:
        """Write all of it, without docs: ``organization.yaml`` and ``repositories/<name>/``."""
        rows = folder / "repositories"
        for number, name in enumerate(self.components):
            _write(rows / name / "catalog-info.yaml", _yaml(self._of_repository(number)))
            if number % 2 == 0:
                _write(rows / name / ".github" / "CODEOWNERS", self._codeowners(number))
        shared = list(self._shared())
        for part, start in enumerate(range(0, len(shared), _IN_ONE_FILE)):
            some = shared[start : start + _IN_ONE_FILE]
            _write(rows / f"catalog-{part}" / "catalog-info.yaml", _yaml(some))
        # JSON is YAML too, and quicker to write.
        _write(folder / "organization.yaml", json.dumps(self._outside()))

    def write_docs(self, folder: Path) -> None:
        """Add a README to every repository and docs to every tenth."""
        random_ = random.Random(self.seed + 1)
        for number, name in enumerate(self.components):
            repository = folder / "repositories" / name
            _write(repository / "README.md", f"# {name}\n\n{prose(random_, 40)}\n")
            for page in range(_PAGES if number % _WITH_DOCS == 0 else 0):
                _write(repository / "docs" / f"page-{page}.md", _page(random_))

    def change(self, folder: Path, share: float) -> int:
        """Give a share of the components another description; how many."""
        count = round(self.repositories * share)
        for number in random.Random(self.seed + 2).sample(range(self.repositories), count):
            documents = self._of_repository(number)
            documents[0]["metadata"]["description"] = "Described anew, and longer than it was before."
            path = folder / "repositories" / self.components[number] / "catalog-info.yaml"
            _write(path, _yaml(documents))
        return count

    def _of_repository(self, number: int) -> list[Document]:
        name, random_ = self.components[number], random.Random(self.seed + 10 + number)
        owner = f"group:default/{self.groups[number % len(self.groups)]}"
        component = _document(
            "Component",
            name,
            type="service",
            lifecycle="production",
            owner=owner,
            system=self.systems[number % len(self.systems)],
            dependsOn=[f"component:default/{other}" for other in random_.sample(self.components, 3)],
        )
        component["metadata"] |= {
            "description": f"Does what {name} does.",
            "tags": [f"tag-{(number + step) % 40}" for step in range(5)],
            "annotations": {f"example.com/note-{step}": f"value {number}" for step in range(8)},
        }
        if number % 10:
            return [component]
        api = f"{name}-v1"
        component["spec"]["providesApis"] = [api]
        spec = {"type": "openapi", "lifecycle": "production", "owner": owner, "definition": "openapi: 3.1.0"}
        return [component, _document("API", api, **spec)]

    def _codeowners(self, number: int) -> str:
        own, other = (self.groups[(number + step) % len(self.groups)] for step in (0, 1))
        return f"* @{ORGANIZATION}/{own}\n/docs/ @{ORGANIZATION}/{other}\n/src/api/*.py @{ORGANIZATION}/{other}\n"

    def _shared(self) -> Iterable[Document]:
        owner = f"group:default/{self.groups[0]}"
        for name in self.domains:
            yield _document("Domain", name, owner=owner)
        for number, name in enumerate(self.systems):
            yield _document("System", name, owner=owner, domain=self.domains[number % len(self.domains)])
        for name in self.groups:
            yield _document("Group", name, type="team", children=[])
        for number, login in enumerate(self.users):
            profile = {"displayName": f"Person {number}", "email": _mail(login)}
            yield _document("User", login, profile=profile, memberOf=[self.groups[number % len(self.groups)]])

    def _outside(self) -> Document:
        """What GitHub and Slack know beyond the files: accounts, teams, one channel, who may do what."""
        members: dict[str, list[str]] = {name: [] for name in self.groups}
        for number, login in enumerate(self.users):
            members[self.groups[number % len(self.groups)]].append(login)
        return {
            "name": ORGANIZATION,
            "title": "Bench",
            "people": [{"login": login, "name": login, "email": _mail(login)} for login in self.users],
            "teams": [{"slug": name, "name": name, "members": people} for name, people in members.items()],
            "channels": [{"name": "general"}],
            "repositories": [
                {"name": name, "teams": {self.groups[number % len(self.groups)]: "admin"}}
                for number, name in enumerate(self.components)
            ],
        }


def prose(random_: random.Random, words: int) -> str:
    """So many words, the first of the vocabulary more often than the last."""
    return " ".join(random_.choices(PROSE, cum_weights=_WEIGHTS, k=words))


def misspelt(name: str, random_: random.Random) -> str:
    """A name with two neighbouring letters swapped, the typo that people make most."""
    places = [
        at for at in range(1, len(name) - 2) if name[at] != name[at + 1] and name[at : at + 2].isalpha()
    ]
    at = random_.choice(places)
    return f"{name[:at]}{name[at + 1]}{name[at]}{name[at + 2 :]}"


def _name(number: int) -> str:
    again, number = divmod(number, _EVERY_NAME)
    rest, third = divmod(number, len(THIRD))
    first, second = divmod(rest, len(SECOND))
    return f"{FIRST[first]}-{SECOND[second]}-{THIRD[third]}" + (f"-{FIRST[again - 1]}" if again else "")


def _mail(login: str) -> str:
    return f"{login}@bench.example"


def _page(random_: random.Random) -> str:
    parts = [f"# {prose(random_, 2).capitalize()}\n"]
    for _ in range(_SECTIONS):
        parts.append(f"## {prose(random_, 3).capitalize()}\n\n{prose(random_, _WORDS)}.\n")
    return "\n".join(parts)


def _document(kind: str, name: str, **spec: Any) -> Document:
    return {"apiVersion": _API_VERSION, "kind": kind, "metadata": {"name": name}, "spec": spec}


def _yaml(documents: Iterable[Document] | Sequence[Document]) -> str:
    return yaml.dump_all(documents, Dumper=yaml.CSafeDumper, sort_keys=False)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
