"""The jail, attacked: what a template or an answer could try, tried."""

import json
import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import UserError
from scaffolds import jail
from scaffolds.cookiecutter_json import read_template
from scaffolds.jail import JailBrokenError, JailStrength, Setting, render

SETTING = Setting({}, "seed", 1_700_000_000.0)
Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a template from its files: path to text; ``slug`` is its one variable."""

    def build(files: dict[str, str], **variables: object) -> Path:
        folder = tmp_path / "template"
        root = folder / "{{cookiecutter.slug}}"
        for path, text in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        (folder / "cookiecutter.json").write_text(json.dumps({"slug": "x", **variables}), encoding="utf-8")
        return folder

    return build


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out" / "files"


def rendered(
    folder: Path, out: Path, timeout_s: float = 60.0, setting: Setting = SETTING, **answers: str
) -> dict[str, str]:
    """Path to text of what comes out."""
    result = render(read_template(folder), {"slug": "thing", **answers}, out, timeout_s, setting)
    return {path: (result.root / path).read_text() for path in result.files}


def refused(folder: Path, out: Path, timeout_s: float = 60.0, **answers: str) -> str:
    """Why nothing came out."""
    with pytest.raises(UserError) as caught:
        rendered(folder, out, timeout_s, **answers)
    assert not out.exists()
    return f"{caught.value.message} {caught.value.hint}"


def python(code: str) -> str:
    """A template that leaves Jinja's sandbox by a hole, to see whether the next wall holds.

    The hole is a filter object of the environment that hands out ``builtins``, as a bug might.
    """
    return code


# What should come out.


def test_files_are_rendered_with_the_answers(make: Make, out: Path) -> None:
    folder = make(
        {"{{cookiecutter.name}}.txt": "Hello {{ cookiecutter.name|upper }}", "bin/run": "#!/bin/sh"}, name=""
    )
    (folder / "{{cookiecutter.slug}}" / "bin" / "run").chmod(0o700)

    assert rendered(folder, out, name="ana") == {"ana.txt": "Hello ANA", "bin/run": "#!/bin/sh"}
    assert stat.S_IMODE((out / "bin" / "run").stat().st_mode) == 0o755
    assert stat.S_IMODE((out / "ana.txt").stat().st_mode) == 0o644


def test_what_was_not_answered_is_worked_out_by_cookiecutter_itself(make: Make, out: Path) -> None:
    folder = make(
        {
            "f": "{{ cookiecutter.year }} {{ cookiecutter.pick }} {{ cookiecutter.flag }} {{ cookiecutter.__both }} {{ cookiecutter.n }}"
        },
        year="{% now 'utc', '%Y' %}",
        pick=["{{ cookiecutter.slug }}!", "b"],
        flag=True,
        n=3,
        __both="{{ cookiecutter.slug }}-{{ cookiecutter.year }}",
    )

    assert rendered(folder, out) == {"f": "2023 thing! True thing-2023 3"}


def test_booleans_arrive_as_booleans(make: Make, out: Path) -> None:
    folder = make({"f": "{% if cookiecutter.flag %}on{% else %}off{% endif %}"}, flag=True)

    assert rendered(folder, out, flag="false") == {"f": "off"}


def test_callboard_fills_only_private_variables_that_the_template_declares(make: Make, out: Path) -> None:
    folder = make({"f": "{{ cookiecutter._team }} {{ cookiecutter.open }}"}, _team="nobody", open="mine")
    setting = Setting({"_team": "payments", "open": "yours", "_other": "x"})

    assert rendered(folder, out, setting=setting) == {"f": "payments mine"}


def test_the_same_run_renders_the_same_bytes(make: Make, tmp_path: Path) -> None:
    folder = make({"f": "{{ random_ascii_string(20) }} {{ uuid4() }} {% now 'local', '%c' %}"})

    first, second = (rendered(folder, tmp_path / name) for name in ("one", "two"))
    other = rendered(folder, tmp_path / "three", setting=Setting({}, "another seed", SETTING.at))

    assert first == second
    assert first != other


def test_workflows_that_are_copied_keep_githubs_expressions(make: Make, out: Path) -> None:
    folder = make(
        {".github/workflows/ci.yml": "run: ${{ github.actor }}"}, _copy_without_render=[".github/workflows/*"]
    )

    assert rendered(folder, out) == {".github/workflows/ci.yml": "run: ${{ github.actor }}"}


def test_shared_parts_can_be_included(make: Make, out: Path) -> None:
    folder = make({"LICENSE": "{% include 'mit.txt' %}"})
    (folder / "templates").mkdir()
    (folder / "templates" / "mit.txt").write_text("MIT, {{ cookiecutter.slug }}")

    assert rendered(folder, out) == {"LICENSE": "MIT, thing"}


def test_a_value_is_never_rendered(make: Make, out: Path) -> None:
    folder = make({"f": "{{ cookiecutter.text }}"}, text="")

    assert rendered(folder, out, text="7 * 7 }} %} #}") == {"f": "7 * 7 }} %} #}"}


def test_what_was_there_before_is_replaced_as_a_whole(make: Make, out: Path) -> None:
    out.mkdir(parents=True)
    (out / "old").write_text("x")

    assert rendered(make({"new": "y"}), out) == {"new": "y"}
    assert [item.name for item in out.parent.iterdir()] == ["files"]


# Answers that attack.


def test_a_payload_in_an_answer_is_refused_before_anything_runs(
    make: Make, out: Path, tmp_path: Path
) -> None:
    target = tmp_path / "touched"
    payload = "{{ cycler.__init__.__globals__.os.system('touch " + str(target) + "') }}"

    assert "template markers" in refused(make({"f": "{{ cookiecutter.text }}"}, text=""), out, text=payload)
    assert not target.exists()


@pytest.mark.parametrize("slug", ["../../escape", "..", "a/../../b", "/tmp/escape"])
def test_a_slug_that_leads_out_is_refused(make: Make, out: Path, slug: str) -> None:
    assert "out of its folder" in refused(make({"f": "x"}), out, slug=slug)


# Templates that attack.


def test_a_way_out_of_jinja_is_closed(make: Make, out: Path, tmp_path: Path) -> None:
    target = tmp_path / "touched"
    folder = make({"f": "{{ cycler.__init__.__globals__.os.system('touch " + str(target) + "') }}"})

    assert "unsafe" in refused(folder, out)
    assert not target.exists()


@pytest.mark.parametrize(
    "path",
    ["{{ '../' }}{{ '../' }}escape", "{{ '/tmp/callboard-escape' }}", "{{cookiecutter.way}}"],
)
def test_a_path_of_the_template_never_leaves_the_workspace(make: Make, out: Path, path: str) -> None:
    folder = make({"ok": "x"}, __way="../../../escape", way="{{ cookiecutter.__way }}")
    root = folder / "{{cookiecutter.slug}}"
    # A slash cannot stand in a name, so the template makes one.
    name = path.replace("../", "..\\x2f").replace("/tmp/", "\\x2ftmp\\x2f").replace("/", "\\x2f")
    (root / name).write_text("escaped")

    assert refused(folder, out)
    assert not Path("/tmp/callboard-escape").exists()


def test_a_link_in_a_template_is_refused(make: Make, out: Path) -> None:
    folder = make({"f": "x"})
    (folder / "{{cookiecutter.slug}}" / "passwords").symlink_to("/etc/passwd")

    assert "is a link" in refused(folder, out)


def test_a_pipe_in_a_template_is_refused(make: Make, out: Path) -> None:
    folder = make({"f": "x"})
    os.mkfifo(folder / "{{cookiecutter.slug}}" / "pipe")

    assert "is a link or a device" in refused(folder, out)


def test_hooks_are_not_run(make: Make, out: Path, tmp_path: Path) -> None:
    folder = make({"f": "x"})
    (folder / "hooks").mkdir()
    (folder / "hooks" / "post_gen_project.py").write_text(f"open({str(tmp_path / 'hooked')!r}, 'w')")
    (folder / "hooks" / "pre_gen_project.sh").write_text("exit 1")

    assert rendered(folder, out) == {"f": "x"}
    assert not (tmp_path / "hooked").exists()


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../../../../etc/passwd", "../cookiecutter.json"])
def test_a_template_cannot_include_a_file_from_outside(make: Make, out: Path, path: str) -> None:
    assert refused(make({"f": "{% include '" + path + "' %}"}), out)


def test_a_memory_bomb_is_stopped(make: Make, out: Path) -> None:
    assert "memory" in refused(make({"f": "{{ 'x' * 10 ** 9 }}"}), out)


def test_an_endless_loop_is_stopped(make: Make, out: Path) -> None:
    loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"

    assert "stopped" in refused(make({"f": loop}), out, 1.0)


def test_a_flood_of_bytes_is_stopped(make: Make, out: Path) -> None:
    assert refused(make({"f": "{% for a in range(99999) %}{{ 'x' * 1000 }}{% endfor %}"}), out)


def test_a_deep_recursion_is_stopped(make: Make, out: Path) -> None:
    assert refused(make({"f": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"}), out)


def test_too_many_files_are_refused(make: Make, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jail, "MAX_FILES", 3)

    assert "too large" in refused(make({f"f{number}": "x" for number in range(5)}), out)


@pytest.mark.parametrize("name", [".git/config", ".GIT/hooks/x", "git~1"])
def test_gits_own_folder_is_never_rendered(make: Make, out: Path, name: str) -> None:
    assert "git's own folder" in refused(make({"ok": "x", name: "y"}), out)


def test_names_that_nobody_can_see_are_refused(make: Make, out: Path) -> None:
    assert "characters in its name" in refused(make({"a\nb": "x"}), out)


def test_a_template_without_files_is_refused(make: Make, out: Path) -> None:
    folder = make({"{% if false %}f{% endif %}": "x"})

    assert "no files" in refused(folder, out)


def test_a_template_that_changed_since_it_was_read_is_refused(make: Make, out: Path) -> None:
    template = read_template(make({"f": "x"}))
    make({"f": "x"}, _extensions=["evil.Extension"])

    with pytest.raises(UserError, match="just changed"):
        render(template, {"slug": "a"}, out, 20.0, SETTING)


def test_a_fault_of_the_template_is_told_with_file_and_line(make: Make, out: Path) -> None:
    assert "docs/a.md:2: 'nothing' is undefined" in refused(make({"docs/a.md": "x\n{{ nothing }}"}), out)
    assert "a.md:3: " in refused(make({"docs/a.md": "", "a.md": "x\n\n{% nothing %}"}), out)


def test_a_workflow_that_would_abort_says_how_to_mend_it(make: Make, out: Path) -> None:
    message = refused(make({".github/workflows/ci.yml": "x\nrun: ${{ github.actor }}"}), out)

    assert ".github/workflows/ci.yml:2: 'github' is undefined" in message
    assert "_copy_without_render" in message


def test_a_fallen_wall_stops_the_rendering(make: Make, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jail, "strength", lambda: JailStrength("landlock", ("a wall that nobody can build",)))

    with pytest.raises(JailBrokenError, match="a wall that nobody can build"):
        rendered(make({"f": "x"}), out)
    assert not out.exists()


# The walls themselves, with Jinja's sandbox out of the way.

PROBE = """
import json, os, sys
from functools import partial
from scaffolds import walls
from scaffolds.render_in_jail import _folders, _wanted
request = json.load(sys.stdin)
walls.attempt(_wanted(request))
if request["watched"]:
    walls.watch(*_folders(request))
