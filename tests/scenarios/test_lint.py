"""``callboard lint`` in the repositories of others: what it reads, what it passes over, and names that were made to hurt."""

import os
from pathlib import Path

import pytest

from tests.scenarios.test_command_line import COMPONENT, CommandLine, callboard

__all__ = ["callboard"]

GOOD = COMPONENT.format(name="shop")
BAD = COMPONENT.format(name="bad name!")
TEMPLATE = """\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-shop
spec:
  type: service
  steps:
    - name: Nothing
"""
UNRENDERED = COMPONENT.format(name="${{ values.name }}")


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())


def paths(cli: CommandLine, *words: str) -> list[tuple[str, str]]:
    """The path and severity of each fault."""
    return [(item["path"], item["severity"]) for item in cli("lint", *words, "--json").json]


def test_a_template_of_backstage_is_checked_whatever_its_name(callboard: CommandLine) -> None:
    write(callboard.folder, {"templates/new-shop.yaml": TEMPLATE, "b.yaml": f"---\n---\n{BAD}"})

    found = callboard("lint", ".", "--json").json

    assert [(item["path"], item["line"], item["where"]) for item in found] == [
        ("b.yaml", 6, "metadata.name"),
        ("templates/new-shop.yaml", 8, "spec.steps.0.action"),
    ]


@pytest.mark.parametrize("template", ["template.yaml", "shop.yaml", "cookiecutter.json"])
def test_what_a_template_renders_is_no_file_before_that(callboard: CommandLine, template: str) -> None:
    good = TEMPLATE.replace("name: Nothing", "action: debug:log")
    text = '{"name": "x"}' if template.endswith("json") else good
    below = {"{{cookiecutter.name}}/catalog-info.yaml": BAD, "content/catalog-info.yaml": UNRENDERED}
    write(callboard.folder, {template: text, **below, "elsewhere/skeleton/catalog-info.yaml": UNRENDERED})

    assert paths(callboard, ".") == []
    assert len(paths(callboard, "content/catalog-info.yaml")) == 1


def test_a_file_is_checked_once_however_often_it_is_named(callboard: CommandLine) -> None:
    write(callboard.folder, {"a/catalog-info.yaml": BAD, "b/catalog-info.yaml": BAD, "c.txt": ""})

    ended = callboard("lint", ".", "a", "a/../a/catalog-info.yaml", "*/catalog-info.yaml", "--json")

    assert [item["path"] for item in ended.json] == ["a/catalog-info.yaml", "b/catalog-info.yaml"]
    assert ended.err == "2 files checked, 2 faults\n"


@pytest.mark.parametrize("pattern", ["**/catalog-info.yaml", "./*/catalog-*.yaml"])
def test_patterns_are_understood_where_no_shell_does_it(callboard: CommandLine, pattern: str) -> None:
    write(callboard.folder, {"a/catalog-info.yaml": GOOD, "b/catalog-info.yaml": GOOD})

    assert callboard("lint", pattern).err == "2 files checked, 0 faults\n"
    assert callboard("lint", str(callboard.folder / "a" / "*.yaml")).err == "1 file checked, 0 faults\n"


@pytest.mark.parametrize("word", ["nowhere", "*.nope", "no[where"])
def test_a_word_that_names_nothing_is_wrong_use(callboard: CommandLine, word: str) -> None:
    ended = callboard("lint", word, "--json")

    assert (ended.code, ended.out) == (2, "")


