"""Pure: scorecards as messages: a team's week, a manager's roll-up, and one thing now."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.slack.blocks import (
    MEDALS,
    Json,
    Message,
    actions,
    button,
    context,
    counted,
    cut,
    delta,
    escape,
    header,
    link,
    person,
    section,
    sparkline,
    table,
)
from core.clock import age
from scorecards.model import Change, EntityScore, Improvement, Level, RollUp, State, TeamLine, TeamReport

_MOST_CHANGES = 3
_MOST_LISTED = 40
_MOST_RESULTS = 12
_LEVELS = (Level.GOLD, Level.SILVER, Level.BRONZE, Level.NONE)


def weekly_message(report: TeamReport, now: datetime) -> Message:
    """A team's week: one number, the cheapest three changes, what moved, and how sure it is."""
    week = report.week.partition("-W")[2].lstrip("0")
    partial = " (partial)" if report.is_partial else ""
    blocks = [
        header(f"{report.title} · week {week} scorecard{partial}"),
        section(_summary(report)),
        section(_fixes(report.fixes)),
        *([section(_changes(report.changes))] if report.changes else []),
        *actions(_weekly_buttons(report)),
        context(_honesty(report, now)),
    ]
    return Message(f"{report.title}: {report.share} % of checks pass in week {week}", tuple(blocks))


def _summary(report: TeamReport) -> str:
    moved = delta(report.delta)
    number = f"*{report.share} % of checks pass*" + (f" ({moved})" if moved else "")
    parts = [number, levels_text(report.levels)]
    bars = sparkline(report.trend)
    if bars:
        parts.append(f"{bars} last {counted(len(report.trend), 'week')}")
    return " · ".join(parts)


def levels_text(levels: Mapping[Level, int]) -> str:
    """``3 🥇 5 🥈 2 🥉 1 not yet Bronze``; levels that nobody has are left out."""
    parts = [
        f"{levels.get(level, 0)} {MEDALS[level]}"
        for level in (Level.GOLD, Level.SILVER, Level.BRONZE)
        if levels.get(level)
    ]
    if levels.get(Level.NONE):
        parts.append(f"{levels[Level.NONE]} not yet Bronze")
    return "  ".join(parts) or "nothing to judge"


def _fixes(fixes: Sequence[Improvement]) -> str:
    if not fixes:
        return "*Fix first*\nNothing. Every check that applies passes; enjoy it."
    title = "1 change moves the most" if len(fixes) == 1 else f"{len(fixes)} changes move the most"
    lines = [f"*Fix first* — {title}"]
    lines += [f"{number}. {_fix(fix)}" for number, fix in enumerate(fixes, 1)]
    return "\n".join(lines)


def _fix(fix: Improvement) -> str:
    who = ", ".join(escape(name) for name in fix.entities[:3])
    more = f" and {len(fix.entities) - 3} more" if len(fix.entities) > 3 else ""
    to = f" → {fix.to_level.label}" if fix.to_level else ""
    what = escape(cut(fix.text.rstrip(". "), 160))
    click = f" — {link(fix.link, 'open')}" if fix.link else ""
    claimed = f" · {person(fix.claimed_by)} is on it" if fix.claimed_by else ""
    return f"*{who}{more}*{to}: {what}{click} ({_effort(fix.minutes)}){claimed}"


def _effort(minutes: int) -> str:
    """``5 min``, ``2 h``, ``1 h 30 min``."""
    hours, rest = divmod(minutes, 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest or not hours else [])])


def _changes(changes: Sequence[Change]) -> str:
    lines = []
    for change in changes[:_MOST_CHANGES]:
        arrow = "▲" if change.after > change.before else "▼"
        because = f": {escape(cut(change.because, 120))}" if change.because else ""
        lines.append(
            f"{arrow} {escape(change.title)} {MEDALS[change.before]}→{MEDALS[change.after]}{because}"
        )
    more = len(changes) - _MOST_CHANGES
    return "*Changed*  " + "   ".join(lines) + (f"   and {more} more" if more > 0 else "")


