"""The one way in from Slack: verify, acknowledge at once, hand over; nothing slow happens here."""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import structlog
from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.slack.aliases import conversations_by_alias
from bot.slack.blocks import Json, Message, escape, first_input
from bot.slack.conversation import Conversation, Handler, Reply, Request, Submission
from bot.slack.following import Following, NamedThings
from bot.slack.gateway import Gateway
from bot.slack.handover import FULL, Handover, Tell, sentence_for
from bot.slack.help import help_message
from bot.slack.manifest import COMING_AND_GOING
from bot.slack.people import People
from bot.slack.places import Places
from bot.slack.replies import NoReply, OpenReply, PersonReply, ThreadReply, UrlReply
from bot.slack.words import nearest_word, route
from core.access import UNKNOWN_CHANNEL, Asker, Place, PlaceKind, Standing

_log = structlog.get_logger(__name__)
_REMEMBERED = 5_000
_ANY = re.compile(".*")
_GREETING = re.compile(
    r"(?:help|hi|hello|hey|good\s+(?:morning|afternoon|evening))?(?:\s+(?:there|all|again))?", re.IGNORECASE
)
_THANKS = re.compile(
    r"(?:ok(?:ay)?\W+)?(?:thanks|thank\s+you|thx|cheers|ok(?:ay)?|great)(?:\s+(?:a\s+lot|so\s+much|very\s+much))?",
    re.IGNORECASE,
)
_NOBODY = Asker(Standing.GUEST)
"""Stands in until the person was looked up."""
_DIRECT = Place(PlaceKind.DIRECT)


