"""Commands over the catalog: sync, who, docs, entities."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.context import AsJson, context_of, say, say_json
from catalog_sync.answers import DocsAnswer, OwnerAnswer, Passage, SyncReport
from core.access import OPERATOR
from core.clock import SystemClock, age


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(sync)
    app.command()(who)
    app.command()(docs)
    app.command()(entities)


def sync(
    context: typer.Context,
    full: Annotated[bool, typer.Option(help="Read every repository again, changed or not.")] = False,
    from_: Annotated[
        Path | None, typer.Option("--from", help="A folder in which each subfolder is a repository.")
    ] = None,
    org: Annotated[
        str, typer.Option(help="The organisation that a folder's repositories belong to.")
    ] = "local",
    as_json: AsJson = False,
) -> int:
    """Read the catalog from GitHub, or from a folder, once and now."""
    with context_of(context).catalog() as catalog:
        report = catalog.sync_folder(from_, org) if from_ else catalog.sync_all(full=full)
    if as_json:
        say_json(_sync_json(report))
    else:
        say(_sync_text(report))
    return 1 if report.held else 0


def who(context: typer.Context, query: list[str], as_json: AsJson = False) -> int:
    """Say who owns an entity, a repository, a path in one, a team or a channel."""
    with context_of(context).catalog() as catalog:
        answer = catalog.ask.who_owns(" ".join(query), OPERATOR)
    if as_json:
        say_json(_who_json(answer))
    else:
        say(_who_text(answer))
    return 1 if answer.about == "nothing" else 0


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


def entities(
    context: typer.Context,
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", help="Backstage's filter: kind=component,spec.owner=payments."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the catalog."""
    with context_of(context).catalog() as catalog:
        found = catalog.entities(filters or [])
    if as_json:
        say_json(
            [
                {
                    "apiVersion": item.api_version,
                    "kind": item.ref.kind,
                    "metadata": dict(item.metadata),
                    "spec": dict(item.spec),
                }
                for item in found
            ]
        )
        return
    for item in found:
        say(f"{item.ref}  {item.description}".rstrip())


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
        "took_s": round(report.took_s, 3),
    }


def _sync_text(report: SyncReport) -> str:
    lines = [
        f"{report.source}: {report.repositories} repositories in {report.requests} requests, {report.took_s:.1f} s",
        f"{len(report.added)} added, {len(report.changed)} changed, {len(report.removed)} removed,"
        f" {report.unchanged} unchanged, {len(report.refused)} refused",
    ]
    if report.held:
        lines.append("Removals were held back: more vanished than catalog.hold_removals_over allows.")
    lines += [f"  refused {item}" for item in report.refused]
    return "\n".join(lines)


def _who_json(answer: OwnerAnswer) -> dict[str, Any]:
    owners = [
        {"ref": owner.ref, "title": owner.title, "kind": owner.kind, "channel": owner.channel}
        for owner in answer.owners
    ]
    return {
        "query": answer.query,
        "about": answer.about,
        "entity": str(answer.entity) if answer.entity else None,
        "repository": answer.repository.full_name if answer.repository else None,
        "path": answer.path,
        "owner": owners[0]["ref"] if owners else None,
        "owners": owners,
        "why": answer.why,
        "sources": [{"title": link.title, "url": link.url} for link in answer.sources],
        "disagreements": list(answer.disagreements),
        "alternatives": [near.ref for near in answer.alternatives],
        "synced_at": answer.synced_at,
    }


def _who_text(answer: OwnerAnswer) -> str:
    if answer.about == "nothing":
        return _nothing_text(answer)
    name = " · ".join(part for part in (answer.title, answer.type, answer.lifecycle) if part)
    lines = [name + (" · archived" if answer.is_archived else "")]
    for owner in answer.owners:
        lines.append(f"Owned by {owner.title}" + (f", ask in {owner.channel}" if owner.channel else ""))
        if owner.leads:
            lines.append("Led by " + ", ".join(lead.rpartition("/")[2] for lead in owner.leads))
    if not answer.owners and answer.about not in ("team", "person"):
        lines.append("Nobody owns it.")
    if answer.owns:
        lines.append(f"Owns {answer.owns_total}: " + ", ".join(near.title for near in answer.owns))
    lines += list(answer.disagreements)
    synced = f"synced {age(answer.synced_at, SystemClock().now())}" if answer.synced_at else ""
    lines.append(" · ".join(part for part in (answer.why, synced) if part))
    return "\n".join(lines)


def _nothing_text(answer: OwnerAnswer) -> str:
    names = ", ".join(near.title for near in answer.alternatives)
    if answer.is_ambiguous:
        return f"Several things fit {answer.query}: {names}"
    near = f" Did you mean {names}?" if names else ""
    return f"Nothing here is called {answer.query}.{near}" + (
        f"\n{answer.suggestion}" if answer.suggestion else ""
    )


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
