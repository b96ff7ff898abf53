"""Questions about owners, taken down to what they are about, and the addresses that people paste."""

import pytest

from catalog_sync.asking.addresses import Address, path_of, read_address
from catalog_sync.asking.question import kinds_in, lines_apart, read_question, spot_of


@pytest.mark.parametrize(
    ("asked", "subject"),
    [
        ("who owns the ledger?", "the ledger"),
        ("hey, who owns the ledger please?", "the ledger"),
        ("does anyone know who owns ledger", "ledger"),
        ("who do I talk to about ledger?", "ledger"),
        ("who should we contact for ledger", "ledger"),
        ("which team is responsible for ledger", "ledger"),
        ("who is on call for ledger", "ledger"),
        ("who to contact if ledger is down", "ledger"),
        ("ledger's owner", "ledger"),
        ("code-owner", "code-owner"),
        ("support-portal", "support-portal"),
        ("support portal", "support portal"),
        ("whose is ledger?", "ledger"),
        ("owner: ledger", "ledger"),
        ("*ledger* :eyes:", "ledger"),
        ("<https://github.com/acme/x|acme/x>", "https://github.com/acme/x"),
        ("<#C024BE7LR|ledger-help>", "#ledger-help"),
        ("<#C024BE7LR>", "#C024BE7LR"),
        ("<@U024BE7LR|ana>", "@ana"),
        ("<mailto:ana@acme.example|ana@acme.example>", "ana@acme.example"),
        ("<!subteam^S024BE7LR|@payments>", "@payments"),
        ("???", "???"),
    ],
)
def test_a_question_is_taken_down_to_its_subject(asked: str, subject: str) -> None:
    assert read_question(asked).subject in (subject, "" if subject == "???" else subject)


@pytest.mark.parametrize(
    "asked",
    [
        "who is on payments",
        "what does payments own?",
        "who leads payments",
        "members of payments",
        "who is payments",
    ],
)
def test_a_question_for_people_is_known_as_one(asked: str) -> None:
    question = read_question(asked)

    assert (question.subject, question.about_people) == ("payments", True)


def test_a_mentioned_channel_keeps_its_id() -> None:
    assert read_question("<#C024BE7LR|ledger-help>").channel_id == "C024BE7LR"


@pytest.mark.parametrize(
    ("subject", "kinds"),
    [
        ("the payments team", [("payments", "group")]),
        ("system checkout", [("checkout", "system")]),
        ("team api", [("team", "api"), ("api", "group")]),
        ("payments", []),
    ],
)
def test_a_word_says_what_kind_of_thing_is_meant(subject: str, kinds: list[tuple[str, str]]) -> None:
    assert kinds_in(subject) == kinds


@pytest.mark.parametrize(
    ("subject", "inside", "path"),
    [
        ("src/x.py in payments-api", "payments-api", "src/x.py"),
        ("the file src/x.py of the payments-api", "payments-api", "src/x.py"),
        ("the docs folder of shop", "shop", "docs"),
        ("payments-api's Makefile", "payments-api", "Makefile"),
        ("payments-api: src/x.py", "payments-api", "src/x.py"),
    ],
)
def test_a_path_may_be_told_in_words(subject: str, inside: str, path: str) -> None:
    spot = spot_of(subject)

    assert spot is not None
    assert (spot.inside, spot.path) == (inside, path)


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("src/x.py", ("src/x.py", "")),
        ("src/x.py:12", ("src/x.py", "L12")),
        ("src/x.py:12-20", ("src/x.py", "L12-L20")),
        ("src/x.py:12:5", ("src/x.py", "L12")),
        ("src/x.py#L3-L9", ("src/x.py", "L3-L9")),
        ("README.md#usage", ("README.md", "")),
    ],
)
def test_lines_at_the_end_of_a_path_are_no_part_of_it(text: str, apart: tuple[str, str]) -> None:
    assert lines_apart(text) == apart


def place(path: str = "", *after_branch: str, host: str = "github.com", lines: str = "") -> Address:
    return Address("place", host, "acme", "x", path, after_branch, lines)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://github.com/acme/x", place()),
        ("http://www.github.com/acme/x/", place()),
        ("https://user@github.com/acme/x.git", place()),
        ("git@github.com:acme/x.git", place()),
        ("github.com:acme/x.git", place()),
        ("ssh://git@ghe.example:2222/acme/x.git", place(host="ghe.example")),
        ("git+ssh://git@github.com/acme/x.git", place()),
        ("github.com/acme/x/tree/main/src", place("", "main", "src")),
        ("https://ghe.example:8443/acme/x", place(host="ghe.example:8443")),
        (
            "https://ghe.example/api/v3/repos/acme/x/contents/a/b.py?ref=main",
            place("a/b.py", host="ghe.example"),
        ),
        ("https://api.github.com/repos/acme/x/pulls/3", place()),
        ("https://raw.githubusercontent.com/acme/x/main/a.py", place("", "main", "a.py")),
        ("https://github.com/acme/x/raw/refs/heads/main/a.py", place("", "main", "a.py")),
        (
            "https://github.com/acme/x/blob/main/a%20b.py#L10-L20",
            place("", "main", "a b.py", lines="L10-L20"),
        ),
        ("https://github.com/acme/x/blob/main/a.py#L5C1-L5C9", place("", "main", "a.py", lines="L5")),
        ("https://github.com/acme/x/pull/7/files#diff-1", place()),
        ("https://github.com/acme/x/actions/runs/9", place()),
        ("https://github.com/orgs/acme/teams/web/members", Address("team", "github.com", "acme", "web")),
        ("https://github.com/ana", Address("person", "github.com", name="ana")),
        ("https://acme.slack.com/archives/C024BE7LR/p17", Address("channel", name="C024BE7LR")),
        ("https://app.slack.com/client/T0AB/C024BE7LR", Address("channel", name="C024BE7LR")),
        ("https://portal.example/catalog/default/API/Pay", Address("entity", name="api:default/pay")),
        ("https://github.com/features/actions", None),
        ("https://github.com/acme/x/blob/main/..%2f..%2fy", None),
        ("https://[broken", None),
        ("payments-api", None),
        ("payments.api/src/x.py", None),
        ("ana@acme.example", None),
    ],
)
def test_an_address_is_about(text: str, address: Address | None) -> None:
    assert read_address(text) == address


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        (("main", "src", "x.py"), "src/x.py"),
        (("main",), ""),
        (("release", "2.0", "src", "x.py"), "src/x.py"),
        (("feature", "unheard", "of", "x.py"), "of/x.py"),
        (("my", "branch", "src", "x.py"), "src/x.py"),
        (("v1.2", "x.py"), "x.py"),
        (("9fceb02d0ae5", "deep", "src", "x.py"), "deep/src/x.py"),
    ],
)
def test_a_branch_with_slashes_is_told_from_the_path(parts: tuple[str, ...], path: str) -> None:
    assert path_of(place("", *parts), "release/2.0" if parts[0] == "release" else "main", {"src"}) == path