try:
    exec(request["code"])
except BaseException as error:
    print("stopped:", type(error).__name__)
else:
    print("went through")
"""


@pytest.fixture
def try_code(tmp_path: Path) -> Callable[..., str]:
    """Runs Python code behind the walls of this host, as a hole in cookiecutter might."""
    folder = tmp_path / "cell"
    for name in ("template", "out"):
        (folder / name).mkdir(parents=True)
    standing = jail.strength()

    def attempt(code: str, *, watched: bool, names: tuple[str, ...] = standing.walls) -> str:
        limits = {"cpu_s": 5, "memory_bytes": 512 << 20, "file_bytes": 1 << 20, "open_files": 64}
        request = {"limits": limits, "walls": names, "folder": str(folder), "code": code, "watched": watched}
        done = subprocess.run(
            [sys.executable, "-I", "-c", PROBE],
            input=json.dumps(request),
            capture_output=True,
            text=True,
            env={},
            cwd=folder / "out",
            check=False,
            timeout=30,
        )
        return done.stdout.strip() or f"stopped: {done.returncode}"

    return attempt


ATTACKS = {
    "read passwords": "open('/etc/passwd').read()",
    "read the database": "open({secret!r}).read()",
    "write outside": "open({target!r}, 'w').write('x')",
    "make a folder outside": "os.mkdir({target!r})",
    "start a shell": "assert os.system('touch {target}') == 0",
    "start a program": "import subprocess; subprocess.run(['/bin/true'], check=True)",
    "fork": "os.fork()",
    "connect": "import socket; socket.create_connection(('127.0.0.1', {port}), 2)",
    "send a datagram": "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port}))",
    "signal the parent": "os.kill(os.getppid(), 0)",
    "link a secret": "os.symlink('/etc/passwd', 'link'); open('link').read()",
    "fill a file": "open('big', 'wb').write(b'x' * (2 << 20))",
    "take memory": "bytearray(1 << 30)",
}


@pytest.fixture
def port() -> Iterator[int]:
    """A port of this machine where somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: None)
        thread.start()
        thread.join()
        yield server.getsockname()[1]


