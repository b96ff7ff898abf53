"""Commands that ask the catalog beside who owns what: find, team, deps."""

from typing import Annotated, Any

import typer

from bot.cli.context import AsJson, context_of, say, say_json
from catalog_sync.answers import (
    MOST_BEYOND,
    DepsAnswer,
    FindAnswer,
    FoundThing,
    Near,
    Neighbour,
    OwnerAnswer,
    TeamAnswer,
)
from catalog_sync.entity.model import Owner
from core.access import OPERATOR
from core.clock import SystemClock, age


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(find)
    app.command()(team)
    app.command()(deps)


def find(
    context: typer.Context,
    query: list[str],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Name at most so many things.")] = 20,
    as_json: AsJson = False,
) -> int:
    """Find things of every kind by words, narrowed by owner:payments, kind:api, tag:tier-1, system:checkout."""
    with context_of(context).catalog() as catalog:
        answer = catalog.ask.look_for(" ".join(query), OPERATOR, limit)
    if as_json:
        say_json(_find_json(answer))
    else:
        say(_find_text(answer))
    return 0 if answer.total else 1


def team(context: typer.Context, query: list[str], as_json: AsJson = False) -> int:
    """Show a team: its channel, its people, its place among teams, and what it owns."""
    with context_of(context).catalog() as catalog:
        answer = catalog.ask.team_of(" ".join(query), OPERATOR)
    if as_json:
        say_json(_team_json(answer))
    else:
        say(_team_text(answer))
    return 1 if answer.subject.about == "nothing" else 0


def deps(context: typer.Context, query: list[str], as_json: AsJson = False) -> int:
    """Say what something depends on and what depends on it, each with its owner."""
    with context_of(context).catalog() as catalog:
        answer = catalog.ask.deps(" ".join(query), OPERATOR)
    if as_json:
        say_json(_deps_json(answer))
    else:
        say(_deps_text(answer))
    return 1 if answer.subject.about == "nothing" else 0


# -- JSON --------------------------------------------------------------------------------------------------------


def _find_json(answer: FindAnswer) -> dict[str, Any]:
    return {
        "query": answer.query,
        "total": answer.total,
        "things": [_thing_json(thing) for thing in answer.things],
        "words": list(answer.words),
        "narrowed": [{"by": name, "to": value} for name, value in answer.narrowed],
        "is_loose": answer.is_loose,
        "corrected": [{"from": wrong, "to": right} for wrong, right in answer.corrected],
        "problems": list(answer.problems),
        "alternatives": [near.ref for near in answer.alternatives],
        "synced_at": answer.synced_at,
    }


def _thing_json(thing: FoundThing) -> dict[str, Any]:
    return {
        **_near_json(thing.near),
        "owners": [_owner_json(owner) for owner in thing.owners],
        "about": thing.about,
        "url": thing.url,
        "is_archived": thing.is_archived,
    }


def _team_json(answer: TeamAnswer) -> dict[str, Any]:
    subject = answer.subject
    owner = subject.owners[0] if subject.owners else None
    return {
        "query": answer.query,
        "team": owner.ref if owner else None,
        "title": owner.title if owner else "",
        "channel": owner.channel if owner else None,
        "leads": list(owner.leads) if owner else [],
        "on_call": list(subject.on_call),
        "members": list(subject.members),
        "parent": answer.parent.ref if answer.parent else None,
        "children": [near.ref for near in answer.children],
        "owned": [{"kind": item.kind, "total": item.total} for item in answer.owned],
        "because": answer.because.ref if answer.because else None,
        **_nothing_json(subject),
        "synced_at": answer.synced_at,
    }


def _deps_json(answer: DepsAnswer) -> dict[str, Any]:
    subject = answer.subject
    return {
        "query": answer.query,
        "about": subject.about,
        "entity": str(subject.entity) if subject.entity else None,
        "title": subject.title,
        "direction": answer.direction,
        "uses": [_neighbour_json(item) for item in answer.uses],
        "used_by": [_neighbour_json(item) for item in answer.used_by],
        "uses_beyond": answer.uses_beyond,
        "used_by_beyond": answer.used_by_beyond,
        "parts": answer.parts,
        **_nothing_json(subject),
        "synced_at": answer.synced_at,
    }


def _neighbour_json(item: Neighbour) -> dict[str, Any]:
    return {
        **_near_json(item.near),
        "owners": [_owner_json(owner) for owner in item.owners],
        "through": [near.ref for near in item.through],
        "is_known": item.is_known,
    }


