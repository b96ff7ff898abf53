"""The local Slack's Web API over the wire: posting, editing, scheduling, streaming, unfurling, reacting."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.sandbox.slack.manifests import may_do_everything
from bot.sandbox.slack.records import Message
from tests.scenarios.slack_world import SECTION, SlackWorld
from tests.scenarios.world import until

TOO_LONG = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
EVENT = {"event_type": "weekly", "event_payload": {"key": "k"}}
NEVER = "1600000000.000001"


@pytest.fixture(scope="module")
def running() -> Iterator[SlackWorld]:
    found = SlackWorld()
    yield found
    found.stop()


@pytest.fixture
def world(running: SlackWorld) -> SlackWorld:
    return running.clear()


def history(world: SlackWorld, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.client.conversations_history(channel=world.general, **more)[
        "messages"
    ]
    return found


# -- content ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"blocks": []}, "no_text"),
        ({"text": "x", "blocks": "{"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": {"type": "section"}}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [TOO_LONG]}, "invalid_blocks"),
        ({"text": "x", "blocks": [SECTION] * 51}, "invalid_blocks"),
        ({"text": "x", "attachments": [{"text": "y"}] * 101}, "too_many_attachments"),
        ({"text": "x", "attachments": ["y"]}, "invalid_attachments"),
        ({"text": "x", "attachments": [{"blocks": [TOO_LONG]}]}, "invalid_attachments"),
        ({"text": "x", "markdown_text": "**y**"}, "markdown_text_conflict"),
        ({"blocks": [SECTION], "markdown_text": "**y**"}, "markdown_text_conflict"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        (
            {"text": "x", "metadata": {"event_type": "e", "event_payload": {"k": "x" * 20_000}}},
            "metadata_too_large",
        ),
        ({"text": "x", "thread_ts": "0"}, "invalid_thread_ts"),
    ],
)
def test_content_that_slack_refuses_is_refused_in_its_word(
    world: SlackWorld, content: dict[str, Any], error: str
) -> None:
    assert world.refusal("chat.postMessage", channel=world.general, **content) == error
    assert history(world) == []


def test_a_refused_block_is_pointed_at(world: SlackWorld) -> None:
    answer = world.call("chat.postMessage", channel=world.general, text="x", blocks=[SECTION, TOO_LONG])

    assert any(line.endswith("[json-pointer:/blocks/1/text/text]") for line in answer["errors"])
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {line}" for line in answer["errors"]]


def test_a_block_inside_an_attachment_is_pointed_at(world: SlackWorld) -> None:
    answer = world.call("chat.postMessage", channel=world.general, attachments=[{"blocks": [TOO_LONG]}])

    assert any("/attachments/0/blocks/0/text" in line for line in answer["errors"])


@pytest.mark.parametrize(
    ("content", "warning"),
    [
        ({"text": "x" * 40_001}, "message_truncated"),
        ({"blocks": [SECTION]}, "missing_text_in_message"),
        (
            {"text": "x", "metadata": {"event_type": "with.dot", "event_payload": {}}},
            "invalid_metadata_format",
        ),
        ({"text": "x", "metadata": {"event_type": "e"}}, "invalid_metadata_format"),
    ],
)
def test_some_content_is_taken_with_a_warning(
    world: SlackWorld, content: dict[str, Any], warning: str
) -> None:
    answer = world.call("chat.postMessage", channel=world.general, **content)

    assert (answer["ok"], answer["warning"]) == (True, warning)
    assert answer["response_metadata"]["warnings"] == [warning]


def test_a_text_that_is_too_long_is_cut(world: SlackWorld) -> None:
    world.post("x" * 40_001)

    assert len(history(world)[0]["text"]) == 40_000


def test_attachments_alone_are_a_message(world: SlackWorld) -> None:
    world.client.chat_postMessage(
        channel=world.general, attachments=[{"text": "old style", "fallback": "old"}]
    )

    assert history(world)[0]["attachments"][0] | {"id": 1} == {
        "id": 1,
        "text": "old style",
        "fallback": "old",
    }


def test_markdown_is_shown_as_markdown(world: SlackWorld) -> None:
    world.client.chat_postMessage(channel=world.general, markdown_text="**bold**")

    assert history(world)[0]["blocks"][0]["type"] == "markdown"


def test_a_broadcast_reply_stands_in_the_channel_too(world: SlackWorld) -> None:
    parent = world.post("parent")
    world.post("only in the thread", thread_ts=parent)
    world.post("for everybody", thread_ts=parent, reply_broadcast=True)

    shown = history(world)
    assert [(item["text"], item.get("subtype")) for item in shown] == [
        ("for everybody", "thread_broadcast"),
        ("parent", None),
    ]
    assert (shown[1]["reply_count"], shown[1]["reply_users_count"]) == (2, 1)


# -- where -----------------------------------------------------------------------------------------------------


def test_an_archived_channel_takes_no_message(world: SlackWorld) -> None:
    channel = world.client.conversations_create(name=f"old-{world.general.lower()}")["channel"]["id"]
    world.client.conversations_archive(channel=channel)

    assert world.refusal("chat.postMessage", channel=channel, text="x") == "is_archived"


def test_a_message_by_somebody_else_cannot_be_changed(world: SlackWorld) -> None:
    ts = world.workspace.next_ts()
    world.workspace.add_message(Message(ts, world.general, world.ana, "mine"))
    other = world.slack.install(may_do_everything("Other"), "Other")
    world.client.conversations_invite(channel=world.general, users=other.bot_user)
    own = world.post()

    assert world.refusal("chat.update", channel=world.general, ts=ts, text="x") == "cant_update_message"
    assert world.refusal("chat.delete", channel=world.general, ts=ts) == "cant_delete_message"
    token = other.bot_token
    assert (
        world.refusal("chat.update", token, channel=world.general, ts=own, text="x") == "cant_update_message"
    )
    assert world.refusal("chat.delete", token, channel=world.general, ts=own) == "cant_delete_message"


def test_an_update_keeps_what_it_does_not_name(world: SlackWorld) -> None:
    ts = world.post("before", blocks=[SECTION], attachments=[{"text": "below"}], metadata=EVENT)

    world.client.chat_update(channel=world.general, ts=ts, text="after")
    kept = history(world, include_all_metadata=True)[0]
    assert (kept["text"], len(kept["blocks"]), len(kept["attachments"]), kept["metadata"]) == (
        "after",
        1,
        1,
        EVENT,
    )

    world.client.chat_update(channel=world.general, ts=ts, text="bare", blocks=[], attachments=[])
    bare = history(world)[0]
    assert ("blocks" in bare, "attachments" in bare) == (False, False)


def test_a_reply_is_linked_with_its_thread(world: SlackWorld) -> None:
    parent = world.post("parent")
    reply = world.post("reply", thread_ts=parent)

    link = world.client.chat_getPermalink(channel=world.general, message_ts=reply)["permalink"]

    assert link.endswith(f"?thread_ts={parent}&cid={world.general}")


def test_an_app_can_speak_of_itself(world: SlackWorld) -> None:
    world.client.chat_meMessage(channel=world.general, text="is thinking")

    assert history(world)[0]["subtype"] == "me_message"


# -- later -------------------------------------------------------------------------------------------------------


def later(world: SlackWorld, seconds: float, **more: Any) -> str:
    at = int(world.clock.now + seconds)
    answer = world.client.chat_scheduleMessage(channel=world.general, text="later", post_at=at, **more)
    return str(answer["scheduled_message_id"])


@pytest.mark.parametrize(
    ("ahead", "error"), [(-1, "time_in_past"), (0, "time_in_past"), (120 * 86400 + 60, "time_too_far")]
)
def test_a_message_cannot_be_scheduled_for_any_time(world: SlackWorld, ahead: int, error: str) -> None:
    at = int(world.clock.now + ahead)

    assert world.refusal("chat.scheduleMessage", channel=world.general, text="x", post_at=at) == error


def test_a_time_that_is_no_number_is_invalid(world: SlackWorld) -> None:
    assert (
        world.refusal("chat.scheduleMessage", channel=world.general, text="x", post_at="soon")
        == "invalid_time"
    )


def test_thirty_messages_in_five_minutes_are_enough(world: SlackWorld) -> None:
    for _ in range(30):
        later(world, 600)

    at = int(world.clock.now + 610)
    assert (
        world.refusal("chat.scheduleMessage", channel=world.general, text="x", post_at=at)
        == "restricted_too_many"
    )
    assert later(world, 1200)


def test_a_scheduled_message_is_posted_when_its_time_comes(world: SlackWorld) -> None:
    later(world, 600)
    assert history(world) == []

    world.clock.now += 600
    world.client.api_test()

    assert [item["text"] for item in history(world)] == ["later"]
    assert world.client.chat_scheduledMessages_list()["scheduled_messages"] == []


def test_with_metadata_a_scheduled_message_is_never_posted(world: SlackWorld) -> None:
    """Slack documents this about itself."""
    later(world, 600, metadata=EVENT)

    world.clock.now += 600

    assert history(world) == []


def test_a_scheduled_message_can_be_listed_and_taken_back(world: SlackWorld) -> None:
    key = later(world, 600)
    (listed,) = world.client.chat_scheduledMessages_list(channel=world.general)["scheduled_messages"]
    assert (listed["id"], listed["text"]) == (key, "later")

    world.client.chat_deleteScheduledMessage(channel=world.general, scheduled_message_id=key)

    assert world.client.chat_scheduledMessages_list()["scheduled_messages"] == []
    again = {"channel": world.general, "scheduled_message_id": key}
    assert world.refusal("chat.deleteScheduledMessage", **again) == "invalid_scheduled_message_id"


# -- streams -------------------------------------------------------------------------------------------------------


def stream(world: SlackWorld, **more: Any) -> dict[str, Any]:
    team = world.client.team_info()["team"]["id"]
    to = {"recipient_user_id": world.ana, "recipient_team_id": team}
    return {"channel": world.general, "thread_ts": world.post("question"), **to, **more}


def test_a_stream_grows_until_it_is_stopped(world: SlackWorld) -> None:
    ts = world.client.chat_startStream(**stream(world), markdown_text="Hel")["ts"]
    message = world.workspace.find_message(world.general, ts)
    world.client.chat_appendStream(channel=world.general, ts=ts, markdown_text="lo")
    assert (message.text, message.is_streaming) == ("Hello", True)

    world.client.chat_stopStream(channel=world.general, ts=ts, blocks=[SECTION], metadata=EVENT)

    assert (message.is_streaming, [block["type"] for block in message.blocks]) == (
        False,
        ["markdown", "section"],
    )
    assert message.metadata == EVENT


def test_slack_sdks_own_stream_works(world: SlackWorld) -> None:
    streamer = world.client.chat_stream(**stream(world), buffer_size=4)
    for part in ("One ", "two ", "three"):
        streamer.append(markdown_text=part)
    answer = streamer.stop()

    assert answer["message"]["text"] == "One two three"


def test_a_task_changes_where_it_stands(world: SlackWorld) -> None:
    task = {"type": "task_update", "id": "1", "title": "Look", "status": "in_progress"}
    ts = world.client.chat_startStream(
        **stream(world), chunks=[task, {"type": "markdown_text", "text": "and"}]
    )["ts"]

    world.client.chat_appendStream(channel=world.general, ts=ts, chunks=[{**task, "status": "complete"}])

    blocks = world.workspace.find_message(world.general, ts).blocks
    assert [(block["type"], block.get("status")) for block in blocks] == [
        ("task_card", "complete"),
        ("markdown", None),
    ]


def test_in_plan_mode_tasks_stand_in_one_plan(world: SlackWorld) -> None:
    chunks = [
        {"type": "plan_update", "title": "Working"},
        {"type": "task_update", "id": "1", "title": "Look", "status": "pending"},
        {"type": "task_update", "id": "2", "title": "Tell", "status": "pending"},
    ]
    ts = world.client.chat_startStream(**stream(world), task_display_mode="plan", chunks=chunks)["ts"]

    (plan,) = world.workspace.find_message(world.general, ts).blocks
    assert (plan["type"], plan["title"], len(plan["tasks"])) == ("plan", "Working", 2)


def test_a_stream_in_a_channel_is_for_somebody(world: SlackWorld) -> None:
    whole = stream(world)
    assert (
        world.refusal("chat.startStream", **(whole | {"recipient_user_id": ""}))
        == "missing_recipient_user_id"
    )
    assert (
        world.refusal("chat.startStream", **(whole | {"recipient_team_id": ""}))
        == "missing_recipient_team_id"
    )

    direct = world.client.conversations_open(users=world.ana)["channel"]["id"]
    parent = world.post("hi", channel=direct)
    assert world.call("chat.startStream", channel=direct, thread_ts=parent)["ok"]


def test_a_stream_that_is_over_takes_nothing_more(world: SlackWorld) -> None:
    ts = world.client.chat_startStream(**stream(world))["ts"]
    place = {"channel": world.general, "ts": ts}
    world.client.chat_stopStream(**place)

    assert world.refusal("chat.appendStream", **place, markdown_text="x") == "message_not_in_streaming_state"
    assert world.refusal("chat.stopStream", **place) == "message_not_in_streaming_state"


def test_a_stream_ends_by_itself_and_can_still_be_updated(world: SlackWorld) -> None:
    ts = world.client.chat_startStream(**stream(world))["ts"]
    place = {"channel": world.general, "ts": ts}
    world.clock.now += 301

    assert world.refusal("chat.appendStream", **place, markdown_text="x") == "message_not_in_streaming_state"
    assert world.client.chat_update(**place, text="the rest")["ok"]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({}, "no_text"),
        ({"chunks": []}, "no_text"),
        ({"chunks": ["text"]}, "invalid_chunks"),
        ({"chunks": [{"type": "poem"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "task_update", "id": "1", "title": "x", "status": "odd"}]}, "invalid_chunks"),
        ({"chunks": [{"type": "blocks", "blocks": [TOO_LONG]}]}, "invalid_blocks"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
    ],
)
def test_a_stream_takes_only_what_slack_knows(world: SlackWorld, more: dict[str, Any], error: str) -> None:
    ts = world.client.chat_startStream(**stream(world))["ts"]

    assert world.refusal("chat.appendStream", channel=world.general, ts=ts, **more) == error


def test_a_stream_takes_fifty_blocks_and_fifty_more_at_its_end(world: SlackWorld) -> None:
    ts = world.client.chat_startStream(**stream(world))["ts"]
    place, divider = {"channel": world.general, "ts": ts}, {"type": "divider"}
    for _ in range(2):
        world.client.chat_appendStream(**place, chunks=[{"type": "blocks", "blocks": [divider] * 25}])

    one_more = [{"type": "blocks", "blocks": [divider]}]
    assert world.refusal("chat.appendStream", **place, chunks=one_more) == "invalid_chunks"
    assert world.refusal("chat.stopStream", **place, blocks=[divider] * 51) == "invalid_blocks"
    stopped = world.client.chat_stopStream(**place, blocks=[divider] * 50)
    assert len(stopped["message"]["blocks"]) == 100


def test_a_stream_is_always_in_a_thread(world: SlackWorld) -> None:
    assert world.refusal("chat.startStream", **stream(world, thread_ts="")) == "invalid_thread_ts"


def test_another_apps_stream_is_not_ours(world: SlackWorld) -> None:
    ts = world.client.chat_startStream(**stream(world))["ts"]
    other = world.slack.install(may_do_everything("Other"), "Other")
    place = {"channel": world.general, "ts": ts}

    assert (
        world.refusal("chat.appendStream", other.bot_token, **place, markdown_text="x")
        == "message_not_owned_by_app"
    )


# -- links ---------------------------------------------------------------------------------------------------------


def linked(world: SlackWorld, text: str = "see <https://docs.example.com/a?b=1&amp;c=2>") -> dict[str, str]:
    ts = world.workspace.next_ts()
    world.workspace.add_message(Message(ts, world.general, world.ana, text))
    return {"channel": world.general, "ts": ts}


ADDRESS = "https://docs.example.com/a?b=1&c=2"
ENTITY = {
    "app_unfurl_url": ADDRESS,
    "url": ADDRESS,
    "external_ref": {"id": "a"},
    "entity_type": "slack#/entities/item",
    "entity_payload": {"attributes": {"title": {"text": "A"}}},
}


def test_a_link_is_shown_as_the_app_wants_it(world: SlackWorld) -> None:
    place = linked(world)

    world.client.chat_unfurl(**place, unfurls={ADDRESS: {"blocks": [SECTION]}})

    (shown,) = history(world)[0]["attachments"]
    assert (shown["from_url"], shown["is_app_unfurl"], len(shown["blocks"])) == (ADDRESS, True, 1)


def test_a_link_is_found_by_the_id_of_its_event(world: SlackWorld) -> None:
    place = linked(world)
    key = f"{place['channel']}-{place['ts']}"

    assert world.client.chat_unfurl(
        unfurl_id=key, source="conversations_history", unfurls={ADDRESS: {"text": "A"}}
    )["ok"]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"channel": None}, "missing_channel"),
        ({"ts": None}, "missing_ts"),
        ({"unfurls": None}, "missing_unfurls"),
        ({"channel": "C404"}, "cannot_find_channel"),
        ({"ts": NEVER}, "cannot_find_message"),
        ({"unfurls": {"https://elsewhere.test/": {}}}, "cannot_unfurl_url"),
        ({"unfurls": {"https://docs.example.com/other": {}}}, "cannot_unfurl_message"),
        ({"unfurls": {ADDRESS: "text"}}, "cannot_parse_attachment"),
        ({"unfurls": []}, "invalid_unfurls_format"),
        ({"unfurls": {ADDRESS: {"blocks": [TOO_LONG]}}}, "invalid_attachments"),
        ({"source": "conversations_history"}, "missing_unfurl_id"),
        ({"unfurl_id": "x"}, "missing_source"),
        ({"unfurl_id": "x", "source": "elsewhere"}, "invalid_source"),
        ({"unfurl_id": "x", "source": "composer"}, "invalid_unfurl_id"),
        ({"metadata": {}}, "invalid_metadata_format"),
    ],
)
def test_a_link_that_is_not_the_apps_is_not_unfurled(
    world: SlackWorld, more: dict[str, Any], error: str
) -> None:
    whole: dict[str, Any] = {**linked(world), "unfurls": {ADDRESS: {"text": "A"}}, **more}

    assert world.refusal("chat.unfurl", **{k: v for k, v in whole.items() if v is not None}) == error
    assert "attachments" not in history(world)[0]


def test_a_work_object_is_attached(world: SlackWorld) -> None:
    place = linked(world)

    world.client.chat_unfurl(**place, metadata={"entities": [ENTITY]})

    assert world.workspace.find_message(world.general, place["ts"]).entities == [ENTITY]


@pytest.mark.parametrize(
    "wrong", [{"entity_type": "poem"}, {"external_ref": None}, {"entity_payload": {}}, {"url": 5}]
)
def test_a_wrong_work_object_is_dropped_with_a_warning(world: SlackWorld, wrong: dict[str, Any]) -> None:
    place = linked(world)

    answer = world.call("chat.unfurl", **place, metadata={"entities": [ENTITY | wrong]})

    assert (answer["ok"], answer["warning"]) == (True, "invalid_metadata_format")
    assert world.workspace.find_message(world.general, place["ts"]).entities == []


def test_a_work_object_can_be_a_message_by_itself(world: SlackWorld) -> None:
    ts = world.call("chat.postMessage", channel=world.general, metadata={"entities": [ENTITY]})["ts"]
    wrong = world.call("chat.postMessage", channel=world.general, text="x", metadata={"entities": [{}]})

    assert world.workspace.find_message(world.general, ts).entities == [ENTITY]
    assert (wrong["ok"], wrong["warning"]) == (True, "invalid_metadata_format")


def test_details_are_shown_to_who_asked(world: SlackWorld) -> None:
    world.client.entity_presentDetails(trigger_id=world.trigger(world.ben), metadata=ENTITY)

    assert world.workspace.details[world.ben]["metadata"] == ENTITY
    assert world.refusal("entity.presentDetails", trigger_id="x", metadata=ENTITY) == "invalid_trigger_id"
    assert (
        world.refusal("entity.presentDetails", trigger_id=world.trigger(), metadata={}) == "invalid_metadata"
    )
    wish = {"trigger_id": world.trigger(), "user_auth_required": True}
    assert world.refusal("entity.presentDetails", **wish) == "user_auth_url_missing"


# -- reactions, pins, bookmarks --------------------------------------------------------------------------------------


def test_a_reaction_comes_and_goes(world: SlackWorld) -> None:
    place = {"channel": world.general, "timestamp": world.post()}
    world.client.reactions_add(**place, name="eyes")
    assert world.refusal("reactions.add", **place, name="eyes") == "already_reacted"
    (shown,) = world.client.reactions_get(**place)["message"]["reactions"]
    assert (shown["name"], shown["count"]) == ("eyes", 1)
    assert len(world.client.reactions_list()["items"]) == 1

    world.client.reactions_remove(**place, name="eyes")

    assert world.refusal("reactions.remove", **place, name="eyes") == "no_reaction"
    assert world.client.reactions_list()["items"] == []


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"name": "no such name"}, "invalid_name"),
        ({"name": ""}, "invalid_name"),
        ({"timestamp": ""}, "no_item_specified"),
        ({"timestamp": "x"}, "bad_timestamp"),
        ({"timestamp": NEVER}, "message_not_found"),
        ({"channel": "C404"}, "channel_not_found"),
    ],
)
def test_a_reaction_needs_a_message_and_a_name(world: SlackWorld, more: dict[str, str], error: str) -> None:
    whole = {"channel": world.general, "timestamp": world.post(), "name": "eyes"} | more

    assert world.refusal("reactions.add", **whole) == error


def test_a_message_takes_so_many_reactions(world: SlackWorld) -> None:
    place = {"channel": world.general, "timestamp": world.post()}
    for number in range(23):
        world.client.reactions_add(**place, name=f"emoji{number}")

    assert world.refusal("reactions.add", **place, name="eyes") == "too_many_emoji"


def test_a_pin_comes_and_goes(world: SlackWorld) -> None:
    place = {"channel": world.general, "timestamp": world.post("keep this")}
    world.client.pins_add(**place)
    assert world.refusal("pins.add", **place) == "already_pinned"
    assert [item["message"]["text"] for item in world.client.pins_list(channel=world.general)["items"]] == [
        "keep this"
    ]

    world.client.pins_remove(**place)

    assert world.refusal("pins.remove", **place) == "no_pin"
    assert world.client.pins_list(channel=world.general)["items"] == []


def test_a_bookmark_is_added_changed_and_removed(world: SlackWorld) -> None:
    place = {"channel_id": world.general}
    added = world.client.bookmarks_add(**place, title="Docs", type="link", link="https://example.com")[
        "bookmark"
    ]
    world.client.bookmarks_edit(**place, bookmark_id=added["id"], title="Manual")
    (listed,) = world.client.bookmarks_list(**place)["bookmarks"]
    assert (listed["title"], listed["link"]) == ("Manual", "https://example.com")

    world.client.bookmarks_remove(**place, bookmark_id=added["id"])

    assert world.client.bookmarks_list(**place)["bookmarks"] == []
    assert world.refusal("bookmarks.edit", **place, bookmark_id=added["id"]) == "not_found"


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"type": "poem"}, "invalid_bookmark_type"),
        ({"link": "ftp://example.com"}, "invalid_link"),
        ({"emoji": "no emoji"}, "invalid_emoji"),
        ({"channel_id": "C404"}, "channel_not_found"),
    ],
)
def test_a_bookmark_is_a_link(world: SlackWorld, more: dict[str, str], error: str) -> None:
    whole = {"channel_id": world.general, "title": "x", "type": "link", "link": "https://example.com"} | more

    assert world.refusal("bookmarks.add", **whole) == error


# -- assistants --------------------------------------------------------------------------------------------------------


def test_an_assistant_says_what_it_does_until_it_answers(world: SlackWorld) -> None:
    direct = world.client.conversations_open(users=world.ana)["channel"]["id"]
    ts = world.post("thread", channel=direct)
    place = {"channel_id": direct, "thread_ts": ts}
    world.client.assistant_threads_setStatus(**place, status="is thinking ...")
    world.client.assistant_threads_setTitle(**place, title="Owners")
    world.client.assistant_threads_setSuggestedPrompts(
        **place, prompts=[{"title": "Who", "message": "who owns x"}]
    )
    thread = world.workspace.assistant_threads[(direct, ts)]
    assert (thread.status, thread.title, len(thread.prompts)) == ("is thinking ...", "Owners", 1)

    world.post("an answer", channel=direct, thread_ts=ts)

    assert thread.status == ""


def test_prompts_have_a_title_and_a_message(world: SlackWorld) -> None:
    direct = world.client.conversations_open(users=world.ana)["channel"]["id"]
    answer = world.call("assistant.threads.setSuggestedPrompts", channel_id=direct, prompts=[{"title": "x"}])

    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] missing required field: message [json-pointer:/prompts/0]"
    ]


def test_a_workflows_step_is_ended_once_it_runs(world: SlackWorld) -> None:
    world.workspace.executions["Fx1"] = {}

    world.client.functions_completeSuccess(function_execution_id="Fx1", outputs={"owner": "payments"})

    assert world.workspace.executions["Fx1"] == {"outputs": {"owner": "payments"}}
    assert world.refusal("functions.completeError", function_execution_id="Fx2", error="x")


# -- what apps hear of it ------------------------------------------------------------------------------------------------


def subtypes(world: SlackWorld) -> list[str | None]:
    """What became of messages, as events told it; each is sent at once, and again as no app is connected."""
    sent = [entry["payload"]["event"] for entry in world.slack.journal if entry.get("kind") == "events_api"]
    return list(dict.fromkeys(item.get("subtype") for item in sent if item.get("channel") == world.general))


def test_an_app_hears_of_what_calls_change(world: SlackWorld) -> None:
    ts = world.post()
    world.client.chat_update(channel=world.general, ts=ts, text="after")
    world.client.chat_delete(channel=world.general, ts=ts)
    wanted = [None, "message_changed", "message_deleted"]

    until(lambda: len(subtypes(world)) == len(wanted), "not every change was sent")
    assert subtypes(world) == wanted
