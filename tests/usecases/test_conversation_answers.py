"""What the conversations show beside the plain answer, and what they say while the database is away."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.catalog import Catalog
from bot.sandbox.reading import elements_of, readable, spoken
from bot.slack.blocks import Message
from bot.slack.help import help_message
from bot.slack.owner.views import owner_message
from catalog_sync.ask import Ask
from catalog_sync.providers.repositories import GitHubProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.access import OPERATOR, Asker, Standing, Visibility
from core.clock import FixedClock
from core.database import Database, connect
from core.errors import DatabaseUnavailable
from core.settings import Settings, TeamSettings
from tests.conftest import NOW
from tests.fakes.github import FakeGitHub
from tests.usecases.messy_organization import write_organizations
from tests.usecases.slack_questions import Past, Talk

GUEST = Asker(Standing.GUEST)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    folder = tmp_path_factory.mktemp("answers")
    settings = Settings(data_dir=folder, database_url=SecretStr(f"sqlite:///{folder / 'callboard.db'}"))
    catalog = Catalog(settings)
    for organization, repositories in write_organizations(folder / "organizations").items():
        catalog.sync_folder(repositories, organization)
    yield catalog
    catalog.database.close()


def lines(message: Message) -> list[str]:
    return [spoken(line, {}) for line in readable(message.blocks).split("\n")]


def shown(catalog: Catalog, line: str) -> list[str]:
    return lines(Talk(catalog.ask, FixedClock(NOW)).hears(line).said[0])


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("who payments-api", "On call  Ana Silva"),
        ("who payments-api", "Lead  Ben Okafor"),
        ("who payments-api", "Also called so: component payments-api (`component:staging/payments-api`)"),
        ("who src/fees/x.py in payments-api", "Part of payments-api, which is owned by Payments"),
        ("who acme/payments-api/src/a.py#L3-L9", "payments-api/src/a.py L3-L9"),
        ("who lost", "⚠️ The catalog knows no group called analytics"),
        ("who legacy-batch", "It has no entry in the catalog; 6 of 30 repositories have none"),
        ("who shop", "[cart] [pricing] [recommendations] [product-search]"),
        ("who tools", "[tools (acme/tools)] [tools (globex/tools)]"),
        ("who api-gateway-v3", "[api-gateway] [api-gateway-v2]"),
        ("team payments", "On call  Ana Silva"),
        ("team commerce", "Teams  Payments, web"),
        ("deps payments-api", "• `component:default/gone-for-ever` · not in the catalog"),
        ("deps checkout", "Checkout · system · owned by Payments · with its 2 parts"),
        ("find payments", "and 1 more"),
    ],
)
def test_a_message_has_the_line(catalog: Catalog, line: str, wanted: str) -> None:
    assert wanted in shown(catalog, line)


def test_the_menu_of_an_answer_leads_to_other_conversations(catalog: Catalog) -> None:
    """There is no source to open: a folder has no address."""
    message = owner_message(catalog.ask.who_owns("payments-api", OPERATOR), NOW)

    menus = [element for _block, element in elements_of(message.blocks) if element["type"] == "overflow"]
    entries = [(entry["text"]["text"], entry["value"]) for entry in menus[0]["options"]]
    assert entries == [
        ("Wrong owner?", "owner:wrong component:default/payments-api"),
        ("Dependents", "owner:deps component:default/payments-api"),
        ("Share", "owner:share component:default/payments-api"),
    ]


def test_a_ring_of_dependencies_is_walked_once(catalog: Catalog) -> None:
    """payments-api needs ledger-service, which needs exchange-rates, which needs payments-api."""
    answer = catalog.ask.deps("exchange-rates", OPERATOR)

    assert [item.near.title for item in answer.uses] == ["Payments API"]
    assert [item.near.title for item in answer.used_by] == ["ledger-service"]
    assert (answer.uses_beyond, answer.used_by_beyond) == (3, 4)


# -- what may be told ----------------------------------------------------------------------------------------------


def described(name: str, **spec: str) -> str:
    fields = "".join(f"  {key}: {value}\n" for key, value in spec.items())
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n"
        f"spec:\n  type: service\n  lifecycle: production\n  owner: web\n{fields}"
    )


@pytest.fixture
def github() -> FakeGitHub:
    github = FakeGitHub()
    github.put("shop", {"catalog-info.yaml": described("shop")}, visibility=Visibility.PUBLIC)
    github.put(
        "bot",
        {"catalog-info.yaml": described("bot", dependsOn="[component:shop]")},
        visibility=Visibility.PRIVATE,
    )
    github.put(
        "secret",
        {"catalog-info.yaml": described("secret", dependencyOf="[component:shop]")},
        visibility=Visibility.PRIVATE,
    )
    github.put("tools", {"CODEOWNERS": "* @acme/web\n"})
    github.team("web", members=["ana"], maintainers=["ana"])
    return github


def synced(github: FakeGitHub, database: Database, clock: FixedClock) -> Ask:
    store = CatalogStore(database)
    Sync(store, clock).run(GitHubProvider(github, "acme"))
    return Ask(store, clock, TeamSettings(channels={"web": "#web"}))


def test_what_only_a_hidden_file_says_of_a_public_thing_is_told_to_nobody_outside(
    github: FakeGitHub, sqlite_database: Database, clock: FixedClock
) -> None:
    ask = synced(github, sqlite_database, clock)

    inside, outside = ask.deps("shop", OPERATOR), ask.deps("shop", GUEST)

    assert [item.near.title for item in (*inside.uses, *inside.used_by)] == ["secret", "bot"]
    assert (outside.subject.title, outside.uses, outside.used_by) == ("shop", (), ())
    assert (outside.uses_beyond, outside.used_by_beyond) == (0, 0)


def test_a_guest_finds_what_is_public_by_its_owner_and_is_told_of_nobody(
    github: FakeGitHub, sqlite_database: Database, clock: FixedClock
) -> None:
    ask = synced(github, sqlite_database, clock)

    found = ask.look_for("owner:web", GUEST)

    assert ([thing.near.title for thing in found.things], found.total) == (["shop"], 1)
    assert ask.who_owns("shop", GUEST).owners[0].leads == ()
    assert ask.team_of("web", GUEST).subject.about == "nothing"
    assert ask.look_for("kind:user", GUEST).total == 0


def test_a_repository_without_an_entry_has_the_way_to_register(
    github: FakeGitHub, sqlite_database: Database, clock: FixedClock
) -> None:
    ask = synced(github, sqlite_database, clock)

    known, nearly = (owner_message(ask.who_owns(name, OPERATOR), NOW) for name in ("acme/tools", "tolls"))

    for message in (known, nearly):
        pages = [element.get("url", "") for _block, element in elements_of(message.blocks)]
        assert any("/acme/tools/new/main?filename=catalog-info.yaml&value=" in page for page in pages)


def test_a_repository_whose_file_is_refused_is_not_offered_another_one(
    github: FakeGitHub, sqlite_database: Database, clock: FixedClock
) -> None:
    github.put("odd", {"catalog-info.yaml": "kind: Component\n", "CODEOWNERS": "* @acme/web\n"})

    answer = synced(github, sqlite_database, clock).who_owns("acme/odd", OPERATOR)

    assert answer.register_url == ""
    assert answer.notes[0].startswith("Its catalog-info.yaml is not in the catalog: it is refused")


def test_the_nearest_repository_is_named_with_what_codeowners_says(
    github: FakeGitHub, sqlite_database: Database, clock: FixedClock
) -> None:
    github.put("tools-of-the-trade", {"CODEOWNERS": "* @acme/web\n"})

    answer = synced(github, sqlite_database, clock).who_owns("trade tool shed", OPERATOR)

    assert answer.suggestion == "acme/tools-of-the-trade is not in the catalog yet; its CODEOWNERS says Web."


# -- when the database is away -------------------------------------------------------------------------------------


def taken_away(database: Database, path: Path) -> None:
    """The file is gone, and where it was none can be opened."""
    database.close()
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    path.mkdir()


@pytest.mark.parametrize("line", ["who shop", "team web", "deps shop", "find shop"])
def test_without_its_database_the_bot_says_what_it_knew_and_that_it_is_old(
    github: FakeGitHub, tmp_path: Path, sqlite_database_url: str, clock: FixedClock, line: str
) -> None:
    path = tmp_path / "away" / "callboard.db"
    path.parent.mkdir()
    shutil.copyfile(sqlite_database_url.removeprefix("sqlite:///"), path)
    database = connect(f"sqlite:///{path}")
    ask = synced(github, database, clock)
    talk = Talk(ask, clock)
    before = talk.hears(line).said[0]
    taken_away(database, path)

    after = talk.hears(line).said[0]
    database.close()

    old = "⚠️ The database does not answer; this is what was known before."
    assert [text.replace(f" · {old}", "") for text in lines(after)] == lines(before)
    assert old in readable(after.blocks)
    assert after.text.endswith("The database does not answer; this is what was known before.")


def test_without_its_database_and_without_a_memory_nobody_is_answered_anything_wrong(
    tmp_path: Path, clock: FixedClock
) -> None:
    path = tmp_path / "away.db"
    path.mkdir()
    database = connect(f"sqlite:///{path}")

    ask = Ask(CatalogStore(database), clock, TeamSettings())

    with pytest.raises(DatabaseUnavailable):
        ask.who_owns("shop", OPERATOR)
    database.close()


@pytest.mark.parametrize("asked", ["who am I?", "which teams am I in?"])
def test_a_name_after_a_question_about_oneself_is_a_question_for_its_owner(
    catalog: Catalog, asked: str
) -> None:
    past = Past(direct=[{"text": asked, "ts": "1.1"}])

    assert Talk(catalog.ask, FixedClock(NOW), past).hears("refunds").by == "who"


def test_that_a_path_has_a_rule_of_its_own_is_told_once_and_is_no_doubt(catalog: Catalog) -> None:
    message = Talk(catalog.ask, FixedClock(NOW)).hears("who src/fees/x.py in payments-api").said[0]

    assert "Part of payments-api, which is owned by Payments" in lines(message)
    assert "⚠️" not in readable(message.blocks)
    assert "But:" not in message.text


def test_a_guest_who_mentions_somebody_reads_their_name_and_not_that_the_catalog_knows_them(
    catalog: Catalog,
) -> None:
    talk = Talk(catalog.ask, FixedClock(NOW))
    said = [talk.hears(f"who is <@{user}>", GUEST).said[0].text for user in ("U0ANA", "U0ZOE")]

    assert said == [
        f"Nobody here is called “@{name}”. Check the spelling, or ask for the team."
        for name in ("Ana Silva", "Zoe")
    ]


def test_a_mention_in_a_sentence_that_names_nothing_is_quoted_as_a_mention(catalog: Catalog) -> None:
    said = Talk(catalog.ask, FixedClock(NOW)).hears("who is <@U0ANA> talking to")

    assert "user:default" not in said.said[0].text


def test_a_channel_is_called_one_and_names_its_team_for_ears(catalog: Catalog) -> None:
    message = Talk(catalog.ask, FixedClock(NOW)).hears("who owns #payments-help").said[0]

    assert lines(message)[0] == "#payments-help · channel"
    assert message.text.startswith("#payments-help, the channel of Payments: ")


def test_what_is_no_name_is_asked_back_as_it_was_written(catalog: Catalog) -> None:
    assert "“”" not in Talk(catalog.ask, FixedClock(NOW)).hears("who *").said[0].text


def test_what_nobody_understood_is_answered_in_few_lines() -> None:
    message = help_message("/callboard", [], asked="seat reserv")

    assert len(readable(message.blocks).split("\n")) <= 3
    assert "`/callboard help` lists everything" in readable(message.blocks)
