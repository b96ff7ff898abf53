"""Pure: a team as a message: where to ask, who is in it, its place among teams, and what it owns."""

from collections.abc import Callable
from datetime import datetime

from bot.slack.answers import (
    asked_for,
    choices,
    either,
    kind_word,
    kinds_word,
    name_of,
    nothing_text,
    people,
    spoken_age,
    synced,
)
from bot.slack.blocks import (
    Json,
    Message,
    actions,
    button,
    channel_text,
    context,
    cut,
    escape,
    link,
    quoted,
    section,
)
from catalog_sync.answers import OwnedKind, OwnerAnswer, TeamAnswer

HOW = "Which team? For example: team payments"
_MOST_CHILDREN = 10


def team_message(
    answer: TeamAnswer,
    now: datetime,
    *,
    can_share: bool = True,
    channel: Callable[[str], str] = channel_text,
    score: str = "",
) -> Message:
    """Everything that is known of a team.

    Args:
        answer: What the catalog says.
        now: The present, for the age.
        can_share: Whether only the asker sees it.
        channel: From a channel to how it stands in mrkdwn.
        score: How well kept is what it owns, in mrkdwn, where that is known.
    """
    subject = answer.subject
    if subject.about == "nothing":
        text = _no_team(subject)
        return Message(text, (section(text), *actions(choices(subject.alternatives, "team:pick"))))
    ref = subject.owners[0].ref
    blocks = [
        section("\n".join([*_head(answer), *_more(subject)])),
        section("", fields=_fields(answer, channel, score)),
        section("\n".join(_owned(answer))),
        *([context("\n".join(escape(note) for note in subject.notes))] if subject.notes else []),
        context(_provenance(subject, answer, now)),
        *actions(_buttons(ref, answer, can_share=can_share)),
    ]
    return Message(f"{_spoken(answer)} {spoken_age(answer.synced_at, now, answer.stale)}", tuple(blocks))


def _no_team(subject: OwnerAnswer) -> str:
    if subject.is_ambiguous:
        return nothing_text(subject)
    names = [near.title for near in subject.alternatives[:3]]
    meant = (
        f"Did you mean {either(names)}?" if names else "Check the spelling, or name something that it owns."
    )
    return f"No team here is called “{asked_for(subject)}”. {meant}"


def _head(answer: TeamAnswer) -> list[str]:
    subject = answer.subject
    # Asked for by its channel, an answer is still about the team.
    title = subject.owners[0].title
    lines = [f"*{escape(cut(title, 100))}* · {escape(subject.type or 'team')}"]
    if answer.because and answer.because.kind.lower() == "user":
        lines.insert(0, f"_The team of {escape(answer.because.title)}_")
    elif answer.because:
        lines.insert(0, f"_The owner of {escape(answer.because.title)}_")
    elif subject.corrected:
        lines.insert(0, f"_You wrote “{quoted(cut(answer.query, 150))}”; showing the nearest name._")
    return lines


def _more(subject: OwnerAnswer) -> list[str]:
    return [f"_{quoted(cut(subject.description, 300))}_"] if subject.description else []


def _fields(answer: TeamAnswer, channel: Callable[[str], str], score: str) -> list[str]:
    subject = answer.subject
    team = subject.owners[0]
    children = ", ".join(escape(near.title) for near in answer.children[:_MOST_CHILDREN])
    more = len(answer.children) - _MOST_CHILDREN
    shown = {
        "Ask in": channel(team.channel) if team.channel else "no channel is named",
        "On call": people(subject.on_call, subject.titles, 3),
        "Lead": people(team.leads, subject.titles, 3),
        "People": people(subject.members, subject.titles),
        "Part of": escape(answer.parent.title) if answer.parent else "",
        "Teams": f"{children} and {more} more" if more > 0 else children,
        "Scorecard": score,
    }
    return [f"*{label}*  {text}" for label, text in shown.items() if text]


def _owned(answer: TeamAnswer) -> list[str]:
    if not answer.owned:
        return ["Owns nothing in the catalog"]
    counts = " · ".join(kinds_word(item.kind, item.total) for item in answer.owned)
    return [f"*Owns*  {counts}", *map(_names, answer.owned)]


def _names(item: OwnedKind) -> str:
    names = ", ".join(escape(cut(near.title, 80)) for near in item.some)
    more = f" and {item.total - len(item.some)} more" if item.total > len(item.some) else ""
    return f"• {kind_word(item.kind)}: {names}{more}"


def _provenance(subject: OwnerAnswer, answer: TeamAnswer, now: datetime) -> str:
    why = escape(subject.why or "From the catalog")
    for source in subject.sources[:1]:
        word = escape(source.title)
        why = why.replace(word, link(source.url, source.title), 1)
    channel = subject.owners[0].channel_source
    said = [why, *([f"channel from {escape(channel)}"] if channel else [])]
    return " · ".join([*said, synced(answer.synced_at, now, answer.stale)])


def _buttons(ref: str, answer: TeamAnswer, *, can_share: bool) -> list[Json]:
    found = []
    if answer.owned:
        found.append(button("Scorecard", "team:score", ref))
        found.append(button("All that it owns", "team:owned", f"owner:{ref}"))
        found.append(button("Dependents", "team:deps", ref))
    return [*found, *([button("Share", "team:share", ref)] if can_share else [])]


def _spoken(answer: TeamAnswer) -> str:
    subject = answer.subject
    team = subject.owners[0]
    said = [team.title]
    if team.channel and team.channel.startswith("#"):
        said.append(f"ask in {team.channel}")
    if team.leads:
        said.append(f"led by {', '.join(subject.titles.get(ref) or name_of(ref) for ref in team.leads[:3])}")
    counts = ", ".join(kinds_word(item.kind, item.total) for item in answer.owned)
    said.append(f"owns {counts}" if counts else "owns nothing in the catalog")
    return "; ".join(said) + "."
