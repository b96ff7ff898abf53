"""An organisation of any size from a seed: the same names, files and history at every run, made when asked for.

About as mixed as a real one: some repositories are archived, forks, empty or without a descriptor, some hold
several descriptors, and a few hold one that cannot be read.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from bot.sandbox.generated_files import Profile, files_of
from bot.sandbox.organization import (
    Channel,
    CommitPlan,
    Organization,
    Person,
    RepositoryRow,
    SampleRepository,
    Team,
)
from bot.sandbox.words import FIRST, SECOND, THIRD
from core.access import Visibility

_KINDS = (
    ("service", 46),
    ("library", 16),
    ("website", 8),
    ("monorepo", 5),
    ("infrastructure", 5),
    ("template", 2),
    ("bare", 11),
    ("broken", 3),
    ("empty", 4),
)
"""What a repository is and how often in a hundred; ``bare`` has files and no descriptor."""
_LANGUAGES = ("py", "go", "ts", "java")
_VISIBILITIES = ((Visibility.PRIVATE, 70), (Visibility.INTERNAL, 22), (Visibility.PUBLIC, 8))
_LICENSES = ("MIT", "Apache-2.0", None, None)
_ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC")
_Choice = TypeVar("_Choice")
_MOST = len(FIRST) * len(SECOND) * len(THIRD)


class _Files(Mapping[str, bytes]):
    """The files of one repository, written when somebody reads them."""

    __slots__ = ("_profile",)

    def __init__(self, profile: Profile) -> None:
        self._profile = profile

    def __bool__(self) -> bool:
        return self._profile.kind != "empty"

    def __getitem__(self, path: str) -> bytes:
        return _written(self._profile)[path]

    def __iter__(self) -> Iterator[str]:
        return iter(_written(self._profile))

    def __len__(self) -> int:
        return len(_written(self._profile))


@lru_cache(maxsize=16)
def _written(profile: Profile) -> Mapping[str, bytes]:
    return files_of(profile)


@dataclass(frozen=True, slots=True)
class _Draw:
    """What every choice comes from."""

    seed: int
    organization: str
    teams: Sequence[Team]

    def repository(self, number: int, name: str, neighbours: Sequence[str]) -> SampleRepository:
        """One repository, the same for the same seed and number."""
        dice = random.Random(self.seed * 1_000_003 + number)  # noqa: S311
        kind = _weighted(dice, _KINDS)
        team = dice.choice(self.teams)
        # Most have one team; a fifth is shared with another, which owns the docs there.
        other = dice.choice(self.teams) if dice.random() < 0.2 else team
        profile = Profile(
            name=name,
            kind=kind,
            organization=self.organization,
            owner=team.slug,
            other=other.slug,
            language=dice.choice(_LANGUAGES),
            neighbours=tuple(dice.sample(neighbours, min(2, len(neighbours)))),
            seed=dice.getrandbits(48),
            has_docs=dice.random() < 0.3,
            has_owners=dice.random() < 0.6,
        )
        row = RepositoryRow(
            name=name,
            description=f"{name.replace('-', ' ').capitalize()}, kept by {team.name}."
            if dice.random() < 0.8
            else "",
            visibility=_weighted(dice, _VISIBILITIES),
            archived=dice.random() < 0.08,
            fork=dice.random() < 0.04,
            topics=tuple(sorted({profile.language, kind})) if dice.random() < 0.5 else (),
            license=dice.choice(_LICENSES),
            teams={other.slug: "push", team.slug: "admin"},
            commits=_history(dice),
        )
        return SampleRepository(row, _Files(profile))


def generated(repositories: int, seed: int = 1, *, name: str = "acme", title: str = "Acme") -> Organization:
    """An organisation of so many repositories, and people and teams to match; nothing is written to disk.

    Raises:
        ValueError: There are names for fewer repositories than that.
    """
    if not 0 <= repositories <= _MOST:
        raise ValueError(f"there are names for 0 to {_MOST} repositories")
    dice = random.Random(seed)  # noqa: S311
    people = tuple(_person(number) for number in range(max(10, repositories // 10)))
    teams = _teams(max(4, repositories // 30), people)
    names = [_name(number) for number in dice.sample(range(_MOST), repositories)]
    draw = _Draw(seed, name, teams)
    return Organization(
        name=name,
        title=title,
        people=people,
        teams=teams,
        channels=(
            Channel(name="general"),
            *(Channel(name=team.slug, members=team.members) for team in teams[:20]),
        ),
        repositories=tuple(
            draw.repository(number, each, names[max(0, number - 8) : number])
            for number, each in enumerate(names)
        ),
    )


def _weighted(dice: random.Random, choices: Sequence[tuple[_Choice, int]]) -> _Choice:
    return dice.choices([value for value, _ in choices], [weight for _, weight in choices])[0]


def _history(dice: random.Random) -> tuple[CommitPlan, ...]:
    """Three commits: an old one, docs, and the last push, which is recent for most and years ago for some."""
    last = int(dice.random() ** 3 * 900)
    middle = last + dice.randrange(1, 200)
    return (
        CommitPlan(days_ago=middle + dice.randrange(1, 1_000), paths=("README.md", "src/**")),
        CommitPlan(days_ago=middle, paths=("docs/**", "mkdocs.yml", ".github/**")),
        CommitPlan(days_ago=last),
    )


def _name(number: int) -> str:
    rest, third = divmod(number, len(THIRD))
    first, second = divmod(rest, len(SECOND))
    return f"{FIRST[first]}-{SECOND[second]}-{THIRD[third]}"


def _person(number: int) -> Person:
    login = f"user-{number:04}"
    return Person(
        login=login,
        name=f"{FIRST[number % len(FIRST)].capitalize()} {SECOND[number // len(FIRST) % len(SECOND)].capitalize()}",
        email=f"{login}@acme.example",
        timezone=_ZONES[number % len(_ZONES)],
    )


def _teams(count: int, people: Sequence[Person]) -> tuple[Team, ...]:
    """Every fifth is at the top and the parent of the four after it; each person is in one of them."""
    teams = []
    for number in range(count):
        members = tuple(person.login for person in people[number::count])
        teams.append(
            Team(
                slug=f"team-{number:03}",
                name=f"Team {number:03}",
                description=f"{SECOND[number % len(SECOND)].capitalize()} and what goes with it",
                parent=f"team-{number - number % 5:03}" if number % 5 else None,
                members=members[1:],
                maintainers=members[:1],
            )
        )
    return tuple(teams)
