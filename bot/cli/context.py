"""What every command shares: the settings and the parts that it asks for, built when first used."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core import log
from core.settings import Settings, load

if TYPE_CHECKING:
    from bot.catalog import Catalog

_CONTROLS = (*range(9), *range(11, 32), *range(0x7F, 0xA0))
_TURNS = (0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))
_OBEYED = {code: f"\\u{code:04x}" for code in (*_CONTROLS, *_TURNS)}
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]


@dataclass(slots=True)
class Context:
    """The global options of one command."""

    config: Path | None
    database: str | None

    def settings(self) -> Settings:
        """The settings in force, with ``--database`` on top.

        Raises:
            SettingsError: A setting is wrong; names it and its source.
        """
        overrides = {"database_url": self.database} if self.database else {}
        settings = load(self.config, overrides)
        log.set_up(settings.log.level)
        return settings

    @contextmanager
    def catalog(self) -> "Iterator[Catalog]":
        """The catalog of the settings, closed at the end."""
        from bot.catalog import Catalog

        catalog = Catalog(self.settings())
        try:
            yield catalog
        finally:
            catalog.database.close()


def context_of(context: typer.Context) -> Context:
    """The global options of the command that is running."""
    found = context.find_object(Context)
    if found is None:
        raise RuntimeError("the root command sets the context")
    return found


def say(text: str = "") -> None:
    """Print an answer to standard output, at once: whoever reads a pipe may wait for it."""
    sys.stdout.write(f"{harmless(text)}\n")
    sys.stdout.flush()


def harmless(text: str) -> str:
    """A text without what a terminal would obey: names and faults come from files that anybody writes.

    Control characters, and those that turn the direction of what follows, are shown as JSON writes them.
    """
    return text.translate(_OBEYED)


def say_json(value: Any) -> None:
    """Print one JSON document to standard output."""
    say(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
