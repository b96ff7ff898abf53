"""What people type to the bot and what they read: a table over a messy organisation, in Slack's own encoding."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from pydantic import SecretStr

from bot.catalog import Catalog
from bot.slack.block_kit import outgoing_problems
from core.access import Asker, Standing
from core.clock import FixedClock
from core.settings import Settings
from tests.conftest import NOW
from tests.usecases.messy_organization import write_organizations
from tests.usecases.slack_questions import BOT, Past, Talk

TABLE = yaml.safe_load((Path(__file__).parent / "slack_questions.yaml").read_text(encoding="utf-8"))
ROWS = [pytest.param(by, *row, id=f"{by}: {row[0]}") for by, rows in TABLE.items() for row in rows]
GUEST = Asker(Standing.GUEST)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    folder = tmp_path_factory.mktemp("questions")
    settings = Settings(data_dir=folder, database_url=SecretStr(f"sqlite:///{folder / 'callboard.db'}"))
    catalog = Catalog(settings)
    for organization, repositories in write_organizations(folder / "organizations").items():
        catalog.sync_folder(repositories, organization)
    yield catalog
    catalog.database.close()


@pytest.fixture
def talk(catalog: Catalog) -> Talk:
    return Talk(catalog.ask, FixedClock(NOW))


@pytest.mark.parametrize(("by", "line", "begins"), ROWS)
def test_a_line_reaches_the_right_conversation_and_the_right_thing(
    talk: Talk, by: str, line: str, begins: str
) -> None:
    heard = talk.hears(line)

    assert (heard.by or "nobody") == by
    assert "".join(message.text for message in heard.said)[: len(begins)] == begins


@pytest.mark.parametrize("line", [row[0] for by in ("who", "team", "deps", "find") for row in TABLE[by]])
def test_every_answer_is_one_that_slack_takes(talk: Talk, line: str) -> None:
    for message in talk.hears(line).said:
        assert outgoing_problems(list(message.blocks)) == ()


@pytest.mark.parametrize("line", [row[0] for by in ("who", "team", "deps", "find") for row in TABLE[by]])
def test_a_guest_reads_nothing_of_what_no_guest_may_see(talk: Talk, line: str) -> None:
    """All of the organisation is internal, so a guest may be told of none of it."""
    said = "".join(str(message.blocks) + message.text for message in talk.hears(line, GUEST).said)

    assert "owned by" not in said
    assert "ask in" not in said.lower()
    assert "needed by" not in said.lower()


def test_the_table_is_long_enough_to_say_something() -> None:
    assert len(ROWS) >= 240


# -- this, and what goes on ----------------------------------------------------------------------------------------


def told(text: str, user: str = "U0KOFI", **more: str) -> dict[str, str]:
    return {"type": "message", "user": user, "text": text, "ts": "1.0", **more}


@pytest.mark.parametrize(
    ("parent", "line", "begins"),
    [
        ("the payments-api is down again", "who owns this?", "Payments API is owned by Payments"),
        ("the payments-api is down again", "who owns it", "Payments API is owned by Payments"),
        ("the payments-api is down again", "who", "Payments API is owned by Payments"),
        ("the payments-api is down again", "what depends on this?", "Payments API is needed by cart"),
        ("`ledger-db` is full", "and what does it depend on?", "Ledger Postgres depends on nothing"),
        ("<https://github.com/acme/tools/pull/3>", "whose is this?", "tools is owned by Platform"),
        ("our cart is empty", "who is on that team?", "web; owns"),
        ("nobody knows anything", "who owns this?", "I cannot tell what “this” is here."),
    ],
)
def test_in_a_thread_this_is_what_its_first_message_speaks_of(
    catalog: Catalog, parent: str, line: str, begins: str
) -> None:
    past = Past({"1.0": [told(parent), told(f"<@{BOT}> {line}", ts="9.9", thread_ts="1.0")]})

    heard = Talk(catalog.ask, FixedClock(NOW), past).hears(f"<@{BOT}> {line}", thread_ts="1.0")

    assert heard.said[0].text.startswith(begins)


def test_in_a_thread_it_is_what_was_asked_about_last(catalog: Catalog) -> None:
    asked = told(f"<@{BOT}> who owns ledger?", ts="2.0", thread_ts="1.0")
    past = Past({"1.0": [told("the payments-api is down"), asked]})

    heard = Talk(catalog.ask, FixedClock(NOW), past).hears(f"<@{BOT}> what depends on it?", thread_ts="1.0")

    assert heard.said[0].text.startswith("ledger-service is needed by Payments API.")


@pytest.mark.parametrize(
    ("before", "line", "by", "begins"),
    [
        ("who owns payments-api?", "and refunds?", "who", "refunds is owned by Payments"),
        ("what depends on payments-api?", "and ledger?", "deps", "ledger-service depends on"),
        ("who owns payments-api?", "what depends on it?", "deps", "Payments API is needed by"),
        ("who owns payments-api?", "and its docs?", "docs", ""),
        ("who owns payments-api?", "dependents?", "deps", "Payments API depends on"),
        ("who owns payments-api?", "and its team?", "team", "Payments; ask in #payments-help"),
        ("what does payments own?", "and web?", "team", "web; owns"),
        ("who owns payments-api?", "what about ledger?", "who", "ledger-service is owned by"),
        ("find payments", "refunds", "find", "1 thing fits “refunds”"),
        ("who owns payments-api?", "thanks", "help", ""),
        ("and ledger?", "and refunds?", "who", "refunds is owned by Payments"),
        ("good morning", "and refunds?", "who", "refunds is owned by Payments"),
    ],
)
def test_in_direct_messages_a_question_goes_on_from_the_one_before(
    catalog: Catalog, before: str, line: str, by: str, begins: str
) -> None:
    answer = {"type": "message", "bot_id": "B1", "user": BOT, "text": "shop is owned by web", "ts": "1.5"}
    past = Past(direct=[told(line, ts="9.9"), answer, told(before)])

    heard = Talk(catalog.ask, FixedClock(NOW), past).hears(line)

    assert heard.by == by
    assert "".join(message.text for message in heard.said).startswith(begins)


def test_what_is_asked_and_what_it_is_about_may_come_from_two_earlier_lines(catalog: Catalog) -> None:
    lines = ["and payments-api?", "what depends on it?", "and refunds?", "who owns ledger?"]
    past = Past(direct=[told(line, ts=str(9 - number)) for number, line in enumerate(lines)])

    heard = Talk(catalog.ask, FixedClock(NOW), past).hears("and its team?", ts="9.9")
    other = Talk(catalog.ask, FixedClock(NOW), Past(direct=past.direct[1:])).hears("and cart?", ts="9.9")

    assert heard.said[0].text.startswith("Payments; ask in")
    assert other.said[0].text.startswith("cart depends on payments and is needed by ghost-frontend.")
