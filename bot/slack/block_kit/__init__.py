"""Pure: what Slack accepts in Block Kit, as tables that one small engine walks; values in, problems out.

Two users: the gateway looks before it sends, the local Slack refuses what the real one would. The tables are
``limits`` (numbers), ``compositions``, ``elements``, ``rich_text``, ``blocks`` and ``views`` (structure); a new
kind of block is a row there, and ``rules`` where its fields depend on one another.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from bot.slack.block_kit.blocks import ON_SURFACE
from bot.slack.block_kit.limits import MAX_ATTACHMENTS, MAX_MESSAGE_TEXT
from bot.slack.block_kit.problem import Code, Problem, wrong_type
from bot.slack.block_kit.schema import ListOf, Object, Place, Surface
from bot.slack.block_kit.views import VIEWS, too_large
from bot.slack.block_kit.walk import check
from bot.slack.block_kit.whole import careful_text_problem, name_problems, sum_problems, text_problem

__all__ = [
    "MAX_MESSAGE_TEXT",
    "Problem",
    "Surface",
    "attachments_problems",
    "error_word",
    "message_problems",
    "outgoing_problems",
    "view_problems",
]

_MOST_PROBLEMS = 100
"""So many problems are told of one payload; nobody reads more, and work stays bounded."""
_MOST_BLOCKS = 100
"""What stands behind so many blocks is refused for its place alone."""


def message_problems(
    blocks: Any, *, surface: Surface = "message", with_text_limit: bool = True
) -> tuple[Problem, ...]:
    """What Slack would refuse of a message's blocks; pointers begin at the list (``/0/text/text``).

    Args:
        blocks: Anything that JSON can hold; a list of blocks if all is well.
        surface: Where the blocks are to stand. A view is checked as a whole by ``view_problems``.
        with_text_limit: Whether all texts together count (``msg_blocks_too_long``); they do in methods that post
            a message, not in an answer to a ``response_url``.
    """
    listed = list(blocks) if isinstance(blocks, tuple) else blocks
    problems = tuple(islice(_message(listed, surface), _MOST_PROBLEMS))
    # Slack measures only what is well formed.
    counts = with_text_limit and surface == "message" and not problems
    too_long = text_problem(listed) if counts else None
    return problems if too_long is None else (too_long,)


def outgoing_problems(blocks: Any) -> tuple[Problem, ...]:
    """``message_problems`` and our own caution: no more text in one message than is sure to be taken."""
    problems = message_problems(blocks)
    careful = careful_text_problem(blocks, MAX_MESSAGE_TEXT) if isinstance(blocks, list | tuple) else None
    return problems if problems or careful is None else (careful,)


def view_problems(view: Any) -> tuple[Problem, ...]:
    """What Slack would refuse of a modal or an App Home; pointers begin at the view (``/blocks/0/text``)."""
    return tuple(islice(_view(view), _MOST_PROBLEMS))


def attachments_problems(attachments: Any) -> tuple[Problem, ...]:
    """What Slack would refuse of a message's attachments; pointers begin at the list (``/0/blocks/0``).

    Of an attachment's own, older fields nothing is checked: Slack lets pass what it does not know.
    """
    return tuple(islice(_attachments(attachments), _MOST_PROBLEMS))


def error_word(problems: tuple[Problem, ...], *, otherwise: str) -> str:
    """The ``error`` that a method of the Web API answers for problems.

    Args:
        problems: At least one.
        otherwise: The method's own word: ``invalid_blocks``, ``invalid_attachments``, ``invalid_arguments``.
    """
    for problem in problems:
        if problem.code in (Code.VIEW_TOO_LARGE, Code.TOO_MANY_ATTACHMENTS, Code.BLOCKS_TOO_LONG):
            return str(problem.code)
    if otherwise == "invalid_blocks" and (problems[0].pointer, problems[0].code) == ("", Code.INVALID_TYPE):
        return "invalid_blocks_format"
    return otherwise


def _message(blocks: Any, surface: Surface) -> Iterator[Problem]:
    key = "message.blocks" if surface == "message" else "view.blocks"
    yield from check(blocks, ListOf(Object(ON_SURFACE[surface])), Place("", surface), key)
    if isinstance(blocks, list):
        yield from name_problems(blocks[:_MOST_BLOCKS])
        yield from sum_problems(blocks[:_MOST_BLOCKS])


def _view(view: Any) -> Iterator[Problem]:
    large = too_large(view)
    if large:
        yield large
        return
    surface: Surface = "home" if isinstance(view, dict) and view.get("type") == "home" else "modal"
    yield from check(view, Object(tuple(VIEWS)), Place("", surface), "")
    blocks = view.get("blocks") if isinstance(view, dict) else None
    if isinstance(blocks, list):
        for problem in name_problems(blocks[:_MOST_BLOCKS]):
            yield problem.under("/blocks")


def _attachments(attachments: Any) -> Iterator[Problem]:
    if not isinstance(attachments, list):
        yield wrong_type("", "must provide an array")
        return
    if len(attachments) > MAX_ATTACHMENTS:
        expected = {"type": "max_items", "expected": MAX_ATTACHMENTS, "got": len(attachments)}
        message = f"no more than {MAX_ATTACHMENTS} items allowed"
        yield Problem("", message, Code.TOO_MANY_ATTACHMENTS, expected)
    for number, attachment in enumerate(attachments[:MAX_ATTACHMENTS]):
        if not isinstance(attachment, dict):
            yield wrong_type(f"/{number}", "must provide an object")
        elif "blocks" in attachment:
            for problem in _message(attachment["blocks"], "message"):
                yield problem.under(f"/{number}/blocks")
