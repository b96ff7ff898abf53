"""One suite for the fake GitHub and for the real client over real connections, so that the fake stays honest."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from pydantic import SecretStr

from bot.sandbox.github import LocalGitHub
from bot.sandbox.github.apps import App
from bot.sandbox.github.faults import FaultKind
from bot.sandbox.organization import CommitPlan, Organization, Person, Team
from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.client import connect_github
from catalog_sync.github.git import Git
from catalog_sync.github.port import GitHubPort
from core.access import Visibility
from core.clock import Clock, FixedClock, SystemClock
from core.errors import GitHubUnavailable, NotAllowed, NotFound, UserError
from core.settings import GitHubSettings
from tests.fakes.github import FakeGitHub
from tests.official_rest import is_installed, wrong

PEOPLE = tuple(
    Person(login=f"p{number}", name=f"Person {number}", email=f"p{number}@acme.test") for number in range(60)
)


class Host(Protocol):
    """A GitHub that a test can prepare."""

    github: GitHubPort

    def put(self, name: str, files: dict[str, str] | None = None, **row: Any) -> None: ...

    def remove(self, name: str) -> None: ...

    def team(self, slug: str, repositories: dict[str, str], **row: Any) -> None: ...


class Fake:
    """The fake."""

    def __init__(self) -> None:
        self.github = FakeGitHub(host="github.test")

    def put(self, name: str, files: dict[str, str] | None = None, **row: Any) -> None:
        more = {} if files else {"head_oid": None, "default_branch": None}
        self.github.put(name, files, **more, **row)

    def remove(self, name: str) -> None:
        self.github.remove(name)

    def team(self, slug: str, repositories: dict[str, str], **row: Any) -> None:
        self.github.team(slug, repositories=repositories, **row)


class Local:
    """The client, PyGithub and all, before a server on this machine."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self.server = LocalGitHub(root, Organization("acme", "Acme", PEOPLE, (), (), ()), clock)
        self.clock = clock
        settings = GitHubSettings(
            api_url=self.server.api_url,
            host="github.test",
            token=SecretStr(self.server.token),
            publish_token=SecretStr(self.server.publish_token),
        )
        self.github = connect_github(settings, clock)

    def put(self, name: str, files: dict[str, str] | None = None, **row: Any) -> None:
        state = self.server.state
        hosted = state.repository("acme", name) or state.create(name, "", private=True)
        hosted.visibility = row.get("visibility", hosted.visibility)
        hosted.is_archived = row.get("is_archived", hosted.is_archived)
        if files:
            content = {path: text.encode() for path, text in files.items()}
            hosted.git.commit(content, (CommitPlan(days_ago=0),), self.clock.now(), "A <a@acme.test>")
            state.pushed(hosted)

    def remove(self, name: str) -> None:
        found = self.server.state.repository("acme", name)
        assert found
        self.server.state.delete(found)

    def team(self, slug: str, repositories: dict[str, str], **row: Any) -> None:
        state = self.server.state
        people = {key: tuple(row.get(key, ())) for key in ("members", "maintainers")}
        state.teams[slug] = Team(slug=slug, name=slug.capitalize(), parent=row.get("parent"), **people)
        state.permissions[slug] = dict(repositories)


def served(host: Local) -> Iterator[Local]:
    host.server.start()
    yield host
    host.server.stop()
    if is_installed():
        # What the client sends and gets is what GitHub's own description says.
        assert wrong(host.server.exchanges) == []


@pytest.fixture
def local(tmp_path: Path, clock: FixedClock) -> Iterator[Local]:
    yield from served(Local(tmp_path, clock))


@pytest.fixture(params=["fake", "local"])
def host(request: pytest.FixtureRequest) -> Host:
    found: Host = Fake() if request.param == "fake" else request.getfixturevalue("local")
    return found


def named(name: str) -> RepositoryName:
    return RepositoryName("github.test", "acme", name)


def counted(host: Host, do: Callable[[], object]) -> int:
    before = host.github.requests
    do()
    return host.github.requests - before


def test_repositories_are_discovered_oldest_first_a_hundred_a_request(host: Host) -> None:
    for number in range(101):
        host.put(f"r{number:03}")

    requests = counted(host, lambda: list(host.github.discover("acme")))

    assert [light.name.name for light in host.github.discover("acme")] == [f"r{n:03}" for n in range(101)]
    assert requests == 2


def test_an_empty_repository_has_no_head_and_no_branch(host: Host) -> None:
    host.put("empty")

    (light,) = host.github.discover("acme")

    assert (light.head_oid, light.default_branch, light.name) == (None, None, named("empty"))


def test_an_organisation_that_is_not_there_is_not_found(host: Host) -> None:
    with pytest.raises(NotFound):
        list(host.github.discover("nobody"))


