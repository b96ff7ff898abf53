"""``python -m bench``: all benchmarks, or one of them with its options."""

import os
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from typing import Protocol

from bench import ack, docs, indexing, sandbox, sync, webhook, who
from bench.report import Table, as_json, as_text
from core import log


class Benchmark(Protocol):
    """A module of this package that measures something."""

    __doc__: str | None

    def add_options(self, parser: ArgumentParser) -> None:
        """Add its options to a parser."""
        ...

    def run(self, options: Namespace) -> list[Table]:
        """Measure, and give the figures."""
        ...


_BENCHMARKS: Mapping[str, Benchmark] = {
    "sync": sync,
    "who": who,
    "docs": docs,
    "indexing": indexing,
    "ack": ack,
    "sandbox": sandbox,
    "webhook": webhook,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for and print the figures."""
    for name in [name for name in os.environ if name.startswith("CALLBOARD_")]:
        # Nothing here may talk to what somebody has configured for real.
        del os.environ[name]
    log.set_up("warning")
    parser = _parser()
    options = parser.parse_args(arguments)
    names = [options.benchmark] if options.benchmark else list(_BENCHMARKS)
    tables: list[Table] = []
    for name in names:
        tables += _BENCHMARKS[name].run(options if options.benchmark else parser.parse_args([name]))
    sys.stdout.write((as_json if options.json else as_text)(tables) + "\n")
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON document instead of tables")
    parser.set_defaults(benchmark=None)
    commands = parser.add_subparsers(title="benchmarks")
    for name, module in _BENCHMARKS.items():
        command = commands.add_parser(name, help=(module.__doc__ or "").strip())
        command.add_argument("--json", action="store_true", default=SUPPRESS, help="the same, after the name")
        module.add_options(command)
        command.set_defaults(benchmark=name)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
