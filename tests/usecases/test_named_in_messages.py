"""What a message speaks of: names, links, paths, code, quotes, people and channels, wherever in it they stand."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import SecretStr

from bot.catalog import Catalog
from bot.slack.message_text import told_in
from core.access import Asker, Standing
from core.settings import Settings
from tests.usecases.messy_organization import write_organizations

MEMBER, GUEST = Asker(Standing.MEMBER), Asker(Standing.GUEST)
PEOPLE: Mapping[str, str] = {"U0ANA": "user:default/ana"}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    folder = tmp_path_factory.mktemp("messages")
    settings = Settings(data_dir=folder, database_url=SecretStr(f"sqlite:///{folder / 'callboard.db'}"))
    catalog = Catalog(settings)
    for organization, repositories in write_organizations(folder / "organizations").items():
        catalog.sync_folder(repositories, organization)
    yield catalog
    catalog.database.close()


def named(catalog: Catalog, message: Mapping[str, Any], asker: Asker = MEMBER) -> list[str]:
    told = told_in(message, lambda user: PEOPLE.get(user, ""))
    return [answer.title for answer in catalog.ask.named_in(told, asker)]


def rich(*elements: Mapping[str, Any], kind: str = "rich_text_section") -> Mapping[str, Any]:
    """A message that somebody has typed, in Slack's own editor."""
    return {
        "text": "",
        "blocks": [{"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)}]}],
    }


def text(words: str, **style: bool) -> Mapping[str, Any]:
    return {"type": "text", "text": words, **({"style": style} if style else {})}


@pytest.mark.parametrize(
    ("message", "titles"),
    [
        ("payments-api is down", ["Payments API"]),
        ("The Payments API is down again :fire:", ["Payments API"]),
        ("`ledger-service` returns 500", ["ledger-service"]),
        ("```\nERROR payments-api: timeout\n  at ledger-db:5432\n```", ["Payments API", "Ledger Postgres"]),
        ("&gt; somebody wrote: refunds is slow", ["refunds"]),
        ("see <https://github.com/acme/payments-api/pull/12|#12>", ["Payments API"]),
        ("<https://github.com/acme/payments-api/blob/main/terraform/main.tf#L3|main.tf>", ["payments-api/terraform/main.tf"]),
        ("deploy of acme/tools failed", ["tools"]),
        ("please look at payments-api/src/fees/x.py", ["payments-api/src/fees/x.py"]),
        ("https://github.com/acme/ledger is red", ["ledger-service"]),
        ("the payments team should know", ["Payments"]),
        ("ask in <#C0PAY|payments-help>", ["#payments-help"]),
        ("<@U0ANA> can you look?", ["Ana Silva"]),
        ("<@U0ANA> payments-api is down", ["Payments API", "Ana Silva"]),
        ("cart, refunds, pricing and mailer are slow", ["cart", "refunds", "pricing"]),
        ("paymnets-api is down", ["Payments API"]),
        ("payments-api, again payments-api, PAYMENTS-API", ["Payments API"]),
        ("Good morning everybody, what a day!", []),
        ("see <https://example.com/blog|our blog>", []),
        ("the follow-up to the up-to-date e-mail", []),
        ("", []),
    ],
)  # fmt: skip
def test_a_line_names_the_right_things_the_surest_first(
    catalog: Catalog, message: str, titles: list[str]
) -> None:
    assert named(catalog, {"text": message}) == titles


@pytest.mark.parametrize(
    ("message", "titles"),
    [
        (rich(text("the "), text("payments-api", code=True), text(" is down")), ["Payments API"]),
        (rich(text("look: "), {"type": "link", "url": "https://github.com/acme/ledger"}), ["ledger-service"]),
        (rich({"type": "user", "user_id": "U0ANA"}, text(" ping")), ["Ana Silva"]),
        (rich(text("refunds fails\nagain"), kind="rich_text_preformatted"), ["refunds"]),
        (rich(text("refunds fails"), kind="rich_text_quote"), ["refunds"]),
        ({"text": "Alert", "attachments": [{"title": "cart is slow", "title_link": "https://grafana.example/d/1"}]}, ["cart"]),
        ({"text": "", "attachments": [{"fallback": "[acme/tools] CI failed", "text": "main"}]}, ["tools"]),
        ({"text": "", "attachments": [{"fields": [{"title": "Service", "value": "pricing"}]}]}, ["pricing"]),
        ({"text": "x", "attachments": [{"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*mailer* failed"}}]}]}, ["mailer"]),
        ({"text": "CI", "bot_id": "B1", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "Deploy of wishlist"}}]}, ["wishlist"]),
        ({"text": "", "blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "*Service*\n`refunds`"}]}]}, ["refunds"]),
        ({"text": "", "blocks": [{"type": "actions", "elements": [{"type": "button", "url": "https://github.com/acme/shop/actions/runs/7", "text": {"type": "plain_text", "text": "Open"}}]}]}, ["shop"]),
        ({"text": "", "blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "<https://github.com/acme/fraud|acme/fraud>"}]}]}, ["fraud-model"]),
    ],
)  # fmt: skip
def test_blocks_and_attachments_are_read_too(
    catalog: Catalog, message: Mapping[str, Any], titles: list[str]
) -> None:
    assert named(catalog, message) == titles


def test_a_guest_is_told_of_nothing_that_is_not_public(catalog: Catalog) -> None:
    assert named(catalog, {"text": "payments-api and <@U0ANA> and `ledger-db`"}, GUEST) == []


def test_a_message_that_is_one_long_attack_is_read_to_its_limit_and_no_further(catalog: Catalog) -> None:
    deep: dict[str, Any] = {"text": "payments-api"}
    for _level in range(200):
        deep = {"blocks": [deep], "text": "a-b " * 50}

    assert named(catalog, {"text": "word-like-this " * 20_000, "attachments": [deep]}) == []