def test_details_hold_the_texts_that_a_sync_reads(host: Host) -> None:
    host.put(
        "api", {"catalog-info.yaml": "kind: Component\n", "CODEOWNERS": "* @acme/payments\n", "x.py": "1"}
    )
    lights = list(host.github.discover("acme"))

    (detail,) = host.github.details(lights)

    assert {path: file.text for path, file in detail.files.items()} == {
        "catalog-info.yaml": "kind: Component\n",
        "CODEOWNERS": "* @acme/payments\n",
    } | ({"x.py": "1"} if isinstance(host, Fake) else {})
    assert {entry.name for entry in detail.root} == {"catalog-info.yaml", "CODEOWNERS", "x.py"}
    assert detail.light == lights[0]


def test_details_cost_one_request_for_twenty_five(host: Host) -> None:
    for number in range(26):
        host.put(f"r{number}", {"README.md": "x"})
    lights = list(host.github.discover("acme"))

    assert counted(host, lambda: list(host.github.details(lights))) == 2


def test_a_repository_that_vanished_meanwhile_is_left_out_of_the_details(host: Host) -> None:
    for name in ("one", "two", "three"):
        host.put(name, {"README.md": "x"})
    lights = list(host.github.discover("acme"))
    host.remove("two")

    assert [detail.name.name for detail in host.github.details(lights)] == ["one", "three"]


def test_a_push_changes_the_fingerprint_and_nothing_else_does(host: Host) -> None:
    host.put("api", {"README.md": "x"})
    before = [light.fingerprint for light in host.github.discover("acme")]
    same = [light.fingerprint for light in host.github.discover("acme")]

    host.put("api", {"README.md": "y"})

    assert same == before
    assert [light.fingerprint for light in host.github.discover("acme")] != before


@pytest.mark.parametrize("row", [{"visibility": Visibility.PUBLIC}, {"is_archived": True}])
def test_what_people_may_see_or_change_is_part_of_the_fingerprint(host: Host, row: dict[str, Any]) -> None:
    host.put("api")
    before = [light.fingerprint for light in host.github.discover("acme")]

    host.put("api", **row)

    assert [light.fingerprint for light in host.github.discover("acme")] != before


def test_one_repository_can_be_looked_at_alone(host: Host) -> None:
    host.put("api", {"catalog-info.yaml": "kind: Component\n"})

    found = host.github.repository(named("api"))

    assert found
    assert found.files["catalog-info.yaml"].text == "kind: Component\n"
    assert host.github.repository(named("nothing")) is None


def test_teams_come_with_people_roles_and_permissions(host: Host) -> None:
    host.put("api")
    host.team("payments", {"api": "ADMIN"}, members=["p1"], maintainers=["p0"], parent=None)

    (team,) = host.github.teams("acme")

    assert [(member.login, member.is_maintainer) for member in team.members] == [("p0", True), ("p1", False)]
    assert dict(team.repositories) == {"acme/api": "ADMIN"}


def test_a_team_has_its_parent(host: Host) -> None:
    host.team("commerce", {})
    host.team("payments", {}, parent="commerce")

    assert {team.slug: team.parent_slug for team in host.github.teams("acme")} == {
        "commerce": None,
        "payments": "commerce",
    }


def test_a_large_team_is_whole(host: Host) -> None:
    for number in range(55):
        host.put(f"r{number}")
    host.team(
        "all", {f"r{number}": "WRITE" for number in range(55)}, members=[person.login for person in PEOPLE]
    )

    (team,) = host.github.teams("acme")

    assert (len(team.members), len(team.repositories)) == (60, 55)


def test_twenty_five_teams_cost_one_request(host: Host) -> None:
    for number in range(26):
        host.team(f"t{number}", {})

    assert counted(host, lambda: list(host.github.teams("acme"))) == 2


def test_a_created_repository_is_found_as_it_was_made(host: Host) -> None:
    made = host.github.create_repository(named("new"), description="What it does (run 1)", private=False)

    found = host.github.find_repository(named("new"))

    assert found == made
    assert (made.name, made.description, made.is_empty) == (named("new"), "What it does (run 1)", True)
    assert [light.visibility for light in host.github.discover("acme")] == [Visibility.PUBLIC]


def test_a_name_that_is_taken_is_refused_in_words(host: Host) -> None:
    host.put("taken")

    with pytest.raises(UserError, match="already exists"):
        host.github.create_repository(named("taken"), description="", private=True)


def test_topics_are_replaced(host: Host) -> None:
    host.put("api")

    host.github.set_topics(named("api"), ["go", "payments"])

    found = host.github.find_repository(named("api"))
    assert found
    assert found.topics == ("go", "payments")


def test_a_team_that_does_not_exist_cannot_be_given_anything(host: Host) -> None:
    host.put("api")
    host.team("payments", {})

    host.github.grant_team(named("api"), "payments", "admin")

    with pytest.raises(NotFound):
        host.github.grant_team(named("api"), "nobody", "admin")


def test_a_deleted_repository_is_gone(host: Host) -> None:
    host.put("api")

    host.github.delete_repository(named("api"))

    assert host.github.find_repository(named("api")) is None


