"""Commands about owners: who, coverage."""

import unicodedata
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from bot.cli.context import AsJson, context_of, say, say_json
from catalog_sync.answers import Coverage, Differing, Near, OwnerAnswer
from catalog_sync.entity.model import Owner
from core.access import OPERATOR
from core.clock import SystemClock, age


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(who)
    app.command()(coverage)


def who(context: typer.Context, query: list[str], as_json: AsJson = False) -> int:
    """Say who owns an entity, a repository, a path in one, a team, a person or a channel."""
    asked = " ".join(query)
    if not any(map(_says_something, asked)):
        raise typer.BadParameter(
            f"{asked!r} names nothing. Name an entity, a repository, a path, a team, a person or a channel:"
            " callboard who payments-api",
            param_hint="QUERY",
        )
    with context_of(context).catalog() as catalog:
        answer = catalog.ask.who_owns(asked, OPERATOR)
    if as_json:
        say_json(_who_json(answer))
    else:
        say(_who_text(answer))
    return 1 if answer.about == "nothing" else 0


def coverage(
    context: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help="List everything, and not only the first ten of each kind.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say which repositories have no entry, what nobody owns, and where several places name different owners."""
    with context_of(context).catalog() as catalog:
        found = catalog.ask.coverage(OPERATOR)
    if as_json:
        say_json(_coverage_json(found))
    else:
        say(_coverage_text(found, None if everything else _SHOWN))


_SHOWN = 10


def _says_something(character: str) -> bool:
    """Whether a character can be a part of a name: a letter of any script, a digit, or a picture such as an emoji."""
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "So"


def _who_json(answer: OwnerAnswer) -> dict[str, Any]:
    owners = [_owner_json(owner) for owner in answer.owners]
    return {
        "query": answer.query,
        "about": answer.about,
        "entity": str(answer.entity) if answer.entity else None,
        "title": answer.title,
        "repository": answer.repository.full_name if answer.repository else None,
        "path": answer.path,
        "lines": answer.lines or None,
        "owner": owners[0]["ref"] if owners else None,
        "owners": owners,
        "why": answer.why,
        "sources": [{"title": link.title, "url": link.url} for link in answer.sources],
        "disagreements": list(answer.disagreements),
        "unknown_owners": [owner.ref for owner in answer.owners if not owner.is_known],
        "accountable": [_owner_json(owner) for owner in answer.accountable],
        "hints": [_owner_json(owner) for owner in answer.hints],
        "notes": list(answer.notes),
        "members": list(answer.members),
        "owns": [near.ref for near in answer.owns],
        "owns_total": answer.owns_total,
        "is_ambiguous": answer.is_ambiguous,
        "is_archived": answer.is_archived,
        "corrected": answer.corrected,
        "alternatives": [near.ref for near in answer.alternatives],
        "suggestion": answer.suggestion,
        "synced_at": answer.synced_at,
    }


def _owner_json(owner: Owner) -> dict[str, Any]:
    return {
        "ref": owner.ref,
        "title": owner.title,
        "kind": owner.kind,
        "channel": owner.channel,
    }


def _who_text(answer: OwnerAnswer) -> str:
    if answer.about == "nothing":
        return _nothing_text(answer)
    title = f"{answer.title} {answer.lines}".rstrip()
    name = " · ".join(part for part in (title, answer.type, answer.lifecycle) if part)
    lines = [name + (" · archived" if answer.is_archived else "")]
    if answer.corrected:
        lines.insert(0, f"You wrote “{answer.query}”; showing the nearest name.")
    for owner in answer.owners:
        known = "" if owner.is_known else " (not in the catalog)"
        ask = f", ask in {owner.channel}" if owner.channel else ""
        lines.append(f"Owned by {owner.title}{known}{ask}")
        if owner.leads:
            lines.append("Led by " + ", ".join(lead.rpartition("/")[2] for lead in owner.leads))
    if not answer.owners and answer.about not in ("team", "person"):
        lines.append("Nobody owns it.")
    if answer.accountable and answer.entity and answer.accountable != answer.owners:
        names = " and ".join(owner.title for owner in answer.accountable)
        lines.append(f"Part of {answer.entity.name}, which is owned by {names}")
    if answer.owns:
        more = (
            f" and {answer.owns_total - len(answer.owns)} more"
            if answer.owns_total > len(answer.owns)
            else ""
        )
        lines.append(f"Owns {answer.owns_total}: " + ", ".join(near.title for near in answer.owns) + more)
    lines += [*answer.disagreements, *answer.notes]
    synced = f"synced {age(answer.synced_at, SystemClock().now())}" if answer.synced_at else ""
    lines.append(" · ".join(part for part in (answer.why, synced) if part))
    return "\n".join(lines)


def _nothing_text(answer: OwnerAnswer) -> str:
    names = ", ".join(_called(near, answer.alternatives) for near in answer.alternatives)
    if answer.is_ambiguous:
        return f"Several things fit {answer.query}: {names}"
    near = f" Did you mean {names}?" if names else ""
    return f"Nothing here is called {answer.query}.{near}" + (
        f"\n{answer.suggestion}" if answer.suggestion else ""
    )


def _called(near: Near, among: Iterable[Near]) -> str:
    """Its title, or its reference where two have the same title."""
    return near.ref if sum(other.title == near.title for other in among) > 1 else near.title


def _coverage_json(found: Coverage) -> dict[str, Any]:
    return {
        "repositories": found.repositories,
        "without_entry": [
            {
                "repository": item.repository.full_name,
                "host": item.repository.host,
                "owners": [_owner_json(owner) for owner in item.owners],
                "why": item.why,
                "is_archived": item.is_archived,
            }
            for item in found.without_entry
        ],
        "things": found.things,
        "unowned": [near.ref for near in found.unowned],
        "unknown_owners": [_differing_json(item) for item in found.unknown],
        "disagreements": [_differing_json(item) for item in found.disagreements],
        "synced_at": found.synced_at,
    }


def _differing_json(item: Differing) -> dict[str, Any]:
    owners = [_owner_json(owner) for owner in item.owners]
    return {"entity": item.entity.ref, "owners": owners, "says": list(item.says)}


def _coverage_text(found: Coverage, most: int | None) -> str:
    parts = [
        (
            found.summary,
            [_unlisted_line(item.repository.full_name, item.owners) for item in found.without_entry],
        ),
        (
            f"{len(found.unowned)} of {found.things} entries have no owner",
            [near.ref for near in found.unowned],
        ),
        (f"{len(found.unknown)} have an owner that nobody knows", list(map(_differing_line, found.unknown))),
        (
            f"{len(found.disagreements)} have owners that differ",
            list(map(_differing_line, found.disagreements)),
        ),
    ]
    lines: list[str] = []
    for heading, items in parts:
        lines.append(heading)
        lines += [f"  {item}" for item in items[:most]]
        if most is not None and len(items) > most:
            lines.append(f"  and {len(items) - most} more; --all lists them")
    return "\n".join(lines)


def _unlisted_line(name: str, owners: tuple[Owner, ...]) -> str:
    return f"{name}: {' and '.join(owner.title for owner in owners) or 'nobody is named'}"


def _differing_line(item: Differing) -> str:
    owners = " and ".join(owner.title for owner in item.owners)
    return f"{item.entity.ref} ({owners}): {'; '.join(item.says)}"
