"""The settings file: YAML of sections and names, with the place of every name and all mistakes at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from core.errors import Fault, SettingsError

Place = tuple[int, int]
"""Line and column, both from 1."""


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What a file says: values by section and name, and where each name stands (``github.host``)."""

    path: Path
    values: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def place(self, name: str) -> Place:
        """Line and column of a name, or of the nearest thing above it; (0, 0) when the file has neither."""
        while name:
            if name in self.places:
                return self.places[name]
            name = name.rpartition(".")[0]
        return 0, 0


def read_settings_file(path: Path) -> SettingsFile:
    """Read a file from the disk.

    Raises:
        SettingsError: There is no such file, or it is no text.
    """
    try:
        return parse_settings(path.read_text(encoding="utf-8"), path)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path}: this is not UTF-8 text ({error.reason} at byte {error.start})"
        ) from error


def parse_settings(text: str, path: Path) -> SettingsFile:
    """Read a file's text; what is wrong with its shape is in ``faults``, never raised."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        return SettingsFile(path, faults=(Fault(str(path), line, column, f"not YAML: {error.problem}"),))
    except (yaml.YAMLError, ValueError) as error:
        # Control characters, and dates such as 2026-13-45.
        return SettingsFile(path, faults=(Fault(str(path), 0, 0, f"not YAML: {error}"),))
    if values is None:
        return SettingsFile(path)
    if not isinstance(node, yaml.MappingNode):
        found = type(values).__name__
        return SettingsFile(
            path, faults=(Fault(str(path), 1, 1, "no settings", expected="name: value", found=found),)
        )
    names = _Names(path)
    names.read(node, "", depth=2)
    sections = {str(name): {} if value is None else value for name, value in values.items()}
    return SettingsFile(path, sections, names.places, tuple(names.faults))


class _Names:
    """Where the names of a file stand, and which stand there twice: YAML would keep the last without a word."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.places: dict[str, Place] = {}
        self.faults: list[Fault] = []

    def read(self, node: yaml.MappingNode, prefix: str, depth: int) -> None:
        for key, value in node.value:
            name = f"{prefix}{key.value}" if isinstance(key, yaml.ScalarNode) else f"{prefix}?"
            place = (key.start_mark.line + 1, key.start_mark.column + 1)
            if name in self.places:
                first = self.places[name]
                message = f"{name} is here twice; the first is at line {first[0]}"
                self.faults.append(Fault(str(self._path), *place, message, where=name))
            self.places.setdefault(name, place)
            if depth > 1 and isinstance(value, yaml.MappingNode):
                self.read(value, f"{name}.", depth - 1)
            elif isinstance(value, yaml.SequenceNode):
                self._read_items(value, name)

    def _read_items(self, node: yaml.SequenceNode, name: str) -> None:
        for number, item in enumerate(node.value):
            self.places[f"{name}.{number}"] = (item.start_mark.line + 1, item.start_mark.column + 1)
            if isinstance(item, yaml.MappingNode):
                self.read(item, f"{name}.{number}.", 1)
