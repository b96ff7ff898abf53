"""The local Slack's Web API over the wire: who may call, how, how often, and with what."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.people import Sandbox
from bot.sandbox.slack.api import ALL_SCOPES, METHODS
from bot.sandbox.slack.api.registry import Argument, Kind
from bot.sandbox.slack.apps import TokenKind
from bot.sandbox.slack.manifests import may_do_everything
from tests.scenarios.slack_world import HOME, MODAL, Json, SlackWorld

NAMES = [method.name for method in METHODS]
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def world() -> Iterator[SlackWorld]:
    found = SlackWorld()
    yield found
    found.stop()


def with_scopes(*scopes: str) -> dict[str, Any]:
    manifest = may_do_everything()
    manifest["oauth_config"]["scopes"]["bot"] = list(scopes)
    return manifest


@pytest.fixture
def paced() -> Iterator[SlackWorld]:
    found = SlackWorld(rate_limits=True)
    yield found
    found.stop()


# -- the registry --------------------------------------------------------------------------------------------


def test_every_method_stands_once_in_the_registry() -> None:
    assert sorted(set(NAMES)) == NAMES


@pytest.mark.parametrize(
    "family",
    "api.test auth.test auth.revoke apps.connections.open apps.manifest.validate apps.uninstall"
    " chat.postMessage chat.postEphemeral chat.update chat.delete chat.scheduleMessage"
    " chat.deleteScheduledMessage chat.scheduledMessages.list chat.getPermalink chat.unfurl chat.meMessage"
    " chat.startStream chat.appendStream chat.stopStream conversations.list conversations.info"
    " conversations.members conversations.history conversations.replies conversations.open"
    " conversations.join conversations.leave conversations.invite conversations.kick conversations.create"
    " conversations.archive conversations.unarchive conversations.rename conversations.setTopic"
    " conversations.setPurpose conversations.mark conversations.close users.info users.list"
    " users.lookupByEmail users.conversations users.profile.get users.getPresence usergroups.list"
    " usergroups.users.list usergroups.create usergroups.update usergroups.users.update usergroups.enable"
    " usergroups.disable views.open views.push views.update views.publish files.getUploadURLExternal"
    " files.completeUploadExternal files.info files.list files.delete reactions.add reactions.remove"
    " reactions.get reactions.list bookmarks.add bookmarks.edit bookmarks.list bookmarks.remove pins.add"
    " pins.list pins.remove assistant.threads.setStatus assistant.threads.setTitle"
    " assistant.threads.setSuggestedPrompts entity.presentDetails oauth.v2.access openid.connect.token"
    " openid.connect.userInfo blocks.validate bots.info team.info emoji.list functions.completeSuccess"
    " functions.completeError".split(),
)
def test_the_method_is_known(family: str) -> None:
    assert family in NAMES


# -- tokens ----------------------------------------------------------------------------------------------------


def test_an_unknown_method_is_named(world: SlackWorld) -> None:
    answer = world.call("chat.shout")

    assert answer == {"ok": False, "error": "unknown_method", "req_method": "chat.shout"}


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({"Authorization": ""}, "not_authed"),
        ({"Authorization": "Bearer "}, "not_authed"),
        ({"Authorization": "Bearer xoxb-not-a-real-token"}, "invalid_auth"),
        ({"Authorization": "nonsense"}, "invalid_auth"),
    ],
)
def test_a_missing_token_is_not_a_wrong_one(world: SlackWorld, headers: dict[str, str], error: str) -> None:
    status, answer, _headers = world.send("auth.test", headers=headers)

    assert (status, answer["error"]) == (200, error)


def test_a_form_may_carry_the_token(world: SlackWorld) -> None:
    body = f"token={world.slack.bot_token}".encode()

    _status, answer, _headers = world.send("auth.test", body, {"Authorization": "", "Content-Type": FORM})

    assert answer["ok"]


def test_a_token_inside_json_is_not_looked_at(world: SlackWorld) -> None:
    body = json.dumps({"token": world.slack.bot_token}).encode()
    headers = {"Authorization": "", "Content-Type": "application/json; charset=utf-8"}

    assert world.send("auth.test", body, headers)[1]["error"] == "not_authed"


@pytest.mark.parametrize(
    ("method", "token"),
    [
        ("chat.postMessage", "app_token"),
        ("apps.connections.open", "bot_token"),
        ("users.identity", "bot_token"),
    ],
)
def test_a_token_of_the_wrong_kind_is_refused(world: SlackWorld, method: str, token: str) -> None:
    assert world.refusal(method, getattr(world.slack, token)) == "not_allowed_token_type"


def test_an_app_token_opens_a_socket(world: SlackWorld) -> None:
    url = world.client.apps_connections_open(app_token=world.slack.app_token)["url"]

    assert url.startswith("ws://127.0.0.1:")


def test_a_revoked_bot_token_is_an_inactive_account() -> None:
    world = SlackWorld()

    assert world.client.auth_revoke(test=True)["revoked"] is False
    assert world.client.auth_revoke()["revoked"] is True
    assert world.refusal("auth.test") == "account_inactive"
    world.stop()


def test_an_uninstalled_app_has_no_good_token() -> None:
    world = SlackWorld()

    world.client.apps_uninstall(
        client_id=world.slack.app.client_id, client_secret=world.slack.app.client_secret
    )

    assert world.refusal("auth.test") == "account_inactive"
    world.stop()


# -- permissions -------------------------------------------------------------------------------------------------


def test_a_missing_permission_is_named_with_those_that_are_there() -> None:
    world = SlackWorld(with_scopes("users:read", "team:read"))

    answer = world.call("chat.postMessage", channel=world.general, text="x")

    assert answer["error"] == "missing_scope"
    assert (answer["needed"], answer["provided"]) == ("chat:write", "team:read,users:read")
    world.stop()


def test_the_permission_follows_from_the_kind_of_conversation() -> None:
    world = SlackWorld(with_scopes("channels:history", "channels:read", "im:write", "chat:write"))
    direct = world.client.conversations_open(users=world.ana)["channel"]["id"]

    assert world.call("conversations.history", channel=world.general)["ok"]
    for channel, scope in ((world.secret, "groups"), (direct, "im")):
        answer = world.call("conversations.history", channel=channel)
        assert (answer["error"], answer["needed"]) == ("missing_scope", f"{scope}:history")
    assert world.call("conversations.list", types="public_channel")["ok"]
    assert world.call("conversations.list", types="public_channel,private_channel")["needed"] == "groups:read"
    world.stop()


def test_another_name_than_its_own_needs_a_permission() -> None:
    world = SlackWorld(with_scopes("chat:write"))

    answer = world.call("chat.postMessage", channel=world.general, text="x", username="Somebody")

    assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write.customize")
    world.stop()


def test_the_headers_tell_what_the_token_has_and_the_method_wants(world: SlackWorld) -> None:
    headers = world.send("users.info")[2]

    assert headers["x-oauth-scopes"] == ",".join(sorted(ALL_SCOPES))
    assert headers["x-accepted-oauth-scopes"] == "users:read"


# -- what a body may be --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "error"),
    [
        (b"{", "application/json", "invalid_json"),
        (b'{"a": NaN}', "application/json", "invalid_json"),
        (b'{"text": "\\ud800"}', "application/json", "invalid_json"),
        (b"[" * 100_000, "application/json", "invalid_json"),
        (b"[]", "application/json", "json_not_object"),
        (b'"text"', "application/json", "json_not_object"),
        (b"<a/>", "application/xml", "invalid_post_type"),
        (b"text=%ff", FORM, "invalid_form_data"),
        (b"text=\xff", FORM, "invalid_form_data"),
        (b"nothing", "multipart/form-data", "invalid_form_data"),
        (b"a[0]=1", FORM, "invalid_array_arg"),
        (b"a-b=1", FORM, "invalid_arg_name"),
        (b"text=x", f"{FORM}; charset=utf-16", "invalid_charset"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(world: SlackWorld, body: bytes, kind: str, error: str) -> None:
    status, answer, _headers = world.send("chat.postMessage", body, {"Content-Type": kind})

    assert (status, answer["ok"], answer["error"]) == (200, False, error)


@pytest.mark.parametrize(
    ("kind", "warning"),
    [
        ("application/json", "missing_charset"),
        ("application/json; charset=utf-8", None),
        (FORM, None),
        (f"{FORM}; charset=utf-8", "superfluous_charset"),
    ],
)
def test_a_charset_belongs_to_json_and_not_to_a_form(
    world: SlackWorld, kind: str, warning: str | None
) -> None:
    body = (
        json.dumps({"channel": world.general, "text": "x"})
        if "json" in kind
        else f"channel={world.general}&text=x"
    )

    answer = world.send("chat.postMessage", body.encode(), {"Content-Type": kind})[1]

    assert (answer["ok"], answer.get("warning")) == (True, warning)
    if warning:
        assert answer["response_metadata"]["warnings"] == [warning]


def test_a_form_of_many_parts_is_read(world: SlackWorld) -> None:
    parts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("channel", world.general), ("text", "from a form"))
    )
    body = f"{parts}--b--\r\n".encode()

    answer = world.send("chat.postMessage", body, {"Content-Type": "multipart/form-data; boundary=b"})[1]

    assert answer["message"]["text"] == "from a form"


def test_a_query_is_read(world: SlackWorld) -> None:
    assert world.send(f"users.info?user={world.ana}")[1]["user"]["name"] == "ana"


def test_what_a_method_does_not_know_is_passed_over(world: SlackWorld) -> None:
    answer = world.call("chat.postMessage", channel=world.general, text="x", colour="red")

    assert (answer["ok"], "warning" in answer) == (True, False)


@pytest.mark.parametrize(
    ("method", "field"),
    [("conversations.info", "channel"), ("conversations.replies", "ts"), ("views.open", "view")],
)
def test_a_missing_argument_is_named(world: SlackWorld, method: str, field: str) -> None:
    arguments = {"channel": world.general, "trigger_id": "x"}
    arguments.pop(field, None)
    answer = world.call(method, **arguments)

    assert answer["error"] == "invalid_arguments"
    assert f"[ERROR] missing required field: {field}" in answer["response_metadata"]["messages"]


@pytest.mark.parametrize("channel", ["", "not-an-id", "C404", "general", "#general"])
def test_an_argument_that_is_there_and_names_nothing_is_not_found(world: SlackWorld, channel: str) -> None:
    assert world.refusal("conversations.info", channel=channel) == "channel_not_found"


def test_a_wrong_type_is_pointed_at(world: SlackWorld) -> None:
    answer = world.call("chat.postMessage", channel=world.general, text={"not": "text"})

    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] must provide a string [json-pointer:/text]"]


_WRONG: dict[Kind, list[Any]] = {
    Kind.STRING: [5, True, [], {}, [{}]],
    Kind.TIMESTAMP: [True, [], {}, [{}]],
    Kind.BOOL: ["maybe", 5, [], {}],
    Kind.INT: ["many", True, [], {}, 1.5],
    Kind.OBJECT: [5, True, "{", [], [{}]],
    Kind.ARRAY: [5, True, "[", {}, "{}"],
    Kind.LIST: [5, True, {}, [5], [None]],
}


def _wrong_calls() -> list[Any]:
    return [
        pytest.param(method.name, argument, id=f"{method.name}-{argument.name}")
        for method in METHODS
        for argument in method.arguments
        if method.name not in ("auth.revoke", "apps.uninstall")
    ]


@pytest.mark.parametrize(("method", "argument"), _wrong_calls())
def test_a_wrong_type_anywhere_is_a_clean_refusal(world: SlackWorld, method: str, argument: Argument) -> None:
    rows = {row.name: row for row in METHODS}
    tokens = {TokenKind.APP: world.slack.app_token, TokenKind.CONFIG: world.slack.app.config_token}
    token = next((tokens[kind] for kind in rows[method].tokens if kind in tokens), world.slack.bot_token)
    if TokenKind.BOT in rows[method].tokens:
        token = world.slack.bot_token
    for value in _WRONG[argument.kind]:
        body = json.dumps(_plausible(world, method) | {argument.name: value}).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}
        status, answer, _headers = world.send(method, body, headers)
        assert (status, answer["ok"]) == (200, False), value
        assert isinstance(answer["error"], str)


def _plausible(world: SlackWorld, method: str) -> dict[str, Any]:
    """Arguments that are of the right kind, so that only the one under test is wrong."""
    some = {
        "channel": world.general,
        "channel_id": world.general,
        "ts": "1700000000.000001",
        "thread_ts": "1700000000.000001",
        "timestamp": "1700000000.000001",
        "text": "x",
        "user": world.ana,
        "users": world.ana,
        "user_id": world.ana,
        "view": HOME if method == "views.publish" else MODAL,
    }
    known = {argument.name for row in METHODS if row.name == method for argument in row.arguments}
    return {name: value for name, value in some.items() if name in known}


# -- pace ------------------------------------------------------------------------------------------------------------


def test_too_many_calls_are_told_how_long_to_wait(paced: SlackWorld) -> None:
    for _ in range(20):
        paced.client.conversations_list()

    with pytest.raises(SlackApiError) as refused:
        paced.client.conversations_list()

    response = refused.value.response
    assert (response.status_code, response["error"], response.headers["Retry-After"]) == (
        429,
        "ratelimited",
        "3",
    )


def test_waiting_as_long_as_told_is_enough(paced: SlackWorld) -> None:
    for _ in range(20):
        paced.client.conversations_list()
    paced.clock.now += 3

    assert paced.client.conversations_list()["ok"]


def test_everybody_begins_anew_when_the_limits_are_reset(paced: SlackWorld) -> None:
    while paced.call("conversations.list")["ok"]:
        continue

    Sandbox(paced.slack.url).post("limits")

    assert paced.client.conversations_list()["ok"]


def test_posting_is_paced_by_channel(paced: SlackWorld) -> None:
    for number in range(10):
        paced.post(str(number))

    status, answer, headers = paced.send(
        "chat.postMessage", f"channel={paced.general}&text=x".encode(), {"Content-Type": FORM}
    )
    assert (status, answer["error"], headers["retry-after"]) == (429, "ratelimited", "1")
    assert paced.post("elsewhere", channel=paced.secret)
    paced.clock.now += 1
    assert paced.post("a second later")


def test_a_call_with_wrong_arguments_costs_nothing(paced: SlackWorld) -> None:
    for _ in range(25):
        assert paced.refusal("usergroups.create") == "invalid_arguments"

    assert paced.client.usergroups_create(name="Night shift")["ok"]


@pytest.mark.parametrize(
    ("method", "more", "error"),
    [
        ("chat.postMessage", {"text": "x", "blocks": [{"type": "curtain"}]}, "invalid_blocks"),
        ("chat.postEphemeral", {"text": "x", "blocks": [{"type": "curtain"}]}, "invalid_blocks"),
        ("views.publish", {"view": {"type": "home", "blocks": [{"type": "curtain"}]}}, "invalid_arguments"),
    ],
)
def test_a_payload_that_is_refused_costs_nothing(
    paced: SlackWorld, method: str, more: Json, error: str
) -> None:
    place = {"channel": paced.general, "user": paced.ana, "user_id": paced.ana}

    assert {paced.refusal(method, **place, **more) for _ in range(120)} == {error}
    assert paced.post("said")


def test_a_person_and_their_conversation_have_one_pace(paced: SlackWorld) -> None:
    direct = paced.client.conversations_open(users=paced.ana)["channel"]["id"]
    for number in range(10):
        paced.post(str(number), channel=paced.ana if number % 2 else direct)

    assert paced.refusal("chat.postMessage", channel=direct, text="x") == "ratelimited"
    assert paced.refusal("chat.postMessage", channel=paced.ana, text="x") == "ratelimited"


def test_each_method_has_a_pace_of_its_own(paced: SlackWorld) -> None:
    for _ in range(20):
        paced.client.conversations_list()

    assert paced.client.users_list()["ok"]


def test_two_apps_do_not_share_a_pace(paced: SlackWorld) -> None:
    other = paced.client_of(paced.slack.install(may_do_everything("Other"), "Other").bot_token)
    for _ in range(20):
        paced.client.conversations_list()

    assert other.conversations_list()["ok"]


# -- the journal -------------------------------------------------------------------------------------------------------


def test_the_journal_tells_what_was_sent_and_what_came_back(world: SlackWorld) -> None:
    world.client.chat_postMessage(channel=world.general, text="noted")

    entry = world.slack.journal[-1]
    while entry["way"] != "in":
        entry = world.slack.journal[world.slack.journal.index(entry) - 1]
    assert (entry["method"], entry["arguments"]["text"], entry["answer"]["ok"]) == (
        "chat.postMessage",
        "noted",
        True,
    )
    assert (entry["status"], entry["app"], entry["at"] > 0) == (200, world.slack.app.id, True)


# -- about the caller ------------------------------------------------------------------------------------------------


def test_api_test_says_back_what_it_was_told(world: SlackWorld) -> None:
    assert world.call("api.test", foo="bar") == {"ok": True, "args": {"foo": "bar"}}
    assert world.refusal("api.test", error="my_error") == "my_error"


def test_auth_test_tells_who_calls(world: SlackWorld) -> None:
    answer = world.client.auth_test()

    assert (answer["user_id"], answer["bot_id"], answer["team"]) == (
        world.slack.app.bot_user,
        world.slack.app.bot_id,
        "Acme",
    )


def test_the_workspace_the_bot_and_the_emoji_are_told(world: SlackWorld) -> None:
    assert world.client.team_info()["team"]["domain"] == "acme"
    assert world.client.bots_info(bot=world.slack.app.bot_id)["bot"]["app_id"] == world.slack.app.id
    assert world.refusal("bots.info", bot="B404") == "bot_not_found"
    assert world.client.emoji_list()["emoji"] == {}


def test_a_manifest_is_checked(world: SlackWorld) -> None:
    token = world.slack.app.config_token
    bad = {
        "display_information": {"name": "x" * 36},
        "features": {"slash_commands": [{"command": "no-slash", "description": "x"}]},
        "colour": "red",
    }

    assert world.call("apps.manifest.validate", token, manifest=may_do_everything())["ok"]
    answer = world.call("apps.manifest.validate", token, manifest=bad)
    assert answer["error"] == "invalid_manifest"
    assert {item["pointer"] for item in answer["errors"]} == {
        "/display_information/name",
        "/features/slash_commands/0/command",
        "/colour",
    }


def test_events_and_clicks_need_an_address_or_a_socket(world: SlackWorld) -> None:
    manifest = may_do_everything()
    del manifest["features"]["slash_commands"]
    manifest["settings"]["socket_mode_enabled"] = False

    answer = world.call("apps.manifest.validate", world.slack.app.config_token, manifest=manifest)

    # Slack's own example of a refusal.
    assert answer["errors"] == [
        {
            "message": "Event Subscription requires either Request URL or Socket Mode Enabled",
            "pointer": "/settings/event_subscriptions",
        },
        {"message": "Interactivity requires a Request URL", "pointer": "/settings/interactivity"},
        {"message": "Interactivity requires Socket Mode enabled", "pointer": "/settings/interactivity"},
    ]


@pytest.mark.parametrize(
    ("part", "value", "pointer", "message"),
    [
        (
            ("oauth_config", "scopes", "bot"),
            ["chat:write"],
            "/features/slash_commands",
            "Slash Commands requires `commands` bot scope",
        ),
        (("features", "slash_commands"), [], "/features/slash_commands", "must NOT have fewer than 1 items"),
        (
            ("oauth_config", "scopes", "bot"),
            ["commands", "chat:write"],
            "/settings/event_subscriptions/bot_events",
            "Event message.im requires `im:history` bot scope",
        ),
        (
            ("settings", "event_subscriptions", "bot_events"),
            ["app_mention", "curtain_fell"],
            "/settings/event_subscriptions/bot_events/1",
            "must be equal to one of the allowed values",
        ),
        (
            ("oauth_config", "scopes", "user"),
            ["curtains:write"],
            "/oauth_config/scopes/user/0",
            "must be equal to one of the allowed values",
        ),
        (
            ("oauth_config", "scopes", "user_optional"),
            ["search:read"],
            "/oauth_config/scopes/user_optional/0",
            "must also stand in user",
        ),
    ],
)
def test_the_parts_of_a_manifest_belong_together(
    world: SlackWorld, part: tuple[str, ...], value: list[Any], pointer: str, message: str
) -> None:
    manifest = may_do_everything()
    place = manifest
    for name in part[:-1]:
        place = place[name]
    place[part[-1]] = value

    answer = world.call("apps.manifest.validate", world.slack.app.config_token, manifest=manifest)

    assert answer["error"] == "invalid_manifest"
    assert {"pointer": pointer, "message": message} in answer["errors"]
