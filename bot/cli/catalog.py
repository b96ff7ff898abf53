"""Commands over the catalog: sync, docs."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.context import AsJson, context_of, say, say_json
from bot.slack.blocks import counted
from catalog_sync.answers import DocsAnswer, Passage, SyncReport
from core.access import OPERATOR
from core.clock import SystemClock, age

_MOST_NAMES = 10
"""So many of the things that would go are named."""


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(sync)
    app.command()(docs)


def sync(
    context: typer.Context,
    full: Annotated[bool, typer.Option(help="Read every repository again, changed or not.")] = False,
    from_: Annotated[
        Path | None, typer.Option("--from", help="A folder in which each subfolder is a repository.")
    ] = None,
    org: Annotated[
        str, typer.Option(help="The organisation that a folder's repositories belong to.")
    ] = "local",
    approve_held: Annotated[
        bool, typer.Option("--approve-held", help="Let go what an earlier sync held back, and nothing else.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Read the catalog from GitHub, or from a folder, once and now."""
    with context_of(context).catalog() as catalog:
        if approve_held:
            report = catalog.approve_held(from_, org, by="the command line")
        else:
            report = catalog.sync_folder(from_, org) if from_ else catalog.sync_all(full=full)
    if as_json:
        say_json(_sync_json(report))
    else:
        say(_sync_text(report))
    return 1 if report.held or report.failed else 0


def docs(
    context: typer.Context,
    query: list[str],
    entity: Annotated[str | None, typer.Option(help="Only the docs of this entity.")] = None,
    as_json: AsJson = False,
) -> int:
    """Find the passages of the docs that answer a question."""
    with context_of(context).catalog() as catalog:
        answer = catalog.ask.docs(" ".join(query), OPERATOR, entity)
    if as_json:
        say_json({"query": answer.query, "passages": [_passage_json(item) for item in answer.passages]})
    else:
        say(_docs_text(answer))
    return 0 if answer.passages else 1


def _sync_json(report: SyncReport) -> dict[str, Any]:
    return {
        "source": report.source,
        "requests": report.requests,
        "repositories": report.repositories,
        "added": len(report.added),
        "changed": len(report.changed),
        "removed": len(report.removed),
        "unchanged": report.unchanged,
        "refused": [asdict(item) for item in report.refused],
        "held": report.held,
        "would_remove": list(report.would_remove),
        "unread": list(report.unread),
        "failed": list(report.failed),
        "took_s": round(report.took_s, 3),
    }


def _sync_text(report: SyncReport) -> str:
    lines = [
        f"{report.source}: {report.repositories} repositories in {report.requests} requests, {report.took_s:.1f} s",
        f"{len(report.added)} added, {len(report.changed)} changed, {len(report.removed)} removed,"
        f" {report.unchanged} unchanged, {len(report.refused)} refused",
    ]
    if report.held:
        names, more = report.would_remove[:_MOST_NAMES], len(report.would_remove) - _MOST_NAMES
        lines.append(
            f"{counted(len(report.would_remove), 'removal')} held back, because more vanished than"
            f" catalog.hold_removals_over allows: {', '.join(names)}{f' and {more} more' if more > 0 else ''}."
            " If that is right: the same command with --approve-held."
        )
    lines += [f"  not looked at {item}; what is known of it stays" for item in report.failed]
    lines += [f"  not read {item}; what is known of it stays" for item in report.unread]
    lines += [f"  refused {item}" for item in report.refused]
    return "\n".join(lines)


def _passage_json(passage: Passage) -> dict[str, Any]:
    return {
        "entity": passage.entity,
        "page": passage.page,
        "heading": passage.heading,
        "url": passage.url,
        "text": passage.text,
        "edited_at": passage.edited_at,
        "score": round(passage.score, 4),
    }


def _docs_text(answer: DocsAnswer) -> str:
    if not answer.passages:
        owner = f" {answer.owner.title} may know." if answer.owner else ""
        return f"The docs do not say.{owner}"
    now = SystemClock().now()
    parts = []
    for passage in answer.passages:
        edited = f"edited {age(passage.edited_at, now)}" if passage.edited_at else "age unknown"
        by = f" by {passage.owner.title}" if passage.owner else ""
        stale = ", maybe stale" if passage.is_stale else ""
        parts.append(
            f"{passage.entity_title} › {passage.page} › {passage.heading}\n{passage.text}\n{edited}{by}{stale}\n{passage.url}"
        )
    return "\n\n".join(parts)
