"""What a Web API method is: one row with its arguments, permissions, tokens and pace, from which checks and docs come."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.sandbox.slack.api.call import Call
from bot.sandbox.slack.apps import TokenKind
from bot.sandbox.slack.records import Json


class Kind(StrEnum):
    """What an argument holds; a form sends each of them as text."""

    STRING = "string"
    TIMESTAMP = "timestamp"
    """Text like ``1700000000.000100``; a number is taken too, as Slack does."""
    BOOL = "bool"
    INT = "int"
    OBJECT = "object"
    ARRAY = "array"
    LIST = "list"
    """Names with commas between them, or a JSON array of names."""


class Tier(StrEnum):
    """How often one app may call one method; https://docs.slack.dev/apis/web-api/rate-limits."""

    T1 = "1 a minute"
    T2 = "20 a minute"
    T3 = "50 a minute"
    T4 = "100 a minute"
    POSTING = "1 a second in a channel"
    SPECIAL = "hundreds a minute"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a method."""

    name: str
    kind: Kind = Kind.STRING
    required: bool = False
    error: str = "invalid_arguments"
    """The word when it cannot be read."""


BOT_OR_USER = frozenset((TokenKind.BOT, TokenKind.USER))
NO_TOKEN: frozenset[TokenKind] = frozenset()


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the Web API.

    Args:
        name: As in the address.
        handler: Carries it out and returns what stands beside ``ok``; raises ``SlackError``.
        arguments: What it takes; anything else is passed over without a word, as Slack does.
        scopes: The token needs one of these; none for a method that asks for no permission.
        tokens: The kinds of token it takes; empty for a method that is called with the app's secret.
        tier: How often it may be called.
        needs: The scopes that this very call needs one of, where that depends on its arguments.
    """

    name: str
    handler: Callable[[Call], Json]
    arguments: tuple[Argument, ...] = ()
    scopes: tuple[str, ...] = ()
    tokens: frozenset[TokenKind] = BOT_OR_USER
    tier: Tier = Tier.T3
    needs: Callable[[Call], tuple[str, ...]] | None = None

    def argument(self, name: str) -> Argument | None:
        """The row of one argument."""
        return next((item for item in self.arguments if item.name == name), None)


def of_conversation(suffix: str) -> tuple[str, ...]:
    """The scopes of a method that works on every kind of conversation."""
    return tuple(f"{kind}:{suffix}" for kind in ("channels", "groups", "im", "mpim"))


def strings(names: str, *, required: bool = False) -> tuple[Argument, ...]:
    """Text arguments by name, spaces between them."""
    return tuple(Argument(name, Kind.STRING, required) for name in names.split())


def flags(names: str) -> tuple[Argument, ...]:
    """Yes-or-no arguments by name, spaces between them."""
    return tuple(Argument(name, Kind.BOOL) for name in names.split())


CHANNEL = Argument("channel", Kind.STRING, required=True)
PAGING = (Argument("cursor"), Argument("limit", Kind.INT, error="invalid_limit"))
