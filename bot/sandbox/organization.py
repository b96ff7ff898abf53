"""An organisation for the sandbox: people, teams, channels and repositories, read from a folder.

The folder holds ``organization.yaml`` and ``repositories/<name>/...``, the files of each repository.

.. code-block:: yaml

    name: playhouse            # the GitHub organisation and the Slack workspace's domain
    title: Playhouse
    people:                    # both GitHub users and Slack users
      - {login: ana, name: Ana Duarte, email: ana@playhouse.example, timezone: Europe/Berlin, guest: false}
    teams:                     # GitHub teams
      - {slug: payments, name: Payments, parent: commerce, members: [ana], maintainers: [ben]}
    channels:                  # Slack channels; without members everybody is in
      - {name: payments-help, members: [ana], private: false, shared: false, topic: Ask payments}
    repositories:              # a folder without a row here gets the defaults
      - name: payments-api
        visibility: private    # public, internal or private
        archived: false
        teams: {payments: admin}
        commits:               # files are committed at these ages, first match; the rest with the last
          - {days_ago: 400, paths: ["docs/**"]}
          - {days_ago: 3, paths: ["**"]}
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.access import Visibility
from core.errors import Fault, InvalidFile

DEFAULT_BRANCH = "main"


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(_Row):
    """Somebody with an account on both sides."""

    login: str
    name: str
    email: str
    title: str = ""
    timezone: str = "UTC"
    guest: bool = False


class Team(_Row):
    """A GitHub team."""

    slug: str
    name: str
    description: str = ""
    parent: str | None = None
    members: tuple[str, ...] = ()
    maintainers: tuple[str, ...] = ()


class Channel(_Row):
    """A Slack channel; without members everybody but guests is in it."""

    name: str
    topic: str = ""
    private: bool = False
    shared: bool = False
    """Whether another organisation is in it (Slack Connect)."""
    members: tuple[str, ...] = ()


class CommitPlan(_Row):
    """One commit of a repository's history: how old, and which files (globs) it brings."""

    days_ago: Annotated[int, Field(ge=0)]
    paths: tuple[str, ...] = ("**",)


class RepositoryRow(_Row):
    """How a repository looks on GitHub, apart from its files."""

    name: str
    description: str = ""
    visibility: Visibility = Visibility.PRIVATE
    archived: bool = False
    fork: bool = False
    topics: tuple[str, ...] = ()
    license: str | None = None
    language: str | None = None
    teams: Mapping[str, str] = Field(default_factory=dict)
    commits: tuple[CommitPlan, ...] = (CommitPlan(days_ago=10),)


class _File(_Row):
    name: str
    title: str
    people: tuple[Person, ...] = ()
    teams: tuple[Team, ...] = ()
    channels: tuple[Channel, ...] = ()
    repositories: tuple[RepositoryRow, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleRepository:
    """A repository with its files: path to content."""

    row: RepositoryRow
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Organization:
    """A whole organisation."""

    name: str
    title: str
    people: tuple[Person, ...]
    teams: tuple[Team, ...]
    channels: tuple[Channel, ...]
    repositories: tuple[SampleRepository, ...]

    def person(self, login: str) -> Person:
        """The person with a login; ``KeyError`` when there is none."""
        for person in self.people:
            if person.login == login:
                return person
        raise KeyError(login)


def small_organization() -> Organization:
    """Three people and a guest, two teams, three channels and one repository: enough for most tests."""
    readme = b"# Hello\n\nAn example.\n"
    descriptor = b"""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: hello
spec: {type: service, lifecycle: production, owner: payments}
"""
    files = {"README.md": readme, "catalog-info.yaml": descriptor, "CODEOWNERS": b"* @acme/payments\n"}
    return Organization(
        name="acme",
        title="Acme",
        people=(
            Person(login="ana", name="Ana Duarte", email="ana@acme.example"),
            Person(login="ben", name="Ben Fischer", email="ben@acme.example"),
            Person(login="mira", name="Mira Santos", email="mira@acme.example"),
            Person(login="gil", name="Gil (agency)", email="gil@agency.example", guest=True),
        ),
        teams=(
            Team(slug="payments", name="Payments", members=("ana",), maintainers=("ben",)),
            Team(slug="web", name="Web", members=("mira",)),
        ),
        channels=(
            Channel(name="general", members=("ana", "ben", "mira", "gil")),
            Channel(name="random"),
            Channel(name="secret", members=("ana", "ben"), private=True),
        ),
        repositories=(
            SampleRepository(
                RepositoryRow(name="hello", teams={"payments": "admin"}, commits=(CommitPlan(days_ago=3),)),
                files,
            ),
        ),
    )


def together(first: Organization, *others: Organization) -> Organization:
    """Organisations that share a Slack workspace: the first, with the people and the channels of all.

    Where a login or the name of a channel is in several, the first one's counts.
    """
    people: dict[str, Person] = {}
    channels: dict[str, Channel] = {}
    for one in (first, *others):
        for person in one.people:
            people.setdefault(person.login, person)
        for channel in one.channels:
            channels.setdefault(channel.name, channel)
    return replace(first, people=tuple(people.values()), channels=tuple(channels.values()))


def load_organization(folder: Path) -> Organization:
    """Read an organisation.

    Raises:
        InvalidFile: ``organization.yaml`` is missing or wrong; names every fault.
    """
    path = folder / "organization.yaml"
    parsed = _parse(path)
    rows = {row.name: row for row in parsed.repositories}
    root = folder / "repositories"
    folders = sorted(item for item in root.iterdir() if item.is_dir()) if root.is_dir() else []
    missing = sorted(set(rows) - {item.name for item in folders})
    if missing:
        raise InvalidFile([Fault(str(path), 0, 0, f"no folder repositories/{name}") for name in missing])
    repositories = tuple(
        SampleRepository(rows.get(item.name) or RepositoryRow(name=item.name), _files(item))
        for item in folders
    )
    return Organization(parsed.name, parsed.title, parsed.people, parsed.teams, parsed.channels, repositories)


def _parse(path: Path) -> _File:
    try:
        values: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return _File.model_validate(values)
    except OSError as error:
        raise InvalidFile([Fault(str(path), 0, 0, f"cannot be read: {error.strerror}")]) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise InvalidFile([Fault(str(path), line, column, str(error.problem))]) from error
    except ValidationError as error:
        faults = [
            Fault(str(path), 0, 0, fault["msg"], where=".".join(str(part) for part in fault["loc"]))
            for fault in error.errors()
        ]
        raise InvalidFile(faults) from error


def _files(folder: Path) -> dict[str, bytes]:
    return {
        item.relative_to(folder).as_posix(): item.read_bytes()
        for item in sorted(folder.rglob("*"))
        if item.is_file() and not item.is_symlink()
    }
