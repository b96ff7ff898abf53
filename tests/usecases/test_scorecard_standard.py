"""The checks that ship: each passes on what is kept well, and fails on the one thing that it is about."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scorecards import definition
from scorecards.collect import collect
from scorecards.evaluate import Evaluation, Outcome
from scorecards.facts import callboard_facts
from scorecards.model import Level, State
from scorecards.rules import Rules
from scorecards.run import profile_of
from scorecards.subjects import Docs, Repository, Subject
from scorecards.vocabulary import Vocabulary
from tests.usecases.scorecard_world import NOW, PAYMENTS, repository_of, subject

RULES = Rules(Vocabulary(callboard_facts()))
CHECKS = [check for card in definition.load([definition.LIBRARY], RULES) for check in card.checks]
FRESH = NOW - timedelta(days=9)
STALE = NOW - timedelta(days=200)


def judge(found: Subject) -> Outcome:
    facts = collect(callboard_facts(), [found], NOW)[found.ref]
    return Evaluation(CHECKS, NOW).judge(profile_of(found, NOW), RULES.known(facts, NOW), None)


def kept_well(**changes: object) -> Subject:
    plain = subject(
        annotations={"backstage.io/techdocs-ref": "dir:."},
        docs=Docs(2, FRESH, STALE, ("Runbook", "Design")),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def home(**changes: object) -> dict[str, Repository]:
    return {"repository": repository_of("payments-api", **changes)}


def written(**fields: object) -> dict[str, object]:
    plain = kept_well().entity
    metadata = {name: value for name, value in fields.items() if name in ("description", "annotations")}
    spec = {name: value for name, value in fields.items() if name not in metadata}
    return {"entity": replace(plain, metadata={**plain.metadata, **metadata}, spec={**plain.spec, **spec})}


def test_what_is_kept_well_is_gold() -> None:
    outcome = judge(kept_well())

    assert [result for result in outcome.results if result.state is not State.PASS] == []
    assert outcome.level is Level.GOLD


@pytest.mark.parametrize(
    ("check", "changes", "value"),
    [
        ("catalog.valid", {"refusals": ("c.yaml:3:1: no such kind",)}, "c.yaml:3:1: no such kind"),
        ("owner.alive", {"team": replace(PAYMENTS, members=("a",))}, "1 person"),
        ("owner.channel", {"team": replace(PAYMENTS, channel=None)}, ""),
        ("codeowners.valid", home(codeowners_faults=("CODEOWNERS:1:1: bad",)), "CODEOWNERS:1:1: bad"),
        ("meta.description", written(description="A service"), "9 characters"),
        ("meta.lifecycle-type", written(lifecycle="prod"), "service, prod"),
        ("docs.readme", home(root={"README.md": 299, "docs/": 0, "renovate.json": 1}), "README.md, 299 bytes"),
        ("codeowners.agrees", home(codeowners_owners=("group:default/shop",)), "shop"),
        ("meta.system", written(system=""), ""),
        ("docs.site", written(annotations={}), "no annotation"),
        ("docs.runbook", {"docs": Docs(2, FRESH, FRESH, ("Design",))}, ""),
        ("sec.updates", home(root={"README.md": 900, "docs/": 0}), ""),
        ("docs.fresh", {"docs": Docs(2, STALE, STALE, ("Runbook",))}, "last edited 2026-05-08"),
        ("owner.agrees", {"owner": replace(kept_well().owner, disagreements=("CODEOWNERS says Shop",))}, "CODEOWNERS says Shop"),
        ("repo.license", home(license=None), ""),
    ],
)  # fmt: skip
def test_each_check_fails_on_what_it_is_about_and_shows_what_was_measured(
    check: str, changes: dict[str, object], value: str
) -> None:
    outcome = judge(kept_well(**changes))

    failed = [(result.check, result.value) for result in outcome.results if result.state is State.FAIL]
    assert failed == [(check, value)]


def test_without_a_team_every_check_about_the_team_fails() -> None:
    outcome = judge(kept_well(team=None))

    assert [result.check for result in outcome.results if result.state is State.FAIL] == [
        "owner.team",
        "owner.alive",
        "owner.channel",
        "codeowners.agrees",
    ]


def test_a_missing_codeowners_fails_once_on_each_level() -> None:
    outcome = judge(kept_well(**home(codeowners_path="", codeowners_owners=())))

    assert [result.check for result in outcome.results if result.state is State.FAIL] == [
        "codeowners.present",
        "codeowners.agrees",
    ]


def test_old_docs_of_code_that_did_not_change_since_are_fresh() -> None:
    outcome = judge(kept_well(docs=Docs(2, STALE, STALE, ("Runbook",)), **home(head_committed_at=STALE)))

    assert outcome.checks["docs.fresh"].result.state is State.PASS


@pytest.mark.parametrize("check", ["docs.runbook", "meta.system"])
def test_a_library_is_not_asked_for_what_services_need(check: str) -> None:
    result = judge(kept_well(**written(type="library"))).checks[check].result

    assert result.state is State.NOT_APPLICABLE
    assert result.why.startswith("only services and websites")


def test_a_runbook_may_be_a_link() -> None:
    linked = subject(
        links=[{"url": "https://wiki.example/rb", "title": "Runbook"}],
        docs=Docs(1, FRESH, FRESH, ("Design",)),
    )

    assert judge(linked).checks["docs.runbook"].result.state is State.PASS


def test_docs_that_were_never_read_are_unknown_not_missing() -> None:
    outcome = judge(kept_well(docs=None))

    unknown = {result.check: result.why for result in outcome.results if result.state is State.UNKNOWN}
    assert unknown == dict.fromkeys(("docs.site", "docs.runbook", "docs.fresh"), "the docs were not read yet")


@pytest.mark.parametrize(
    ("lifecycle", "state"), [("production", State.FAIL), ("deprecated", State.PASS), ("archived", State.PASS)]
)
def test_an_archived_repository_is_asked_only_whether_it_is_called_deprecated(
    lifecycle: str, state: State
) -> None:
    outcome = judge(kept_well(**written(lifecycle=lifecycle), **home(is_archived=True)))

    asked = {
        result.check: result.state for result in outcome.results if result.state is not State.NOT_APPLICABLE
    }
    assert asked == {"meta.archived-agrees": state}
    assert outcome.is_ranked is False


def test_an_entity_that_was_not_read_from_a_repository_is_unknown_about_it() -> None:
    outcome = judge(kept_well(repository=None))

    assert [result.check for result in outcome.results if result.state is State.FAIL] == []
    assert outcome.checks["codeowners.present"].result.why == "the entity was not read from a repository"
