"""One call under way: who makes it, with what, and on which workspace."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.api.site import Site
from bot.sandbox.slack.apps import App, Token
from bot.sandbox.slack.records import Channel, SlackError


@dataclass(slots=True)
class Call:
    """What a handler gets.

    Args:
        site: The workspace and what belongs to it.
        method: The method's name.
        arguments: Read and of the right kind; those that were not sent, or sent as null, are missing.
        token: Who speaks; None for methods that take no token.
        secret: Client id and secret from the Authorization header, where they came so.
        raw: The arguments as they were sent, also those that the method does not know.
    """

    site: Site
    method: str
    arguments: dict[str, Any]
    token: Token | None = None
    secret: tuple[str, str] | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    @property
    def app(self) -> App:
        """The app that calls."""
        return self.speaker.app

    @property
    def actor(self) -> str:
        """The user who acts: the app's bot, or the person whose token it is."""
        return self.speaker.user

    @property
    def speaker(self) -> Token:
        """The token; only for methods that take one."""
        if self.token is None:
            raise SlackError("not_authed")
        return self.token

    def text(self, name: str) -> str:
        """A text argument; empty when it was not sent."""
        return str(self.arguments.get(name, ""))

    def flag(self, name: str, default: bool = False) -> bool:
        """A yes-or-no argument."""
        return bool(self.arguments.get(name, default))

    def number(self, name: str, default: int) -> int:
        """A number."""
        return int(self.arguments.get(name, default))

    def names(self, name: str) -> tuple[str, ...]:
        """A list of names."""
        found: tuple[str, ...] = self.arguments.get(name, ())
        return found

    def get(self, name: str) -> Any:
        """An argument as it was read; None when it was not sent."""
        return self.arguments.get(name)

    def warn(self, word: str, message: str = "") -> None:
        """Go on, and say in the answer what was not right."""
        self.warnings.append(word)
        if message:
            self.messages.append(f"[WARN] {message}")

    def demand(self, *scopes: str) -> None:
        """Refuse the call unless the token has one of these scopes; the word is ``missing_scope``."""
        if scopes and not self.speaker.scopes.intersection(scopes):
            provided = ",".join(sorted(self.speaker.scopes))
            raise SlackError("missing_scope", needed=",".join(scopes), provided=provided)

    def secret_app(self) -> App:
        """The app whose client id and secret came with the call, in its arguments or by basic authorization.

        Raises:
            SlackError: ``invalid_client_id`` or ``bad_client_secret``.
        """
        client_id, secret = self.secret or (self.text("client_id"), self.text("client_secret"))
        app = self.site.tokens.by_client(client_id)
        if app is None:
            raise SlackError("invalid_client_id")
        if not hmac.compare_digest(app.client_secret.encode(), secret.encode()):
            raise SlackError("bad_client_secret")
        return app

    def find_channel(self, name: str, error: str = "channel_not_found", *, by_name: bool = False) -> Channel:
        """A channel that the caller may know of.

        To somebody who is not in it, a private conversation reads like one that does not exist.

        Args:
            name: Its id.
            error: The word when there is none.
            by_name: Whether a name, with or without ``#``, will do; only the chat methods take one.
        """
        workspace = self.site.workspace
        channel = workspace.channel_named(name) if by_name and name else workspace.channels.get(name)
        if channel is None or (channel.kind != "channels" and self.actor not in channel.members):
            raise SlackError(error)
        return channel

    def channel(self, argument: str = "channel", *, by_name: bool = False) -> Channel:
        """The channel that the call names; see ``find_channel``."""
        return self.find_channel(self.text(argument), by_name=by_name)


def invalid_arguments(*messages: str) -> SlackError:
    """The refusal of arguments, a line for each."""
    return SlackError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {m}" for m in messages]})


def by_kind(suffix: str, argument: str = "channel") -> Callable[[Call], tuple[str, ...]]:
    """The scope that a call needs, by the kind of conversation that it names, such as ``groups:read``."""

    def needs(call: Call) -> tuple[str, ...]:
        return (f"{call.channel(argument, by_name=True).kind}:{suffix}",)

    return needs
