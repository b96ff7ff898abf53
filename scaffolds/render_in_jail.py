"""The child process of the jail: builds its walls, then lets cookiecutter render one template.

Run as ``python -I -m scaffolds.render_in_jail`` with one JSON document on standard input; answers
with one on standard output. What is imported here, is imported for every rendering: only
cookiecutter and the walls. Nothing of the template is read before the walls stand.
"""

import json
import os
import random
import sys
import sysconfig
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from scaffolds import walls

WALL_FELL, TEMPLATE_FAILED, NO_MEMORY = 70, 65, 71
"""Exit codes: a demanded wall could not be built; the template is at fault; it asked for too much."""


def main() -> int:
    """Build the walls; with ``probe`` attack them, else render."""
    request = json.loads(sys.stdin.buffer.read())
    # Before the walls: from here on few files can be read.
    engine = (
        _Backstage() if "backstage" in request else _Engine(request.get("seed", ""), request.get("at", 0.0))
    )
    standing, missing = walls.attempt(_wanted(request))
    if request.get("probe"):
        broken = _attack(request["forbidden"])
        _answer({"walls": standing, "missing": missing, "broken": broken})
        return 0
    walls.watch(*_folders(request))
    fallen = [name for name in request["walls"] if name not in standing]
    if fallen:
        _answer({"error": f"a wall of the jail fell: {', '.join(fallen)} ({missing.get(fallen[0], '')})"})
        return WALL_FELL
    return engine.render(request)


def _wanted(request: dict[str, Any]) -> dict[str, Callable[[], None]]:
    """The walls in the order in which they have to be built: each may need what a later one takes away."""
    limits, names = request["limits"], request["walls"]
    readable, writable = _folders(request)
    found: dict[str, Callable[[], None]] = {walls.RESOURCES: partial(walls.limit_resources, **limits)}
    builders: dict[str, Callable[[], None]] = {
        walls.NO_NETWORK: walls.leave_network,
        walls.NO_ROOT: partial(walls.leave_root, readable),
        walls.NO_CAPABILITIES: walls.give_up_capabilities,
        walls.LANDLOCK: partial(walls.restrict_files, readable, writable),
        walls.SECCOMP: walls.refuse_calls,
    }
    found.update((name, build) for name, build in builders.items() if name in names)
    return found


