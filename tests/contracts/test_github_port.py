"""One suite for the fake GitHub and for the real client over real connections, so that the fake stays honest."""

import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from pydantic import SecretStr

from bot.sandbox.github import LocalGitHub
from bot.sandbox.github.apps import App
from bot.sandbox.github.faults import FaultKind
from bot.sandbox.github.graph_limits import GraphFaultKind
from bot.sandbox.organization import CommitPlan, Organization, Person, Team
from catalog_sync.entity.model import RepositoryName
from catalog_sync.github.client import connect_github
from catalog_sync.github.git import Git
from catalog_sync.github.port import GitHubPort, RepositoryDetail, RepositoryLight, Unread
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


def lights_of(github: GitHubPort) -> list[RepositoryLight]:
    return [light for page in github.discover("acme") for light in page.lights]


def counted(host: Host, do: Callable[[], object]) -> int:
    before = host.github.requests
    do()
    return host.github.requests - before


def test_repositories_are_discovered_oldest_first_a_hundred_a_request(host: Host) -> None:
    for number in range(101):
        host.put(f"r{number:03}")

    requests = counted(host, lambda: lights_of(host.github))

    assert [light.name.name for light in lights_of(host.github)] == [f"r{n:03}" for n in range(101)]
    assert requests == 2


def test_an_empty_repository_has_no_head_and_no_branch(host: Host) -> None:
    host.put("empty")

    (light,) = lights_of(host.github)

    assert (light.head_oid, light.default_branch, light.name) == (None, None, named("empty"))


def test_an_organisation_that_is_not_there_is_not_found(host: Host) -> None:
    with pytest.raises(NotFound):
        list(host.github.discover("nobody"))


def test_details_hold_the_texts_that_a_sync_reads(host: Host) -> None:
    host.put(
        "api", {"catalog-info.yaml": "kind: Component\n", "CODEOWNERS": "* @acme/payments\n", "x.py": "1"}
    )
    lights = lights_of(host.github)

    (detail,) = host.github.details([light.id for light in lights])

    assert {path: file.text for path, file in detail.files.items()} == {
        "catalog-info.yaml": "kind: Component\n",
        "CODEOWNERS": "* @acme/payments\n",
    }
    assert {entry.name for entry in detail.root} == {"catalog-info.yaml", "CODEOWNERS", "x.py"}
    assert detail.light == lights[0]


def test_details_cost_one_request_for_twenty_five(host: Host) -> None:
    for number in range(26):
        host.put(f"r{number}", {"README.md": "x"})
    lights = lights_of(host.github)

    assert counted(host, lambda: list(host.github.details([light.id for light in lights]))) == 2


def test_a_repository_that_vanished_meanwhile_is_left_out_of_the_details(host: Host) -> None:
    for name in ("one", "two", "three"):
        host.put(name, {"README.md": "x"})
    lights = lights_of(host.github)
    host.remove("two")

    assert [detail.name.name for detail in host.github.details([light.id for light in lights])] == [
        "one",
        "three",
    ]


def test_a_push_changes_the_fingerprint_and_nothing_else_does(host: Host) -> None:
    host.put("api", {"README.md": "x"})
    before = [light.fingerprint for light in lights_of(host.github)]
    same = [light.fingerprint for light in lights_of(host.github)]

    host.put("api", {"README.md": "y"})

    assert same == before
    assert [light.fingerprint for light in lights_of(host.github)] != before


@pytest.mark.parametrize("row", [{"visibility": Visibility.PUBLIC}, {"is_archived": True}])
def test_what_people_may_see_or_change_is_part_of_the_fingerprint(host: Host, row: dict[str, Any]) -> None:
    host.put("api")
    before = [light.fingerprint for light in lights_of(host.github)]

    host.put("api", **row)

    assert [light.fingerprint for light in lights_of(host.github)] != before


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
    for number in range(105):
        host.put(f"r{number}")
    host.team(
        "all", {f"r{number}": "WRITE" for number in range(105)}, members=[person.login for person in PEOPLE]
    )

    (team,) = host.github.teams("acme")

    assert (len(team.members), len(team.repositories)) == (60, 105)


