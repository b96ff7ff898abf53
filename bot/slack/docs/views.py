"""Pure: passages of the docs as a message: the answer first, then every source with its age and owner."""

from collections.abc import Callable
from datetime import datetime

from bot.slack.blocks import (
    Json,
    Message,
    actions,
    button,
    channel_text,
    context,
    counted,
    cut,
    escape,
    link,
    quoted,
    section,
)
from catalog_sync.answers import DocsAnswer, Passage
from core.clock import age

_LINES = 5
_LINE = 220


def docs_message(
    answer: DocsAnswer,
    now: datetime,
    *,
    can_share: bool = True,
    can_vote: bool = True,
    channel: Callable[[str], str] = channel_text,
) -> Message:
    """The best passage in at most five lines, and where all of it comes from."""
    if not answer.passages:
        return _nothing(answer, channel)
    best = answer.passages[0]
    title = best.heading.rpartition(" › ")[2] or best.page
    sources = "\n".join(_source(number, passage, now) for number, passage in enumerate(answer.passages, 1))
    pages = len({(passage.repository, passage.path) for passage in answer.passages})
    blocks = [
        section(f"*{link(best.url, title)}*\n{_excerpt(best.text)}"),
        section(f"*Sources*\n{sources}"),
        context(f"From {counted(pages, 'page')} that you can read · not from Slack's history"),
        *actions(_buttons(answer, best, can_share=can_share, can_vote=can_vote)),
    ]
    return Message(f"{title}: {cut(' '.join(best.text.split()), 300)}", tuple(blocks))


def _excerpt(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    shown = [escape(cut(line, _LINE)) for line in lines[:_LINES]]
    return "\n".join(shown) + ("\n…" if len(lines) > _LINES else "")


def _source(number: int, passage: Passage, now: datetime) -> str:
    trail = [
        passage.entity_title,
        passage.page if passage.page != passage.entity_title else "",
        passage.heading if passage.heading != passage.page else "",
    ]
    name = link(passage.url, " › ".join(part for part in trail if part))
    edited = f"edited {age(passage.edited_at, now)}" if passage.edited_at else "age unknown"
    by = f" by {escape(passage.owner.title)}" if passage.owner else ""
    stale = " ⚠️ may be stale" if passage.is_stale else ""
    return f"{number}. {name} — {edited}{by}{stale}"


def _buttons(answer: DocsAnswer, best: Passage, *, can_share: bool, can_vote: bool) -> list[Json]:
    found: list[Json] = []
    if can_vote:
        found += [
            button("👍 Solved it", "docs:up", best.url),
            button("👎 Wrong or stale", "docs:down", best.url),
        ]
    if best.owner and best.owner.channel:
        found.append(button(f"Ask {best.owner.title}", "docs:ask", f"{best.owner.ref} {answer.query}"))
    if can_share:
        found.append(button("Share", "docs:share", answer.query))
    return found


def _nothing(answer: DocsAnswer, channel: Callable[[str], str]) -> Message:
    asked = quoted(answer.query)
    if answer.owner:
        where = f" in {channel(answer.owner.channel)}" if answer.owner.channel else ""
        about = answer.about.title if answer.about else "it"
        text = f"The docs do not say. *{escape(answer.owner.title)}* owns {escape(about)}: ask them{where}."
        found = (
            [button(f"Ask {answer.owner.title}", "docs:ask", f"{answer.owner.ref} {answer.query}")]
            if answer.owner.channel
            else []
        )
        return Message(f"Not in the docs; {answer.owner.title} may know.", (section(text), *actions(found)))
    text = f"The docs say nothing about “{asked}”. Try fewer or other words, or name the component."
    return Message(text, (section(text),))


def question_message(question: str, asked_by: str, answer: DocsAnswer, now: datetime) -> Message:
    """A question brought to the team that may know, with what the docs had."""
    text = f"{asked_by} asks: *{quoted(question)}*"
    blocks = [section(text)]
    if answer.passages:
        sources = "\n".join(
            _source(number, passage, now) for number, passage in enumerate(answer.passages, 1)
        )
        blocks.append(context(f"The docs had this, and it was not enough:\n{sources}"))
    else:
        blocks.append(context("The docs say nothing about it yet."))
    return Message(f"A question for you: {question}", tuple(blocks))
