"""What GitHub finds wrong with a CODEOWNERS file: lines that it cannot read, and owners that it does not know."""

from dataclasses import dataclass

from bot.sandbox.github.state import HostedRepository, State
from catalog_sync.ownership.codeowners import PLACES, parse


@dataclass(frozen=True, slots=True)
class OwnersError:
    """One error; ``kind`` is GitHub's word for it."""

    line: int
    column: int
    source: str
    kind: str
    suggestion: str | None
    message: str
    path: str


def codeowners_errors(state: State, item: HostedRepository, oid: str) -> list[OwnersError] | None:
    """The errors of the file that counts at a commit; None where there is none."""
    for path in PLACES:
        thing = item.git.thing(f"{oid}:{path}")
        if thing and thing.type == "blob":
            return _errors(state, item, path, thing.content.decode(errors="replace"))
    return None


def _errors(state: State, item: HostedRepository, path: str, text: str) -> list[OwnersError]:
    lines = text.splitlines()
    parsed = parse(text, path)
    found = [
        _error(
            lines,
            fault.line,
            fault.column,
            "Invalid " + ("owner" if _is_owner(fault.found) else "pattern"),
            path,
        )
        for fault in parsed.faults
    ]
    for rule in parsed.rules:
        for owner in rule.owners:
            if not _is_known(state, item, owner):
                column = max(lines[rule.line - 1].find(owner) + 1, 1)
                found.append(_error(lines, rule.line, column, "Unknown owner", path))
    return sorted(found, key=lambda one: (one.line, one.column))


def _is_owner(found: object) -> bool:
    return "@" in str(found)


def _is_known(state: State, item: HostedRepository, owner: str) -> bool:
    name = owner.lstrip("@")
    if not owner.startswith("@"):
        return any(person.email.lower() == owner.lower() for person in state.people.values())
    organization, slash, slug = name.partition("/")
    if not slash:
        return any(login.lower() == name.lower() for login in state.people)
    level = state.permissions.get(slug.lower(), {}).get(item.name)
    return organization.lower() == state.name.lower() and level in ("WRITE", "MAINTAIN", "ADMIN")


def _error(lines: list[str], line: int, column: int, kind: str, path: str) -> OwnersError:
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    suggestion = {
        "Unknown owner": "make sure the owner exists and has write access to the repository",
        "Invalid owner": "write an owner as @user, @organisation/team or an e-mail address",
    }.get(kind)
    words = f": {suggestion}" if suggestion else ""
    marker = " " * (column - 1) + "^"
    message = f"{kind} on line {line}{words}\n\n  {source}\n  {marker}"
    return OwnersError(line, column, source, kind, suggestion, message, path)
