"""Words of docs and of questions: stems, identifiers, synonyms, the lines that are shown, how they stand in Slack."""

import pytest

from bot.slack.docs.excerpt import mrkdwn, plain
from catalog_sync.docs.excerpts import MOST_LINES, excerpt_of
from catalog_sync.docs.expression import every, some, written
from catalog_sync.docs.indexed import ALL
from catalog_sync.docs.stemming import stem
from catalog_sync.docs.synonyms import Synonyms, synonyms_of
from catalog_sync.docs.terms import joined_terms, terms_of
from catalog_sync.docs.wanted import Wanted, group_of, words_of


@pytest.mark.parametrize(
    "forms",
    [
        "rotate rotates rotated rotating rotation rotations",
        "deploy deploys deployed deploying deployment deployments",
        "configure configured configuring configuration configurations",
        "authenticate authentication authenticated",
        "retry retries retrying",
        "policy policies",
        "install installed installing installation",
        "hop hopping hopped",
        "migrate migration migrations migrating",
        "build builds built building",
        "keep keeps kept keeping",
        "write wrote written writing",
        "index indexes indices",
        "override overrode overridden overriding",
    ],
)
def test_the_forms_of_a_word_share_their_stem(forms: str) -> None:
    assert len({stem(word) for word in forms.split()}) == 1


@pytest.mark.parametrize(("one", "other"), [("key", "keyboard"), ("rate", "rotate"), ("login", "logging")])
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("PAYMENTS_DB_URL", ["paymentsdburl", "payment", "db", "url"]),
        ("make rotate-key", ["make", "rotatekey", "rotat", "key"]),
        ("--dry-run", ["o_dryrun", "dryrun", "dry", "run"]),
        ("--version", ["o_version", "version"]),
        ("catalog-info.yaml", ["cataloginfoyaml", "catalog", "info", "yaml"]),
        ("HttpClient", ["httpclient", "http", "client"]),
        ("GitHub OAuth2 gRPC", ["github", "oauth2", "oauth", "grpc"]),
        ("jinja2", ["jinja2", "jinja"]),
        ("C++, c# & F#.", ["cpp", "csharp", "fsharp"]),
        ("a+b C+++ issue #12", ["issue", "12"]),
        ("how do I do the thing", ["thing"]),
        ("don't we've e.g. i.e.", []),
        ("Übergröße café", [stem("ubergroße"), "cafe"]),
        ("支払い設定", ["支払", "払い", "い設", "設定"]),
        ("a" * 80, []),
    ],
)
def test_a_text_has_these_terms(text: str, terms: list[str]) -> None:
    found = terms_of(text)

    assert [stem(term) if term.isalpha() else term for term in terms] == [
        stem(term) if term.isalpha() else term for term in found
    ]


def test_two_words_are_found_as_one() -> None:
    assert joined_terms("Roll back a deploy")[0] == terms_of("rollback")[0]


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("k8s", ("kubernet",)),
        ("db", ("databas",)),
        ("env", ("environ",)),
        ("env var", ("environ", "variabl")),
        ("pull request", ("pr",)),
        ("repo", ("repositori",)),
        ("auth", ("authent",)),
    ],
)
def test_what_ships_as_a_synonym_stands_for_a_word(question: str, other: tuple[str, ...]) -> None:
    alternatives = {
        item.terms for word in words_of(question, Synonyms()) for item in word.alternatives if item.weight < 1
    }

    assert other in alternatives


def test_an_organisation_has_words_of_its_own() -> None:
    own = Synonyms(synonyms_of({"gl": "general ledger, main book"}))

    assert set(own.of(("gl",))) == {tuple(terms_of("general ledger")), tuple(terms_of("main book"))}


def test_no_term_is_syntax_of_a_database() -> None:
    hostile = terms_of("\" ' ) ( & | ! <-> NEAR/ AND OR NOT * ; -- \\ :* 'x':A")

    assert all(term.replace("_", "").isalnum() for term in hostile)
    assert written(every(["a", some(["b", "h_b"])]), '"', "AND", "OR") == '("a" AND ("b" OR "h_b"))'


def asked(question: str) -> Wanted:
    words = words_of(question, Synonyms())
    counts = {ALL: 1_000, **{item: 3 for word in words for alt in word.alternatives for item in alt.terms}}
    return Wanted(tuple(group_of(word, counts) for word in words))


LONG = """The ledger keeps every payment.

It is written in Go. It runs in three zones. Nobody has to look at it.

Backups are made at night. They are kept for a month.

```
ledgerctl backup list
```

Restoring takes an hour. Ask the team first.

```
ledgerctl restore --from LAST
ledgerctl verify
```

The end."""