@pytest.mark.parametrize("name", ATTACKS)
def test_code_that_gets_out_of_jinja_is_stopped_by_the_next_wall(
    name: str, try_code: Callable[..., str], tmp_path: Path, port: int
) -> None:
    secret = tmp_path / "callboard.db"
    secret.write_text("secret")
    secret.chmod(0o644)
    code = ATTACKS[name].format(secret=str(secret), target=str(tmp_path / "escaped"), port=port)

    if jail.strength().has_kernel_walls:
        assert try_code(code, watched=False).startswith("stopped")
    assert try_code(code, watched=True).startswith("stopped")
    assert not (tmp_path / "escaped").exists()


@pytest.mark.parametrize("name", [name for name in ATTACKS if name != "signal the parent"])
def test_without_any_kernel_wall_the_interpreter_still_refuses(
    name: str, try_code: Callable[..., str], tmp_path: Path, port: int
) -> None:
    secret = tmp_path / "callboard.db"
    secret.write_text("secret")
    code = ATTACKS[name].format(secret=str(secret), target=str(tmp_path / "escaped"), port=port)

    assert try_code(code, watched=True, names=()).startswith("stopped")
    assert not (tmp_path / "escaped").exists()


def test_honest_work_goes_through_all_walls(try_code: Callable[..., str]) -> None:
    code = "os.mkdir('a'); open('a/f', 'w').write('x'); assert open('a/f').read() == 'x'; import colorsys; os.remove('a/f')"

    assert try_code(code, watched=True) == "went through"


def test_the_child_has_no_environment(make: Make, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOARD_GITHUB_TOKEN", "ghp_secret")
    seen: list[dict[str, str]] = []
    start = subprocess.Popen

    def spy(*arguments: object, **keywords: object) -> object:
        seen.append(keywords["env"])  # type: ignore[arg-type]
        return start(*arguments, **keywords)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", spy)
    rendered(make({"f": "x"}), out)

    # The first one to render here also tries the walls, each in a child of its own.
    assert seen
    assert all(environment == {"LANG": "C.UTF-8"} for environment in seen)


def test_a_walls_name_is_only_claimed_when_an_attack_on_it_failed() -> None:
    tried = {
        "walls": ["resource limits", "Landlock"],
        "missing": {"seccomp": "no"},
        "broken": ["read a file outside"],
    }

    found = jail._named(tried, "bubblewrap is not installed")

    assert found.name == "floor"
    assert not found.has_kernel_walls
    assert "read a file outside" in found.reason


def test_doctor_can_say_how_strong_the_jail_is_here() -> None:
    found = jail.strength()

    assert found.name in ("bubblewrap", "landlock", "floor")
    assert "resource limits" in found.walls
    assert found.reason or found.name == "bubblewrap"
