"""The local Slack's Web API over the wire: channels, people, groups, views, files, and more apps than one."""

import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from bot.sandbox.slack.manifests import may_do_everything
from bot.sandbox.slack.records import Message
from tests.scenarios.slack_world import HOME, MODAL, SECTION, SlackWorld


@pytest.fixture(scope="module")
def running() -> Iterator[SlackWorld]:
    found = SlackWorld()
    yield found
    found.stop()


@pytest.fixture
def world(running: SlackWorld) -> SlackWorld:
    return running.clear()


def new_channel(world: SlackWorld, **more: Any) -> str:
    name = world.workspace.new_id("x").lower()
    return str(world.client.conversations_create(name=name, **more)["channel"]["id"])


# -- reading channels ------------------------------------------------------------------------------------------


def test_history_is_paged_without_loss_while_messages_come(world: SlackWorld) -> None:
    for number in range(5):
        world.post(str(number))
    texts, cursor = [], ""
    while True:
        page = world.client.conversations_history(channel=world.general, limit=2, cursor=cursor)
        texts += [item["text"] for item in page["messages"]]
        assert page["has_more"] == bool(page.get("response_metadata"))
        if not page["has_more"]:
            break
        cursor = page["response_metadata"]["next_cursor"]
        world.post("in between")

    assert texts == ["4", "3", "2", "1", "0"]


@pytest.mark.parametrize(
    ("more", "texts"),
    [
        ({"oldest": 1}, ["3", "2"]),
        ({"oldest": 1, "inclusive": True}, ["3", "2", "1"]),
        ({"latest": 2}, ["1", "0"]),
        ({"latest": 2, "inclusive": True}, ["2", "1", "0"]),
        ({"oldest": 0, "latest": 3}, ["2", "1"]),
    ],
)
def test_history_lies_between_two_times(world: SlackWorld, more: dict[str, Any], texts: list[str]) -> None:
    stamps = [world.post(str(number)) for number in range(4)]
    span = {name: value if value is True else stamps[value] for name, value in more.items()}

    found = world.client.conversations_history(channel=world.general, **span)["messages"]

    assert [item["text"] for item in found] == texts


def test_a_thread_begins_with_its_first_message_on_every_page(world: SlackWorld) -> None:
    parent = world.post("parent")
    for number in range(3):
        world.post(str(number), thread_ts=parent)
    first = world.client.conversations_replies(channel=world.general, ts=parent, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = world.client.conversations_replies(channel=world.general, ts=parent, limit=2, cursor=cursor)

    assert [item["text"] for item in first["messages"]] == ["parent", "0", "1"]
    assert ([item["text"] for item in second["messages"]], second["has_more"]) == (["parent", "2"], False)


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("conversations.history", {"limit": -1}, "invalid_limit"),
        ("conversations.history", {"limit": "many"}, "invalid_limit"),
        ("conversations.history", {"cursor": "nonsense"}, "invalid_cursor"),
        ("conversations.history", {"oldest": "yesterday"}, "invalid_ts_oldest"),
        ("conversations.history", {"latest": "now"}, "invalid_ts_latest"),
        ("conversations.replies", {"ts": "1600000000.000001"}, "thread_not_found"),
        ("conversations.replies", {"ts": ""}, "thread_not_found"),
        ("conversations.list", {"types": "public_channel,poem"}, "invalid_types"),
        ("conversations.members", {"cursor": "bm9uZTox"}, "invalid_cursor"),
        ("users.list", {"limit": -5}, "invalid_limit"),
    ],
)
def test_a_wrong_question_about_channels_is_refused(
    world: SlackWorld, method: str, arguments: dict[str, Any], error: str
) -> None:
    world.post()
    assert world.refusal(method, **({"channel": world.general} | arguments)) == error


def test_a_cursor_of_one_method_is_nothing_to_another(world: SlackWorld) -> None:
    cursor = world.client.users_list(limit=1)["response_metadata"]["next_cursor"]

    assert world.refusal("conversations.list", cursor=cursor) == "invalid_cursor"


