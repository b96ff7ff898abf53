"""Votes on sections of docs, questions without an answer, and who is shown them; on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.cli.docs_feedback import feedback_json, feedback_text
from bot.slack.docs.feedback_views import feedback_message
from bot.slack.docs.kept import Kept
from catalog_sync.ask import Ask
from catalog_sync.docs.feedback import Verdict
from catalog_sync.docs.store import DocsStore, SectionRow
from catalog_sync.providers.folder import FolderProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from catalog_sync.tables import repositories, sections
from core.access import OPERATOR, Asker, Place, PlaceKind, Standing
from core.clock import FixedClock
from core.database import Database
from core.errors import NotAllowed, NotFound, UserError
from core.settings import TeamSettings

PAYMENTS = Asker(Standing.MEMBER, groups=frozenset({"group:default/payments"}))
STRANGER = Asker(Standing.MEMBER, groups=frozenset({"group:default/checkout"}))
ADMIN = Asker(Standing.MEMBER, is_admin=True)
GUEST = Asker(Standing.GUEST)
OPEN = Place(PlaceKind.CHANNEL, has_guests=True)
KEYS = "folder/acme/payments-api/docs/keys.md#rotate"
QUESTION = "how do I rotate the key?"


@pytest.fixture
def ask(tmp_path_factory: pytest.TempPathFactory, database: Database, clock: FixedClock) -> Ask:
    root = tmp_path_factory.mktemp("organization")
    (root / "payments-api").mkdir()
    (root / "payments-api" / "catalog-info.yaml").write_text(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: payments-api\n"
        "spec:\n  type: service\n  lifecycle: production\n  owner: group:default/payments\n---\n"
        "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: payments\n"
        "spec:\n  type: team\n  children: []\n"
    )
    store = CatalogStore(database)
    Sync(store, clock).run(FolderProvider(root, "acme"))
    rows = [
        SectionRow(
            repository="folder/acme/payments-api",
            entity="component:default/payments-api",
            entity_title="payments-api",
            path="docs/keys.md",
            page="Keys",
            heading="Rotate the key",
            anchor="rotate",
            url="https://github.example/acme/payments-api/blob/main/docs/keys.md#rotate",
            text="Run `make rotate-key`.",
            edited_at=datetime(2026, 11, 1, tzinfo=UTC),
            visibility="internal",
        )
    ]
    DocsStore(database).replace("folder/acme/payments-api", "1", rows)
    return Ask(store, clock, TeamSettings())


def votes(ask: Ask, asker: Asker = OPERATOR) -> list[tuple[int, int, tuple[str, ...]]]:
    return [(item.ups, item.downs, item.questions) for item in ask.docs_feedback("", asker).sections]


def test_one_person_has_one_vote_for_a_section_and_may_change_it(ask: Ask) -> None:
    for verdict in (Verdict.DOWN, Verdict.DOWN, Verdict.UP):
        assert ask.vote_docs("T1/U1", KEYS, QUESTION, verdict, PAYMENTS)
    ask.vote_docs("T1/U2", KEYS, "rotate", Verdict.DOWN, PAYMENTS)

    assert votes(ask) == [(1, 1, ("rotate",))]


def test_a_vote_for_what_is_not_there_or_not_seen_is_none(ask: Ask) -> None:
    assert not ask.vote_docs("T1/U1", f"{KEYS}-not", QUESTION, Verdict.UP, PAYMENTS)
    assert not ask.vote_docs("T1/U1", KEYS, QUESTION, Verdict.UP, GUEST)
    assert votes(ask) == []


def test_the_answer_names_the_section_that_a_vote_is_about(ask: Ask) -> None:
    assert ask.docs(QUESTION, OPERATOR).passages[0].section == KEYS


def test_a_page_that_was_edited_after_the_votes_says_so(
    ask: Ask, database: Database, clock: FixedClock
) -> None:
    ask.vote_docs("T1/U1", KEYS, QUESTION, Verdict.DOWN, PAYMENTS)
    with database.write() as connection:
        connection.execute(sections.update().values(edited_at=clock.now() + timedelta(hours=1)))

    (item,) = ask.docs_feedback("payments", PAYMENTS).sections
    assert item.is_edited_since


def test_the_owning_team_an_administrator_and_the_operator_are_shown_them(ask: Ask) -> None:
    ask.vote_docs("T1/U1", KEYS, QUESTION, Verdict.DOWN, STRANGER)

    for asker, about in ((PAYMENTS, ""), (PAYMENTS, "payments"), (ADMIN, ""), (OPERATOR, "payments-api")):
        assert [item.downs for item in ask.docs_feedback(about, asker).sections] == [1]


def test_others_are_told_who_is_shown_them(ask: Ask) -> None:
    for about in ("payments", "payments-api"):
        with pytest.raises(NotAllowed, match="the team that owns them, and to administrators"):
            ask.docs_feedback(about, STRANGER)
    with pytest.raises(UserError, match="Name a team"):
        ask.docs_feedback("", Asker(Standing.MEMBER))
    with pytest.raises(NotFound):
        ask.docs_feedback("zzyzx", PAYMENTS)


def test_where_guests_read_along_only_public_sections_are_shown(ask: Ask, database: Database) -> None:
    ask.vote_docs("T1/U1", KEYS, QUESTION, Verdict.DOWN, PAYMENTS)
    ask.note_gap(ask.docs("payments api holidays", PAYMENTS), PAYMENTS)

    shown = ask.docs_feedback("", ADMIN.at(OPEN))
    assert (shown.sections, shown.gaps) == ((), ())

    with database.write() as connection:
        connection.execute(repositories.update().values(visibility="public"))
    assert len(ask.docs_feedback("", ADMIN.at(OPEN)).sections) == 1


def test_what_is_asked_in_vain_is_counted_however_it_is_put(ask: Ask) -> None:
    for question in ("payments api holidays?", "holidays of the payments api", "Payments API holiday"):
        ask.note_gap(ask.docs(question, PAYMENTS), PAYMENTS)

    (gap,) = ask.docs_feedback("payments", PAYMENTS).gaps
    assert (gap.times, gap.question, gap.entity) == (
        3,
        "Payments API holiday",
        "component:default/payments-api",
    )


def test_what_names_nothing_is_shown_to_administrators_alone(ask: Ask) -> None:
    ask.note_gap(ask.docs("where is the coffee", PAYMENTS), PAYMENTS)

    assert [gap.question for gap in ask.docs_feedback("", ADMIN).gaps] == ["where is the coffee"]
    assert ask.docs_feedback("", PAYMENTS).gaps == ()


def test_a_question_that_is_answered_by_now_is_no_gap(ask: Ask, database: Database) -> None:
    ask.note_gap(ask.docs("where is the coffee", PAYMENTS), PAYMENTS)
    with database.write() as connection:
        row = dict(connection.execute(sections.select()).one()._mapping)
    known = {name: row[name] for name in SectionRow.__dataclass_fields__}
    coffee = replace(SectionRow(**known), heading="Coffee", anchor="coffee", text="In the foyer.")
    DocsStore(database).replace("folder/acme/payments-api", "2", [coffee])

    assert ask.docs_feedback("", ADMIN).gaps == ()


def test_what_a_guest_asks_in_vain_is_not_noted(ask: Ask) -> None:
    """To a guest an answer may only be hidden."""
    ask.note_gap(ask.docs(QUESTION, GUEST), GUEST)

    assert ask.docs_feedback("", ADMIN).gaps == ()


def test_an_answered_question_is_no_gap(ask: Ask) -> None:
    ask.note_gap(ask.docs(QUESTION, PAYMENTS), PAYMENTS)

    assert ask.docs_feedback("", ADMIN).gaps == ()


def test_feedback_is_shown_in_slack_and_on_the_command_line(ask: Ask, clock: FixedClock) -> None:
    ask.vote_docs("T1/U1", KEYS, "*rotate* <!here>", Verdict.DOWN, PAYMENTS)
    ask.note_gap(ask.docs("payments api holidays", PAYMENTS), PAYMENTS)
    found = ask.docs_feedback("payments", PAYMENTS)

    text = str(feedback_message(found, clock.now()).blocks)
    assert "👎 1 · <https://github.example/" in text
    assert "&lt;!here&gt;" in text
    assert "asked once" in text
    assert "payments-api › Keys › Rotate the key: 1 down, 0 up" in feedback_text(found, clock.now())
    assert feedback_json(found)["sections"][0]["down"] == 1


def test_without_any_feedback_that_is_said(ask: Ask, clock: FixedClock) -> None:
    message = feedback_message(ask.docs_feedback("payments", PAYMENTS), clock.now())

    assert message.text.startswith("Nobody has said anything about the docs of payments yet")


def test_what_is_too_long_for_a_button_is_kept_and_found_again(database: Database, clock: FixedClock) -> None:
    kept = Kept(database, clock)
    for parts in (("a", "b"), ("x" * 3_000, "ü" * 500), ("🎭" * 1_200,), ()):
        value = kept.packed(*parts)
        assert len(value) <= 2_000
        assert kept.unpacked(value) == parts


def test_what_nobody_can_press_any_more_is_forgotten(database: Database, clock: FixedClock) -> None:
    kept = Kept(database, clock)
    old = kept.packed("x" * 3_000)
    clock.advance(timedelta(days=91))
    kept.packed("y" * 3_000)

    assert kept.unpacked(old) == ()
    assert kept.unpacked("https://github.example/an/old/button") == ()
