"""Commands over the catalog: sync, docs."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.context import AsJson, context_of, say, say_json
from bot.cli.docs_feedback import feedback_json, feedback_text
from bot.progress import ShownProgress
from bot.slack.blocks import counted
from catalog_sync.answers import DocsAnswer, DocsRead, Passage, SyncReport
from catalog_sync.asking.feedback import DocsFeedback
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

    def show(report: SyncReport) -> None:
        if not as_json:
            say(_sync_text(report))

    progress = ShownProgress(show)
    with context_of(context).catalog() as catalog:
        if approve_held:
            report = catalog.approve_held(from_, org, by="the command line")
            show(report)
        elif from_:
            report = catalog.sync_folder(from_, org, progress)
        else:
            report = catalog.sync_all(full=full, progress=progress)
    if as_json:
        say_json(_sync_json(report))
    elif report.docs:
        say(_docs_read_text(report.docs))
    return 1 if report.held or report.failed else 0


def docs(
    context: typer.Context,
    query: Annotated[
        list[str] | None, typer.Argument(help="A question; with --feedback a team or a thing.")
    ] = None,
    entity: Annotated[str | None, typer.Option(help="Only the docs of this entity.")] = None,
    feedback: Annotated[
        bool, typer.Option("--feedback", help="What people said about docs, and what they asked in vain.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Find the passages of the docs that answer a question, or show what people say about docs."""
    words = " ".join(query or ())
    if not words and not feedback:
        raise typer.BadParameter("expected a question", param_hint="QUERY")
    with context_of(context).catalog() as catalog:
        if feedback:
            return _feedback(catalog.ask.docs_feedback(words, OPERATOR), as_json=as_json)
        answer = catalog.ask.docs(words, OPERATOR, entity)
    if as_json:
        say_json({"query": answer.query, "passages": [_passage_json(item) for item in answer.passages]})
    else:
        say(_docs_text(answer))
    return 0 if answer.passages else 1


def _feedback(found: DocsFeedback, *, as_json: bool) -> int:
    if as_json:
        say_json(feedback_json(found))
    else:
        say(feedback_text(found, SystemClock().now()))
    return 0


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
        "docs": _docs_read_json(report.docs) if report.docs else None,
    }


def _docs_read_json(read: DocsRead) -> dict[str, Any]:
    return {
        "read": read.repositories,
        "sections": read.sections,
        "failed": [{"repository": repository, "cause": cause} for repository, cause in read.failed],
        "took_s": round(read.took_s, 3),
    }


def _docs_read_text(read: DocsRead) -> str:
    if not read.repositories and not read.failed:
        return "docs: none have changed"
    lines = [
        f"docs: {_repositories(read.repositories)} read, {counted(read.sections, 'section')},"
        f" {len(read.failed)} not read, {read.took_s:.1f} s"
    ]
    lines += [f"  docs not read of {repository}: {cause}" for repository, cause in read.failed]
    return "\n".join(lines)


def _sync_text(report: SyncReport) -> str:
    lines = [
        f"{report.source}: {_repositories(report.repositories)} in {counted(report.requests, 'request')},"
        f" {report.took_s:.1f} s",
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


def _repositories(count: int) -> str:
    return "1 repository" if count == 1 else f"{count} repositories"


def _passage_json(passage: Passage) -> dict[str, Any]:
    return {
        "entity": passage.entity,
        "page": passage.page,
        "heading": passage.heading,
        "url": passage.url,
        "text": passage.text,
        "edited_at": passage.edited_at,
        "score": round(passage.score, 4),
        "excerpt": passage.excerpt,
        "owner": passage.owner.ref if passage.owner else None,
        "is_stale": passage.is_stale,
    }


def _docs_text(answer: DocsAnswer) -> str:
    if not answer.passages:
        owner = f" {answer.owner.title} may know." if answer.owner else ""
        return f"{answer.stale or 'The docs do not say.'}{owner}"
    now = SystemClock().now()
    parts = []
    for passage in answer.passages:
        edited = f"edited {age(passage.edited_at, now)}" if passage.edited_at else "age unknown"
        by = f" by {passage.owner.title}" if passage.owner else ""
        stale = ", maybe stale" if passage.is_stale else ""
        trail = " › ".join(dict.fromkeys((passage.entity_title, passage.page, passage.heading)))
        parts.append(f"{trail}\n{passage.excerpt}\n{edited}{by}{stale}\n{passage.url}")
    return "\n\n".join(parts)
