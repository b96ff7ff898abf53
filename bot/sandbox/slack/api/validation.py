"""blocks.validate: Block Kit checked without posting anything."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.slack.api.call import Call, invalid_arguments
from bot.sandbox.slack.api.registry import Argument, Kind, Method, Tier
from bot.sandbox.slack.records import Json, SlackError
from bot.slack.block_kit import Problem, attachments_problems, message_problems, view_problems


def validate(call: Call) -> Json:
    """What would be refused of blocks, of a message or of a view, one of them."""
    given = [name for name in _CHECKS if call.get(name) is not None]
    if len(given) != 1:
        raise invalid_arguments("exactly one of blocks, message and view must be provided")
    (name,) = given
    problems = _CHECKS[name](call.get(name))
    if problems:
        raise SlackError(f"invalid_{name}", errors=[_shown(problem) for problem in problems])
    return {}


def _message(message: Json) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    for name, check in (("blocks", message_problems), ("attachments", attachments_problems)):
        if message.get(name) is not None:
            problems += [problem.under(f"/{name}") for problem in check(message[name])]
    return tuple(problems)


def _shown(problem: Problem) -> Json:
    shown: Json = {"pointer": problem.pointer, "code": str(problem.code), "message": problem.message}
    return shown | ({"constraint": dict(problem.constraint)} if problem.constraint else {})


_CHECKS: dict[str, Callable[[Any], tuple[Problem, ...]]] = {
    "blocks": message_problems,
    "message": _message,
    "view": view_problems,
}
METHODS = (
    Method(
        "blocks.validate",
        validate,
        (Argument("blocks", Kind.ARRAY), Argument("message", Kind.OBJECT), Argument("view", Kind.OBJECT)),
        tier=Tier.SPECIAL,
    ),
)
