"""What Alembic is told when it compares tables with a database, and where the tables are found."""

import importlib
import re
from pathlib import Path
from typing import Any

from core.database import Instant, Json

_ROOT = Path(__file__).parents[2]


def options() -> dict[str, Any]:
    """How Alembic compares and writes; the tests compare with the same."""
    return {"render_as_batch": True, "render_item": _render_item, "include_object": _is_ours}


def import_tables() -> tuple[str, ...]:
    """Fill the metadata: import every ``tables.py`` of the source tree; returns their dotted names.

    They are found and not named, because this floor knows no room above it.
    """
    rooms = [path.parent for path in _ROOT.glob("*/__init__.py") if path.parent.name != "tests"]
    paths = sorted(path.relative_to(_ROOT) for room in rooms for path in room.rglob("tables.py"))
    names = tuple(".".join(path.with_suffix("").parts) for path in paths)
    for name in names:
        importlib.import_module(name)
    return names


def _render_item(kind: str, item: Any, context: Any) -> str | bool:
    """Write our own column types by their names."""
    if kind == "type" and isinstance(item, Instant | Json):
        name = type(item).__name__
        context.imports.add(f"from core.database import {name}")
        return f"{name}()"
    return False


def _is_ours(thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Whether a thing that was found in a database is described by our tables.

    The full text is made by hand: on SQLite it is virtual tables with their shadows, on PostgreSQL
    a computed column and its index.
    """
    if not reflected or compare_to is not None:
        return True
    if kind == "table":
        return not _is_full_text(str(name))
    if kind == "column":
        return thing.computed is None
    if kind == "index":
        return all(column.computed is None for column in thing.columns)
    return True


def _is_full_text(table: str) -> bool:
    return re.fullmatch(r"\w+_(fts|plain|words)(_(config|content|data|docsize|idx))?", table) is not None