def test_slack_sdk_walks_through_all_pages(world: SlackWorld) -> None:
    names = [user["name"] for page in world.client.users_list(limit=2) for user in page["members"]]

    assert sorted(names) == sorted(user.name for user in world.workspace.users.values())


# -- channels ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("general", "name_taken"),
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("--", "invalid_name_punctuation"),
        ("No Good", "invalid_name_specials"),
    ],
)
def test_a_channels_name_follows_rules(world: SlackWorld, name: str, error: str) -> None:
    assert world.refusal("conversations.create", name=name) == error


def test_a_new_channel_holds_its_maker(world: SlackWorld) -> None:
    channel = new_channel(world, is_private=True)

    shown = world.client.conversations_info(channel=channel)["channel"]
    assert (shown["is_private"], shown["is_member"]) == (True, True)
    assert world.client.conversations_members(channel=channel)["members"] == [world.slack.app.bot_user]


def test_people_are_invited_and_put_out(world: SlackWorld) -> None:
    channel = new_channel(world)
    world.client.conversations_invite(channel=channel, users=f"{world.ana},{world.ben}")
    world.client.conversations_kick(channel=channel, user=world.ben)

    members = world.client.conversations_members(channel=channel)["members"]
    assert sorted(members) == sorted([world.slack.app.bot_user, world.ana])


def test_an_invitation_tells_who_could_not_come(world: SlackWorld) -> None:
    channel = new_channel(world)
    users = f"{world.ana},U404"
    answer = world.call("conversations.invite", channel=channel, users=users)
    assert (answer["error"], answer["errors"]) == (
        "user_not_found",
        [{"user": "U404", "ok": False, "error": "user_not_found"}],
    )

    assert world.call("conversations.invite", channel=channel, users=users, force=True)["ok"]
    assert world.refusal("conversations.invite", channel=channel, users=world.ana) == "already_in_channel"


@pytest.mark.parametrize(
    ("method", "more", "error"),
    [
        ("conversations.invite", {"users": ""}, "no_user"),
        ("conversations.invite", {"users": "SELF"}, "cant_invite_self"),
        ("conversations.kick", {"user": "SELF"}, "cant_kick_self"),
        ("conversations.kick", {"user": "U404"}, "user_not_found"),
        ("conversations.setTopic", {"topic": "x" * 251}, "too_long"),
        ("conversations.setPurpose", {"purpose": "x" * 251}, "too_long"),
        ("conversations.unarchive", {}, "not_archived"),
        ("conversations.close", {}, "method_not_supported_for_channel_type"),
    ],
)
def test_some_things_cannot_be_done_to_a_channel(
    world: SlackWorld, method: str, more: dict[str, str], error: str
) -> None:
    own = world.slack.app.bot_user
    more = {name: own if value == "SELF" else value for name, value in more.items()}

    assert world.refusal(method, channel=new_channel(world), **more) == error


def test_general_is_for_everybody(world: SlackWorld) -> None:
    general = world.channel("general")

    assert world.refusal("conversations.leave", channel=general) == "cant_leave_general"
    assert world.refusal("conversations.archive", channel=general) == "cant_archive_general"
    assert world.refusal("conversations.kick", channel=general, user=world.ana) == "cant_kick_from_general"


def test_a_channel_is_archived_and_opened_again(world: SlackWorld) -> None:
    channel = new_channel(world)
    world.client.conversations_archive(channel=channel)

    assert world.refusal("conversations.archive", channel=channel) == "already_archived"
    assert world.refusal("conversations.setTopic", channel=channel, topic="x") == "is_archived"
    listed = world.client.conversations_list(exclude_archived=True, limit=1000)["channels"]
    assert channel not in [item["id"] for item in listed]
    world.client.conversations_unarchive(channel=channel)
    assert world.client.conversations_info(channel=channel)["channel"]["is_archived"] is False


def test_leaving_and_joining_twice_is_no_mistake(world: SlackWorld) -> None:
    channel = new_channel(world)
    again = world.client.conversations_join(channel=channel)
    assert again["warning"] == "already_in_channel"
    world.client.conversations_leave(channel=channel)

    assert world.client.conversations_leave(channel=channel)["not_in_channel"] is True
    assert world.client.conversations_join(channel=channel)["channel"]["is_member"] is True