class Inbox:
    """Everything that comes from one workspace.

    Args:
        conversations: What is registered.
        gateway: The way out.
        people: Who is asking.
        handover: Where work goes after the acknowledgement.
        command: The slash command.
        places: Who reads along in a channel; where nobody says it, anybody may.
        buttons: Those of messages that no conversation has sent.
        home_of: The way onto somebody's Home, for what they do there; else they read it in their direct messages.
        ask: What the catalog knows of names; left out, nobody completes what somebody leaves out.
        aliases: Slash commands of their own, each with the conversation that it leads to.

    Raises:
        SettingsError: An alias leads nowhere.
    """

    def __init__(
        self,
        conversations: Sequence[Conversation],
        gateway: Gateway,
        people: People,
        handover: Handover,
        command: str,
        places: Places | None = None,
        buttons: Mapping[str, Handler] | None = None,
        home_of: Callable[[str], Reply] | None = None,
        ask: NamedThings | None = None,
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        self._conversations = tuple(conversations)
        self._gateway = gateway
        self._people = people
        self._handover = handover
        self._command = command
        self._places = places
        self._place_of: Callable[[str], Place] = places.of if places else lambda _channel: UNKNOWN_CHANNEL
        self._home_of = home_of
        self._following = (
            Following(self._conversations, gateway, people, ask, lambda: gateway.identity.get("user_id", ""))
            if ask
            else None
        )
        self.aliases = conversations_by_alias(aliases or {}, command, self._conversations)
        """Slash commands beside the one that leads everywhere."""
        self._seen = _Seen()
        self._buttons = {name: handler for item in conversations for name, handler in item.buttons.items()}
        self._buttons |= buttons or {}
        self._options = {name: search for item in conversations for name, search in item.options.items()}
        self._submissions = {name: take for item in conversations for name, take in item.submissions.items()}
        self._shortcuts = {name: row for item in conversations for name, row in item.shortcuts.items()}
        self.events = {name: handler for item in conversations for name, handler in item.events.items()}
        """Who is told of Slack's events, beside mentions and direct messages."""

    def command(self, ack: Ack, body: Json) -> None:
        """A slash command, or one of its aliases."""
        reply = UrlReply(self._gateway, body["response_url"])
        line = body.get("text") or ""
        alias = self.aliases.get(str(body.get("command") or "").lower())
        name, handler, rest = self._understood(f"{alias.name} {line}" if alias else line)
        request = Request(_NOBODY, body["user_id"], rest, body["channel_id"], reply, body["trigger_id"])
        if self._accepts(name, body, request, self._with_people(handler)):
            ack()
        else:
            # The sentence travels with the acknowledgement, which needs no thread.
            ack(FULL)

    def mention(self, ack: Ack, body: Json) -> None:
        """A mention in a channel; the answer goes into the thread."""
        ack()
        event = body["event"]
        if self._seen.before(body["event_id"]):
            return
        reply = ThreadReply(self._gateway, event["channel"], event.get("thread_ts") or event["ts"])
        self._event(body, reply, is_in_channel=True)

    def direct(self, ack: Ack, body: Json) -> None:
        """A direct message; bots and edits are left alone."""
        ack()
        event = body["event"]
        if (
            event.get("bot_id")
            or event.get("subtype")
            or event.get("channel_type") != "im"
            or self._seen.before(body["event_id"])
        ):
            return
        reply = ThreadReply(self._gateway, event["channel"], event.get("thread_ts"))
        self._event(body, reply, is_in_channel=False)

    def came_or_went(self, ack: Ack, body: Json) -> None:
        """Somebody came into a channel or left it, or another organisation did: others read along now."""
        ack()
        channel = body["event"].get("channel") or ""
        if self._places:
            self._places.forget(channel if isinstance(channel, str) else str(channel.get("id") or ""))

    def button(self, ack: Ack, body: Json) -> None:
        """A button, a menu or a select that acts at once."""
        ack()
        action = body["actions"][0]
        name, value = self._pressed(action)
        handler = self._buttons.get(name)
        if handler is None:
            # Links are buttons too; there is nothing to do for them.
            return
        message = body.get("message") or {}
        url = body.get("response_url", "")
        channel = (body.get("channel") or {}).get("id", "")
        is_private = bool((body.get("container") or {}).get("is_ephemeral"))
        reply: Reply = UrlReply(self._gateway, url) if url else self._reply_in_view(body)
        request = Request(
            asker=_NOBODY,
            user=body["user"]["id"],
            text=value,
            channel=channel,
            reply=reply,
            trigger_id=body.get("trigger_id", ""),
            is_private=is_private,
            message=message,
            view=body.get("view") or {},
            selected=str((action.get("selected_option") or {}).get("value") or ""),
        )
        self._work(f"button {name}", body, request, handler)

    def shortcut(self, ack: Ack, body: Json) -> None:
        """A shortcut: from anywhere, or on a message; the answer is for the asker alone."""
        ack()
        found = self._shortcuts.get(body["callback_id"])
        if found is None:
            _log.warning("slack.unknown_shortcut", callback_id=body["callback_id"])
            return
        user, url = body["user"]["id"], body.get("response_url", "")
        message = body.get("message") or {}
        thread = str(message.get("thread_ts") or "")
        reply: Reply = UrlReply(self._gateway, url, thread) if url else PersonReply(self._gateway, user)
        request = Request(
            asker=_NOBODY,
            user=user,
            text="",
            channel=(body.get("channel") or {}).get("id", ""),
            reply=reply,
            trigger_id=body.get("trigger_id", ""),
            message=message,
        )
        self._work(f"shortcut {body['callback_id']}", body, request, found.handle)

    def event(self, ack: Ack, body: Json) -> None:
        """Something else that happened, which a conversation wants to know of."""
        ack()
        event = body["event"]
        handler = self.events.get(event["type"])
        if handler is None or self._seen.before(body["event_id"]):
            return
        user, channel = str(event.get("user") or ""), str(event.get("channel") or "")
        request = Request(_NOBODY, user, "", channel, NoReply(), event=event)
        self._work(f"event {event['type']}", body, request, handler)

    def search(self, ack: Ack, body: Json) -> None:
        """A select that asks for its options while a person types."""
        search = self._options.get(body["action_id"])
        asker = self._people.asker(body["team"]["id"], body["user"]["id"])
        ack(options=list(search(asker, body.get("value", ""))) if search else [])

    def submission(self, ack: Ack, body: Json) -> None:
        """A submitted modal, taken in at once: its errors are part of the acknowledgement, and so is our word
        that it is not lost."""
        view = body["view"]
        take = self._submissions.get(view["callback_id"])
        key = f"{view['id']}:{view.get('hash', '')}"
        if take is None or self._seen.before(key):
            ack()
            return
        errors = self._taken(take, body)
        if errors:
            # What was filled in stays where it is, and may come again.
            self._seen.forget(key)
            ack(response_action="errors", errors=errors)
        else:
            ack()

    def _reply_in_view(self, body: Json) -> Reply:
        """The way back to somebody who pressed something in a view, which has no address to answer to."""
        user, kind = body["user"]["id"], (body.get("view") or {}).get("type")
        return self._home_of(user) if self._home_of and kind == "home" else PersonReply(self._gateway, user)

    def _taken(self, take: Submission, body: Json) -> dict[str, str]:
        view, user, workspace = body["view"], body["user"]["id"], body["team"]["id"]
        name = f"modal {view['callback_id']}"
        try:
            errors = dict(take(self._people.asker(workspace, user), view))
        except Exception as error:  # noqa: BLE001 - an outer rim, like the hand-over
            errors = {first_input(view): sentence_for(name, error)}
        _log.info("slack.request", work=name, user=user, team=workspace, accepted=not errors)
        return errors

    def _pressed(self, action: Json) -> tuple[str, str]:
        """The button that was pressed, and its value; an entry of a menu may stand for a button."""
        chosen = str((action.get("selected_option") or {}).get("value") or "")
        name, _, value = chosen.partition(" ")
        if action.get("type") == "overflow" and name in self._buttons:
            return name, value
        return str(action["action_id"]), str(action.get("value") or "")

    def _event(self, body: Json, reply: Reply, *, is_in_channel: bool) -> None:
        event = body["event"]
        line = event.get("text") or ""
        name, handler, rest = self._understood(line)
        if self._following:
            handler, rest = self._complete, line
        user, channel = event["user"], event["channel"]
        request = Request(_NOBODY, user, rest, channel, reply, is_private=False, event=event)
        self._work(name, body, request, self._in_channel(handler) if is_in_channel else _directly(handler))

    def _complete(self, request: Request) -> None:
        """Answer a whole line, with what stands around it."""
        assert self._following
        self._following.handle(request, self._help)

    def _with_people(self, handler: Handler) -> Handler:
        """A handler that gets the people who are mentioned as the catalog knows them."""
        following = self._following
        if following is None:
            return handler
        return lambda request: handler(
            replace(request, text=following.with_people(request.text, request.asker))
        )

    def _in_channel(self, handler: Handler) -> Handler:
        """A handler whose answer everybody in the channel reads."""

        def handle(request: Request) -> None:
            asker = request.asker.at(self._place_of(request.channel))
            handler(replace(request, asker=asker, reply=OpenReply(request.reply, asker)))

        return handle

    def _understood(self, line: str) -> tuple[str, Handler, str]:
        """What a line is for: its name in the log, who handles it, and the rest of it."""
        found, rest = route(line, self._conversations, self._gateway.identity.get("user_id", ""))
        return (f"ask {found.name}", found.handle, rest) if found else ("ask help", self._help, rest)

    def _help(self, request: Request) -> None:
        """The list of what can be asked; the owner, where the whole line names something."""
        plain = request.text.strip("!.?, ")
        if _THANKS.fullmatch(plain):
            request.reply.show(Message("You are welcome."))
            return
        asked = request.text if not _GREETING.fullmatch(plain) else ""
        nearest = nearest_word(request.text, self._conversations) if asked else ""
        if asked and self._following:
            self._following.owner_or(request, partial(self._show_help, asked=asked, nearest=nearest))
        else:
            self._show_help(request, asked=asked, nearest=nearest)

    def _show_help(self, request: Request, *, asked: str = "", nearest: str = "") -> None:
        aliases = {alias: item.name for alias, item in self.aliases.items()}
        message = help_message(
            self._command, self._conversations, asked=asked, nearest=nearest, aliases=aliases
        )
        request.reply.show(message)

    def _work(self, name: str, body: Json, request: Request, handler: Handler) -> None:
        """Hand work over; where there is no place, the person hears so."""
        if not self._accepts(name, body, request, handler):
            self._handover.turn_away(name, _teller(request.reply))

    def _accepts(self, name: str, body: Json, request: Request, handler: Handler) -> bool:
        workspace = body.get("team_id") or (body.get("team") or {}).get("id", "")

        def work() -> None:
            # Asked here and not before: looking a person up may take a call to Slack.
            asker = self._people.asker(workspace, request.user)
            handler(replace(request, asker=asker, place_of=self._place_of))

        accepted = self._handover.run(name, work, _teller(request.reply))
        _log.info("slack.request", work=name, user=request.user, team=workspace, accepted=accepted)
        return accepted


def _teller(reply: Reply) -> Tell:
    """Shows a sentence that may repeat what somebody typed: no mention and no link comes out of it."""
    return lambda text: reply.show(Message(escape(text)))


def _directly(handler: Handler) -> Handler:
    """A handler whose answer stands in the asker's direct messages."""
    return lambda request: handler(replace(request, asker=request.asker.at(_DIRECT)))


def build_app(gateway: Gateway, inbox: Inbox, command: str, signing_secret: str | None = None) -> App:
    """The Bolt app; its listeners acknowledge inline, which is a hundred times quicker than its default.

    Args:
        gateway: The way out; knows where Slack is, and who we are there.
        inbox: What is listened to.
        command: The slash command.
        signing_secret: Needed in http mode only.
    """

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        # Bolt's own would ask Slack in front of the first acknowledgement, and fail it where Slack is away.
        known = gateway.identity
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=known.get("user_id"),
            bot_id=known.get("bot_id"),
        )

    app = App(
        # Without the token: what we say goes out by the gateway alone.
        client=WebClient(base_url=gateway.client.base_url),
        authorize=authorize,
        signing_secret=signing_secret or "socket mode needs none",
        process_before_response=True,
        request_verification_enabled=signing_secret is not None,
        token_verification_enabled=False,
    )
    for name in (command, *inbox.aliases):
        app.command(name)(inbox.command)
    app.event("app_mention")(inbox.mention)
    app.event("message")(inbox.direct)
    for event in COMING_AND_GOING:
        app.event(event)(inbox.came_or_went)
    for event in inbox.events:
        app.event(event)(inbox.event)
    app.action(_ANY)(inbox.button)
    app.shortcut(_ANY)(inbox.shortcut)
    app.options(_ANY)(inbox.search)
    app.view(_ANY)(inbox.submission)
    app.error(_on_error)
    return app


def _on_error(error: Exception, body: Json) -> None:
    _log.error("slack.listener_failed", kind=body.get("type") or body.get("command"), exc_info=error)


class _Seen:
    """Remembers what was handled, because Slack delivers things twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: OrderedDict[str, None] = OrderedDict()

    def before(self, key: str) -> bool:
        with self._lock:
            if key in self._keys:
                return True
            self._keys[key] = None
            if len(self._keys) > _REMEMBERED:
                self._keys.popitem(last=False)
            return False

    def forget(self, key: str) -> None:
        with self._lock:
            self._keys.pop(key, None)