def _nothing_json(subject: OwnerAnswer) -> dict[str, Any]:
    """The nearest names, where nothing is meant."""
    near = subject.alternatives if subject.about == "nothing" else ()
    return {"is_ambiguous": subject.is_ambiguous, "alternatives": [item.ref for item in near]}


def _near_json(near: Near) -> dict[str, Any]:
    return {"ref": near.ref, "title": near.title, "kind": near.kind}


def _owner_json(owner: Owner) -> dict[str, Any]:
    return {"ref": owner.ref, "title": owner.title, "kind": owner.kind, "channel": owner.channel}


# -- text --------------------------------------------------------------------------------------------------------


def _find_text(answer: FindAnswer) -> str:
    if not answer.total:
        near = ", ".join(item.title for item in answer.alternatives)
        meant = f" Did you mean {near}?" if near else ""
        return "\n".join([f"Nothing here fits {answer.query}.{meant}", *answer.problems])
    lines = [_thing_text(thing) for thing in answer.things]
    more = answer.total - len(answer.things)
    return "\n".join([*lines, *([f"and {more} more"] if more else []), *answer.problems])


def _thing_text(thing: FoundThing) -> str:
    archived = " · archived" if thing.is_archived else ""
    about = f" — {thing.about}" if thing.about else ""
    owner = "" if thing.near.kind.lower() in ("group", "user") else f" · {_names(thing.owners)}"
    return f"{thing.near.title} · {thing.near.kind.lower()}{owner}{archived}{about}"


def _team_text(answer: TeamAnswer) -> str:
    subject = answer.subject
    if subject.about == "nothing":
        return _nothing_text(subject, answer.query, "No team")
    owner = subject.owners[0]
    lines = [owner.title]
    for label, text in (
        ("Ask in", owner.channel or ""),
        ("On call", _people(subject, subject.on_call)),
        ("Led by", _people(subject, owner.leads)),
        ("People", _people(subject, subject.members)),
        ("Part of", answer.parent.title if answer.parent else ""),
        ("Teams", ", ".join(near.title for near in answer.children)),
    ):
        lines += [f"{label} {text}"] if text else []
    for item in answer.owned:
        more = f" and {item.total - len(item.some)} more" if item.total > len(item.some) else ""
        names = ", ".join(near.title for near in item.some)
        lines.append(f"Owns {item.total} of kind {item.kind}: {names}{more}")
    return "\n".join([*lines, *([] if answer.owned else ["Owns nothing in the catalog"])])


def _deps_text(answer: DepsAnswer) -> str:
    subject = answer.subject
    if subject.about == "nothing":
        return _nothing_text(subject, answer.query, "Nothing")
    lines = [subject.title]
    if answer.direction != "used by":
        lines += ["Depends on", *_side(answer.uses, answer.uses_beyond)]
    if answer.direction != "uses":
        lines += ["Needed by", *_side(answer.used_by, answer.used_by_beyond)]
    return "\n".join([*lines, _synced(answer)])


def _side(neighbours: tuple[Neighbour, ...], beyond: int) -> list[str]:
    lines = [f"  {_neighbour_text(item)}" for item in neighbours] or ["  nothing that the catalog knows of"]
    some = f"at least {beyond}" if beyond >= MOST_BEYOND else str(beyond)
    return [*lines, *([f"  and {some} more through these"] if beyond else [])]


def _neighbour_text(item: Neighbour) -> str:
    if not item.is_known:
        return f"{item.near.ref} · not in the catalog"
    through = ", ".join(near.title for near in item.through)
    return f"{item.near.title} · {item.near.kind.lower()} · {_names(item.owners)}" + (
        f" · through {through}" if through else ""
    )


def _nothing_text(subject: OwnerAnswer, query: str, what: str) -> str:
    names = ", ".join(near.title for near in subject.alternatives)
    if subject.is_ambiguous:
        return f"Several things fit {query}: {names}"
    return f"{what} here is called {subject.query or query}." + (f" Did you mean {names}?" if names else "")


def _people(subject: OwnerAnswer, refs: tuple[str, ...]) -> str:
    return ", ".join(subject.titles.get(ref) or ref.rpartition("/")[2] for ref in refs)


def _names(owners: tuple[Owner, ...]) -> str:
    return " and ".join(owner.title for owner in owners) or "nobody yet"


def _synced(answer: DepsAnswer) -> str:
    return f"synced {age(answer.synced_at, SystemClock().now())}" if answer.synced_at else "never synced"