def _weekly_buttons(report: TeamReport) -> list[Json]:
    value = f"{report.team} {report.week}"
    found = [button(f"All {counted(report.components, 'component')}", "team:detail", value)]
    if any(not fix.claimed_by for fix in report.fixes):
        found.append(button("I'll take one", "team:claim", value))
    return found


def _honesty(report: TeamReport, now: datetime) -> str:
    parts = [counted(report.judged, "result")]
    if report.unknown:
        reasons = (
            f" ({escape(cut('; '.join(report.unknown_reasons), 160))})" if report.unknown_reasons else ""
        )
        parts.append(f"{report.unknown} unknown{reasons}")
    if report.exempt:
        parts.append(f"{report.exempt} exempt, not counted")
    if report.measured_at:
        parts.append(f"measured {age(report.measured_at, now)}")
    parts.append("a level needs every check at it and below")
    return " · ".join(parts)


def roll_up_message(roll_up: RollUp, now: datetime) -> Message:
    """A manager's week: one sentence, a table sorted by need, what fails most."""
    week = roll_up.week.partition("-W")[2].lstrip("0")
    moved = delta(roll_up.delta)
    number = f"*{roll_up.share} %*" + (f" ({moved})" if moved else "")
    summary = f"{number}, {counted(len(roll_up.lines), 'team')}, {counted(roll_up.components, 'component')}. {_attention(roll_up.lines)}"
    failed = " · ".join(f"{escape(title)} ({count} of {of})" for title, count, of in roll_up.most_failed)
    footer = ["Sorted by need, not by rank", "same numbers as the teams see"]
    if roll_up.measured_at:
        footer.append(f"measured {age(roll_up.measured_at, now)}")
    if roll_up.unowned:
        footer.insert(0, f"{counted(roll_up.unowned, 'component')} in the catalog without an owning team")
    blocks = [
        header(f"{roll_up.title} · week {week}"),
        section(summary.strip()),
        table(_rows(roll_up.lines)),
        *([section(f"*Most often missing*  {failed}")] if failed else []),
        *actions([button("Download CSV", "org:csv", f"{roll_up.scope} {roll_up.week}")]),
        context(" · ".join(footer)),
    ]
    return Message(f"{roll_up.title}: {roll_up.share} % of checks pass in week {week}", tuple(blocks))


def _attention(lines: Sequence[TeamLine]) -> str:
    """The team to talk to, where there is one that needs it."""
    ranked = [line for line in lines if line.share is not None]
    if not ranked:
        return ""
    first = ranked[0]
    if first.overdue:
        return f"{escape(first.title)} is the one to talk to: {counted(first.overdue, 'deadline')} passed."
    if first.delta is not None and first.delta < 0:
        return f"{escape(first.title)} is the one to talk to: {abs(first.delta)} points down."
    if first.failed:
        return f"{escape(first.title)} has the most to gain: {counted(first.failed, 'check')} to mend."
    return "Nobody needs you this week."


def _rows(lines: Sequence[TeamLine]) -> list[list[str]]:
    rows = [["Team", "Pass %", "Week", *(MEDALS[level] for level in _LEVELS), "To mend"]]
    for line in lines[:99]:
        rows.append(
            [
                line.title,
                "new" if line.share is None else f"{line.share} %",
                delta(line.delta) or "–",
                *(str(line.levels.get(level, 0)) for level in _LEVELS),
                str(line.failed),
            ]
        )
    return rows


