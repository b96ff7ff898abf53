"""The command line; one file per command group, imported only when it is needed."""

import sys


def main() -> None:
    """Run one command and leave with its exit code.

    0 fine; 1 the answer is "no", or a file is invalid; 2 wrong use or wrong settings; 3 a system
    that we depend on did not answer; 70 a bug.
    """
    if not __debug__:
        # PyGithub guards where it sends the token with asserts, which python -O removes.
        sys.stderr.write("callboard: refuses to run under python -O or PYTHONOPTIMIZE; unset it.\n")
        sys.exit(2)
    from bot.cli.app import run

    sys.exit(run())