def test_a_private_channel_cannot_be_walked_into(world: SlackWorld) -> None:
    assert (
        world.refusal("conversations.join", channel=world.secret) == "method_not_supported_for_channel_type"
    )


def test_only_who_made_a_channel_names_it_anew(world: SlackWorld) -> None:
    channel = new_channel(world)
    name = world.workspace.new_id("y").lower()

    assert world.client.conversations_rename(channel=channel, name=name)["channel"]["name"] == name
    assert world.refusal("conversations.rename", channel=world.general, name="mine") == "not_authorized"


def test_topic_and_purpose_are_kept(world: SlackWorld) -> None:
    channel = new_channel(world)
    world.client.conversations_setTopic(channel=channel, topic="Now")
    world.client.conversations_setPurpose(channel=channel, purpose="Always")

    shown = world.client.conversations_info(channel=channel)["channel"]
    assert (shown["topic"]["value"], shown["purpose"]["value"]) == ("Now", "Always")


def test_a_direct_conversation_is_opened_once(world: SlackWorld) -> None:
    one = world.client.conversations_open(users=[world.ana])["channel"]["id"]
    whole = world.client.conversations_open(users=[world.ana], return_im=True)["channel"]

    assert (whole["id"], whole["is_im"], whole["user"]) == (one, True, world.ana)
    assert world.client.conversations_open(channel=one)["already_open"] is True


def test_several_people_share_one_conversation(world: SlackWorld) -> None:
    one = world.client.conversations_open(users=[world.ana, world.ben], return_im=True)["channel"]
    again = world.client.conversations_open(users=[world.ben, world.ana])["channel"]

    assert (one["is_mpim"], one["id"]) == (True, again["id"])
    assert one["id"] in [item["id"] for item in world.client.conversations_list(types="mpim")["channels"]]


@pytest.mark.parametrize(
    ("users", "error"),
    [("", "users_list_not_supplied"), ("U404", "user_not_found"), ("SELF", "user_not_found")],
)
def test_a_direct_conversation_is_with_somebody(world: SlackWorld, users: str, error: str) -> None:
    users = world.slack.app.bot_user if users == "SELF" else users

    assert world.refusal("conversations.open", users=users) == error


# -- people --------------------------------------------------------------------------------------------------------


def test_a_persons_channels_are_listed(world: SlackWorld) -> None:
    mine = world.client.users_conversations(types="public_channel,private_channel", limit=200)["channels"]
    hers = world.client.users_conversations(user=world.mira, types="private_channel")["channels"]

    assert world.secret in [item["id"] for item in mine]
    assert hers == []


def test_a_profile_and_a_presence_are_told(world: SlackWorld) -> None:
    profile = world.client.users_profile_get(user=world.ana)["profile"]

    assert (profile["real_name"], profile["email"]) == ("Ana Duarte", "ana@acme.example")
    assert world.client.users_getPresence(user=world.ana)["presence"] == "active"
    assert world.refusal("users.getPresence", user="U404") == "user_not_found"


def test_a_group_is_made_filled_and_taken_out_of_use(world: SlackWorld) -> None:
    name = world.workspace.new_id("Group ")
    group = world.client.usergroups_create(name=name, handle=name.lower().replace(" ", "-"))["usergroup"][
        "id"
    ]
    world.client.usergroups_users_update(usergroup=group, users=[world.ana, world.ben])
    assert world.client.usergroups_users_list(usergroup=group)["users"] == [world.ana, world.ben]
    assert world.refusal("usergroups.create", name=name) == "name_already_exists"
    assert world.refusal("usergroups.users.update", usergroup=group, users="") == "no_users_provided"
    assert world.refusal("usergroups.users.update", usergroup=group, users="U404") == "invalid_users"

    world.client.usergroups_disable(usergroup=group)

    assert group not in [item["id"] for item in world.client.usergroups_list()["usergroups"]]
    everything = world.client.usergroups_list(include_disabled=True, include_users=True)["usergroups"]
    assert world.ana in next(item for item in everything if item["id"] == group)["users"]
    assert world.refusal("usergroups.enable", usergroup="S404") == "no_such_subteam"