def test_an_excerpt_has_the_lines_that_were_asked_for_and_its_code_whole() -> None:
    excerpt = excerpt_of(LONG, asked("restoring and verifying"))

    assert "ledgerctl restore --from LAST" in excerpt
    assert excerpt.count("```") % 2 == 0
    assert len([line for line in excerpt.splitlines() if line not in ("```", "…")]) <= MOST_LINES


def test_a_short_section_is_shown_whole() -> None:
    assert excerpt_of("One.\n\n```\nmake it\n```", asked("two")) == "One.\n```\nmake it\n```"


def test_what_cannot_be_shown_is_mentioned_where_there_is_nothing_else() -> None:
    assert excerpt_of("(a diagram; see the page)", asked("two")) == "(a diagram; see the page)"
    assert excerpt_of("(image: A plan)\n\nIt is drawn.", asked("two")) == "It is drawn."


def test_the_steps_of_a_section_are_shown_each_with_its_command() -> None:
    text = "\n\n".join(
        f"{number}. Do step {number}:\n\n```\nstep{number}\nmore\n```\n\nLong talk." for number in range(1, 5)
    )

    assert excerpt_of(text, asked("how")).splitlines() == [
        f"{number}. Do step {number}: `step{number}`" for number in range(1, 5)
    ]


MEANINGS = "\n\n".join(
    f"E-{number}\n\n• The {what} is missing."
    for number, what in enumerate(("key", "lock", "door", "house", "street"), 101)
)


@pytest.mark.parametrize("number", [101, 103, 105])
def test_an_excerpt_does_not_end_between_a_term_and_what_it_means(number: int) -> None:
    lines = excerpt_of(MEANINGS, asked(f"E-{number}")).splitlines()

    assert lines[lines.index(f"E-{number}") + 1].startswith("• The")


def test_an_excerpt_of_tabs_begins_at_the_one_that_was_asked_for() -> None:
    tools = (("macOS", "brew"), ("Linux", "apt"))
    tabs = [f"{name}:\n\n```\n{tool} install it\nit start\n```" for name, tool in tools]

    lines = excerpt_of("\n\n".join([*tabs, "Then look."]), asked("run it on linux")).splitlines()

    assert [line for line in lines if line != "```"][:4] == ["…", "Linux:", "apt install it", "it start"]


def test_a_warning_that_was_asked_for_is_shown_rather_than_steps() -> None:
    steps = "\n\n".join(f"{number}. Do step {number}." for number in range(1, 7))
    text = f"{steps}\n\nNever delete the plan table:\n\nIt is the only record."

    assert "Never delete the plan table:" in excerpt_of(text, asked("may I delete the plan table"))
    assert excerpt_of(text, asked("do step 2")).startswith("1. Do step 1.")


@pytest.mark.parametrize(("question", "is_filler"), [("how long is it kept", True), ("a long line", False)])
def test_a_measure_behind_how_is_a_word_of_the_asking(question: str, is_filler: bool) -> None:
    (word,) = [word for word in words_of(question, Synonyms()) if word.spelt == "long"]

    assert word.is_filler is is_filler


def test_a_paragraph_without_an_end_is_cut() -> None:
    assert all(len(line) <= 220 for line in excerpt_of("word " * 5_000, asked("word")).splitlines())


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("a & b <@U1> <!here> @channel", "a &amp; b &lt;@U1&gt; &lt;!here&gt; @\u200bchannel"),
        ("*bold* _it_ ~no~", "*\u200bbold* _\u200bit_ ~\u200bno~"),
        ("set snake_case_name and 2*3", "set snake_case_name and 2*3"),
        ("run `make *all*` now", "run `make *all*` now"),
        ("`<tag>`", "`&lt;tag&gt;`"),
        ("one ` alone", "one ' alone"),
    ],
)
def test_a_line_of_docs_formats_nothing_in_slack_but_its_code(line: str, shown: str) -> None:
    assert mrkdwn(line) == shown


def test_code_stays_code_and_cannot_end_its_block() -> None:
    assert mrkdwn("Run:\n```\nmake *all* && <x>\n```") == "Run:\n```\nmake *all* &amp;&amp; &lt;x&gt;\n```"
    assert plain("Run:\n```\nmake all\n```") == "Run: make all"


def test_an_excerpt_of_nothing_but_signs_fits_a_block() -> None:
    shown = mrkdwn("```\n" + "\n".join(["&" * 220] * 5) + "\n```")

    assert len(shown) < 2_900
    assert shown.count("```") == 2
