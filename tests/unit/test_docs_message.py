"""An answer from the docs as a message: within Slack's limits, with its age, and honest where something is away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.slack.block_kit import outgoing_problems
from bot.slack.docs.views import docs_message
from catalog_sync.answers import DocsAnswer, Passage
from catalog_sync.entity.model import Owner, RepositoryName

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TEAM = Owner("group:default/payments", "Payments", "Group", "#payments-help")


def packed(*parts: str) -> str:
    return "|".join(parts)[:2_000]


def passage(number: int = 1, size: int = 10) -> Passage:
    return Passage(
        entity="component:default/pay",
        entity_title="Pay <&> " * size,
        owner=TEAM,
        page="Keys *bold* " * size,
        path="docs/keys.md",
        heading=" › ".join(["Rotate & retire <keys>"] * size),
        url=f"https://github.example/acme/pay/blob/main/docs/{'k' * size * 20}.md#rotate-{number}",
        text="",
        edited_at=NOW - timedelta(days=400),
        score=1.0,
        is_stale=True,
        repository=RepositoryName("github.example", "acme", "pay"),
        excerpt="\n".join(["&<>" * 70] * 5),
        section="github.example/acme/pay/docs/keys.md#rotate",
    )


def text_of(answer: DocsAnswer) -> str:
    message = docs_message(answer, NOW, packed)
    assert outgoing_problems(list(message.blocks)) == ()
    return str(message.blocks)


def test_the_longest_names_and_texts_fit_slack() -> None:
    for size in (1, 10, 100):
        found = tuple(passage(number, size) for number in range(3))
        text_of(DocsAnswer("how? " * 400, found, NOW))


def test_an_old_page_says_so_and_an_old_look_at_the_catalog_too() -> None:
    fresh = text_of(DocsAnswer("q", (passage(),), NOW - timedelta(hours=2)))
    old = text_of(DocsAnswer("q", (passage(),), NOW - timedelta(days=3)))

    assert "⚠️ may be stale" in fresh
    assert "last looked at" not in fresh
    assert "⚠️ last looked at 3 days ago" in old


def test_where_the_database_is_away_the_owner_is_named_and_why() -> None:
    away = "The docs cannot be searched now, because the database does not answer."

    assert f"{away} *Payments* owns it" in text_of(DocsAnswer("q", (), NOW, None, TEAM, away))
    assert "Please try again in a minute." in text_of(DocsAnswer("q", (), NOW, None, None, away))


def test_the_way_to_a_section_says_no_name_twice() -> None:
    source = replace(
        passage(),
        entity_title="Ledger",
        page="Home",
        heading="Ledger › Local development",
        url="https://h.test/x",
    )

    assert "|Ledger › Home › Local development>" in text_of(DocsAnswer("q", (source,), NOW))