# -- views -----------------------------------------------------------------------------------------------------------


def opened(world: SlackWorld, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = world.client.views_open(trigger_id=world.trigger(), view=MODAL | more)["view"]
    return found


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        ({"type": "poem"}, "/view"),
        (HOME, "/view/type"),
        (MODAL | {"blocks": [{"type": "section"}]}, "/view/blocks/0"),
        (MODAL | {"title": {"type": "plain_text", "text": "x" * 25}}, "/view/title/text"),
        (MODAL | {"blocks": [SECTION] * 101}, "/view/blocks"),
        (MODAL | {"private_metadata": "x" * 3001}, "/view/private_metadata"),
    ],
)
def test_a_wrong_view_is_pointed_at_and_costs_no_trigger(
    world: SlackWorld, view: dict[str, Any], pointer: str
) -> None:
    trigger = world.trigger()

    answer = world.call("views.open", trigger_id=trigger, view=view)

    assert answer["error"] == "invalid_arguments"
    assert any(f"[json-pointer:{pointer}" in line for line in answer["response_metadata"]["messages"])
    assert world.call("views.open", trigger_id=trigger, view=MODAL)["ok"]


def test_a_view_that_is_too_large_is_refused_as_such(world: SlackWorld) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}] * 90

    assert (
        world.refusal("views.open", trigger_id=world.trigger(), view=MODAL | {"blocks": blocks})
        == "view_too_large"
    )


def test_a_trigger_is_good_once_and_for_three_seconds(world: SlackWorld) -> None:
    used, late = world.trigger(), world.trigger()
    world.client.views_open(trigger_id=used, view=MODAL)
    assert world.refusal("views.open", trigger_id=used, view=MODAL) == "exchanged_trigger_id"

    world.clock.now += 3.1

    assert world.refusal("views.open", trigger_id=late, view=MODAL) == "expired_trigger_id"
    assert world.refusal("views.open", trigger_id="", view=MODAL) == "invalid_trigger_id"


def test_an_external_id_names_one_view(world: SlackWorld) -> None:
    opened(world, external_id="one")

    again = {"trigger_id": world.trigger(world.ben), "view": MODAL | {"external_id": "one"}}
    assert world.refusal("views.open", **again) == "duplicate_external_id"


def test_a_fourth_view_is_one_too_many(world: SlackWorld) -> None:
    opened(world)
    for _ in range(2):
        world.client.views_push(trigger_id=world.trigger(), view=MODAL)

    assert world.refusal("views.push", trigger_id=world.trigger(), view=MODAL) == "push_limit_reached"


def test_an_update_needs_to_know_which_view(world: SlackWorld) -> None:
    view = opened(world)

    assert world.refusal("views.update", view=MODAL) == "invalid_arguments"
    assert world.refusal("views.update", view=MODAL, view_id="V404") == "not_found"
    wrong = {"view": MODAL, "view_id": view["id"], "hash": "old"}
    assert world.refusal("views.update", **wrong) == "hash_conflict"


def test_publishing_again_changes_the_same_home(world: SlackWorld) -> None:
    first = world.client.views_publish(user_id=world.ana, view=HOME)["view"]
    second = world.client.views_publish(user_id=world.ana, view=HOME, hash=first["hash"])["view"]

    assert (first["id"], first["hash"] != second["hash"]) == (second["id"], True)
    assert world.refusal("views.publish", user_id=world.ana, view=HOME, hash=first["hash"]) == "hash_conflict"
    assert world.refusal("views.publish", user_id="nobody!", view=HOME) == "invalid_arguments"


def test_a_home_needs_its_tab() -> None:
    manifest = may_do_everything()
    manifest["features"]["app_home"]["home_tab_enabled"] = False
    world = SlackWorld(manifest)

    assert world.refusal("views.publish", user_id=world.ana, view=HOME) == "not_enabled"
    world.stop()


