"""What the local GitHub's GraphQL refuses, in GitHub's shapes: bodies, documents, pages and strange texts."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.sandbox.github import LocalGitHub
from core.clock import SystemClock
from tests.scenarios.graphql_world import Ask, asker, post, served


@pytest.fixture(scope="module")
def github(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGitHub]:
    """One for all: nothing here changes anything."""
    yield from served(tmp_path_factory.mktemp("github"), SystemClock())


@pytest.fixture
def ask(github: LocalGitHub) -> Ask:
    return asker(github)


def page(arguments: str, fields: str = "nodes { name }") -> str:
    return f'{{ organization(login: "acme") {{ repositories{arguments} {{ {fields} }} }} }}'


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (
            "",
            "MISSING_PAGINATION_BOUNDARIES",
            "You must provide a `first` or `last` value to properly paginate the `repositories` connection.",
        ),
        (
            "(first: 101)",
            "EXCESSIVE_PAGINATION",
            "Requesting 101 records on the `repositories` connection exceeds the `first` limit of 100 records.",
        ),
        (
            "(last: 500)",
            "EXCESSIVE_PAGINATION",
            "Requesting 500 records on the `repositories` connection exceeds the `last` limit of 100 records.",
        ),
        (
            "(first: 1, last: 1)",
            "UNPROCESSABLE",
            "Passing both `first` and `last` to paginate the `repositories` connection is not supported.",
        ),
        (
            "(first: -1)",
            "UNPROCESSABLE",
            "`first` on the `repositories` connection cannot be less than zero.",
        ),
        (
            '(first: 1, after: "100")',
            "INVALID_CURSOR_ARGUMENTS",
            "`100` does not appear to be a valid cursor.",
        ),
        (
            '(last: 1, before: "")',
            "INVALID_CURSOR_ARGUMENTS",
            "`` does not appear to be a valid cursor.",
        ),
    ],
)
def test_a_page_has_bounds(ask: Ask, arguments: str, kind: str, message: str) -> None:
    answer = ask(page(arguments))

    assert answer["data"] == {"organization": None}
    (error,) = answer["errors"]
    assert (error["type"], error["message"]) == (kind, message)
    assert error["path"] == ["organization", "repositories"]
    assert error["locations"] == [{"line": 1, "column": 33}]


def test_a_count_alone_needs_no_bounds(ask: Ask) -> None:
    assert ask(page("", "totalCount"))["data"]["organization"]["repositories"] == {"totalCount": 6}
    assert ask(page("(first: 0)"))["data"]["organization"]["repositories"] == {"nodes": []}


def test_bounds_are_missed_through_fragments_too(ask: Ask) -> None:
    text = (
        page("", "...P")
        + " fragment P on RepositoryConnection { ... on RepositoryConnection { edges { cursor } } }"
    )

    assert ask(text)["errors"][0]["type"] == "MISSING_PAGINATION_BOUNDARIES"


def test_a_query_for_too_many_nodes_is_refused_before_it_runs(ask: Ask) -> None:
    text = page(
        "(first: 100)", "nodes { pullRequests(first: 100) { nodes { labels(first: 60) { nodes { id } } } } }"
    )

    assert ask(text) == {
        "errors": [
            {
                "type": "MAX_NODE_LIMIT_EXCEEDED",
                "message": "This query requests up to 610,100 possible nodes which exceeds the maximum limit of 500,000.",
            }
        ]
    }


def test_more_than_a_hundred_ids_are_refused(ask: Ask) -> None:
    answer = ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["R_x"] * 101)

    assert answer["errors"][0]["type"] == "ARGUMENT_LIMIT"


@pytest.mark.parametrize(
    ("text", "code", "path", "message"),
    [
        (
            "query Me { viewer { foo } }",
            "undefinedField",
            ["query Me", "viewer", "foo"],
            "Field 'foo' doesn't exist on type 'User'",
        ),
        (
            "{ viewer { login(x: 1) } }",
            "argumentNotAccepted",
            ["query", "viewer", "login", "x"],
            "Field 'login' doesn't accept argument 'x'",
        ),
        (
            '{ repository(name: "x") { id } }',
            "missingRequiredArguments",
            ["query", "repository"],
            "Field 'repository' is missing required arguments: owner",
        ),
        (
            "{ viewer }",
            "selectionMismatch",
            ["query", "viewer"],
            "Field must have selections (field 'viewer' returns User but has no selections. "
            "Did you mean 'viewer { ... }'?)",
        ),
    ],
)
def test_a_mistake_in_a_document_is_told_as_github_does(
    ask: Ask, text: str, code: str, path: list[str], message: str
) -> None:
    answer = ask(text)

    assert "data" not in answer
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["path"], error["message"]) == (code, path, message)
    assert error["locations"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{ ...Nothing }", "useAndDefineFragment"),
        ("{ viewer { login } } fragment F on User { id }", "useAndDefineFragment"),
        ("query($x: Int) { viewer { login } }", "variableNotUsed"),
        ("{ node(id: $x) { id } }", "variableNotDefined"),
        ("query($x: Int) { node(id: $x) { id } }", "variableMismatch"),
        ("{ viewer { ... on Nothing { id } } }", "undefinedType"),
        ("{ viewer { ... on Team { id } } }", "cannotSpreadFragment"),
        ("{ a: viewer { x: login } a: viewer { x: name } }", "fieldConflict"),
        ("{ viewer { ...F } } fragment F on User { ...F }", "infiniteLoop"),
        ("{ organization(login: 5) { id } }", "argumentLiteralsIncompatible"),
    ],
)
def test_other_mistakes_have_githubs_codes(ask: Ask, text: str, code: str) -> None:
    assert code in [error["extensions"]["code"] for error in ask(text)["errors"]]


def test_a_text_that_is_no_graphql_is_told_where(ask: Ask) -> None:
    assert ask("{ viewer { } }") == {
        "errors": [
            {"message": 'Parse error on "}" (RCURLY) at [1, 12]', "locations": [{"line": 1, "column": 12}]}
        ]
    }
    assert ask("{ viewer")["errors"][0]["message"] == "Unexpected end of document"


@pytest.mark.parametrize(
    ("variables", "message", "problem"),
    [
        ({}, "Variable $n of type Int! was provided invalid value", "Expected value to not be null"),
        (
            {"n": "ten"},
            "Variable $n of type Int! was provided invalid value",
            "Could not coerce value 'ten' to Int",
        ),
        (
            {"n": 1, "o": {"field": "SIZE", "direction": "ASC"}},
            'Variable $o of type RepositoryOrder was provided invalid value for field (Expected "SIZE" to be one of: '
            "CREATED_AT, NAME, PUSHED_AT, STARGAZERS, UPDATED_AT)",
            'Expected "SIZE" to be one of: CREATED_AT, NAME, PUSHED_AT, STARGAZERS, UPDATED_AT',
        ),
        (
            {"n": 1, "o": 3},
            "Variable $o of type RepositoryOrder was provided invalid value",
            "Could not coerce value 3 to RepositoryOrder",
        ),
    ],
)
def test_a_variable_of_the_wrong_type_is_refused(
    ask: Ask, variables: dict[str, Any], message: str, problem: str
) -> None:
    text = "query($n: Int!, $o: RepositoryOrder) " + page("(first: $n, orderBy: $o)")

    (error,) = ask(text, **variables)["errors"]

    assert error["message"] == message
    assert error["extensions"]["problems"][0]["explanation"] == problem


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (b"{", 400, "Problems parsing JSON"),
        (b"\xff\xfe", 400, "Problems parsing JSON"),
        (b"[" * 100_000, 400, "Problems parsing JSON"),
        (b"[]", 400, "Body should be a JSON object"),
        ({"query": "{ viewer { login } }", "variables": [1]}, 400, "Variables are invalid JSON."),
        ({"query": "{ viewer { login } }", "variables": "{"}, 400, "Variables are invalid JSON."),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    github: LocalGitHub, body: Any, status: int, message: str
) -> None:
    response = post(github, body)

    assert (response.status_code, response.json()["message"]) == (status, message)


@pytest.mark.parametrize("body", [{}, {"query": None}, {"query": ["x"]}, {"query": " "}])
def test_a_body_without_a_query_is_refused(github: LocalGitHub, body: Any) -> None:
    assert post(github, body).json() == {
        "errors": [{"message": "A query attribute must be specified and must be a string."}]
    }


def test_one_of_several_operations_is_chosen_by_its_name(github: LocalGitHub) -> None:
    text = "query A { viewer { login } } query B { b: viewer { login } }"

    assert "b" in post(github, {"query": text, "operationName": "B"}).json()["data"]
    assert post(github, {"query": text}).json()["errors"][0]["message"] == "An operation name is required"
    assert post(github, {"query": text, "operationName": "C"}).json()["errors"][0]["message"] == (
        'No operation named "C"'
    )


def test_variables_may_come_as_a_text_of_json(github: LocalGitHub) -> None:
    text = "query($login: String!) { organization(login: $login) { login } }"

    answer = post(github, {"query": text, "variables": json.dumps({"login": "acme"})}).json()

    assert answer["data"]["organization"]["login"] == "acme"


@pytest.mark.parametrize(
    "text",
    [
        "{ viewer " + "{ a " * 5_000 + "}" * 5_000 + "}",
        "{ node(id: " + "[" * 50_000 + " }",
        "{" + " ".join(f"a{number}: viewer {{ login }}" for number in range(30_000)) + "}",
        "x" * 2_000_000,
    ],
)
def test_a_monstrous_document_is_refused_at_once(ask: Ask, text: str) -> None:
    assert ask(text) == {"errors": [{"message": "This query is too large to execute."}]}


STRANGE = (
    "",
    " ",
    "\ud800",
    "\x00",
    "a" * 5_000,
    "../../../../etc/passwd",
    "-x",
    "HEAD^{/x}",
    "HEAD~99",
    ":/x",
    "@{u}",
    "é/é:é",
    "HEAD:" + "a/" * 2_000,
    "main..x",
    "0" * 40,
)


@pytest.mark.parametrize("text", STRANGE)
@pytest.mark.parametrize("name", ["hello", "e-new"])
def test_no_text_breaks_the_host(github: LocalGitHub, text: str, name: str) -> None:
    """Every argument that takes a text is given the same strange one; what is not there is null or an error with a type."""
    found = github.state.repository("acme", name)
    assert found
    # One of the two lies on disk, the other in memory.
    assert name == "hello" or found.git.path.is_dir()
    query = """query($t: String!, $id: ID!, $name: String!) { node(id: $id) { id } user(login: $t) { id } other: repository(owner: $t, name: $t) { id }
      repositoryOwner(login: $t) { id } organization(login: "acme") { repository(name: $t) { id } team(slug: $t) { id }
        teams(first: 1, query: $t) { totalCount } }
      repository(owner: "acme", name: $name) { object(expression: $t) { oid } ref(qualifiedName: $t) { name }
        refs(refPrefix: $t, first: 1) { totalCount } release(tagName: $t) { id } codeowners(refName: $t) { errors { kind } }
        pullRequests(first: 1, headRefName: $t) { totalCount }
        defaultBranchRef { target { ... on Commit { history(first: 1, path: $t) { nodes { oid } } } } } } }"""

    response = post(
        github, json.dumps({"query": query, "variables": {"t": text, "id": text, "name": name}}).encode()
    )

    assert response.status_code == 200, response.text
    assert {error.get("type") for error in response.json().get("errors", [])} <= {"NOT_FOUND"}
    assert "object" in response.json()["data"]["repository"]
