"""Skeletons: which files come out, under which names, with which bytes."""

from pathlib import Path
from typing import Any

import pytest

from core.errors import UserError
from scaffolds.skeletons import is_binary, options_from, render_skeleton

VALUES = {"up": "../..", "name": "Pay Hub", "slug": "pay", "empty": "", "yes": True}


def rendered(tmp_path: Path, files: dict[str, str | bytes], **options: Any) -> dict[str, bytes]:
    """Path to bytes of what comes out; folders that stay empty end in a slash."""
    source, target = tmp_path / "skeleton", tmp_path / "out"
    for path, content in files.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_bytes(content.encode() if isinstance(content, str) else content)
    found = render_skeleton(source, target, VALUES, options_from(options))
    assert found == tuple(sorted(found))
    return {path: (target / path).read_bytes() for path in found}


def test_names_and_contents_are_rendered(tmp_path: Path) -> None:
    files = {
        "${{ values.slug }}/${{ values.name }}.md": "# ${{ values.name }}\n",
        ".hidden": "${{ values.yes }}",
    }

    assert rendered(tmp_path, files) == {"pay/Pay Hub.md": b"# Pay Hub\n", ".hidden": b"true"}


@pytest.mark.parametrize("name", ["${{ values.empty }}", "{% if not values.yes %}x{% endif %}", "${{ values.empty }}/x", "a/${{ values.empty }}/x"])  # fmt: skip
def test_a_name_that_renders_to_nothing_leaves_its_file_out(tmp_path: Path, name: str) -> None:
    assert rendered(tmp_path, {name: "x", "kept": "y"}) == {"kept": b"y"}


def test_files_that_are_not_text_are_copied(tmp_path: Path) -> None:
    image = b"\x89PNG\r\n\x1a\n\0\0${{ values.slug }}"

    assert rendered(tmp_path, {"${{ values.slug }}.png": image}) == {"pay.png": image}


def test_expressions_of_github_survive_where_the_file_is_copied_or_raw(tmp_path: Path) -> None:
    workflow = "${{ github.actor && secrets.X }}"
    files = {
        ".github/workflows/a.yml": workflow,
        "b.yml": "{% raw %}" + workflow + "{% endraw %}",
        "c.yml": "${{ github.actor }}|${{ '${{' }} github.actor }}",
    }

    found = rendered(tmp_path, files, copyWithoutTemplating=[".github/workflows"])

    assert found == {
        ".github/workflows/a.yml": workflow.encode(),
        "b.yml": workflow.encode(),
        "c.yml": b"|${{ github.actor }}",
    }


@pytest.mark.parametrize(
    ("pattern", "is_copied"),
    [("**/*.yml", True), ("a/*.yml", True), ("a", True), ("a/**", True), ("*.yml", False), ("./a/b.yml", True), ("b.yml", False), ("{a,c}/*", True)],
)  # fmt: skip
def test_patterns_say_which_contents_are_copied(tmp_path: Path, pattern: str, is_copied: bool) -> None:
    found = rendered(tmp_path, {"a/b.yml": "${{ values.slug }}"}, copyWithoutTemplating=[pattern])

    assert found == {"a/b.yml": b"${{ values.slug }}" if is_copied else b"pay"}


def test_the_older_option_leaves_names_alone_too(tmp_path: Path) -> None:
    name = "${{ values.slug }}.txt"

    assert rendered(tmp_path, {name: "${{ values.slug }}"}, copyWithoutRender=["*.txt"]) == {
        name: b"${{ values.slug }}"
    }


def test_an_extension_says_which_files_are_rendered(tmp_path: Path) -> None:
    files = {"a.md.njk": "${{ values.slug }}", "${{ values.slug }}.md": "${{ values.slug }}"}

    assert rendered(tmp_path, files, templateFileExtension=True) == {
        "a.md": b"pay",
        "pay.md": b"${{ values.slug }}",
    }


def test_cookiecutter_files_keep_their_own_signs(tmp_path: Path) -> None:
    files = {"{{ cookiecutter.slug }}": "{{ cookiecutter.name | lower }}"}

    assert rendered(tmp_path, files, cookiecutterCompat=True) == {"pay": b"pay hub"}


def test_white_space_around_tags_goes_when_it_is_asked_for(tmp_path: Path) -> None:
    files = {"a": "x\n  {% if values.yes %}\ny\n  {% endif %}\nz"}

    assert rendered(tmp_path, files, trimBlocks=True, lstripBlocks=True) == {"a": b"x\ny\nz"}


def test_a_file_that_is_there_stays_unless_it_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a").write_text("old")

    assert rendered(tmp_path, {"a": "new"}) == {}
    assert rendered(tmp_path, {"a": "new"}, replace=True) == {"a": b"new"}


def test_a_program_stays_one(tmp_path: Path) -> None:
    (tmp_path / "skeleton").mkdir()
    (tmp_path / "skeleton/run").write_text("x")
    (tmp_path / "skeleton/run").chmod(0o755)

    rendered(tmp_path, {"plain": "y"})

    assert (tmp_path / "out/run").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "out/plain").stat().st_mode & 0o777 == 0o644


def test_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "skeleton").mkdir()
    (tmp_path / "skeleton/link").symlink_to("/etc/passwd")

    with pytest.raises(UserError, match="link is a link"):
        rendered(tmp_path, {"a": "x"})


def test_a_link_in_the_target_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out/a").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UserError, match="no folder"):
        rendered(tmp_path, {"a/b": "x"}, replace=True)
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("name", ["${{ '..' }}/x", "a/${{ values.up }}/x", "${{ '.git' }}/config", "${{ '.GIT' }}", "${{ 'a\\\\b' }}"])  # fmt: skip
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="leads out"):
        rendered(tmp_path, {name: "x"})


def test_a_fault_names_file_and_place(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        rendered(tmp_path, {".github/a.yml": "x:\n  y: ${{ a && b }}"})

    assert caught.value.message.startswith(".github/a.yml:2:")
    assert "copyWithoutTemplating" in caught.value.hint


@pytest.mark.parametrize(
    "options",
    [
        {"copyWithoutTemplating": "x"},
        {"copyWithoutTemplating": ["x"], "templateFileExtension": True},
        {"cookiecutterCompat": True, "templateFileExtension": ".j2"},
        {"copyWithoutTemplating": ["x"], "copyWithoutRender": ["x"]},
    ],
)
def test_options_that_exclude_each_other_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UserError):
        options_from(options)


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"", False), (b"plain", False), ("Straße 日本 😀".encode(), False), (b"a\0b", True), (b"%PDF-1.4", True), (b"\xff\xfea\0", False), (b"\x80\x81\x82abc", True)],
)  # fmt: skip
def test_what_counts_as_binary(content: bytes, expected: bool) -> None:
    assert is_binary(content) is expected