def test_a_hundred_teams_cost_one_request(host: Host) -> None:
    for number in range(101):
        host.team(f"t{number}", {})

    assert counted(host, lambda: list(host.github.teams("acme"))) == 2


def test_a_created_repository_is_found_as_it_was_made(host: Host) -> None:
    made = host.github.create_repository(named("new"), description="What it does (run 1)", private=False)

    found = host.github.find_repository(named("new"))

    assert found == made
    assert (made.name, made.description, made.is_empty) == (named("new"), "What it does (run 1)", True)
    assert [light.visibility for light in lights_of(host.github)] == [Visibility.PUBLIC]


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
    lights = lights_of(local.github)
    local.server.fail_next("POST /graphql", FaultKind.BAD_GATEWAY)

    details = list(local.github.details([light.id for light in lights]))

    assert len(details) == 10


def test_an_item_that_is_too_much_alone_is_given_up(local: Local) -> None:
    local.put("r")
    local.server.fail_next("POST /graphql", FaultKind.BAD_GATEWAY, times=20)

    with pytest.raises(GitHubUnavailable, match="single item"):
        lights_of(local.github)


@pytest.mark.parametrize("kind", [FaultKind.RATE_LIMITED, FaultKind.SECONDARY_LIMIT])
def test_a_long_rate_limit_is_handed_on_with_its_wait(local: Local, kind: FaultKind) -> None:
    local.server.fail_next("POST /graphql", kind)

    with pytest.raises(GitHubUnavailable) as error:
        lights_of(local.github)

    assert (error.value.retry_after_s or 0) >= 60
    assert local.github.requests == 1


def test_a_passing_fault_is_tried_again_for_a_question(local: Local) -> None:
    local.put("api")
    local.server.fail_next("GET /repos/*", FaultKind.SERVER_ERROR)

    assert local.github.find_repository(named("api"))
    assert local.github.requests == 2


def test_what_did_not_change_is_not_sent_again(local: Local) -> None:
    """A 304 costs nothing of the hour's limit."""
    local.put("api")
    first, again = (local.github.find_repository(named("api")) for _time in range(2))
    local.put("api", is_archived=True)
    changed = local.github.find_repository(named("api"))

    asked = [seen.status for seen in local.server.requests if seen.path == "/repos/acme/api"]
    assert asked == [200, 304, 200]
    assert first == again
    assert changed


def test_what_is_gone_is_not_remembered(local: Local) -> None:
    local.put("api")
    assert local.github.find_repository(named("api"))
    local.remove("api")

    assert local.github.find_repository(named("api")) is None


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
        lights_of(connect_github(settings, local.clock))


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

    assert [light.name.name for light in lights_of(github)] == ["api"]
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
        lights_of(github)


def test_without_a_token_nothing_is_asked(clock: FixedClock) -> None:
    with pytest.raises(NotAllowed, match="No GitHub token"):
        connect_github(GitHubSettings(), clock)


def test_a_server_that_is_not_there_is_unavailable(clock: FixedClock) -> None:
    settings = GitHubSettings(api_url="http://127.0.0.1:9", host="github.test", token=SecretStr("ghp_x12345"))

    with pytest.raises(GitHubUnavailable, match="did not answer"):
        lights_of(connect_github(settings, clock))


def test_files_of_many_repositories_are_read_with_one_request(host: Host) -> None:
    for name in ("one", "two"):
        host.put(name, {"catalog-info.yaml": "a", "deep/er/x.yaml": f"of {name}"})
    ids = {light.name.name: light.id for light in lights_of(host.github)}
    wanted = {ids["one"]: ["deep/er/x.yaml", "missing.yaml"], ids["two"]: ["deep/er/x.yaml"]}
    before = host.github.requests

    found = host.github.files(wanted)

    assert host.github.requests - before == 1
    texts = {node: {path: file.text for path, file in files.items()} for node, files in found.items()}
    assert texts == {ids["one"]: {"deep/er/x.yaml": "of one"}, ids["two"]: {"deep/er/x.yaml": "of two"}}


