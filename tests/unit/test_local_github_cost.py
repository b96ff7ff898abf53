"""What a query costs on the local GitHub, by the examples of GitHub's documentation and at its edges."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse

from bot.sandbox.github.graph import schema
from bot.sandbox.github.graph.cost import Cost, cost_of


def cost(text: str, **variables: Any) -> Cost:
    document = parse(text)
    operation = next(item for item in document.definitions if isinstance(item, OperationDefinitionNode))
    return cost_of(schema(), document, operation, variables)


def nested(first: int, second: int, third: int) -> str:
    """Three lists within each other, as in the documentation's example."""
    return f"""{{ organization(login: "acme") {{ repositories(first: {first}) {{ edges {{ node {{ id
        pullRequests(first: {second}) {{ edges {{ node {{ id
          labels(first: {third}) {{ edges {{ node {{ id name }} }} }} }} }} }} }} }} }} }} }}"""


def test_the_example_of_the_documentation_has_5101_requests_and_51_points() -> None:
    found = cost(nested(100, 50, 60))

    assert (found.requests, found.points) == (5_101, 51)
    assert found.nodes == 100 + 100 * 50 + 100 * 50 * 60


def test_the_example_of_the_node_limit_has_22060_nodes() -> None:
    """The documentation's lists by their sizes: 50, 20 in each, 10 in each, once more 20 and 10, and 10 beside."""
    text = """{ organization(login: "acme") {
      repositories(first: 50) { nodes {
        open: pullRequests(first: 20) { nodes { labels(first: 10) { nodes { id } } } }
        shut: pullRequests(first: 20) { nodes { reviews(first: 10) { nodes { id } } } }
      } }
      teams(first: 10) { nodes { id } }
    } }"""

    assert cost(text).nodes == 22_060


@pytest.mark.parametrize(
    ("requests", "points"), [(0, 1), (1, 1), (149, 1), (150, 2), (249, 2), (250, 3), (5_101, 51)]
)
def test_points_are_requests_by_the_hundred_rounded_and_at_least_one(requests: int, points: int) -> None:
    assert Cost(requests).points == points


@pytest.mark.parametrize(
    ("text", "variables", "requests", "nodes"),
    [
        ("{ viewer { login } }", {}, 0, 0),
        (
            'query($n: Int = 7) { organization(login: "a") { teams(first: $n) { nodes { id } } } }',
            {},
            1,
            7,
        ),
        (
            'query($n: Int = 7) { organization(login: "a") { teams(last: $n) { nodes { id } } } }',
            {"n": 9},
            1,
            9,
        ),
        (
            "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Repository { releases(first: 3) { nodes { id } } } } }",
            {"ids": ["a", "b"]},
            2,
            2 + 6,
        ),
        ('{ organization(login: "a") { repositories { totalCount } } }', {}, 1, 0),
        (
            'query($no: Boolean!) { organization(login: "a") { teams(first: 5) @include(if: $no) { nodes { id } } } }',
            {"no": False},
            0,
            0,
        ),
        (
            '{ organization(login: "a") { teams(first: 5) @skip(if: true) { nodes { id } } } }',
            {},
            0,
            0,
        ),
        (
            '{ a: organization(login: "a") { ...T } b: organization(login: "b") { ...T } }'
            " fragment T on Organization { teams(first: 4) { nodes { id } } }",
            {},
            2,
            8,
        ),
    ],
)
def test_lists_are_counted_wherever_they_are_asked_for(
    text: str, variables: dict[str, Any], requests: int, nodes: int
) -> None:
    found = cost(text, **variables)

    assert (found.requests, found.nodes) == (requests, nodes)


def test_fragments_within_fragments_take_no_time_to_count() -> None:
    """Each uses the next twice: two to the sixty lists, counted in sixty steps."""
    steps = [
        f'fragment F{number} on Repository {{ owner {{ repository(name: "a") {{ ...F{number + 1} }} '
        f'... on Organization {{ repository(name: "a") {{ ...F{number + 1} }} }} }} }}'
        for number in range(60)
    ]
    steps.append("fragment F60 on Repository { releases(first: 1) { nodes { id } } }")

    found = cost('{ repository(owner: "a", name: "b") { ...F0 } }' + " ".join(steps))

    assert found.requests == 2**60
