"""Reads the Block Kit payloads and writes their short form out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Case:
    """One payload, and how Slack refuses it.

    ``error`` is empty for a payload that Slack takes; ``problems`` are pairs of a pointer and a message.
    """

    name: str
    surface: Literal["message", "modal", "home"]
    payload: Any
    error: str
    problems: tuple[tuple[str, str], ...]


def cases(*, valid: bool | None = None) -> list[Case]:
    """All cases, or only those that Slack takes, or only those that it refuses."""
    return [case for case in _read() if valid is None or (case.error == "") == valid]


def written_out(value: Any, number: int | None = None) -> Any:
    """A payload with its repetitions written out."""
    if isinstance(value, str):
        return value if number is None else value.replace("{n}", str(number))
    if isinstance(value, list):
        return [written_out(item, number) for item in value]
    if not isinstance(value, dict):
        return value
    if "$repeat" in value:
        return str(value["$repeat"]) * int(value["times"])
    if "$list" in value:
        return [written_out(value["$list"], index) for index in range(value["times"])]
    return {key: written_out(item, number) for key, item in value.items()}


def _read() -> Iterator[Case]:
    for path in sorted(FOLDER.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            yield Case(
                name=f"{path.stem}: {case['name']}",
                surface=cast(Literal["message", "modal", "home"], case["surface"]),
                payload=written_out(case["payload"]),
                error=case.get("error", ""),
                problems=tuple((item["pointer"], item["message"]) for item in case.get("problems", ())),
            )
