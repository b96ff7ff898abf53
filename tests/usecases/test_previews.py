"""When a link is shown with its owner, with a Slack that only writes down what it is told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bot.slack.block_kit import attachments_problems
from bot.slack.blocks import Message
from bot.slack.conversation import Request
from bot.slack.previews.handlers import AGAIN, PreviewConversation
from bot.slack.previews.store import PreviewStore
from bot.slack.previews.views import preview
from bot.slack.replies import NoReply
from catalog_sync.answers import OwnerAnswer
from catalog_sync.entity.model import EntityRef, Owner, RepositoryName
from core.access import Asker, Place, PlaceKind, Standing
from core.clock import FixedClock
from core.database import Database
from core.errors import NotAllowed, SlackUnavailable, UserError
from tests.conftest import NOW

URL = "https://github.com/acme/payments-api"
MEMBERS = Place(PlaceKind.CHANNEL)
EVIL = "*bold* <!channel> @here <https://evil.example|bank> & `x`"
ANSWER = OwnerAnswer(
    URL,
    "entity",
    NOW,
    entity=EntityRef("Component", "default", "payments-api"),
    title="Payments API",
    type="service",
    repository=RepositoryName("github.com", "acme", "payments-api"),
    repository_url=URL,
    owners=(Owner("group:default/payments", "Payments", "Group", "#payments-help"),),
    why="From catalog-info.yaml (spec.owner)",
)


class Slack:
    """A workspace in which we are UBOT."""

    workspace, bot_user = "T1", "UBOT"

    def __init__(self) -> None:
        self.shown: list[tuple[str, str, Mapping[str, Any]]] = []
        self.error: Exception | None = None

    def unfurl(self, channel: str, ts: str, unfurls: Mapping[str, Any]) -> None:
        if self.error:
            raise self.error
        self.shown.append((channel, ts, unfurls))

    def channel_text(self, channel: str) -> str:
        return channel


class Catalog:
    """Knows every link of one host, and notes who asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Asker]] = []

    def of_link(self, url: str, asker: Asker) -> OwnerAnswer | None:
        self.asked.append((url, asker))
        ref = EntityRef("Component", "default", url.rpartition("/")[2])
        return replace(ANSWER, query=url, entity=ref) if url.startswith(URL.rpartition("/")[0]) else None


