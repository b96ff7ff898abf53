"""The local Slack's Web API refuses and answers what Slack does, method by method."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.organization import Channel, Organization, Person
from bot.sandbox.slack.api import ALL_SCOPES, METHODS, WebApi
from bot.sandbox.slack.api.registry import Method
from bot.sandbox.slack.api.wire import Sent
from bot.sandbox.slack.people.typed import as_sent
from bot.sandbox.slack.state import BOT_USER, TEAM_ID, Message, SlackError, Workspace

SCOPES = frozenset(
    "chat:write channels:read channels:history channels:join groups:read groups:history im:read im:write im:history"
    " users:read users:read.email reactions:write".split()
)
ORGANIZATION = Organization(
    name="playhouse",
    title="Playhouse",
    people=(
        Person(login="ana", name="Ana Duarte", email="ana@playhouse.example"),
        Person(login="jo-ann.k", name="Jo-Ann K", email="Jo@playhouse.example"),
        Person(login="guest", name="Gil", email="gil@agency.example", guest=True),
    ),
    teams=(),
    channels=(
        Channel(name="general", topic="Everybody"),
        Channel(name="payments-help", members=("ana",)),
        Channel(name="web-team", members=("ana",), private=True),
    ),
    repositories=(),
)
MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "New"},
    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}],
}
HOME = {"type": "home", "blocks": MODAL["blocks"]}


class World:
    """A workspace and the methods over it."""

    def __init__(self, scopes: frozenset[str] = SCOPES) -> None:
        self.workspace = Workspace(ORGANIZATION, "Callboard")
        self.api = WebApi(self.workspace, scopes, "http://slack.test")
        self.ana = self.workspace.user_by_name("ana").id
        self.general = self.channel("general")

    def channel(self, name: str) -> str:
        found = self.workspace.channel_named(name)
        assert found is not None
        return found.id

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        return self.api.call(method, arguments)

    def refusal(self, method: str, **arguments: Any) -> str:
        with pytest.raises(SlackError) as refused:
            self.api.call(method, arguments)
        return refused.value.error

    def posted(self, text: str = "hello", **more: Any) -> str:
        return str(self.call("chat.postMessage", channel=self.general, text=text, **more)["ts"])

    def leave(self, name: str) -> str:
        channel = self.channel(name)
        self.workspace.channels[channel].members.discard(BOT_USER)
        return channel


@pytest.fixture
def world() -> World:
    return World()


# -- ids -------------------------------------------------------------------------------------------------


def test_every_id_can_stand_in_a_mention(world: World) -> None:
    """Slack's ids are capital letters and digits; anything else does not match ``<@U...>`` in a text."""
    ids = [*world.workspace.users, *world.workspace.channels]

    assert [key for key in ids if not re.fullmatch(r"[UWCGD][A-Z0-9]{2,}", key)] == []


def test_the_same_organisation_gets_the_same_ids_each_time() -> None:
    assert list(World().workspace.users) == list(World().workspace.users)
    assert list(World().workspace.channels) == list(World().workspace.channels)


def test_timestamps_only_grow_and_have_six_digits(world: World) -> None:
    stamps = [world.workspace.next_ts() for _ in range(500)]

    assert stamps == sorted(set(stamps))
    assert all(re.fullmatch(r"\d{10}\.\d{6}", stamp) for stamp in stamps)


# -- refusals ----------------------------------------------------------------------------------------------


