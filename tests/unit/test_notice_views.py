"""Notices as messages: Slack takes them whatever stands in the files, and they say what there is to do."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.slack.block_kit import outgoing_problems
from bot.slack.blocks import Message
from bot.slack.catalog.views import notice_message
from catalog_sync.notices.model import Kind, Notice, NoticeMessage, State

EVIL = "*bold* `code` <@U0001ANA> <!channel> @here <https://evil.example|your bank> ~x~ " + "y" * 4_000
AT = datetime(2026, 11, 24, tzinfo=UTC)


def flaw(line: int = 4, *, is_mended: bool = False, **more: Any) -> dict[str, Any]:
    values = {"id": str(line), "line": line, "message": "metadata.name is missing", "expected": "a name"}
    return {**values, "found": "nothing", "is_mended": is_mended, **more}


def file(name: str = "pay", *flaws: dict[str, Any], **more: Any) -> dict[str, Any]:
    values = {"repository": f"acme/{name}", "url": f"https://github.test/acme/{name}", "head": "h1"}
    commit = {"commit": "0123456789", "author": "Ana", "subject": "Tidy up", "is_own": True}
    return {**values, **commit, "path": "catalog-info.yaml", "flaws": list(flaws or [flaw()]), **more}


def conflict(**more: Any) -> dict[str, Any]:
    first, refused = {**file("first"), "line": 4}, {**file("second"), "line": 9}
    return {"id": "1", "ref": "component:default/pay", "first": first, "refused": refused, **more}


def orphan(**more: Any) -> dict[str, Any]:
    return {**file(), "ref": "component:default/pay", "title": "Pay", "leaves_on": "2026-12-01", **more}


def held(**more: Any) -> dict[str, Any]:
    names = [f"github.test/acme/r{number}" for number in range(50)]
    return {"digest": "d1", "repositories": 120, "entities": 140, "known": 400, "names": names, **more}


def first(**more: Any) -> dict[str, Any]:
    return {
        "is_first": True,
        "files": 61,
        "conflicts": 1,
        "listed": [file(f"r{number}") for number in range(50)],
        **more,
    }


def shown(kind: Kind, *contents: dict[str, Any], state: State = State.OPEN, to: str = "user:U1") -> Message:
    notices = tuple(
        Notice(str(number), kind, "github:github.test/acme", "", to, "m", state, False, content, AT)
        for number, content in enumerate(contents)
    )
    return notice_message(NoticeMessage("m", kind, to, notices))


def words(message: Message) -> str:
    texts = [block["text"]["text"] for block in message.blocks if "text" in block]
    return "\n".join(
        texts + [block["elements"][0]["text"] for block in message.blocks if block["type"] == "context"]
    )


HOSTILE = {
    Kind.BROKEN: file(EVIL, *[flaw(n, message=EVIL, expected=EVIL, found=EVIL) for n in range(30)], author=EVIL, subject=EVIL),
    Kind.CONFLICT: conflict(ref=EVIL, first={**file(EVIL), "line": 1}, refused={**file(EVIL), "line": 2}),
    Kind.ORPHAN: orphan(ref=EVIL, title=EVIL, repository=EVIL),
    Kind.HELD: held(names=[EVIL] * 50),
    Kind.FIRST: first(listed=[file(EVIL, flaw(message=EVIL))] * 50),
}  # fmt: skip


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("count", [1, 3, 61])
@pytest.mark.parametrize("kind", list(Kind))
def test_slack_takes_every_message_whatever_stands_in_the_files(kind: Kind, count: int, state: State) -> None:
    message = shown(kind, *[HOSTILE[kind]] * count, state=state)

    assert outgoing_problems(list(message.blocks)) == ()
    assert message.text
    for text in (message.text, words(message)):
        assert "<!channel>" not in text
        assert "<@U0001ANA>" not in text


def test_a_broken_file_names_the_line_what_was_expected_what_was_found_and_the_commit() -> None:
    text = words(shown(Kind.BROKEN, file()))

    assert "<https://github.test/acme/pay/blob/0123456789/catalog-info.yaml#L4|line 4>" in text
    assert "metadata.name is missing — expected a name; found nothing" in text
    assert "your commit <https://github.test/acme/pay/commit/0123456789|0123456> “Tidy up”" in text
    assert "Change the line and push" in text


@pytest.mark.parametrize("recipient", ["channel:#payments", "user:U2", "admins"])
def test_who_is_told_in_the_place_of_the_author_reads_whose_commit_it_was(recipient: str) -> None:
    assert "Ana's commit" in words(shown(Kind.BROKEN, file(is_own=False), to=recipient))


def test_what_is_mended_of_a_file_is_struck_through() -> None:
    text = words(shown(Kind.BROKEN, file("pay", flaw(4, is_mended=True), flaw(5))))

    assert "✅ ~<https" in text
    assert "• <https://github.test/acme/pay/blob/0123456789/catalog-info.yaml#L5|line 5>" in text


def test_a_mended_file_is_one_line() -> None:
    message = shown(Kind.BROKEN, file(), state=State.MENDED)

    assert len(message.blocks) == 1
    assert "*Mended.*" in words(message)


def test_two_places_of_one_name_are_both_linked_with_which_one_is_kept() -> None:
    text = words(shown(Kind.CONFLICT, conflict()))

    assert "in the catalog: <https://github.test/acme/first/blob/0123456789/catalog-info.yaml#L4|" in text
    assert "not taken: <https://github.test/acme/second/blob/0123456789/catalog-info.yaml#L9|" in text


@pytest.mark.parametrize("kind", [Kind.BROKEN, Kind.ORPHAN])
def test_a_name_of_several_lines_forges_no_line_of_ours(kind: Kind) -> None:
    forged = "x*\n✅ *Mended.* Thank you.\n*y"

    text = words(shown(kind, orphan(title=forged, path=forged) if kind is Kind.ORPHAN else file(path=forged)))

    assert not any(line.startswith("✅") for line in text.splitlines())


def test_an_orphan_says_when_it_leaves_and_how_to_keep_it() -> None:
    text = words(shown(Kind.ORPHAN, orphan()))

    assert "It leaves on 1 December 2026." in text
    assert "describe it in that file again" in text


def test_what_is_held_is_counted_named_and_asked_with_a_confirmation() -> None:
    message = shown(Kind.HELD, held(), to="admins")
    (row,) = [block for block in message.blocks if block["type"] == "actions"]

    assert "140 entries of 400 (35 %) and 120 repositories" in words(message)
    assert "and 110 more" in words(message)
    assert [button["text"]["text"] for button in row["elements"]] == ["Remove them", "Keep them"]
    question = row["elements"][0]["confirm"]["text"]["text"]
    assert question.startswith("140 entries of 400 (35 %) and 120 repositories will leave the catalog.")


@pytest.mark.parametrize(
    ("entities", "repositories", "said"),
    [
        (1, 0, "1 entry of 400 (0 %) any more"),
        (0, 3, "3 repositories any more"),
        (140, 120, "140 entries of 400 (35 %) and 120 repositories any more"),
    ],
)
def test_nobody_is_asked_about_nothing(entities: int, repositories: int, said: str) -> None:
    message = shown(Kind.HELD, held(entities=entities, repositories=repositories), to="admins")
    (row,) = [block for block in message.blocks if block["type"] == "actions"]

    assert said in words(message)
    assert " 0 " not in row["elements"][0]["confirm"]["text"]["text"]
    assert not row["elements"][0]["confirm"]["text"]["text"].startswith("0 ")


@pytest.mark.parametrize("state", [State.APPLIED, State.KEPT, State.GONE])
def test_a_decision_leaves_no_button_behind(state: State) -> None:
    message = shown(Kind.HELD, held(by="<@U1>"), state=state, to="admins")

    assert [block["type"] for block in message.blocks] == ["section"]


def test_a_rule_that_breaks_many_files_at_once_is_told_as_what_it_is() -> None:
    message = shown(Kind.FIRST, first(is_first=False, conflicts=0), to="admins")

    assert message.text == "A sync of github.test/acme suddenly found 61 files with faults"
    assert "Did the rules or the settings change?" in words(message)


def test_a_first_sync_is_counted_and_its_first_faults_are_linked() -> None:
    message = shown(Kind.FIRST, first(), to="admins")

    assert "61 files with faults and 1 name that two files want" in message.text
    assert "acme/r0/catalog-info.yaml:4" in words(message)
    assert "and 51 more" in words(message)