class Stage:
    """The handlers and what they stand on."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.slack, self.catalog = Slack(), Catalog()
        self.later: list[tuple[str, str, dict[str, Any]]] = []
        self.place = MEMBERS
        self.store = PreviewStore(database, clock)
        self.previews = PreviewConversation(
            self.catalog,
            self.slack,
            self.store,
            lambda _user: Asker(Standing.MEMBER),
            lambda _channel: self.place,
            self._enqueue,
        )

    def shares(self, *urls: str, user: str = "U1", ts: str = "1.0", **event: Any) -> None:
        links = [{"domain": "github.com", "url": url} for url in urls]
        shared = {
            "type": "link_shared",
            "source": "conversations_history",
            "message_ts": ts,
            "links": links,
            **event,
        }
        self.previews.shared(self.request(user, event=shared))

    def request(self, user: str = "U1", text: str = "", **more: Any) -> Request:
        return Request(Asker(Standing.MEMBER), user, text, "C1", NoReply(), **more)

    def _enqueue(self, job: str, key: str, payload: dict[str, Any]) -> bool:
        self.later.append((job, key, payload))
        return True


@pytest.fixture
def stage(sqlite_database: Database, clock: FixedClock) -> Stage:
    return Stage(sqlite_database, clock)


def test_the_catalog_is_asked_for_what_everybody_in_the_channel_may_see(stage: Stage) -> None:
    stage.place = Place(PlaceKind.CHANNEL, has_guests=True)

    stage.shares(URL)

    assert [(url, asker.place) for url, asker in stage.catalog.asked] == [(URL, stage.place)]
    assert [(channel, ts, list(shown)) for channel, ts, shown in stage.slack.shown] == [("C1", "1.0", [URL])]


def test_nothing_is_shown_while_somebody_is_still_writing(stage: Stage) -> None:
    """Who will read it, nobody knows yet; Slack tells of it again once it is sent."""
    stage.shares(URL, source="composer", ts="7e6a-41", channel="COMPOSER")

    assert (stage.slack.shown, stage.catalog.asked) == ([], [])


def test_our_own_messages_get_none(stage: Stage) -> None:
    stage.shares(URL, user="UBOT")

    assert stage.slack.shown == []


def test_in_a_direct_message_a_link_is_a_question_and_gets_its_answer_alone(stage: Stage) -> None:
    stage.place = Place(PlaceKind.DIRECT)

    stage.shares(URL)

    assert stage.slack.shown == []


def test_when_the_setting_is_off_nothing_is_shown_and_people_are_told_why(
    sqlite_database: Database, clock: FixedClock
) -> None:
    stage = Stage(sqlite_database, clock)
    stage.previews = replace(stage.previews, is_on=False)
    heard: list[Message] = []

    class Ear(NoReply):
        def show(self, message: Message) -> None:
            heard.append(message)

    stage.shares(URL)
    stage.previews.switch(replace(stage.request(text=""), reply=Ear()))

    assert stage.slack.shown == []
    assert "slack.previews" in heard[0].text


@pytest.mark.parametrize("links", [None, [], [{"domain": "github.com"}]])
def test_an_event_without_links_is_nothing(stage: Stage, links: Any) -> None:
    stage.shares(links=links)

    assert stage.slack.shown == []


def test_the_same_thing_twice_in_one_message_is_shown_once(stage: Stage) -> None:
    stage.shares(URL, URL)

    assert [list(shown) for _channel, _ts, shown in stage.slack.shown] == [[URL]]


def test_a_message_that_is_gone_is_let_go_and_the_link_is_free_again(stage: Stage) -> None:
    stage.slack.error = UserError("Slack refused chat_unfurl: cannot_find_message")
    stage.shares(URL)
    stage.slack.error = None

    stage.shares(URL, ts="2.0")

    assert [ts for _channel, ts, _shown in stage.slack.shown] == ["2.0"]
    assert stage.later == []


def test_what_slack_did_not_take_is_shown_by_a_job_and_by_nobody_else_meanwhile(stage: Stage) -> None:
    stage.slack.error = SlackUnavailable("Slack asks us to wait", 3.0)
    stage.shares(URL)
    stage.slack.error = None
    stage.shares(URL, ts="2.0")
    assert stage.slack.shown == []

    [(job, key, payload)] = stage.later
    assert (job, key) == (AGAIN, "preview:T1:C1:1.0")

    class Playing:
        key = "preview:T1:C1:1.0"

        def step(self, _name: str, function: Any) -> Any:
            return function()

    assert stage.previews.job().run(Playing(), payload) == 1
    assert [ts for _channel, ts, _shown in stage.slack.shown] == ["1.0"]


def test_a_quiet_channel_is_not_even_looked_at(stage: Stage) -> None:
    stage.previews.switch(stage.request(text="off"))

    stage.shares(URL)

    assert stage.catalog.asked == []


def test_a_guest_may_not_turn_them_off(stage: Stage) -> None:
    request = replace(stage.request(text="off"), asker=Asker(Standing.GUEST))

    with pytest.raises(NotAllowed):
        stage.previews.switch(request)


# -- what it looks like ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER,
        replace(ANSWER, about="path", path=f"src/{'x' * 900}.py", lines="L1-L9", query=f"{URL}/blob/main/x"),
        replace(ANSWER, about="team", owners=(Owner("group:default/payments", "Payments", "Group"),)),
        replace(
            ANSWER, title=EVIL * 90, description=EVIL * 90, why=EVIL, type=EVIL, disagreements=(EVIL,) * 9
        ),
        replace(ANSWER, owners=ANSWER.owners * 40, is_archived=True, synced_at=None),
    ],
)
def test_whatever_the_catalog_says_slack_takes_it_and_nobody_is_called(answer: OwnerAnswer) -> None:
    shown = preview(answer)

    assert attachments_problems([shown]) == ()
    text = str(shown)
    for evil in ("<!channel>", "@here", "|bank>"):
        assert evil not in text
    assert len(shown["blocks"]) == 2


def test_a_screen_reader_gets_one_sentence() -> None:
    assert preview(ANSWER)["fallback"] == "Payments API is owned by Payments"
