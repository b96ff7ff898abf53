"""Pure: an answer about owners as a message."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.slack.blocks import (
    Json,
    Message,
    actions,
    button,
    channel_text,
    context,
    counted,
    escape,
    link,
    quoted,
    section,
)
from catalog_sync.answers import Near, OwnerAnswer
from catalog_sync.entity.model import Owner
from core.clock import age

_MOST_CHOICES = 5
_MOST_LINKS = 4
_MOST_OWNED = 8


def owner_message(
    answer: OwnerAnswer,
    now: datetime,
    *,
    can_share: bool = True,
    channel: Callable[[str], str] = channel_text,
) -> Message:
    """The answer, with its reason and its age.

    Args:
        answer: What the catalog says.
        now: The present, for the age.
        can_share: Whether only the asker sees it.
        channel: From a channel to how it stands in mrkdwn.
    """
    if answer.about == "nothing":
        return _nothing(answer)
    lines = [_headline(answer), *_who(answer, channel), *_more(answer)]
    blocks = [
        section("\n".join(lines)),
        *(
            [section("\n".join(f"⚠️ {escape(text)}" for text in answer.disagreements))]
            if answer.disagreements
            else []
        ),
        context(_provenance(answer, now)),
        *actions(_buttons(answer, can_share=can_share)),
    ]
    return Message(_spoken(answer), tuple(blocks))


def _headline(answer: OwnerAnswer) -> str:
    title = link(answer.repository_url, answer.title) if answer.repository_url else escape(answer.title)
    parts = [f"*{title}*", *(escape(part) for part in (answer.type, answer.lifecycle) if part)]
    tier = next((tag for tag in answer.tags if tag.startswith("tier-")), "")
    if tier:
        parts.append(escape(tier))
    if answer.is_archived:
        parts.append("archived")
    line = " · ".join(parts)
    if answer.corrected:
        line = f"_You wrote “{quoted(answer.query)}”; showing the nearest name._\n{line}"
    return line


def _who(answer: OwnerAnswer, channel: Callable[[str], str]) -> list[str]:
    if answer.about == "person":
        teams = ", ".join(escape(_called(answer, ref)) for ref in answer.members) or "no team"
        return [f"In {teams}", *_owned(answer)]
    if answer.about in ("team", "channel"):
        team = answer.owners[0]
        lines = (
            [_ask_in(team, channel)] if answer.about == "team" else [f"The channel of *{escape(team.title)}*"]
        )
        return [line for line in (*lines, _leads(answer), _members(answer), *_owned(answer)) if line]
    if not answer.owners:
        return ["Nobody owns it yet."]
    names = " and ".join(f"*{escape(owner.title)}*" for owner in answer.owners)
    channels = [channel(owner.channel) for owner in answer.owners if owner.channel]
    ask = f" — ask in {' or '.join(channels)}" if channels else ""
    return [f"Owned by {names}{ask}", *filter(None, [_leads(answer)])]


def _more(answer: OwnerAnswer) -> list[str]:
    lines = [f"_{quoted(answer.description)}_"] if answer.description else []
    if answer.links:
        lines.append(
            "Links  " + " · ".join(link(item.url, item.title) for item in answer.links[:_MOST_LINKS])
        )
    return lines


def _leads(answer: OwnerAnswer) -> str:
    leads = [escape(_called(answer, lead)) for owner in answer.owners for lead in owner.leads]
    return f"Lead  {', '.join(dict.fromkeys(leads))}" if leads else ""


def _members(answer: OwnerAnswer) -> str:
    names = [escape(_called(answer, ref)) for ref in answer.members[:10]]
    more = f" and {len(answer.members) - 10} more" if len(answer.members) > 10 else ""
    return f"People  {', '.join(names)}{more}" if names else ""


def _owned(answer: OwnerAnswer) -> list[str]:
    if not answer.owns_total:
        return ["Owns nothing in the catalog"]
    names = ", ".join(escape(near.title) for near in answer.owns[:_MOST_OWNED])
    more = f" and {answer.owns_total - _MOST_OWNED} more" if answer.owns_total > _MOST_OWNED else ""
    return [f"Owns  {names}{more}"]


def _ask_in(team: Owner, channel: Callable[[str], str]) -> str:
    return f"Ask in {channel(team.channel)}" if team.channel else ""


def _provenance(answer: OwnerAnswer, now: datetime) -> str:
    """Why we believe it, each source a link where it is named, and how old that is."""
    why, more = escape(answer.why or "From the catalog"), []
    for source in answer.sources[:3]:
        # "CODEOWNERS line 3" is named as CODEOWNERS in the reason; one that disagrees is not named there.
        word = escape(source.title.split(" ")[0])
        if word in why:
            why = why.replace(word, link(source.url, word), 1)
        else:
            more.append(link(source.url, source.title))
    return " · ".join([why, *more, _synced(answer, now)])


def _synced(answer: OwnerAnswer, now: datetime) -> str:
    return f"synced {age(answer.synced_at, now)}" if answer.synced_at else "never synced"


def _buttons(answer: OwnerAnswer, *, can_share: bool) -> list[Json]:
    found: list[Json] = []
    subject = str(answer.entity) if answer.entity else ""
    if answer.about == "entity" and subject:
        found.append(button("Docs", "owner:docs", subject))
        found.append(button("Scorecard", "owner:score", subject))
    if can_share:
        found.append(button("Share", "owner:share", answer.query))
    return found


def _nothing(answer: OwnerAnswer) -> Message:
    asked = quoted(answer.query)
    if answer.is_ambiguous:
        text = f"Several things fit “{asked}”. Which one do you mean?"
        return Message(text, (section(text), *actions(_choices(answer.alternatives))))
    names = [near.title for near in answer.alternatives[:3]]
    meant = f" Did you mean {_either(names)}?" if names else " Check the spelling, or ask for its repository."
    text = f"Nothing here is called “{asked}”.{meant}"
    blocks = [section(text), *([context(escape(answer.suggestion))] if answer.suggestion else [])]
    return Message(text, (*blocks, *actions(_choices(answer.alternatives[:3]))))


def _choices(things: Sequence[Near]) -> list[Json]:
    names = [near.title for near in things]
    return [
        button(
            f"{near.title} ({near.ref})" if names.count(near.title) > 1 else near.title,
            f"owner:pick:{number}",
            near.ref,
        )
        for number, near in enumerate(things[:_MOST_CHOICES])
    ]


def _either(names: Sequence[str]) -> str:
    shown = [escape(name) for name in names]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def _spoken(answer: OwnerAnswer) -> str:
    """The answer for notifications and screen readers: one sentence."""
    if answer.about in ("team", "channel"):
        return f"{answer.title}: {counted(answer.owns_total, 'thing')} owned"
    if answer.about == "person":
        return f"{answer.title}: in {', '.join(name_of(ref) for ref in answer.members) or 'no team'}"
    names = " and ".join(owner.title for owner in answer.owners)
    return f"{answer.title} is owned by {names}" if names else f"Nobody owns {answer.title} yet"


def _called(answer: OwnerAnswer, ref: str) -> str:
    return answer.titles.get(ref) or name_of(ref)


def name_of(ref: str) -> str:
    """The name in a reference."""
    return ref.rpartition("/")[2]
