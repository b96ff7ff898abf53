"""Rendering in a subprocess without secrets, network or root: a template is code of a stranger.

The strongest walls that the host allows are found once, by building them in a child that then
attacks them; a rendering demands the same walls and fails when one is missing.

========================  ==================================================================
name                      what holds
========================  ==================================================================
``bubblewrap``            namespaces around the child, with Landlock and seccomp inside
``landlock``              Landlock and seccomp, a network namespace and not being root where possible
``floor``                 no kernel wall: limits, an empty environment, Jinja's sandbox, path checks
========================  ==================================================================
"""

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.errors import CallboardError, UserError
from scaffolds import walls
from scaffolds.cookiecutter_json import skeletons
from scaffolds.expressions import MARKERS
from scaffolds.model import Template

MAX_FILES = 2_000
MAX_BYTES = 50_000_000
MAX_FILE_BYTES = 10_000_000
_MEMORY_BYTES = 768 * 1024 * 1024
_OPEN_FILES = 128
_LOOK_EVERY_S = 0.005
_MEASURE_EVERY_S = 0.25
_MAX_ANSWER_BYTES = 8_192
_WALL_FELL, _TEMPLATE_FAILED, _NO_MEMORY = 70, 65, 71


class JailBrokenError(CallboardError):
    """A wall that stood at the start does not stand now; nothing was rendered."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What came out: paths relative to ``root``, sorted."""

    files: tuple[str, ...]
    root: Path