def test_a_tree_names_every_file(host: Host) -> None:
    host.put("one", {"a.txt": "1", "deep/er/b.txt": "2"})
    (light,) = lights_of(host.github)
    assert light.head_oid

    assert set(host.github.tree(light.name, light.head_oid) or ()) == {"a.txt", "deep/er/b.txt"}


def test_what_was_pushed_to_last_comes_first(local: Local) -> None:
    assert isinstance(local.clock, FixedClock)
    for name in ("old", "new"):
        local.put(name, {"a.txt": "1"})
    local.clock.advance(timedelta(hours=1))
    local.put("old", {"a.txt": "2"})

    (page,) = local.github.recent("acme")

    assert [light.name.name for light in page.lights] == ["old", "new"]


def test_a_page_can_be_gone_on_with_by_somebody_else(host: Host) -> None:
    for number in range(101):
        host.put(f"r{number:03}")
    first = next(iter(host.github.discover("acme")))

    (rest,) = host.github.discover("acme", first.after)

    assert [light.name.name for light in rest.lights] == ["r100"]
    assert rest.after is None


def test_another_branch_can_be_read(local: Local) -> None:
    local.put("one", {"catalog-info.yaml": "on main"})
    settings = GitHubSettings(
        api_url=local.server.api_url, host="github.test", token=SecretStr(local.server.token)
    )
    state = local.server.state
    hosted = state.repository("acme", "one")
    assert hosted
    head = hosted.git.head_oid
    subprocess.run(["git", "-C", str(hosted.git.path), "branch", "release/1", str(head)], check=True)
    local.put("one", {"catalog-info.yaml": "later on main"})
    github = connect_github(settings, local.clock, branch="release/1", with_topics=True)

    (light,) = lights_of(github)
    (detail,) = github.details([light.id])

    assert (light.default_branch, light.head_oid) == ("release/1", head)
    assert isinstance(detail, RepositoryDetail)
    assert detail.files["catalog-info.yaml"].text == "on main"
    assert github.files({light.id: ["catalog-info.yaml"]})[light.id]["catalog-info.yaml"].text == "on main"


def test_a_repository_with_a_hole_is_not_read_and_the_others_are(local: Local) -> None:
    for name in ("one", "two"):
        local.put(name, {"catalog-info.yaml": name})
    lights = lights_of(local.github)
    local.server.state.graph.fail("nodes.0.licenseInfo", GraphFaultKind.FORBIDDEN, 1)

    found = list(local.github.details([light.id for light in lights]))

    assert [type(item) for item in found] == [Unread, RepositoryDetail]


def test_an_app_signs_in_where_it_is_installed(present: Local) -> None:
    present.put("one", {"a": "1"})
    app = present.server.app
    settings = GitHubSettings(
        api_url=present.server.api_url,
        host="github.test",
        app_id=app.id,
        app_private_key=SecretStr(app.private_key),
    )

    assert len(lights_of(connect_github(settings, present.clock, organization="acme"))) == 1
    with pytest.raises(NotAllowed, match="not installed on globex"):
        connect_github(settings, present.clock, organization="globex")


def test_ids_of_files_are_told_without_their_content(host: Host) -> None:
    host.put("shop", {"docs/a.md": "one", "README.md": "two"})
    before = host.github.oids(named("shop"), ["docs/a.md", "README.md", "missing.md"])
    host.put("shop", {"docs/a.md": "changed", "README.md": "two"})
    after = host.github.oids(named("shop"), ["docs/a.md", "README.md"])

    assert set(before) == {"docs/a.md", "README.md"}
    assert {path for path in before if before[path] == after[path]} == {"README.md"}