def test_an_unknown_method_is_named_as_slack_names_it(world: World) -> None:
    assert world.refusal("chat.shout") == "unknown_method"


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("chat.postMessage", {"channel": "C404", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "general"}, "no_text"),
        ("chat.postMessage", {"channel": "general", "text": ""}, "no_text"),
        ("chat.postEphemeral", {"channel": "general", "text": "x", "user": "U404"}, "user_not_in_channel"),
        ("chat.update", {"channel": "general", "ts": "1.000000", "text": "x"}, "message_not_found"),
        ("chat.delete", {"channel": "general", "ts": "1.000000"}, "message_not_found"),
        ("chat.getPermalink", {"channel": "general", "message_ts": "1.000000"}, "message_not_found"),
        ("conversations.info", {"channel": "C404"}, "channel_not_found"),
        ("conversations.open", {"users": "U404"}, "user_not_found"),
        ("users.info", {"user": "U404"}, "user_not_found"),
        ("users.lookupByEmail", {"email": "nobody@playhouse.example"}, "users_not_found"),
        ("users.lookupByEmail", {"email": ""}, "users_not_found"),
        ("views.open", {"trigger_id": "nothing", "view": MODAL}, "invalid_trigger_id"),
        ("views.update", {"view_id": "V404", "view": MODAL}, "not_found"),
        ("views.publish", {"user_id": "U404", "view": HOME}, "user_not_found"),
    ],
)
def test_a_wrong_call_is_refused_in_slacks_word(
    world: World, method: str, arguments: dict[str, Any], error: str
) -> None:
    assert world.refusal(method, **arguments) == error


@pytest.mark.parametrize(
    ("method", "scope"),
    [
        ("chat.postMessage", "chat:write"),
        ("chat.update", "chat:write"),
        ("conversations.list", "channels:read"),
        ("conversations.history", "channels:history"),
        ("conversations.open", "im:write"),
        ("users.info", "users:read"),
        ("users.lookupByEmail", "users:read.email"),
        ("reactions.add", "reactions:write"),
    ],
)
def test_a_scope_that_the_manifest_lacks_is_missed(method: str, scope: str) -> None:
    with pytest.raises(SlackError) as refused:
        World(SCOPES - {scope}).call(method, channel="general")

    assert (refused.value.error, refused.value.more["needed"]) == ("missing_scope", scope)


def test_views_need_no_scope() -> None:
    world = World(frozenset())

    assert world.call("views.publish", user_id=world.ana, view=HOME)["ok"]


def test_the_app_cannot_post_where_it_was_not_invited(world: World) -> None:
    assert (
        world.refusal("chat.postMessage", channel=world.leave("payments-help"), text="x") == "not_in_channel"
    )


def test_a_private_channel_without_the_app_does_not_exist_for_it(world: World) -> None:
    channel = world.leave("web-team")

    names = [item["name"] for item in world.call("conversations.list", types="private_channel")["channels"]]
    assert names == []
    assert world.refusal("chat.postMessage", channel=channel, text="x") == "channel_not_found"
    assert world.refusal("conversations.info", channel=channel) == "channel_not_found"
    assert world.refusal("conversations.history", channel=channel) == "channel_not_found"


def test_joining_opens_a_public_channel(world: World) -> None:
    channel = world.leave("payments-help")
    world.call("conversations.join", channel=channel)

    assert world.call("chat.postMessage", channel=channel, text="x")["ok"]