def _folders(request: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What may be read, and what may be written.

    Python may still look for a module or a time zone while it renders.
    """
    found = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    libraries = sorted(path for path in found if path)
    folder = request["folder"]
    return [*libraries, "/usr/share/zoneinfo", f"{folder}/template"], [f"{folder}/out"]


def _attack(forbidden: str) -> list[str]:
    """What should be impossible by now and is not: a wall counts when an attack on it failed."""
    attacks: dict[str, Callable[[], Any]] = {
        "read a file outside": partial(_read, forbidden),
        "open a socket": _connect,
        "start a process": _fork,
        "become root": _become_root,
    }
    return [name for name, attack in attacks.items() if _succeeds(attack)]


def _succeeds(attack: Callable[[], Any]) -> bool:
    try:
        attack()
    except OSError:
        return False
    return True


def _connect() -> None:
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        # Sends nothing: it only asks the kernel for a route.
        connection.connect(("192.0.2.1", 9))


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _become_root() -> None:
    os.setresuid(0, 0, 0)


def _read(path: str) -> None:
    os.close(os.open(path, os.O_RDONLY))


class _Engine:
    """cookiecutter, loaded, with its clock and its dice fixed so that a run renders the same twice."""

    def __init__(self, seed: str, at: float) -> None:
        import cookiecutter.generate
        import cookiecutter.prompt
        import cookiecutter.utils
        from jinja2.sandbox import SandboxedEnvironment

        self._generate = cookiecutter.generate
        self._prompt = cookiecutter.prompt
        strict = cookiecutter.utils.StrictEnvironment

        class Environment(strict, SandboxedEnvironment):  # type: ignore[misc, valid-type]
            """cookiecutter's environment, without the way from a template to Python's insides."""

        cookiecutter.utils.StrictEnvironment = Environment
        _fix_chance(seed, at)
        # Loads early what is always used, so that a rendering does not pay for the walls' checks.
        warm = Environment(context={}, keep_trailing_newline=True)
        warm.from_string("{% now 'utc', '%Y' %}{{ 'a'|slugify }}{{ uuid4() }}{{ 'é'|jsonify }}").render()

    def render(self, request: dict[str, Any]) -> int:
        """Render into ``folder/out``; what goes wrong is told with the file and line of the template."""
        from cookiecutter.exceptions import CookiecutterException
        from jinja2 import TemplateError

        os.chdir(request["folder"])
        try:
            context = self._context(request["answers"], request["given"])
            self._generate.generate_files(
                repo_dir="template", context={"cookiecutter": context}, output_dir="out", accept_hooks=False
            )
        except (
            TemplateError,
            CookiecutterException,
            OSError,
            ValueError,
            TypeError,
            ArithmeticError,
        ) as error:
            _answer(_explained(error))
            return TEMPLATE_FAILED
        except (MemoryError, RecursionError):
            return NO_MEMORY
        _answer({})
        return 0

    def _context(self, answers: dict[str, str], given: dict[str, str]) -> dict[str, Any]:
        """The variables with their values, as cookiecutter makes them; an answer is never read as a template."""
        variables: dict[str, Any] = json.loads(Path("template/cookiecutter.json").read_text("utf-8-sig"))
        known: dict[str, Any] = {}
        for name, raw in variables.items():
            known[name] = self._value(name, raw, answers, given, known)
        return known

    def _value(
        self, name: str, raw: Any, answers: dict[str, str], given: dict[str, str], known: dict[str, Any]
    ) -> Any:
        if name.startswith("_") and name in given:
            return given[name]
        if name == "__prompts__" or (name.startswith("_") and not name.startswith("__")):
            return raw
        if name in answers:
            return answers[name] == "true" if isinstance(raw, bool) else answers[name]
        environment = self._prompt.create_env_with_context({"cookiecutter": {}})
        worked_out = self._prompt.render_variable(environment, raw, known)
        return worked_out[0] if isinstance(raw, list) and not name.startswith("_") else worked_out


class _Backstage:
    """Backstage's templating, loaded; ``request["backstage"]`` says what is to be worked out."""

    def __init__(self) -> None:
        import scaffolds.backstage_in_jail as backstage
        from core.errors import UserError

        self._backstage = backstage
        self._refusal = UserError

    def render(self, request: dict[str, Any]) -> int:
        """Work it out within ``folder/out``."""
        os.chdir(request["folder"])
        try:
            self._backstage.work(request["backstage"])
        except self._refusal as error:
            _answer({"error": error.message[:500], "hint": error.hint[:300]})
            return TEMPLATE_FAILED
        except OSError as error:
            _answer({"error": str(error)[:500]})
            return TEMPLATE_FAILED
        except (MemoryError, RecursionError):
            return NO_MEMORY
        _answer({})
        return 0


def _fix_chance(seed: str, at: float) -> None:
    import arrow
    import cookiecutter.extensions as extensions

    dice = random.Random(seed)  # noqa: S311 - seeded with a secret of the run; the same run has to roll the same

    class Stopped:
        """``arrow`` with a clock that stands still."""

        @staticmethod
        def now(timezone: str) -> arrow.Arrow:
            return arrow.Arrow.fromtimestamp(at, timezone)

    extensions.arrow = Stopped
    extensions.choice = dice.choice
    uuid.uuid4 = lambda: uuid.UUID(int=dice.getrandbits(128), version=4)


def _explained(error: Exception) -> dict[str, Any]:
    """The innermost cause, with the template's file and line where they are known."""
    cause: BaseException = getattr(error, "error", None) or error
    line, name = _line_of(cause)
    message = getattr(cause, "message", None) or str(cause)
    if cause is not error:
        name = str(getattr(error, "message", "")).partition("'")[2].partition("'")[0] or name
    return {"error": str(message)[:500], "file": str(name)[:300], "line": line}


def _line_of(cause: BaseException) -> tuple[int, str]:
    line, name = (
        getattr(cause, "lineno", 0) or 0,
        getattr(cause, "filename", "") or getattr(cause, "name", "") or "",
    )
    trace = cause.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if path == "<template>" or not path.endswith(".py"):
            # Jinja rewrites the trace so that it leads into the template's own text.
            line, name = trace.tb_lineno, name or path
        trace = trace.tb_next
    return line, name if isinstance(name, str) else ""


def _answer(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