@dataclass(frozen=True, slots=True)
class JailStrength:
    """Which walls the host allows, tried and attacked."""

    name: str
    """``bubblewrap``, ``landlock`` or ``floor``."""
    walls: tuple[str, ...]
    reason: str = ""
    """Why it is no stronger; empty when it is the strongest."""

    @property
    def has_kernel_walls(self) -> bool:
        """Whether the kernel keeps a template from other files and from the network."""
        return self.name != "floor"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a rendering gets besides the answers.

    ``given`` fills private variables that the template declares (``_team``); ``seed`` and ``at``
    (seconds since 1970) fix its dice and its clock, so that the same run renders the same bytes.
    """

    given: Mapping[str, str]
    seed: str = ""
    at: float = 0.0


@cache
def strength() -> JailStrength:
    """The strongest walls that this host allows; tried once a process, in about a quarter of a second."""
    tried = _probe(bubblewrap=None)
    program = shutil.which("bwrap")
    if program is None:
        return _named(tried, "bubblewrap is not installed")
    try:
        wrapped = _probe(bubblewrap=program)
    except JailBrokenError as error:
        return _named(tried, f"bubblewrap does not work here: {error}")
    if "read a file outside" in wrapped["broken"] or "open a socket" in wrapped["broken"]:
        return _named(tried, "bubblewrap lets too much through here")
    return JailStrength("bubblewrap", ("bubblewrap", *wrapped["walls"]))


def render(
    template: Template, answers: Mapping[str, str], out: Path, timeout_s: float, setting: Setting
) -> Rendered:
    """Render a template into a folder of its own.

    Args:
        template: As it was read; the folder is copied first, so a change under way does not matter.
        answers: Variable to value, as ``questions.fill`` gives them; what is missing is worked out inside.
        out: Where the files go; replaced when it exists, and untouched when anything fails.
        timeout_s: How long it may take in all.
        setting: What Callboard adds.

    Raises:
        UserError: The template or an answer is at fault; says what and where.
        JailBrokenError: The walls do not stand; an administrator has to look.
    """
    _refuse_markers(template, answers)
    with tempfile.TemporaryDirectory(prefix="callboard-jail-") as name:
        folder = Path(name).resolve()
        _furnish(folder, template)
        known = {key: value for key, value in answers.items() if key in template.variables}
        request = {"answers": known, "given": dict(setting.given), "seed": setting.seed, "at": setting.at}
        code, answer = _run(folder, request, strength(), timeout_s)
        if code != 0:
            raise _refusal(template, code, answer)
        root = _only_folder(folder / "out", template)
        files = tuple(sorted(_inspected(root, template)))
        _move(root, files, out)
    return Rendered(files, out)


def render_backstage(
    whose: str, request: Mapping[str, Any], out: Path, timeout_s: float, skeleton: Path | None = None
) -> Rendered:
    """Have Backstage's templating done in the jail; ``scaffolds.backstage_jail`` is the door to it.

    Args:
        whose: The template's name, for what people read.
        request: What ``scaffolds.backstage_in_jail`` is asked for; JSON.
        out: Where the files go; replaced when it exists, and untouched when anything fails.
        timeout_s: How long it may take in all.
        skeleton: The folder of files to render, for those requests that need one.

    Raises:
        UserError: The template or an answer is at fault.
        JailBrokenError: The walls do not stand.
    """
    template = Template(whose, whose, "", skeleton or Path(), "", ())
    with tempfile.TemporaryDirectory(prefix="callboard-jail-") as name:
        folder = Path(name).resolve()
        if skeleton:
            _copy_tree(skeleton, folder / "template", template, _Budget(f"The template {whose}"))
        else:
            (folder / "template").mkdir()
        _open_to_child(folder)
        code, answer = _run(folder, {"backstage": dict(request)}, strength(), timeout_s)
        if code != 0:
            raise _refusal(template, code, answer)
        files = tuple(sorted(_inspected(folder / "out", template)))
        _move(folder / "out", files, out)
    return Rendered(files, out)


def _probe(bubblewrap: str | None) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory(prefix="callboard-jail-") as name,
        tempfile.NamedTemporaryFile() as forbidden,
    ):
        folder = Path(name).resolve()
        (folder / "template").mkdir()
        _open_to_child(folder)
        Path(forbidden.name).chmod(0o644)
        wanted = JailStrength("bubblewrap" if bubblewrap else "probe", tuple(_all_walls(bool(bubblewrap))))
        code, answer = _run(folder, {"probe": True, "forbidden": forbidden.name}, wanted, 20.0)
        if code != 0 or "walls" not in answer:
            raise JailBrokenError(f"the jail does not start ({code}): {answer.get('error', '')}")
        return answer


def _all_walls(is_wrapped: bool) -> Iterator[str]:
    if not is_wrapped:
        yield walls.NO_NETWORK
        if os.geteuid() == 0:
            yield from (walls.NO_ROOT, walls.NO_CAPABILITIES)
    yield from (walls.LANDLOCK, walls.SECCOMP)


def _named(tried: Mapping[str, Any], reason: str) -> JailStrength:
    standing, missing, broken = tuple(tried["walls"]), tried["missing"], tried["broken"]
    causes = [reason, *(f"{name}: {cause}" for name, cause in missing.items())]
    if "read a file outside" in broken or "open a socket" in broken:
        causes.append(f"an attack got through: {', '.join(broken)}")
        return JailStrength("floor", standing, "; ".join(causes))
    return JailStrength("landlock", standing, "; ".join(causes))


def _refuse_markers(template: Template, answers: Mapping[str, str]) -> None:
    """The last look before values become files; a form has said so at the field already."""
    for name, value in answers.items():
        if any(marker in value for marker in MARKERS):
            raise UserError(
                f"The answer to {name} has template markers in it.", "Write it without {{, {% and {#."
            )
        if name in template.path_variables and ("/" in value or "\\" in value or value in (".", "..")):
            raise UserError(f"The answer to {name} leads out of its folder.", "Write it without slashes.")


def _furnish(folder: Path, template: Template) -> None:
    """Copy what is rendered: ``cookiecutter.json``, the one folder, and shared parts in ``templates``."""
    found = skeletons(template.path)
    if len(found) != 1:
        raise UserError(
            f"The template {template.name} has {len(found)} folders to render; it needs exactly one."
        )
    target = folder / "template"
    target.mkdir()
    _copy(template.path / "cookiecutter.json", target / "cookiecutter.json")
    if json.loads((target / "cookiecutter.json").read_text("utf-8-sig")) != dict(template.variables):
        raise UserError(f"The template {template.name} was just changed.", "Start again.")
    budget = _Budget(f"The template {template.name}")
    for part in (found[0], template.path / "templates"):
        if part.is_dir():
            _copy_tree(part, target / part.name, template, budget)
    _open_to_child(folder)


def _copy_tree(source: Path, target: Path, template: Template, budget: "_Budget") -> None:
    target.mkdir()
    for item in sorted(source.iterdir()):
        mode = item.lstat().st_mode
        if stat.S_ISDIR(mode):
            _copy_tree(item, target / item.name, template, budget)
        elif stat.S_ISREG(mode):
            budget.spend(item)
            _copy(item, target / item.name)
        else:
            place = item.relative_to(template.path)
            raise UserError(
                f"The template {template.name} is refused: {place} is a link or a device, not a file."
            )


class _Budget:
    """Counts files and bytes, and says stop."""

    def __init__(self, whose: str) -> None:
        self._whose = whose
        self.files = 0
        self.bytes = 0

    def spend(self, item: Path) -> None:
        self.files += 1
        self.bytes += item.lstat().st_size
        if self.files > MAX_FILES or self.bytes > MAX_BYTES:
            raise UserError(
                f"{self._whose} is too large: at most {MAX_FILES} files and {MAX_BYTES // 1_000_000} MB."
            )


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    is_program = source.stat().st_mode & 0o100
    # One of two modes, as git knows them, whatever the umask was.
    target.chmod(0o755 if is_program else 0o644)


def _open_to_child(folder: Path) -> None:
    """The child may no longer be root when it gets here."""
    folder.chmod(0o755)
    (folder / "out").mkdir()


def _run(
    folder: Path, request: Mapping[str, Any], strongest: JailStrength, timeout_s: float
) -> tuple[int, dict[str, Any]]:
    """Start the child and watch it; its exit code (negative: killed) and what it said."""
    limits = {
        "cpu_s": max(1, int(timeout_s) + 1),
        "memory_bytes": _MEMORY_BYTES,
        "file_bytes": MAX_FILE_BYTES,
        "open_files": _OPEN_FILES,
    }
    wanted = [name for name in strongest.walls if name != "bubblewrap"]
    document = {**request, "limits": limits, "walls": wanted, "folder": str(folder)}
    command = [sys.executable, "-I", "-B", "-X", "utf8", "-m", "scaffolds.render_in_jail"]
    if strongest.name == "bubblewrap":
        command = [shutil.which("bwrap") or "bwrap", *_bubblewrap(folder), *command]
    if walls.NO_ROOT in wanted:
        os.chown(folder / "out", walls.NOBODY, walls.NOBODY)
    (folder / "request").write_text(json.dumps(document), encoding="utf-8")
    # Files, not pipes: what the child says counts against its own limits.
    with (
        (folder / "request").open("rb") as stdin,
        (folder / "said").open("wb") as said,
        (folder / "log").open("wb") as log,
    ):
        child = subprocess.Popen(
            command,
            stdin=stdin,
            stdout=said,
            stderr=log,
            env={"LANG": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        )
        code = _watched(child, folder / "out", timeout_s)
    return code, _what_was_said(folder)


def _watched(child: "subprocess.Popen[bytes]", out: Path, timeout_s: float) -> int:
    deadline = time.monotonic() + timeout_s
    next_measure = time.monotonic() + _MEASURE_EVERY_S
    try:
        while (code := child.poll()) is None:
            now = time.monotonic()
            if now > deadline:
                raise UserError(f"Rendering took longer than {timeout_s:.0f} s and was stopped.")
            if now > next_measure:
                _measure(out)
                next_measure = now + _MEASURE_EVERY_S
            time.sleep(_LOOK_EVERY_S)
        return code
    finally:
        _end(child)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Nothing of the child's group outlives the rendering."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # Gone already; macOS says "not permitted" of a group that is only a zombie.
        child.poll()
    child.wait()


def _measure(out: Path) -> None:
    budget = _Budget("What comes out")
    for folder, _folders, files in os.walk(out):
        for name in files:
            item = Path(folder, name)
            # It may be gone by the time that we look.
            if item.exists() or item.is_symlink():
                budget.spend(item)


def _what_was_said(folder: Path) -> dict[str, Any]:
    with (folder / "said").open("rb") as file:
        said = file.read(_MAX_ANSWER_BYTES).decode(errors="replace")
    try:
        answer = json.loads(said)
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        return answer
    with (folder / "log").open("rb") as file:
        file.seek(max(0, (folder / "log").stat().st_size - _MAX_ANSWER_BYTES))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return {"error": lines[-1] if lines else ""}


def _refusal(template: Template, code: int, answer: Mapping[str, Any]) -> CallboardError:
    """What the end of the child means, in words."""
    whose = f"The template {template.name}"
    cause = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in str(answer.get("error", ""))))[
        :300
    ]
    if code == _WALL_FELL:
        return JailBrokenError(cause)
    if code == _NO_MEMORY or code == -signal.SIGSEGV:
        return UserError(f"{whose} asked for more memory than rendering may take.")
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return UserError(f"{whose} computed for too long and was stopped.")
    if code != _TEMPLATE_FAILED:
        return UserError(f"{whose} could not be rendered: {cause or f'the jail ended with {code}'}.")
    place = str(answer.get("file", ""))
    line = answer.get("line")
    where = f"{place}:{line}: " if place and line else f"{place}: " if place else ""
    return UserError(
        f"{whose} cannot be rendered: {where}{cause}", str(answer.get("hint", "")) or _hint(place, cause)
    )


def _hint(place: str, cause: str) -> str:
    if ".github/workflows" in place:
        return (
            "GitHub's own ${{ … }} looks like a template. List the file under _copy_without_render in"
            " cookiecutter.json, or put {% raw %} … {% endraw %} around it."
        )
    if "outside of the workspace" in cause or "Permission denied" in cause or "not permitted" in cause:
        return "A template may only read itself and write its own files."
    return ""


def _only_folder(out: Path, template: Template) -> Path:
    found = list(out.iterdir())
    if len(found) != 1 or found[0].is_symlink() or not found[0].is_dir():
        raise UserError(f"The template {template.name} rendered {len(found)} things instead of one folder.")
    return found[0]


def _inspected(root: Path, template: Template) -> Iterator[str]:
    """Every file that came out, each looked at: a plain file, inside, with a name that anybody can see."""
    budget = _Budget(f"What {template.name} rendered")
    for folder, folders, files in os.walk(root, followlinks=False):
        for name in (*folders, *files):
            item = Path(folder, name)
            path = item.relative_to(root).as_posix()
            problem = _problem_with(item, name)
            if problem:
                raise UserError(f"The template {template.name} rendered {path!r}, which {problem}.")
            if name in files:
                budget.spend(item)
                yield path
    if budget.files == 0:
        raise UserError(f"The template {template.name} rendered no files.")


def _problem_with(item: Path, name: str) -> str:
    mode = item.lstat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return "is a link or a device, not a file"
    if name.lower().rstrip(". ") == ".git" or name.lower().startswith("git~"):
        return "would be git's own folder"
    if not name.isprintable() or "\\" in name:
        return "has characters in its name that nobody can see or type"
    return ""


def _move(root: Path, files: Sequence[str], out: Path) -> None:
    """Bring the files to their place in one move, so that a half-copied folder is never taken for a whole one."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as name:
        whole = Path(name) / "whole"
        for file in files:
            target = whole / file
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(root / file, target)
        shutil.rmtree(out, ignore_errors=True)
        whole.rename(out)


def _bubblewrap(folder: Path) -> list[str]:
    """bubblewrap's arguments: nothing but Python, its libraries and the workspace exists inside."""
    arguments = [
        *("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--uid", str(walls.NOBODY), "--gid", str(walls.NOBODY), "--tmpfs", "/tmp"),  # noqa: S108 - inside
    ]
    for path in ("/usr", "/lib", "/lib64", "/bin"):
        if Path(path).is_symlink():
            arguments += ["--symlink", str(Path(path).readlink()), path]
        elif Path(path).exists():
            arguments += ["--ro-bind", path, path]
    above = Path(__file__).resolve().parent.parent
    packages = [str(above / name) for name in ("scaffolds", "catalog_sync", "core")]
    for path in dict.fromkeys((sys.prefix, sys.base_prefix, *packages)):
        if not path.startswith("/usr/"):
            arguments += ["--ro-bind", path, path]
    return [
        *arguments,
        *("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--dev", "/dev"),
        *(
            "--ro-bind",
            f"{folder}/template",
            f"{folder}/template",
            "--bind",
            f"{folder}/out",
            f"{folder}/out",
        ),
        *("--chdir", "/", "--"),
    ]