def test_blocks_are_validated_without_being_posted(world: SlackWorld) -> None:
    wrong = [{"type": "section", "text": {"type": "plain_text"}}]
    client = world.client

    assert client.blocks_validate(blocks=[SECTION])["ok"]
    assert client.blocks_validate(view=MODAL)["ok"]
    for name, given, place in (
        ("blocks", wrong, "/0"),
        ("message", {"blocks": wrong}, "/blocks/0"),
        ("view", MODAL | {"blocks": wrong}, "/blocks/0"),
    ):
        answer = world.call("blocks.validate", **{name: given})
        assert answer["error"] == f"invalid_{name}"
        assert all(item["pointer"].startswith(place) for item in answer["errors"])
        assert all(item["code"] and item["message"] for item in answer["errors"])
    assert world.refusal("blocks.validate") == "invalid_arguments"
    assert world.refusal("blocks.validate", blocks=[SECTION], view=MODAL) == "invalid_arguments"


# -- files -------------------------------------------------------------------------------------------------------------


def fetched(url: str, token: str = "") -> tuple[str, bytes, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = httpx.get(url, headers=headers, follow_redirects=True)
    return answer.headers["content-type"], answer.content, str(answer.url)


def test_slack_sdks_own_upload_works(world: SlackWorld) -> None:
    answer = world.client.files_upload_v2(
        channel=world.general,
        content="a,b\n1,2\n",
        filename="table.csv",
        title="A table",
        initial_comment="Look",
    )

    file = answer["file"]
    (message,) = world.client.conversations_history(channel=world.general)["messages"]
    assert (file["title"], file["mimetype"], file["size"]) == ("A table", "text/csv", 8)
    assert (message["text"], message["files"][0]["id"], message["subtype"]) == (
        "Look",
        file["id"],
        "file_share",
    )
    assert world.client.files_info(file=file["id"])["file"]["channels"] == [world.general]
    kind, content, _url = fetched(file["url_private"], world.slack.bot_token)
    assert (kind.partition(";")[0], content) == ("text/csv", b"a,b\n1,2\n")


def test_several_files_are_shared_at_once(world: SlackWorld) -> None:
    uploads = [{"content": "one", "filename": "1.txt"}, {"file": io.BytesIO(b"two"), "filename": "2.txt"}]
    answer = world.client.files_upload_v2(channel=world.general, file_uploads=uploads)

    (message,) = world.client.conversations_history(channel=world.general)["messages"]
    assert len(answer["files"]) == len(message["files"]) == 2


def test_a_private_file_is_not_for_everybody(world: SlackWorld) -> None:
    file = world.client.files_upload_v2(content="for-two-pairs-of-eyes", filename="x.txt")["file"]
    other = world.slack.install(may_do_everything("Other"), "Other")

    for token in ("", "xoxb-wrong", other.bot_token):
        kind, content, url = fetched(file["url_private"], token)
        assert (kind.partition(";")[0], b"for-two-pairs-of-eyes" in content, "redir=" in url) == (
            "text/html",
            False,
            True,
        )
    assert world.refusal("files.info", other.bot_token, file=file["id"]) == "file_not_found"
    assert world.refusal("files.delete", other.bot_token, file=file["id"]) == "file_not_found"


def test_a_form_can_carry_the_file(world: SlackWorld) -> None:
    url = world.client.files_getUploadURLExternal(filename="x.txt", length=5)
    answer = httpx.post(url["upload_url"], files={"filename": ("x.txt", b"hello")})
    assert answer.text == "OK - 5"

    done = world.client.files_completeUploadExternal(files=[{"id": url["file_id"]}])
    assert fetched(done["files"][0]["url_private"], world.slack.bot_token)[1] == b"hello"


def test_a_file_is_listed_until_it_is_deleted(world: SlackWorld) -> None:
    file = world.client.files_upload_v2(channel=world.general, content="x", filename="x.txt")["file"]
    assert [item["id"] for item in world.client.files_list(channel=world.general)["files"]] == [file["id"]]

    world.client.files_delete(file=file["id"])

    assert world.client.files_list(channel=world.general)["files"] == []
    assert world.refusal("files.info", file=file["id"]) == "file_deleted"


def test_what_was_not_uploaded_cannot_be_shared(world: SlackWorld) -> None:
    url = world.client.files_getUploadURLExternal(filename="x.txt", length=5)

    assert world.refusal("files.completeUploadExternal", files=[{"id": url["file_id"]}]) == "file_not_found"
    assert world.refusal("files.completeUploadExternal", files=[{"id": "F404"}]) == "file_not_found"
    assert world.refusal("files.getUploadURLExternal", filename="x.txt", length=0) == "missing_argument"
    assert httpx.post(f"{world.slack.url}/upload/v1/wrong", content=b"x").status_code == 404


# -- several apps --------------------------------------------------------------------------------------------------------


def test_another_app_has_a_name_and_tokens_of_its_own(world: SlackWorld) -> None:
    other = world.slack.install(may_do_everything("Reporter"), "Reporter")
    answer = world.client_of(other.bot_token).auth_test()

    assert (answer["user"], answer["user_id"], answer["bot_id"]) == ("reporter", other.bot_user, other.bot_id)
    assert other.bot_user != world.slack.app.bot_user


def test_another_apps_view_does_not_exist_for_ours(world: SlackWorld) -> None:
    view = opened(world)
    other = world.slack.install(may_do_everything("Other"), "Other")

    assert world.refusal("views.update", other.bot_token, view=MODAL, view_id=view["id"]) == "not_found"
    trigger = world.trigger()
    assert (
        world.refusal("views.open", other.bot_token, view=MODAL, trigger_id=trigger) == "invalid_trigger_id"
    )
    assert (
        world.client_of(other.bot_token).views_publish(user_id=world.ana, view=HOME)["view"]["app_id"]
        == other.id
    )


def test_messages_remember_their_app(world: SlackWorld) -> None:
    other = world.slack.install(may_do_everything("Other"), "Other")
    world.client.conversations_invite(channel=world.general, users=other.bot_user)
    world.client_of(other.bot_token).chat_postMessage(channel=world.general, text="theirs")
    world.post("ours")
    world.workspace.add_message(Message(world.workspace.next_ts(), world.general, world.ana, "hers"))

    found = world.client.conversations_history(channel=world.general)["messages"]
    assert [item.get("app_id") for item in found] == [None, world.slack.app.id, other.id]


def test_each_app_has_its_own_direct_messages(world: SlackWorld) -> None:
    other = world.client_of(world.slack.install(may_do_everything("Other"), "Other").bot_token)
    theirs = other.chat_postMessage(channel=world.ana, text="hi")["channel"]
    ours = world.client.chat_postMessage(channel=world.ana, text="hi")["channel"]

    assert theirs != ours
    assert world.refusal("conversations.history", channel=theirs) == "channel_not_found"


def test_another_apps_socket_is_its_own(world: SlackWorld) -> None:
    other = world.slack.install(may_do_everything("Other"), "Other")
    url = world.client.apps_connections_open(app_token=other.app_token)["url"]

    with connect(url) as socket:
        hello = json.loads(socket.recv(timeout=30))

    assert (hello["type"], hello["connection_info"]["app_id"]) == ("hello", other.id)


# -- response urls -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'{"text": 5}', b'{"blocks": 5}', b"{}"])
def test_a_wrong_answer_to_a_response_url_is_a_refusal(world: SlackWorld, body: bytes) -> None:
    key = world.workspace.new_response_url(world.general, world.ana)

    answer = httpx.post(f"{world.slack.url}/response/{key}", content=body)

    assert (answer.status_code, answer.json()["ok"]) == (404, False)
    came_in = [entry for entry in world.slack.journal if entry["way"] == "in"]
    assert came_in[-1]["answer"] == answer.json()


def test_an_answer_to_a_response_url_may_be_longer_than_a_message(world: SlackWorld) -> None:
    """The limit on all texts together holds for methods that post."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
    blocks = [section] * 6
    key = world.workspace.new_response_url(world.general, world.ana)

    assert (
        world.refusal("chat.postMessage", channel=world.general, text="x", blocks=blocks)
        == "msg_blocks_too_long"
    )
    assert httpx.post(f"{world.slack.url}/response/{key}", json={"text": "x", "blocks": blocks}).text == "ok"
