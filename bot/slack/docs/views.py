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
from bot.slack.docs.excerpt import mrkdwn, plain
from catalog_sync.answers import DocsAnswer, Passage
from core.clock import age

_LONGEST_TITLE, _LONGEST_TRAIL, _LONGEST_URL = 120, 160, 700
_LONGEST_QUESTION = 300
_OLD_S = 24 * 3600
"""From so many seconds on an answer says when the catalog was last looked at."""

Pack = Callable[..., str]
"""From some texts to the value of a button that stands for them."""


def docs_message(
    answer: DocsAnswer,
    now: datetime,
    pack: Pack,
    *,
    can_share: bool = True,
    can_vote: bool = True,
    channel: Callable[[str], str] = channel_text,
) -> Message:
    """The best passage in at most five lines, and where all of it comes from."""
    if not answer.passages:
        return _nothing(answer, pack, channel)
    best = answer.passages[0]
    title = cut(best.heading.rpartition(" › ")[2] or best.page, _LONGEST_TITLE)
    sources = "\n".join(_source(number, passage, now) for number, passage in enumerate(answer.passages, 1))
    blocks = [
        section(f"*{_linked(best.url, title)}*\n{mrkdwn(best.excerpt)}"),
        section(f"*Sources*\n{sources}"),
        context(_provenance(answer, now)),
        *actions(_buttons(answer, best, pack, can_share=can_share, can_vote=can_vote)),
    ]
    return Message(f"{title}: {cut(plain(best.excerpt), 300)}", tuple(blocks))


def _provenance(answer: DocsAnswer, now: datetime) -> str:
    pages = len({(passage.repository, passage.path) for passage in answer.passages})
    said = [f"From {counted(pages, 'page')} that you can read", "not from Slack's history"]
    if answer.synced_at and (now - answer.synced_at).total_seconds() > _OLD_S:
        said.append(f"⚠️ last looked at {age(answer.synced_at, now)}")
    if answer.stale:
        said.append(f"⚠️ {escape(answer.stale)}")
    return " · ".join(said)


def _linked(url: str, title: str) -> str:
    return link(url, title) if len(url) <= _LONGEST_URL else escape(title)


def _source(number: int, passage: Passage, now: datetime) -> str:
    # A page is often called like its component, and its first heading like the page.
    trail = dict.fromkeys((passage.entity_title, passage.page, *passage.heading.split(" › ")))
    name = _linked(passage.url, cut(" › ".join(part for part in trail if part), _LONGEST_TRAIL))
    edited = f"edited {age(passage.edited_at, now)}" if passage.edited_at else "age unknown"
    by = f" by {escape(cut(passage.owner.title, 60))}" if passage.owner else ""
    stale = " ⚠️ may be stale" if passage.is_stale else ""
    return f"{number}. {name} — {edited}{by}{stale}"


def _buttons(answer: DocsAnswer, best: Passage, pack: Pack, *, can_share: bool, can_vote: bool) -> list[Json]:
    found: list[Json] = []
    if can_vote:
        found += [
            button("👍 Solved it", "docs:up", pack(best.section, answer.query)),
            button("👎 Wrong or stale", "docs:down", pack(best.section, answer.query)),
        ]
    if best.owner and best.owner.channel:
        found.append(button(f"Ask {best.owner.title}", "docs:ask", pack(best.owner.ref, answer.query)))
    if can_share:
        found.append(button("Share", "docs:share", pack(answer.query)))
    return found


def _nothing(answer: DocsAnswer, pack: Pack, channel: Callable[[str], str]) -> Message:
    asked = quoted(cut(answer.query, _LONGEST_QUESTION))
    said = escape(answer.stale) if answer.stale else "The docs do not say."
    if answer.owner:
        where = f" in {channel(answer.owner.channel)}" if answer.owner.channel else ""
        about = answer.about.title if answer.about else "it"
        text = f"{said} *{escape(answer.owner.title)}* owns {escape(about)}: ask them{where}."
        found = (
            [button(f"Ask {answer.owner.title}", "docs:ask", pack(answer.owner.ref, answer.query))]
            if answer.owner.channel
            else []
        )
        spoken = answer.stale or "Not in the docs."
        return Message(f"{spoken} {answer.owner.title} may know.", (section(text), *actions(found)))
    if answer.stale:
        return Message(answer.stale, (section(f"{said} Please try again in a minute."),))
    text = f"The docs say nothing about “{asked}”. Try fewer or other words, or name the component."
    return Message(text, (section(text),))


def question_message(question: str, asked_by: str, answer: DocsAnswer, now: datetime) -> Message:
    """A question brought to the team that may know, with what the docs had."""
    text = f"{asked_by} asks: *{quoted(cut(question, 1_500))}*"
    blocks = [section(text)]
    if answer.passages:
        sources = "\n".join(
            _source(number, passage, now) for number, passage in enumerate(answer.passages[:2], 1)
        )
        blocks.append(context(f"The docs had this, and it was not enough:\n{sources}"))
    else:
        blocks.append(context("The docs say nothing about it yet."))
    return Message(f"A question for you: {cut(question, 1_500)}", tuple(blocks))