def test_a_page_that_is_too_much_is_asked_for_in_halves(local: Local) -> None:
    for number in range(10):
        local.put(f"r{number}", {"README.md": "x"})
    local.server.fail_next("POST /graphql", FaultKind.RESOURCE_LIMITS)
    lights = list(local.github.discover("acme"))
    local.server.fail_next("POST /graphql", FaultKind.BAD_GATEWAY)

    details = list(local.github.details(lights))

    assert len(details) == 10


def test_an_item_that_is_too_much_alone_is_given_up(local: Local) -> None:
    local.put("r")
    local.server.fail_next("POST /graphql", FaultKind.BAD_GATEWAY, times=20)

    with pytest.raises(GitHubUnavailable, match="single item"):
        list(local.github.discover("acme"))


@pytest.mark.parametrize("kind", [FaultKind.RATE_LIMITED, FaultKind.SECONDARY_LIMIT])
def test_a_long_rate_limit_is_handed_on_with_its_wait(local: Local, kind: FaultKind) -> None:
    local.server.fail_next("POST /graphql", kind)

    with pytest.raises(GitHubUnavailable) as error:
        list(local.github.discover("acme"))

    assert (error.value.retry_after_s or 0) >= 60
    assert local.github.requests == 1


def test_a_passing_fault_is_tried_again_for_a_question(local: Local) -> None:
    local.put("api")
    local.server.fail_next("GET /repos/*", FaultKind.SERVER_ERROR)

    assert local.github.find_repository(named("api"))
    assert local.github.requests == 2


def test_a_creation_is_never_sent_twice(local: Local) -> None:
    """The answer got lost: whoever asks again has to look first."""
    local.server.fail_next("POST /orgs/*", FaultKind.LOST)

    with pytest.raises(GitHubUnavailable):
        local.github.create_repository(named("new"), description="", private=True)

    assert local.github.requests == 1
    assert local.github.find_repository(named("new"))


def test_a_token_that_may_not_says_which_permission_is_missing(local: Local) -> None:
    settings = GitHubSettings(
        api_url=local.server.api_url, host="github.test", token=SecretStr(local.server.token)
    )
    reading = connect_github(settings, local.clock)

    with pytest.raises(NotAllowed, match="administration"):
        reading.create_repository(named("new"), description="", private=True)


def test_a_wrong_token_is_said_to_be_wrong(local: Local) -> None:
    settings = GitHubSettings(api_url=local.server.api_url, host="github.test", token=SecretStr("ghp_wrong1"))

    with pytest.raises(NotAllowed, match="token"):
        list(connect_github(settings, local.clock).discover("acme"))


def an_app(local: Local, **changes: Any) -> GitHubPort:
    values = {"app_id": local.server.app.id, "app_private_key": SecretStr(local.server.app.private_key)}
    more = {"api_url": local.server.api_url, "host": "github.test"}
    return connect_github(GitHubSettings(**{**values, **more, **changes}), local.clock)


@pytest.fixture
def present(tmp_path: Path) -> Iterator[Local]:
    """One that lives now: PyGithub looks at the machine's own clock for the age of an App's token."""
    yield from served(Local(tmp_path, SystemClock()))


def test_an_app_reads_publishes_and_pushes_with_one_token(present: Local) -> None:
    present.put("api", {"README.md": "x"})
    github = an_app(present)

    assert [light.name.name for light in github.discover("acme")] == ["api"]
    assert github.create_repository(named("new"), description="", private=True).name == named("new")
    assert Git().remote_head(github.git_access(named("api"), write=True), "main")
    assert present.server.app.minted == 1


def test_an_app_with_a_foreign_key_is_not_accepted(present: Local) -> None:
    stranger = App("acme", SystemClock())

    with pytest.raises(NotAllowed, match="does not accept the App"):
        an_app(present, app_private_key=SecretStr(stranger.private_key))


def test_an_app_whose_key_is_no_key_says_so(present: Local) -> None:
    with pytest.raises(NotAllowed, match="private key"):
        an_app(present, app_private_key=SecretStr("ghp_pasted_the_wrong_thing"))


def test_an_app_whose_installation_is_gone_is_told_when_it_asks(present: Local) -> None:
    github = an_app(present, app_installation_id=9)

    with pytest.raises(NotFound):
        list(github.discover("acme"))


def test_without_a_token_nothing_is_asked(clock: FixedClock) -> None:
    with pytest.raises(NotAllowed, match="No GitHub token"):
        connect_github(GitHubSettings(), clock)


def test_a_server_that_is_not_there_is_unavailable(clock: FixedClock) -> None:
    settings = GitHubSettings(api_url="http://127.0.0.1:9", host="github.test", token=SecretStr("ghp_x12345"))

    with pytest.raises(GitHubUnavailable, match="did not answer"):
        list(connect_github(settings, clock).discover("acme"))
