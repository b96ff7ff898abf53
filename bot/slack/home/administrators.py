"""Pure: what administrators find on their Home."""

from bot.slack.blocks import Json, context, counted, cut, escape, header, section
from bot.slack.home.model import AdminCard
from bot.slack.moments import hour, moment

_MOST_SOURCES = 8
_MOST_NAMES = 3


def admin_blocks(card: AdminCard) -> list[Json]:
    """The state of things, in four fields, and what to do about it."""
    synced = [
        f"{escape(_short(state.source))}: {moment(state.synced_at) if state.synced_at else 'not yet'}"
        for state in card.sources[:_MOST_SOURCES]
    ]
    more = len(card.sources) - _MOST_SOURCES
    synced += [f"and {more} more"] if more > 0 else []
    refused = counted(card.refused, "file") if card.refused else "none"
    fields = [
        "*Last sync*\n" + ("\n".join(synced) or "No source yet"),
        f"*Refused files*\n{refused}",
        f"*GitHub points left*\n{_points(card)}",
        f"*Not matched*\n{_unmatched(card)}",
    ]
    return [header("For administrators"), section("", fields=fields), context(_what_next(card))]


def _points(card: AdminCard) -> str:
    lines = [
        f"{escape(item.organization)}: {item.remaining:,} of {item.limit:,} until {hour(item.reset_at)}"
        for item in card.points[:_MOST_SOURCES]
    ]
    return "\n".join(lines) or "Not asked since the start"


def _unmatched(card: AdminCard) -> str:
    if card.unmatched is None:
        return "Slack did not say who there is"
    if not card.unmatched:
        return "nobody"
    names = ", ".join(escape(cut(name, 40)) for name in card.unmatched[:_MOST_NAMES])
    more = len(card.unmatched) - _MOST_NAMES
    return f"{counted(len(card.unmatched), 'member')}: {names}" + (f" and {more} more" if more > 0 else "")


def _what_next(card: AdminCard) -> str:
    tips = ["`callboard doctor` lists refused files and everything else that is wrong"]
    if card.unmatched:
        tips.append("`callboard people --unmatched` says why somebody was not matched")
    return " · ".join(tips)


def _short(source: str) -> str:
    """``github:github.com/acme`` as people call it: ``acme``."""
    return source.rpartition("/")[2] or source
