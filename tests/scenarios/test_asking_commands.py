"""Find, team and deps on the command line, over the sample organisation: what is said, and what programs read."""

import pytest

from tests.scenarios.test_command_line import CommandLine, _synced, callboard, stocked

__all__ = ["_synced", "callboard", "stocked"]


def test_find_says_a_line_for_each_thing(stocked: CommandLine) -> None:
    ended = stocked("find", "seats", "--limit", "2")

    assert (ended.code, len(ended.out.splitlines())) == (0, 3)
    assert ended.out.splitlines()[0].startswith("Seat map · component · Checkout — ")
    assert ended.out.splitlines()[-1].startswith("and ")


def test_find_names_owners_for_programs(stocked: CommandLine) -> None:
    found = stocked("find", "owner:payments", "kind:component", "--json").json

    assert found["total"] == len(found["things"]) > 3
    assert {owner["ref"] for thing in found["things"] for owner in thing["owners"]} == {
        "group:default/payments"
    }
    assert found["narrowed"] == [{"by": "owner", "to": "Payments"}, {"by": "kind", "to": "component"}]


def test_team_names_its_place_and_what_it_owns(stocked: CommandLine) -> None:
    team = stocked("team", "payments", "--json").json

    assert (team["team"], team["channel"], team["parent"]) == (
        "group:default/payments", "#payments-help", "group:default/commerce"
    )  # fmt: skip
    assert {item["kind"] for item in team["owned"]} >= {"component", "api", "resource"}
    assert stocked("team", "payments").out.startswith("Payments\nAsk in #payments-help\n")


def test_deps_names_both_directions(stocked: CommandLine) -> None:
    deps = stocked("deps", "payments-api", "--json").json

    assert deps["entity"] == "component:default/payments-api"
    assert deps["direction"] == "both"
    assert [item["ref"] for item in deps["uses"]] != []
    assert all(item["is_known"] for item in deps["used_by"])
    assert "Needed by" in stocked("deps", "payments-api").out


def test_a_whole_sentence_asks_for_one_direction(stocked: CommandLine) -> None:
    assert stocked("deps", "what depends on payments-api?", "--json").json["direction"] == "used by"


@pytest.mark.parametrize("command", ["find", "team", "deps"])
def test_nothing_is_the_answer_no(stocked: CommandLine, command: str) -> None:
    ended = stocked(command, "qqzzxx-nothing")

    assert ended.code == 1
    assert "qqzzxx-nothing" in ended.out
