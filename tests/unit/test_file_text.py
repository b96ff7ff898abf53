"""A file's bytes as text, or the place at which they are none."""

from dataclasses import asdict

import pytest

from catalog_sync.entity.file_text import BINARY, NOT_TEXT, Unreadable, text_of

GOOD = "kind: Component\ntitle: Größe\n"


@pytest.mark.parametrize(
    ("content", "found", "line", "column"),
    [
        (GOOD.encode("latin-1"), "the byte 0xF6", 2, 10),
        ("Gr\u00f6\u00dfe: x\n\u00fc".encode() + b"\xff", "the byte 0xFF", 2, 2),
        (b"\xef\xbb\xbfab\x80", "the byte 0x80", 1, 3),
        (b"a: b\r\nc: \xe9\r\n", "the byte 0xE9", 2, 4),
        (b"a: \xe2\x82", "the byte 0xE2", 1, 4),
        (b"a: \xed\xa0\x80", "the byte 0xED", 1, 4),
        (GOOD.encode("utf-16"), "UTF-16", 1, 1),
        (b"\xfe\xff" + GOOD.encode("utf-16-be"), "UTF-16", 1, 1),
        (GOOD.encode("utf-32"), "UTF-32", 1, 1),
        (GOOD.encode("utf-16-le"), "a NUL character", 1, 2),
        (b"\x89PNG\r\n\x1a\n\0\0", "the byte 0x89", 1, 1),
        (b"\x7fELF\0\0\xff", "a NUL character", 1, 5),
        (b"a: 1\nb: \0\n", "a NUL character", 2, 4),
    ],
)
def test_the_first_byte_that_is_no_text_is_named_with_its_place(
    content: bytes, found: str, line: int, column: int
) -> None:
    problem = text_of(content)

    assert isinstance(problem, Unreadable)
    assert (problem.message, problem.hint) == (NOT_TEXT, "save the file as UTF-8")
    assert (problem.found, problem.line, problem.column) == (found, line, column)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_is_text_with_a_byte_order_mark_too(encoding: str) -> None:
    found = text_of(GOOD.encode(encoding))

    assert isinstance(found, str)
    assert found.removeprefix("\ufeff") == GOOD


def test_a_file_of_which_only_is_known_that_it_is_binary_is_refused_in_the_same_words() -> None:
    seen = text_of(GOOD.encode("utf-16"))

    assert isinstance(seen, Unreadable)
    assert asdict(seen) | {"found": "", "line": 0, "column": 0} == asdict(BINARY) | {"found": ""}
