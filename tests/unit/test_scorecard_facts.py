"""What the built-in sources measure, and what they leave unknown."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.errors import SettingsError
from core.plugins import Plugin, assemble
from scorecards import facts as built_in
from scorecards.collect import collect
from scorecards.facts import callboard_facts
from scorecards.rules import Rules
from scorecards.subjects import Docs, Subject
from scorecards.vocabulary import Vocabulary
from tests.usecases.scorecard_world import NOW, PAYMENTS, Dials, repository_of, subject


def measured(found: Subject) -> dict[str, Any]:
    """Values of all built-in facts; the reason, in brackets, where there is none."""
    collected = collect(callboard_facts(), [found], NOW)[found.ref]
    return {
        name: f"[{fact.problem}]" if fact.value is None else fact.value for name, fact in collected.items()
    }


def test_every_declared_fact_is_measured_or_says_why_not() -> None:
    declared = set(Vocabulary(callboard_facts()).declared)

    assert set(measured(subject())) == declared
    assert set(measured(subject(has_repository=False, team=None))) == declared


def test_every_value_is_of_its_declared_type() -> None:
    rules = Rules(Vocabulary(callboard_facts()))
    found = subject(docs=Docs(2, NOW, NOW, ("Runbook",)))

    known = rules.known(collect(callboard_facts(), [found], NOW)[found.ref], NOW)

    assert known.problems == {}


def test_every_fact_has_its_time_and_its_source() -> None:
    found = subject()

    facts = collect(callboard_facts(), [found], NOW)[found.ref].values()

    assert [fact.name for fact in facts if fact.at != NOW or not fact.source] == []


@pytest.mark.parametrize(
    ("found", "name", "value"),
    [
        (subject(), "owner.team", "group:default/payments"),
        (subject(), "owner.members", 2),
        (subject(), "owner.channel", "#payments"),
        (subject(team=None), "owner.team", ""),
        (subject(team=None), "owner.members", 0),
        (subject(team=replace(PAYMENTS, channel=None)), "owner.channel", ""),
        (subject(spec={"owner": "payments"}), "owner.declared", "payments"),
        (subject(spec={"owner": ["payments"]}), "owner.declared", ""),
        (subject(spec={"type": "Service"}), "meta.type", "service"),
        (subject(spec={"type": None}), "meta.type", ""),
        (subject(links=[{"title": "The Runbook", "type": "doc"}, "x"]), "meta.links", ("the runbook", "doc")),
        (subject(links="none"), "meta.links", ()),
        (subject(tags=["a", "b"]), "meta.tags", ("a", "b")),
        (subject(annotations={"backstage.io/techdocs-ref": "dir:."}), "docs.reference", "dir:."),
        (subject(), "readme.path", "README.md"),
        (subject(repository=repository_of("x", root={"readme.rst": 7})), "readme.bytes", 7),
        (subject(repository=repository_of("x", root={"readme/": 0})), "readme.path", ""),
        (subject(), "repo.update_config", ".github/dependabot.yml"),
        (subject(repository=repository_of("x", root={"renovate.json": 7})), "repo.update_config", "renovate.json"),
        (subject(repository=repository_of("x", root={})), "repo.update_config", ""),
        (subject(repository=repository_of("x", license=None, root={"LICENCE.txt": 9})), "repo.license", "LICENCE.txt"),
        (subject(repository=repository_of("x", license=None, root={})), "repo.license", ""),
        (subject(repository=repository_of("x", codeowners_path="")), "codeowners.path", ""),
        (subject(docs=Docs(0)), "docs.pages", 0),
        (subject(docs=Docs(1, titles=("On Call RUNBOOK",))), "docs.titles", ("on call runbook",)),
    ],
)  # fmt: skip
def test_a_fact_is_what_was_read(found: Subject, name: str, value: object) -> None:
    assert measured(found)[name] == value


@pytest.mark.parametrize(
    ("found", "name", "reason"),
    [
        (subject(has_repository=False), "repo.license", "[the entity was not read from a repository]"),
        (subject(repository=repository_of("x", has_root=False)), "readme.bytes", "[the files of the repository were not read]"),
        (subject(repository=repository_of("x", head_committed_at=None)), "repo.committed_at", "[the repository has no commits]"),
        (subject(), "docs.pages", "[the docs were not read yet]"),
        (subject(docs=Docs(0)), "docs.newest_at", "[there are no docs to date]"),
        (subject(docs=Docs(3)), "docs.newest_at", "[the pages have no known dates]"),
    ],
)  # fmt: skip
def test_what_could_not_be_read_is_unknown_with_the_reason(found: Subject, name: str, reason: str) -> None:
    assert measured(found)[name] == reason


def test_a_known_date_is_a_date() -> None:
    at = NOW - timedelta(days=9)

    assert measured(subject(docs=Docs(1, at, at)))["docs.newest_at"] == at


def test_two_sources_of_one_fact_stop_the_start_with_both_named() -> None:
    with pytest.raises(SettingsError, match=r"dial\.a is declared by both dials and other"):
        Vocabulary([Dials(), Dials(name="other")])


@pytest.mark.parametrize("name", ["pages", "a.b.c", "a.b-c", ".a", "é.a"])
def test_a_name_that_no_check_could_write_stops_the_start(name: str) -> None:
    with pytest.raises(SettingsError, match="is no name for a fact"):
        Vocabulary([Dials(facts={name: next(iter(Dials().facts.values()))})])


def test_the_built_in_sources_come_through_the_door_of_plugins() -> None:
    plugins = assemble([Plugin("built-in", "callboard", built_in)])

    assert [source.name for source in plugins.of("callboard_facts")] == [
        "catalog",
        "team",
        "repository",
        "docs",
    ]
