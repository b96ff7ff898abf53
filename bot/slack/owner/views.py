"""Pure: an answer about owners as a message."""

from collections.abc import Sequence
from datetime import datetime

from bot.slack.blocks import Json, Message, actions, button, context, counted, escape, link, quoted, section
from catalog_sync.answers import Near, OwnerAnswer
from catalog_sync.entity.model import Owner
from core.clock import age

_MOST_CHOICES = 5
_MOST_LINKS = 4
_MOST_OWNED = 8


def owner_message(
    answer: OwnerAnswer, now: datetime, *, can_share: bool = True, has_docs: bool = True
) -> Message:
    """The answer, with its reason and its age.

    Args:
        answer: What the catalog says.
        now: The present, for the age.
        can_share: Whether only the asker sees it.
        has_docs: Whether a [Docs] button leads anywhere.
    """
    if answer.about == "nothing":
        return _nothing(answer)
    lines = [_headline(answer), *_who(answer), *_more(answer)]
    provenance = " · ".join(part for part in (escape(answer.why), _synced(answer, now)) if part)
    blocks = [
        section("\n".join(lines)),
        *(
            [section("\n".join(f"⚠️ {escape(text)}" for text in answer.disagreements))]
            if answer.disagreements
            else []
        ),
        context(*_provenance(answer, provenance)),
        *actions(_buttons(answer, can_share=can_share, has_docs=has_docs)),
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


def _who(answer: OwnerAnswer) -> list[str]:
    if answer.about == "person":
        teams = ", ".join(escape(name_of(ref)) for ref in answer.members) or "no team"
        return [f"In {teams}", *_owned(answer)]
    if answer.about in ("team", "channel"):
        team = answer.owners[0]
        lines = [_ask_in(team)] if answer.about == "team" else [f"The channel of *{escape(team.title)}*"]
        return [line for line in (*lines, _leads(answer.owners), _members(answer), *_owned(answer)) if line]
    if not answer.owners:
        return ["Nobody owns it yet."]
    names = " and ".join(f"*{escape(owner.title)}*" for owner in answer.owners)
    channels = [channel_text(owner.channel) for owner in answer.owners if owner.channel]
    ask = f" — ask in {' or '.join(channels)}" if channels else ""
    return [f"Owned by {names}{ask}", *filter(None, [_leads(answer.owners)])]


def _more(answer: OwnerAnswer) -> list[str]:
    lines = [f"_{quoted(answer.description)}_"] if answer.description else []
    if answer.links:
        lines.append(
            "Links  " + " · ".join(link(item.url, item.title) for item in answer.links[:_MOST_LINKS])
        )
    return lines


def _leads(owners: Sequence[Owner]) -> str:
    leads = [escape(name_of(lead)) for owner in owners for lead in owner.leads]
    return f"Lead  {', '.join(dict.fromkeys(leads))}" if leads else ""


def _members(answer: OwnerAnswer) -> str:
    names = [escape(name_of(ref)) for ref in answer.members[:10]]
    more = f" and {len(answer.members) - 10} more" if len(answer.members) > 10 else ""
    return f"People  {', '.join(names)}{more}" if names else ""


def _owned(answer: OwnerAnswer) -> list[str]:
    if not answer.owns_total:
        return ["Owns nothing in the catalog"]
    names = ", ".join(escape(near.title) for near in answer.owns[:_MOST_OWNED])
    more = f" and {answer.owns_total - _MOST_OWNED} more" if answer.owns_total > _MOST_OWNED else ""
    return [f"Owns  {names}{more}"]


def _ask_in(team: Owner) -> str:
    return f"Ask in {channel_text(team.channel)}" if team.channel else ""


def _provenance(answer: OwnerAnswer, provenance: str) -> list[str]:
    texts = [provenance] if provenance else []
    if answer.sources:
        texts.append(" · ".join(link(source.url, source.title) for source in answer.sources[:3]))
    return texts or ["From the catalog"]


def _synced(answer: OwnerAnswer, now: datetime) -> str:
    return f"synced {age(answer.synced_at, now)}" if answer.synced_at else "never synced"


def _buttons(answer: OwnerAnswer, *, can_share: bool, has_docs: bool) -> list[Json]:
    found: list[Json] = []
    subject = str(answer.entity) if answer.entity else ""
    if answer.about == "entity" and subject:
        if has_docs:
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


def channel_text(channel: str | None) -> str:
    """A channel in mrkdwn: a link for an id, else its name."""
    if not channel:
        return ""
    return escape(channel) if channel.startswith("#") else f"<#{channel}>"


def name_of(ref: str) -> str:
    """The name in a reference."""
    return ref.rpartition("/")[2]
