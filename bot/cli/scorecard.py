"""Commands over scorecards: score."""

from typing import Any

import typer

from bot.cli.context import AsJson, context_of, say, say_json
from core.access import OPERATOR
from scorecards.model import EntityScore, Level, State

_MARKS = {
    State.PASS: "✓",
    State.FAIL: "✗",
    State.UNKNOWN: "?",
    State.NOT_APPLICABLE: "-",
    State.EXEMPT: "e",
    State.PENDING: "…",
}


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(score)


def score(
    context: typer.Context,
    subject: str = typer.Argument(help="An entity or a team."),
    as_json: AsJson = False,
) -> int:
    """Collect facts and judge one entity, or everything that a team owns, now."""
    from bot.bootstrap import load_plugins, scorecards_of

    with context_of(context).catalog() as catalog:
        scorecards = scorecards_of(catalog, load_plugins(catalog.settings))
        found = scorecards.score_of(subject, OPERATOR)
    if as_json:
        documents = [_score_json(scorecards.fixes(), item) for item in found.scores]
        say_json(
            documents[0] if found.about == "entity" else {"subject": found.subject, "entities": documents}
        )
    else:
        say(
            "\n\n".join(_score_text(item) for item in found.scores)
            or f"{found.subject} has nothing to judge."
        )
    return 0


def _score_json(fixes: dict[str, str], item: EntityScore) -> dict[str, Any]:
    return {
        "subject": item.entity,
        "level": item.level.label,
        "pass_share": round(item.passed / item.judged, 4) if item.judged else None,
        "results": [
            {
                "check": result.check,
                "state": str(result.state),
                "value": result.value,
                "why": result.why,
                "fix": fixes.get(result.check, "") if result.state is State.FAIL else "",
            }
            for result in item.results
        ],
        "next_level": Level(item.level + 1).label if item.level < Level.GOLD else None,
    }


def _score_text(item: EntityScore) -> str:
    lines = [f"{item.title}: {item.level.label}, {item.passed} of {item.judged} checks pass"]
    for result in item.results:
        about = " · ".join(part for part in (result.value, result.why) if part)
        lines.append(f"  {_MARKS[result.state]} {result.check}" + (f" ({about})" if about else ""))
    return "\n".join(lines)
