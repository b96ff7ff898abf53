"""Pure: what is shown below a link: who owns it, where to ask, and why we believe it."""

from collections.abc import Callable

from bot.slack.blocks import Json, channel_text, context, cut, escape, link, option, quoted, section
from bot.slack.moments import moment
from catalog_sync.answers import OwnerAnswer

MENU = "previews:menu"
OFF = "off"
_LONGEST = 140


def preview(answer: OwnerAnswer, channel: Callable[[str], str] = channel_text) -> Json:
    """The attachment below a message.

    Args:
        answer: What the catalog says of the link, to those who read along.
        channel: From a channel to how it stands in mrkdwn.
    """
    lines = [_headline(answer), _owners(answer, channel), *_description(answer)]
    menu = {
        "type": "overflow",
        "action_id": MENU,
        "options": [option("No previews in this channel", OFF)],
    }
    blocks = [section("\n".join(lines), accessory=menu), context(_provenance(answer))]
    return {"fallback": _spoken(answer), "blocks": blocks}


def subject_of(answer: OwnerAnswer) -> str:
    """What an answer is about, however it was linked: the same subject is the same preview."""
    place = f"{answer.repository}/{answer.path or ''}".lower() if answer.about == "path" else ""
    return place or str(answer.entity or answer.repository).lower()


def _headline(answer: OwnerAnswer) -> str:
    where = f" in {escape(answer.repository.name)}" if answer.about == "path" and answer.repository else ""
    name = answer.path if answer.about == "path" and answer.path else answer.title
    url = answer.query if answer.about == "path" else answer.repository_url
    more = [answer.lines] if answer.about == "path" else [answer.type, answer.lifecycle]
    parts = [f"*{link(url, cut(name, 120))}*{where}", *(escape(cut(part, 40)) for part in more if part)]
    if answer.is_archived:
        parts.append("archived")
    return " · ".join(parts)


def _owners(answer: OwnerAnswer, channel: Callable[[str], str]) -> str:
    channels = list(dict.fromkeys(channel(owner.channel) for owner in answer.owners if owner.channel))
    ask = f"ask in {' or '.join(channels[:2])}" if channels else ""
    if answer.about == "team":
        return ask[:1].upper() + ask[1:] if ask else "It names no channel."
    names = " and ".join(f"*{escape(cut(owner.title, 60))}*" for owner in answer.owners[:3])
    more = f" and {len(answer.owners) - 3} more" if len(answer.owners) > 3 else ""
    return f"Owned by {names}{more}" + (f" — {ask}" if ask else "")


def _description(answer: OwnerAnswer) -> list[str]:
    text = "" if answer.about == "path" else " ".join(answer.description.split())
    return [f"_{quoted(cut(text, _LONGEST))}_"] if text else []


def _provenance(answer: OwnerAnswer) -> str:
    parts = [escape(answer.why or "From the catalog")]
    # That a path has a rule of its own is what rules are for, and no doubt.
    is_exception = answer.about == "path" and answer.accountable not in ((), answer.owners)
    if answer.disagreements and not is_exception:
        more = f", and {len(answer.disagreements) - 1} more" if len(answer.disagreements) > 1 else ""
        parts.append(f"⚠️ {escape(cut(answer.disagreements[0], _LONGEST))}{more}")
    parts.append(f"synced {moment(answer.synced_at)}" if answer.synced_at else "never synced")
    return " · ".join(parts)


def _spoken(answer: OwnerAnswer) -> str:
    """The preview for notifications and screen readers."""
    name = answer.path if answer.about == "path" and answer.path else answer.title
    names = " and ".join(owner.title for owner in answer.owners[:3])
    said = f"{name}: a team" if answer.about == "team" else f"{name} is owned by {names}"
    return escape(cut(" ".join(said.split()), 300))
