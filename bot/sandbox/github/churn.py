"""What goes on in an organisation between two looks at it: pushes, renames and deletions of a share of it."""

import random
from collections.abc import Sequence

from bot.sandbox.github.hosted import HostedRepository
from bot.sandbox.github.state import State

_DESCRIPTOR = "catalog-info.yaml"


def push_some(state: State, share: float, seed: int = 1) -> Sequence[HostedRepository]:
    """Push a commit to a share of the repositories that take one; their descriptors say something new."""
    chosen = _some(state, share, seed)
    for number, item in enumerate(chosen):
        state.push(item, {"README.md": f"# {item.name}\n\nChanged, {number}.\n".encode(), **_described(item)})
    return chosen


def rename_some(state: State, share: float, seed: int = 1) -> Sequence[HostedRepository]:
    """Give a share of the repositories another name."""
    chosen = _some(state, share, seed)
    for item in chosen:
        state.rename(item, f"{item.name}-2")
    return chosen


def delete_some(state: State, share: float, seed: int = 1) -> Sequence[HostedRepository]:
    """Delete a share of the repositories."""
    chosen = _some(state, share, seed)
    for item in chosen:
        state.delete(item)
    return chosen


def _some(state: State, share: float, seed: int) -> Sequence[HostedRepository]:
    """A share of all, taken from those that are neither empty nor archived."""
    able = [item for item in state.repositories.values() if not item.is_archived and item.pushed_at]
    count = min(round(len(state.repositories) * share), len(able))
    return random.Random(seed).sample(able, count)  # noqa: S311


def _described(item: HostedRepository) -> dict[str, bytes]:
    """The descriptor with another first description, where there is one."""
    thing = item.git.thing(f"HEAD:{_DESCRIPTOR}")
    mark = b"description: Does"
    if thing is None or mark not in thing.content:
        return {}
    return {_DESCRIPTOR: thing.content.replace(mark, b"description: Now also does", 1)}