def test_blocks_that_slack_refuses_are_pointed_at(world: World) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]

    with pytest.raises(SlackError) as refused:
        world.call("chat.postMessage", channel="general", text="x", blocks=blocks)

    assert refused.value.error == "invalid_blocks"
    assert refused.value.more["errors"] == [
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


def test_a_modal_with_too_long_a_title_is_invalid_arguments(world: World) -> None:
    view = MODAL | {"title": {"type": "plain_text", "text": "x" * 25}}

    assert (
        world.refusal("views.open", trigger_id=world.workspace.new_trigger(world.ana), view=view)
        == "invalid_arguments"
    )


# -- messages ----------------------------------------------------------------------------------------------


def test_a_posted_message_is_in_the_history_newest_first(world: World) -> None:
    world.posted("first")
    world.posted("second")

    history = world.call("conversations.history", channel=world.general)

    assert [message["text"] for message in history["messages"]] == ["second", "first"]


def test_history_says_that_there_is_more(world: World) -> None:
    for text in "abc":
        world.posted(text)

    page = world.call("conversations.history", channel=world.general, limit=2)

    assert ([message["text"] for message in page["messages"]], page["has_more"]) == (["c", "b"], True)


def test_history_starts_where_it_is_asked_to(world: World) -> None:
    world.posted("old")
    since = world.posted("new")

    found = world.call("conversations.history", channel=world.general, oldest=since, inclusive=True)[
        "messages"
    ]

    assert [message["text"] for message in found] == ["new"]


@pytest.mark.parametrize(
    ("asked", "shown"), [(True, {"event_type": "weekly", "event_payload": {"key": "k"}}), (None, None)]
)
def test_metadata_is_shown_only_to_who_asks_for_it(world: World, asked: bool | None, shown: Any) -> None:
    world.posted(metadata={"event_type": "weekly", "event_payload": {"key": "k"}})

    message = world.call("conversations.history", channel=world.general, include_all_metadata=asked)[
        "messages"
    ][0]

    assert message.get("metadata") == shown


def test_an_ephemeral_message_is_in_nobodys_history(world: World) -> None:
    world.call("chat.postEphemeral", channel=world.general, user=world.ana, text="psst")

    assert world.call("conversations.history", channel=world.general)["messages"] == []


def test_replies_are_the_parent_and_its_thread_oldest_first(world: World) -> None:
    parent = world.posted("parent")
    world.posted("elsewhere")
    world.posted("reply", thread_ts=parent)

    thread = world.call("conversations.replies", channel=world.general, ts=parent)["messages"]
    history = world.call("conversations.history", channel=world.general)["messages"]

    assert [message["text"] for message in thread] == ["parent", "reply"]
    assert [message["text"] for message in history] == ["elsewhere", "parent"]


def test_an_update_changes_the_message_in_place_and_marks_it_edited(world: World) -> None:
    ts = world.posted("before")

    world.call("chat.update", channel=world.general, ts=ts, text="after")

    (message,) = world.call("conversations.history", channel=world.general)["messages"]
    assert (message["ts"], message["text"], message["edited"]["user"]) == (ts, "after", BOT_USER)


def test_an_update_keeps_to_slacks_length_of_text(world: World) -> None:
    ts = world.posted()

    assert world.refusal("chat.update", channel=world.general, ts=ts, text="x" * 4001) == "msg_too_long"


@pytest.mark.parametrize(
    ("method", "error"), [("chat.update", "cant_update_message"), ("chat.delete", "cant_delete_message")]
)
def test_the_app_cannot_touch_what_a_person_wrote(world: World, method: str, error: str) -> None:
    ts = world.workspace.next_ts()
    world.workspace.add_message(Message(ts, world.general, world.ana, "mine"))

    assert world.refusal(method, channel=world.general, ts=ts, text="x") == error


def test_a_deleted_message_is_gone(world: World) -> None:
    ts = world.posted()
    world.call("chat.delete", channel=world.general, ts=ts)

    assert world.refusal("chat.update", channel=world.general, ts=ts, text="x") == "message_not_found"


def test_a_permalink_names_channel_and_message(world: World) -> None:
    ts = world.posted()

    link = world.call("chat.getPermalink", channel=world.general, message_ts=ts)["permalink"]

    assert link == f"http://slack.test/archives/{world.general}/p{ts.replace('.', '')}"


def test_writing_to_a_person_lands_in_their_direct_messages(world: World) -> None:
    sent = world.call("chat.postMessage", channel=world.ana, text="hi")["channel"]

    assert sent == world.call("conversations.open", users=world.ana)["channel"]["id"]
    assert sent.startswith("D")


def test_a_reaction_counts_once(world: World) -> None:
    ts = world.posted()
    world.call("reactions.add", channel=world.general, timestamp=ts, name="eyes")

    assert (
        world.refusal("reactions.add", channel=world.general, timestamp=ts, name="eyes") == "already_reacted"
    )


# -- people and channels -----------------------------------------------------------------------------------


def test_an_address_is_found_whatever_its_case(world: World) -> None:
    assert world.call("users.lookupByEmail", email="JO@Playhouse.example")["user"]["name"] == "jo-ann.k"


def test_a_guest_is_marked_and_not_in_everybodys_channels(world: World) -> None:
    guest = world.workspace.user_by_name("guest").id

    assert world.call("users.info", user=guest)["user"]["is_restricted"]
    assert guest not in world.call("conversations.members", channel=world.general)["members"]


def test_an_address_is_hidden_without_its_scope() -> None:
    world = World(SCOPES - {"users:read.email"})

    assert "email" not in world.call("users.info", user=world.ana)["user"]["profile"]


def test_private_channels_are_listed_only_when_asked_for(world: World) -> None:
    public = [item["name"] for item in world.call("conversations.list")["channels"]]
    both = [
        item["name"]
        for item in world.call("conversations.list", types="public_channel,private_channel")["channels"]
    ]

    assert (public, both) == (["general", "payments-help"], ["general", "payments-help", "web-team"])


def test_a_cursor_leads_through_all_channels_once(world: World) -> None:
    names, cursor = [], ""
    for _ in range(5):
        page = world.call("conversations.list", limit=1, cursor=cursor)
        names += [item["name"] for item in page["channels"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break

    assert names == ["general", "payments-help"]


# -- views -------------------------------------------------------------------------------------------------


def test_a_trigger_opens_one_view(world: World) -> None:
    trigger = world.workspace.new_trigger(world.ana)
    world.call("views.open", trigger_id=trigger, view=MODAL)

    assert world.refusal("views.open", trigger_id=trigger, view=MODAL) == "exchanged_trigger_id"


def test_a_trigger_is_worth_nothing_after_three_seconds(world: World) -> None:
    trigger = world.workspace.new_trigger(world.ana)
    world.workspace.triggers[trigger].at -= 3.1

    assert world.refusal("views.open", trigger_id=trigger, view=MODAL) == "expired_trigger_id"


def test_a_fourth_view_cannot_be_pushed(world: World) -> None:
    for method in ("views.open", "views.push", "views.push"):
        world.call(method, trigger_id=world.workspace.new_trigger(world.ana), view=MODAL)

    trigger = world.workspace.new_trigger(world.ana)
    assert world.refusal("views.push", trigger_id=trigger, view=MODAL) == "push_limit_reached"


def test_a_pushed_view_knows_its_root_and_the_one_below(world: World) -> None:
    root = world.call("views.open", trigger_id=world.workspace.new_trigger(world.ana), view=MODAL)["view"]
    pushed = world.call("views.push", trigger_id=world.workspace.new_trigger(world.ana), view=MODAL)["view"]

    assert (pushed["root_view_id"], pushed["previous_view_id"]) == (root["id"], root["id"])


def test_an_old_hash_cannot_overwrite_a_newer_view(world: World) -> None:
    view = world.call("views.open", trigger_id=world.workspace.new_trigger(world.ana), view=MODAL)["view"]
    world.call("views.update", view_id=view["id"], hash=view["hash"], view=MODAL)

    assert world.refusal("views.update", view_id=view["id"], hash=view["hash"], view=MODAL) == "hash_conflict"


def test_an_old_hash_cannot_overwrite_a_newer_home(world: World) -> None:
    first = world.call("views.publish", user_id=world.ana, view=HOME)["view"]
    world.call("views.publish", user_id=world.ana, hash=first["hash"], view=HOME)

    assert world.refusal("views.publish", user_id=world.ana, hash=first["hash"], view=HOME) == "hash_conflict"


def test_a_view_is_found_by_its_external_id(world: World) -> None:
    view = MODAL | {"external_id": "new:7"}
    opened = world.call("views.open", trigger_id=world.workspace.new_trigger(world.ana), view=view)["view"]

    assert world.call("views.update", external_id="new:7", view=view)["view"]["id"] == opened["id"]


def test_every_block_of_a_view_has_an_id(world: World) -> None:
    """Slack makes up a ``block_id`` where there is none; state and actions name blocks by it."""
    view = world.call("views.open", trigger_id=world.workspace.new_trigger(world.ana), view=MODAL)["view"]

    assert all(block.get("block_id") for block in view["blocks"])


# -- response urls -----------------------------------------------------------------------------------------


def test_whoever_listens_hears_of_every_change(world: World) -> None:
    heard: list[dict[str, Any]] = []
    world.workspace.listeners.append(heard.append)

    ts = world.posted()
    world.call("chat.update", channel=world.general, ts=ts, text="after")

    assert [(event["kind"], event["ts"]) for event in heard] == [("message", ts), ("message", ts)]


# -- what people type --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Tom & Jerry <3", "Tom &amp; Jerry &lt;3"),
        ("see https://x.test/a?b=1&c=2.", "see <https://x.test/a?b=1&amp;c=2>."),
        ("@ana, @jo-ann.k: look", "<@{ana}>, <@{jo}>: look"),
        ("ana@playhouse.example and @nobody", "ana@playhouse.example and @nobody"),
        ("in #general, not #nowhere", "in <#{general}|general>, not #nowhere"),
        ("`@ana` runs ```https://x.test```", "`@ana` runs ```https://x.test```"),
    ],
)
def test_an_app_reads_what_slack_makes_of_a_line(world: World, typed: str, sent: str) -> None:
    jo = world.workspace.user_by_name("jo-ann.k")
    ids = {"ana": world.ana, "jo": jo.id, "general": world.general}

    assert as_sent(typed, world.workspace, jo) == sent.format(**ids)


def test_a_command_gets_the_names_with_the_ids(world: World) -> None:
    ana = world.workspace.user_by_name("ana")

    assert as_sent("who @ana", world.workspace, ana, with_names=True) == f"who <@{ana.id}|ana>"


def test_a_private_channel_is_a_link_only_for_who_is_in_it(world: World) -> None:
    inside, outside = (world.workspace.user_by_name(name) for name in ("ana", "guest"))

    assert as_sent("#web-team", world.workspace, inside) == f"<#{world.channel('web-team')}|web-team>"
    assert as_sent("#web-team", world.workspace, outside) == "#web-team"


# -- whatever comes ------------------------------------------------------------------------------------------


def any_json(known: list[str]) -> st.SearchStrategy[Any]:
    """Anything that JSON can say, with ids and words among it that lead further in."""
    words = st.sampled_from([*known, "type", "text", "blocks", "section", "modal", "home", "markdown_text"])
    leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | words
    return st.recursive(
        leaves,
        lambda inside: st.lists(inside, max_size=3) | st.dictionaries(words | st.text(), inside, max_size=4),
        max_leaves=8,
    )


@settings(max_examples=200, deadline=None)
@given(drawn=st.data())
def test_whatever_is_sent_is_answered_in_slacks_shape(drawn: st.DataObject) -> None:
    world = World(ALL_SCOPES)
    ts = world.posted("parent")
    streamed = world.call("chat.startStream", channel=world.general, thread_ts=ts, **streaming_to(world))[
        "ts"
    ]
    trigger = world.workspace.new_trigger(world.ana)
    anything = any_json([world.ana, world.general, ts, streamed, trigger, f"{world.general}-{ts}"])
    method = drawn.draw(st.sampled_from(METHODS))
    names = [argument.name for argument in method.arguments] or ["any"]
    arguments = drawn.draw(st.dictionaries(st.sampled_from(names), anything))
    good = {"channel": world.general, "channel_id": world.general, "ts": streamed, "thread_ts": ts}
    for name, value in good.items():
        if name in names and drawn.draw(st.booleans()):
            arguments[name] = value

    answer = world.api.answer(method.name, Sent(arguments, token_for(world, method)))

    assert answer.status == 200
    assert answer.body["ok"] is True or isinstance(answer.body["error"], str)
    json.dumps(answer.body, allow_nan=False)


def streaming_to(world: World) -> dict[str, str]:
    return {"recipient_user_id": world.ana, "recipient_team_id": TEAM_ID}


def token_for(world: World, method: Method) -> str:
    """A token that the method takes."""
    tokens = world.api.site.tokens
    app = next(iter(tokens.apps.values()))
    found = {token.kind: token.text for token in tokens.of(app)}
    return next((found[kind] for kind in (*found,) if kind in method.tokens), app.bot_token)
