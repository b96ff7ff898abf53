"""Pure: what people said about a team's docs, as a message: the sections that need a look, and what is missing."""

from datetime import datetime

from bot.slack.blocks import Message, context, counted, cut, escape, link, quoted, section
from catalog_sync.asking.feedback import DocsFeedback, VotedSection
from catalog_sync.docs.feedback import Gap
from core.clock import age

_MOST, _MOST_QUESTIONS = 8, 3
_LONGEST_TRAIL, _LONGEST_QUESTION, _LONGEST_URL = 120, 120, 700


def feedback_message(found: DocsFeedback, now: datetime) -> Message:
    """Sections with votes, the worst first, and questions without an answer, the most frequent first."""
    title = f"the docs of {found.about.title}" if found.about else "the docs"
    if not found.sections and not found.gaps:
        text = f"Nobody has said anything about {title} yet, and no question went without an answer."
        return Message(text, (section(escape(text)),))
    downs = [item for item in found.sections if item.downs]
    ups = sum(item.ups for item in found.sections)
    blocks = [section(f"*What people say about {escape(cut(title, 80))}*")]
    blocks += [section("\n".join(_voted(item, now))) for item in downs[:_MOST]]
    if found.gaps:
        lines = ["*Asked, and no page answers it*", *(_gap(gap, now) for gap in found.gaps)]
        blocks.append(section("\n".join(lines)))
    more = len(downs) - _MOST
    said = [f"👍 {counted(ups, 'answer')} helped"]
    said += [f"and {counted(more, 'more section')}: `callboard docs --feedback`"] if more > 0 else []
    blocks.append(context(" · ".join([*said, "votes say which section and what was asked, never who"])))
    spoken = f"{counted(len(downs), 'section')} to look at, {counted(len(found.gaps), 'question')} without an answer."
    return Message(f"What people say about {title}: {spoken}", tuple(blocks))


def _voted(item: VotedSection, now: datetime) -> list[str]:
    trail = cut(" › ".join(dict.fromkeys((item.title, item.page, item.heading))), _LONGEST_TRAIL)
    name = link(item.url, trail) if len(item.url) <= _LONGEST_URL else escape(trail)
    since = ", edited since" if item.is_edited_since else ""
    up = f", 👍 {item.ups}" if item.ups else ""
    lines = [f"👎 {item.downs}{up} · {name} — last {age(item.last_at, now)}{since}"]
    asked = [f"“{quoted(cut(text, _LONGEST_QUESTION))}”" for text in item.questions[:_MOST_QUESTIONS]]
    return [*lines, f"Asked: {', '.join(asked)}"] if asked else lines


def _gap(gap: Gap, now: datetime) -> str:
    times = "once" if gap.times == 1 else f"{gap.times} times"
    return f"• “{quoted(cut(gap.question, _LONGEST_QUESTION))}” — asked {times}, last {age(gap.last_at, now)}"
