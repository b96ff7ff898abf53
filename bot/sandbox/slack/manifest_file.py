"""Reads an app's manifest from a JSON or YAML file; every mistake is told at its line."""

from pathlib import Path
from typing import Any

import yaml

from bot.sandbox.slack.api.manifest_check import shape_problems
from core.errors import Fault, InvalidFile


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest in a file.

    Raises:
        InvalidFile: It cannot be read, or has parts that Slack does not know; names every fault. What Slack would
            miss in it (``apps.manifest.validate`` tells) does not matter here: a test may want a narrow one.
    """
    try:
        text = path.read_text(encoding="utf-8")
        # JSON is YAML too.
        node, manifest = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except OSError as error:
        raise InvalidFile([Fault(str(path), 0, 0, f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise InvalidFile([Fault(str(path), 0, 0, "is no text in UTF-8")]) from error
    except yaml.MarkedYAMLError as error:
        line, column = _counted(error.problem_mark)
        raise InvalidFile(
            [Fault(str(path), line, column, f"is neither JSON nor YAML: {error.problem}")]
        ) from error
    except yaml.YAMLError as error:
        raise InvalidFile([Fault(str(path), 0, 0, f"is neither JSON nor YAML: {error}")]) from error
    faults = [
        Fault(
            str(path),
            *_counted(_place(node, item.pointer)),
            f"{item.pointer or 'the manifest'}: {item.message}",
        )
        for item in shape_problems(manifest)
    ]
    if faults:
        raise InvalidFile(faults)
    assert isinstance(manifest, dict)
    return manifest


def _place(node: yaml.Node | None, pointer: str) -> yaml.Mark | None:
    """Where a JSON pointer leads; the last part that is there where it leads nowhere."""
    for part in pointer.split("/")[1:]:
        below = _below(node, part.replace("~1", "/").replace("~0", "~"))
        if below is None:
            break
        node = below
    return node.start_mark if node else None


def _below(node: yaml.Node | None, part: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
        found: yaml.Node = node.value[int(part)]
        return found
    return None


def _counted(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)