def test_links_are_not_followed(callboard: CommandLine, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    write(outside, {"catalog-info.yaml": BAD})
    repo = callboard.folder / "repo"
    repo.mkdir()
    (repo / "catalog-info.yaml").symlink_to(outside / "catalog-info.yaml")
    (repo / "folder").symlink_to(outside)
    (repo / "loop").symlink_to(repo)

    assert callboard("lint", "repo").err == "0 files checked, 0 faults\n"
    named = callboard("lint", "repo/catalog-info.yaml", "--json")
    assert (named.code, named.json[0]["message"]) == (0, "this is a link, which is not followed")


def test_warnings_are_shown_and_do_not_fail(callboard: CommandLine) -> None:
    write(callboard.folder, {"CODEOWNERS": "/a @a\n* @b\n"})

    text, github = callboard("lint", "."), callboard("lint", ".", "--format", "github")

    assert (text.code, github.code) == (0, 0)
    assert text.out.startswith("CODEOWNERS:1:1: warning: this rule never decides")
    assert github.out.startswith("::warning file=CODEOWNERS,line=1,col=1,title=Callboard::this rule never")
    assert text.err == "1 file checked, 0 faults, 1 warning\n"
    assert paths(callboard, ".") == [("CODEOWNERS", "warning")]


def test_a_codeowners_that_github_does_not_read_is_warned_of(callboard: CommandLine) -> None:
    places = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", "src/CODEOWNERS")
    write(callboard.folder, {f"{repo}/{place}": "* @a\n" for repo in ("one", "two") for place in places})
    (callboard.folder / "one" / ".git").mkdir()

    found = callboard("lint", "one", "--json").json

    assert [(item["path"], item["message"], item["severity"]) for item in found] == [
        ("one/CODEOWNERS", "GitHub reads .github/CODEOWNERS, and not this file", "warning"),
        ("one/docs/CODEOWNERS", "GitHub reads .github/CODEOWNERS, and not this file", "warning"),
        ("one/src/CODEOWNERS", "GitHub reads no CODEOWNERS here", "warning"),
    ]
    # Where nothing says which folder is a repository, each may be one.
    assert paths(callboard, "two") == [("two/CODEOWNERS", "warning"), ("two/docs/CODEOWNERS", "warning")]


HOSTILE = ["a\nb", "a:b,c%0A", "::error ::x", "a\x1b[2J", "\udcff\udcfe", "\u202eevil", "-rf"]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
@pytest.mark.parametrize("shape", ["text", "json", "github"])
def test_a_name_that_was_made_to_hurt_stays_in_its_line(
    callboard: CommandLine, name: str, shape: str
) -> None:
    folder = callboard.folder / os.fsdecode(os.fsencode(name))
    folder.mkdir()
    (folder / "catalog-info.yaml").write_text(BAD)
    os.chdir(folder.parent)

    ended = callboard("lint", ".", "--format", shape)

    assert ended.code == 1
    assert len(ended.json) == 1 if shape == "json" else len(ended.out.splitlines()) == 1
    assert not {"\x1b", "\u202e"} & set(ended.out)
    if shape == "text":
        assert not ended.out.startswith("::")
    if shape == "github":
        properties = ended.out.split("::")[1]
        assert (properties.count(","), properties.count("=")) == (3, 4)


def test_what_a_file_says_does_not_become_a_command_of_the_job(callboard: CommandLine) -> None:
    evil = 'apiVersion: backstage.io/v1alpha1\nkind: "x\\n::set-output name=a::b"\nmetadata: {name: a}\n'
    write(callboard.folder, {"catalog-info.yaml": evil})

    for shape in ("text", "github"):
        lines = callboard("lint", ".", "--format", shape).out.splitlines()
        assert [line for line in lines if line.startswith("::set-output")] == []


def test_annotations_name_files_from_where_the_job_runs(callboard: CommandLine) -> None:
    write(callboard.folder, {"a/catalog-info.yaml": BAD})

    ended = callboard("lint", str(callboard.folder), "--format", "github")

    assert ended.out.startswith("::error file=a/catalog-info.yaml,line=4,")


def test_a_folder_that_may_not_be_read_and_a_file_that_is_no_text_are_survived(
    callboard: CommandLine,
) -> None:
    write(callboard.folder, {"a.yaml": "\x00\x01", "b/CODEOWNERS": "* @a\n"})
    (callboard.folder / "catalog-info.yaml").write_bytes(b"\xff\xfe")
    os.mkfifo(callboard.folder / "pipe.yaml")

    found = callboard("lint", ".", "--json")

    assert [(item["path"], item["message"]) for item in found.json] == [
        ("catalog-info.yaml", "this is not UTF-8 text")
    ]


def test_most_of_a_large_tree_is_not_read_as_yaml(
    callboard: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment = "apiVersion: apps/v1\nkind: Deployment\n"
    write(callboard.folder, {f"d{n}/{m}.yaml": deployment for n in range(10) for m in range(10)})
    write(callboard.folder, {"d1/catalog-info.yaml": GOOD, "d2/x.yaml": GOOD})
    read: list[str] = []
    monkeypatch.setattr("bot.lint_files.read_documents", lambda _text, path: (read.append(path), ((), ()))[1])

    callboard("lint", ".")

    assert read == ["d2/x.yaml"]