def score_message(
    score: EntityScore, fixes: Mapping[str, str], titles: Mapping[str, str], measured: str
) -> Message:
    """One thing now: its level, and every check that does not pass with how to mend it.

    Args:
        score: The verdicts.
        fixes: Check id to how to mend it.
        titles: Check id to its title.
        measured: How old the numbers are, in words.
    """
    to_mend = [result for result in score.results if result.state is State.FAIL]
    unknown = [result for result in score.results if result.state is State.UNKNOWN]
    level = f"{MEDALS[score.level]} {score.level.label}"
    lines = [f"*{escape(score.title)}* · {level} · {score.passed} of {score.judged} checks pass"]
    for result in to_mend[:_MOST_RESULTS]:
        value = f" ({escape(cut(result.value, 60))})" if result.value else ""
        fix = (
            f" — {escape(cut(fixes.get(result.check, '').rstrip('. '), 140))}"
            if fixes.get(result.check)
            else ""
        )
        lines.append(f"✗ {escape(titles.get(result.check, result.check))}{value}{fix}")
    if len(to_mend) > _MOST_RESULTS:
        lines.append(f"and {len(to_mend) - _MOST_RESULTS} more")
    if not to_mend:
        lines.append("Nothing to mend.")
    about = [_measured(measured)]
    if unknown:
        reasons = "; ".join(
            dict.fromkeys(f"{titles.get(item.check, item.check)}: {item.why}" for item in unknown)
        )
        about.append(escape(cut(f"{len(unknown)} unknown, not counted: {reasons}", 1500)))
    return Message(
        f"{score.title}: {score.level.label}, {score.passed} of {score.judged} checks pass",
        (section("\n".join(lines)), context(" · ".join(about))),
    )


def team_scores_message(title: str, scores: Sequence[EntityScore], measured: str) -> Message:
    """Everything that a team owns, lowest level first.

    Args:
        title: The team's.
        scores: The verdicts.
        measured: How old the numbers are, in words.
    """
    ordered = sorted(scores, key=lambda score: (score.level, score.title.lower()))
    lines = [
        f"{MEDALS[score.level]} *{escape(score.title)}*  {score.passed}/{score.judged}"
        for score in ordered[:_MOST_LISTED]
    ]
    if len(ordered) > _MOST_LISTED:
        lines.append(f"and {len(ordered) - _MOST_LISTED} more")
    text = f"*{escape(title)}* · {counted(len(scores), 'component')}"
    if not lines:
        return Message(
            f"{title} owns nothing that is judged.", (section(f"{text}\nNothing here is judged."),)
        )
    return Message(
        f"{title}: {counted(len(scores), 'component')}",
        (section(text), section("\n".join(lines)), context(_measured(measured))),
    )


def score_line(score: EntityScore, following: tuple[Level, int] | None) -> str:
    """One thing in a few words: ``🥈 Silver · 2 checks to Gold``.

    Args:
        score: What was stored last.
        following: The next level, and how many checks are left to it.
    """
    if not score.is_ranked:
        return "not ranked"
    left = f"{counted(following[1], 'check')} to {following[0].label}" if following else ""
    if left and score.level is Level.NONE:
        return f"{MEDALS[score.level]} {left}"
    return " · ".join([f"{MEDALS[score.level]} {score.level.label}", *([left] if left else [])])


def team_line(scores: Sequence[EntityScore]) -> str:
    """What a team owns in a few words: ``1 🥇  2 🥈 · 78 % of checks pass``; empty where nothing of it is judged."""
    judged = sum(score.judged for score in scores)
    if not judged:
        return ""
    counts: dict[Level, int] = {}
    for score in scores:
        if score.is_ranked:
            counts[score.level] = counts.get(score.level, 0) + 1
    share = round(100 * sum(score.passed for score in scores) / judged)
    return f"{levels_text(counts)} · {share} % of checks pass"


def _measured(when: str) -> str:
    return f"From the catalog, the repositories and their docs · measured {when}"


def csv_text(roll_up: RollUp) -> str:
    """A roll-up as comma-separated values; what a spreadsheet would run as a formula is disarmed."""
    rows = [["team", "pass_percent", "delta", "gold", "silver", "bronze", "none", "components", "to_mend"]]
    for line in roll_up.lines:
        rows.append(
            [
                _cell(line.title),
                "" if line.share is None else str(line.share),
                "" if line.delta is None else str(line.delta),
                *(str(line.levels.get(level, 0)) for level in _LEVELS),
                str(line.components),
                str(line.failed),
            ]
        )
    return "\n".join(",".join(row) for row in rows)


def _cell(text: str) -> str:
    safe = f"'{text}" if text[:1] in "=+-@\t" else text
    return '"' + safe.replace('"', '""') + '"'
