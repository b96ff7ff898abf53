"""Pure: the teams on somebody's Home, and everything that one of them owns."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from bot.slack.blocks import MEDALS, Json, button, context, counted, cut, escape, header, link, section
from bot.slack.home.model import HomeContent, TeamCard, Thing
from bot.slack.home.pressing import OWNED
from bot.slack.scorecard.views import levels_text

_MOST_TEAMS = 6
_MOST_OF_A_KIND = 8
_MOST_LISTED = 60
_PLURALS = {
    "api": "APIs",
    "component": "Components",
    "domain": "Domains",
    "repository": "Repositories without an entry",
    "resource": "Resources",
    "system": "Systems",
    "template": "Templates",
}

ChannelText = Callable[[str], str]
"""From a channel to how it stands in mrkdwn."""


def team_blocks(content: HomeContent, channel: ChannelText) -> list[Json]:
    """Somebody's teams, each with its channel, its levels, and what it owns by kind."""
    if not content.teams:
        return []
    shown = content.teams[:_MOST_TEAMS]
    blocks = [header("Your team" if len(content.teams) == 1 else "Your teams")]
    for team in shown:
        blocks += _team(team, channel)
    hidden = content.teams[_MOST_TEAMS:]
    if hidden:
        names = ", ".join(escape(cut(team.title, 40)) for team in hidden[:10])
        more = f" and {len(hidden) - 10} more" if len(hidden) > 10 else ""
        blocks.append(context(f"You are in {names}{more} too; search finds what they own."))
    return blocks


def _team(team: TeamCard, channel: ChannelText) -> list[Json]:
    where = f"Ask in {channel(team.channel)}" if team.channel else "No channel yet"
    leads = f"lead {', '.join(escape(cut(name, 40)) for name in team.leads[:3])}" if team.leads else ""
    levels = levels_text(team.levels) if team.levels else ""
    title = " · ".join(filter(None, [f"*{escape(cut(team.title, 80))}*", levels]))
    groups = _by_kind(team.owned)
    is_cut = any(len(found) > _MOST_OF_A_KIND for _kind, found in groups)
    accessory = button(f"All {len(team.owned)}", OWNED, team.ref) if is_cut else None
    lines = [_kind_line(kind, found, _MOST_OF_A_KIND) for kind, found in groups] + _children(team)
    return [
        section(title),
        context(" · ".join(filter(None, [where, leads]))),
        section("\n".join(lines or ["Owns nothing in the catalog yet."]), accessory=accessory),
    ]


def _children(team: TeamCard) -> list[str]:
    names = ", ".join(escape(cut(name, 40)) for name in team.children[:_MOST_OF_A_KIND])
    more = len(team.children) - _MOST_OF_A_KIND
    return [f"*Teams in it*  {names}" + (f" and {more} more" if more > 0 else "")] if names else []


def owned_blocks(team: TeamCard) -> list[Json]:
    """Everything that a team owns, as the answer to ``All 20``."""
    total, left = len(team.owned), _MOST_LISTED
    blocks = [section(f"*{escape(cut(team.title, 80))}* owns {counted(total, 'thing')}")]
    for kind, found in _by_kind(team.owned):
        if left > 0:
            # Few enough for one paragraph, whatever their addresses.
            for start in range(0, min(len(found), left), 15):
                some = found[start : min(start + 15, left)]
                name = _called(kind) if start == 0 else ""
                blocks.append(section(_names(name, some)))
        left -= len(found)
    if left < 0:
        blocks.append(context(f"and {-left} more; search finds them by name"))
    return blocks


def _by_kind(things: Iterable[Thing]) -> list[tuple[str, list[Thing]]]:
    return [(kind, list(found)) for kind, found in groupby(things, key=lambda thing: thing.kind)]


def _kind_line(kind: str, found: Sequence[Thing], most: int) -> str:
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return f"{_names(_called(kind), found[:most])}{more}"


def _names(word: str, things: Sequence[Thing]) -> str:
    names = ", ".join(_thing(thing) for thing in things)
    return f"*{word}*  {names}" if word else names


def _thing(thing: Thing) -> str:
    title = cut(" ".join(thing.title.split()), 60)
    medal = f" {MEDALS[thing.level]}" if thing.level else ""
    return (link(thing.url, title) if len(thing.url) < 200 else escape(title)) + medal


def _called(kind: str) -> str:
    return _PLURALS.get(kind, escape(kind.capitalize()))
