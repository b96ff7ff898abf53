"""Clocks and counters: what a piece of work took, in this process or in a fresh one."""

import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

T = TypeVar("T")
_WRITING = ("INSERT", "UPDATE", "DELETE")
_TICKS_PER_S = 100
"""USER_HZ, which Linux keeps at 100 for everybody."""


@dataclass(slots=True)
class Spent:
    """What one piece of work took; ``peak_mb`` is the whole process's, from its start."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0


@contextmanager
def measured() -> Iterator[Spent]:
    """Measure the block; the values are there when it has ended."""
    spent = Spent()
    wall, cpu = time.perf_counter(), time.process_time()
    yield spent
    spent.wall_s, spent.cpu_s = time.perf_counter() - wall, time.process_time() - cpu
    spent.peak_mb = _peak_mb()


def apart(work: Callable[..., T], *arguments: Any) -> T:
    """Do the work in a fresh Python process, so that no earlier work is in its memory or its caches."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def each_ms(calls: Sequence[Callable[[], object]]) -> list[float]:
    """How long each call took, one after the other."""
    found = []
    for call in calls:
        started = time.perf_counter()
        call()
        found.append((time.perf_counter() - started) * 1000)
    return found


def percentile(values: Sequence[float], percent: float) -> float:
    """The least value that so many percent of all are not above.

    Raises:
        ValueError: There are no values.
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, -int(-len(ordered) * percent // 100) - 1)]


class Writes:
    """Counts what is written through an engine: rows, and the statements that wrote them.

    What a trigger writes is not seen.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.rows = 0
        self.statements = 0
        sa.event.listen(engine, "after_cursor_execute", self._count)

    def _count(self, _connection: object, cursor: Any, statement: str, *_more: object) -> None:
        if statement.lstrip()[:6].upper() in _WRITING:
            self.statements += 1
            self.rows += max(cursor.rowcount, 0)


def memory_mb(pid: int) -> float | None:
    """The memory that a process holds now; None where there is no /proc."""
    return _status_mb(Path(f"/proc/{pid}/status"), "VmRSS")


def cpu_s(pid: int) -> float | None:
    """The processor time that a process has used; None where there is no /proc."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return None
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def _peak_mb() -> float:
    peak = _status_mb(Path("/proc/self/status"), "VmHWM")
    if peak is not None:
        # Unlike getrusage's, this one does not remember what the parent had before the exec.
        return peak
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _status_mb(path: Path, name: str) -> float | None:
    if not path.exists():
        return None
    lines = (line.split() for line in path.read_text().splitlines())
    return next((int(words[1]) / 1024 for words in lines if words[0] == f"{name}:"), None)
