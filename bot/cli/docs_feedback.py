"""Pure: what people said about docs, as text and as JSON."""

from datetime import datetime
from typing import Any

from catalog_sync.asking.feedback import DocsFeedback, VotedSection
from core.clock import age


def feedback_text(found: DocsFeedback, now: datetime) -> str:
    """Sections that need a look, then questions that nothing answers."""
    about = f"the docs of {found.about.title}" if found.about else "the docs"
    lines = [line for item in found.sections if item.downs for line in _section_lines(item, now)]
    if found.gaps:
        lines += ["Asked, and no page answers it:"]
        lines += [
            f"  {gap.times} times, last {age(gap.last_at, now)}: {' '.join(gap.question.split())}"
            for gap in found.gaps
        ]
    helped = sum(item.ups for item in found.sections)
    if helped:
        lines.append(f"{helped} answers helped.")
    return "\n".join(lines) or f"Nobody has said anything about {about} yet."


def _section_lines(item: VotedSection, now: datetime) -> list[str]:
    trail = " › ".join(dict.fromkeys((item.title, item.page, item.heading)))
    since = ", edited since" if item.is_edited_since else ""
    return [
        f"{trail}: {item.downs} down, {item.ups} up, last {age(item.last_at, now)}{since}",
        *(f"  asked: {' '.join(question.split())}" for question in item.questions),
        f"  {item.url}",
    ]


def feedback_json(found: DocsFeedback) -> dict[str, Any]:
    """The same as one document."""
    return {
        "about": found.about.ref if found.about else None,
        "sections": [
            {
                "title": item.title,
                "page": item.page,
                "heading": item.heading,
                "url": item.url,
                "owner": item.owner.ref if item.owner else None,
                "up": item.ups,
                "down": item.downs,
                "questions": list(item.questions),
                "last_at": item.last_at,
                "is_edited_since": item.is_edited_since,
            }
            for item in found.sections
        ],
        "gaps": [
            {
                "question": gap.question,
                "entity": gap.entity or None,
                "times": gap.times,
                "first_at": gap.first_at,
                "last_at": gap.last_at,
            }
            for gap in found.gaps
        ],
    }
