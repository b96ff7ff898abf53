"""A small local Slack and an unmodified slack_sdk client, for tests of the Web API over the wire."""

import json
import urllib.error
import urllib.request
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.organization import small_organization
from bot.sandbox.slack import LocalSlack
from bot.sandbox.slack.manifests import may_do_everything
from bot.sandbox.slack.records import Channel

Json = dict[str, Any]
SECTION: Json = {"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}
MODAL: Json = {"type": "modal", "title": {"type": "plain_text", "text": "New"}, "blocks": [SECTION]}
HOME: Json = {"type": "home", "blocks": [SECTION]}


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class SlackWorld:
    """One workspace with one app that may do everything, unless told otherwise."""

    def __init__(self, manifest: Json | None = None, *, rate_limits: bool = False) -> None:
        self.clock = Clock()
        self.slack = LocalSlack(
            small_organization(),
            manifest or may_do_everything(),
            rate_limits=rate_limits,
            monotonic=self.clock,
            wall=self.clock,
        )
        self.slack.start()
        self.client = self.client_of(self.slack.bot_token)
        self.workspace = self.slack.workspace
        self.ana, self.ben, self.mira = (self.user(name) for name in ("ana", "ben", "mira"))
        self.general, self.secret = self.channel("general"), self.channel("secret")

    def clear(self) -> "SlackWorld":
        """A new channel in the place of ``general``, and nothing said anywhere; servers are slow to start."""
        for messages in self.workspace.messages.values():
            messages.clear()
        self.workspace.scheduled.clear()
        members = {self.slack.app.bot_user, self.ana, self.ben, self.mira}
        key = self.workspace.new_id("C")
        self.general = self.workspace.add_channel(Channel(key, f"room-{key.lower()}", members)).id
        return self

    def client_of(self, token: str) -> WebClient:
        return WebClient(token, base_url=self.slack.api_url)

    def user(self, name: str) -> str:
        return self.workspace.user_by_name(name).id

    def channel(self, name: str) -> str:
        found = self.workspace.channel_named(name)
        assert found is not None
        return found.id

    def call(self, method: str, token: str | None = None, **arguments: Any) -> Json:
        """One call with a JSON body, as slack_sdk sends those with blocks; the answer whatever it says."""
        try:
            answer = self.client_of(token or self.slack.bot_token).api_call(method, json=arguments)
        except SlackApiError as refused:
            answer = refused.response
        assert isinstance(answer.data, dict)
        return answer.data

    def refusal(self, method: str, token: str | None = None, **arguments: Any) -> str:
        answer = self.call(method, token, **arguments)
        assert not answer["ok"], answer
        return str(answer["error"])

    def post(self, text: str = "hello", channel: str | None = None, **more: Any) -> str:
        return str(self.client.chat_postMessage(channel=channel or self.general, text=text, **more)["ts"])

    def trigger(self, user: str | None = None) -> str:
        return self.workspace.new_trigger(user or self.ana)

    def send(
        self, method: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Json, dict[str, str]]:
        """A request that slack_sdk would not make."""
        request = urllib.request.Request(
            self.slack.api_url + method,
            body,
            {"Authorization": f"Bearer {self.slack.bot_token}", **(headers or {})},
        )
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, json.loads(response.read()), dict(response.headers)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read()), dict(error.headers)

    def stop(self) -> None:
        self.slack.stop()
