"""Tables of figures, as aligned text or as one JSON document, under a line about the machine."""

import json
import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of one part of one benchmark, with the command that gave them."""

    title: str
    command: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


def machine() -> dict[str, str | int | float]:
    """What the figures were measured on."""
    return {
        "cores": os.cpu_count() or 0,
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.machine()}",
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    }


def as_text(tables: Sequence[Table]) -> str:
    """All tables for people to read."""
    return "\n\n".join([_machine_line(), *map(_table_text, tables)])


def as_json(tables: Sequence[Table]) -> str:
    """All tables as one JSON document; each row is an object by column."""
    shaped = [
        {
            "title": table.title,
            "command": table.command,
            "rows": [dict(zip(table.columns, row, strict=True)) for row in table.rows],
            "notes": list(table.notes),
        }
        for table in tables
    ]
    return json.dumps({"machine": machine(), "tables": shaped}, ensure_ascii=False, indent=2)


def shown(cell: Cell) -> str:
    """A figure with about three digits that count; nothing reads as a dash."""
    if cell is None:
        return "-"
    if not isinstance(cell, float):
        return f"{cell:,}" if isinstance(cell, int) else cell
    digits = 0 if abs(cell) >= 100 else 1 if abs(cell) >= 10 else 2 if abs(cell) >= 1 else 3
    return f"{cell:,.{digits}f}"


def _machine_line() -> str:
    found = machine()
    return (
        f"{found['cores']} cores at load {found['load']}, Python {found['python']}, SQLite {found['sqlite']},"
        f" {found['system']}, {found['at']}"
    )


def _table_text(table: Table) -> str:
    texts = [table.columns, *(tuple(map(shown, row)) for row in table.rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    is_number = [
        any(isinstance(cell, int | float) for cell in column) for column in zip(*table.rows, strict=True)
    ]
    lines = [
        "  ".join(
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(row, widths, is_number, strict=True)
        ).rstrip()
        for row in texts
    ]
    rule = "  ".join("-" * width for width in widths)
    return "\n".join([table.title, f"$ {table.command}", lines[0], rule, *lines[1:], *table.notes])
