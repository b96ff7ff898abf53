"""Questions to docs of our own, on both databases: what is found, in which order, and when nothing is."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from catalog_sync.answers import DocsAnswer
from catalog_sync.ask import Ask
from catalog_sync.docs.store import DocsStore, SectionRow
from catalog_sync.providers.folder import FolderProvider
from catalog_sync.store import CatalogStore
from catalog_sync.sync import Sync
from core.access import OPERATOR, Asker, Standing
from core.clock import FixedClock
from core.database import Database
from core.settings import TeamSettings

GUEST = Asker(Standing.GUEST)
ENTITIES = {
    "payments-api": ("payments", "Payments API"),
    "ledger": ("payments", "General ledger"),
    "seat-map": ("checkout", "Seat map"),
    "deployer": ("platform", "Deployer"),
    "handbook": ("platform", "Platform handbook"),
}
PAGES: dict[str, list[tuple[str, str, str, str]]] = {
    "payments-api": [
        ("README.md", "Payments API", "Payments API", "Takes payments by card and keeps their receipts for the ledger."),
        ("docs/keys.md", "Keys", "Rotate the signing key", "1. Run `make rotate-key`.\n\n2. Wait for two green canaries."),
        ("docs/keys.md", "Keys", "Retire the old key", "A day after the rotation, take the old key away with `make retire-key`."),
        ("docs/database.md", "Database", "Connect to the database", "Set `PAYMENTS_DB_URL` and open the tunnel with `paydb connect`."),
        ("docs/database.md", "Database", "Roll back a migration", "Run `paydb down --dry-run` first, then `paydb down`."),
        ("docs/oncall.md", "On call", "Handover", "Every Monday at nine the person on call hands over in the channel."),
        ("docs/CHANGELOG.md", "Changelog", "2.1.0", "Rotate signing key, rotate the signing key twice, fix rotation of signing keys."),
    ],
    "ledger": [
        ("README.md", "General ledger", "General ledger", "Keeps the books. Nobody writes to it by hand."),
        ("docs/close.md", "Closing", "Close the month", "On the first working day run `ledgerctl close --month LAST`."),
        ("docs/deploy.md", "Deploying", "Deploy to production", "Merge to main; the deployer does the rest within ten minutes."),
        ("docs/law.md", "Law", "Retention", "Receipts are held for ten years."),
        ("docs/months.md", "Months", "Months", "A month has a name and `is_locked`, which is true once it is closed."),
        ("docs/months.md", "Months", "Locked", "Locked is what nobody may change: locked months, locked years."),
        ("docs/months.md", "Months", "Unlock a month", "A locked month is unlocked by the auditor."),
    ],
    "seat-map": [
        ("docs/index.md", "Seat map", "Seat map", "Contents\n\n• Deploy to production\n\n• Load a new hall"),
        ("docs/deploy.md", "Deploying", "Deploy to production", "Tag the release `vX.Y.Z` and watch the pipeline until the hall is painted again."),
        ("docs/halls.md", "Halls", "Load a new hall", "Upload the plan as hall.svg, then run `seats load hall.svg`."),
    ],
    "deployer": [
        ("docs/index.md", "Deployer", "Roll back a deployment", "Run `deployer rollback SERVICE`; the last good image starts within a minute."),
        ("docs/index.md", "Deployer", "Freeze deployments", "Run `deployer freeze` before a show, and `deployer thaw` when the curtain has fallen."),
        ("docs/build.md", "Build", "Build C++ and C#", "Use the solver image."),
        ("docs/build.md", "Build", "Build the solver", "Build it in the solver image, and build it twice."),
        ("docs/kubernetes.md", "Kubernetes", "Drain a node", "Run `kubectl drain NODE --ignore-daemonsets` and wait for the pods to move."),
        ("docs/access.md", "Access", "Get access to the cluster", "Ask in #platform; single sign on gives a token that lives for eight hours."),
    ],
    "handbook": [
        ("docs/secrets.md", "Secrets", "Store a secret", "Put it into the vault with `vault put`, never into an environment file or a pull request."),
        ("docs/secrets.md", "Secrets", "Store a credential", "Put it into the vault with `vault put`, never into an environment file or a pull request."),
        ("docs/alerts.md", "Alerts", "Silence an alert", "Use `alertctl silence NAME --for 2h`. Every deployment of a service may ring one."),
        ("docs/auth.md", "Authentication", "Authenticate against the gateway", "Send the token in the header X-Gateway-Token; HttpClient does it by itself."),
        ("docs/old.md", "Restoring backups", "Restore a backup", "Ask Jim for the tape."),
        ("docs/new.md", "Backups", "Restore a backup of a database", "Run `dbctl restore --at TIME`; it takes an hour for each terabyte."),
    ],
}  # fmt: skip
OLD = datetime(2024, 3, 1, tzinfo=UTC)
NEW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def ask(tmp_path_factory: pytest.TempPathFactory, database: Database, clock: FixedClock) -> Ask:
    root = tmp_path_factory.mktemp("organization")
    for name, (owner, title) in ENTITIES.items():
        (root / name).mkdir()
        (root / name / "catalog-info.yaml").write_text(_component(name, owner, title))
    groups = [_group(name) for name in ("payments", "checkout", "platform")]
    (root / "teams").mkdir()
    (root / "teams" / "catalog-info.yaml").write_text("\n---\n".join(groups))
    store = CatalogStore(database)
    Sync(store, clock).run(FolderProvider(root, "acme"))
    docs = DocsStore(database)
    for name, pages in PAGES.items():
        docs.replace(f"folder/acme/{name}", "1", [_row(name, *page) for page in pages])
    docs.recount()
    return Ask(store, clock, TeamSettings(), synonyms=[("books", "hauptbuch")])


def _component(name: str, owner: str, title: str) -> str:
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n  title: {title}\n"
        f"spec:\n  type: service\n  lifecycle: production\n  owner: group:default/{owner}\n"
    )


def _group(name: str) -> str:
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata:\n  name: {name}\n  title: {name.title()}\n"
        "spec:\n  type: team\n  children: []\n"
    )


def _row(name: str, path: str, page: str, heading: str, text: str) -> SectionRow:
    return SectionRow(
        repository=f"folder/acme/{name}",
        entity=f"component:default/{name}",
        entity_title=ENTITIES[name][1],
        path=path,
        page=page,
        heading=heading,
        anchor=heading.lower().replace(" ", "-"),
        url=f"https://github.example/acme/{name}/blob/main/{path}",
        text=text,
        edited_at=OLD if path == "docs/old.md" else NEW,
        visibility="public" if name == "handbook" else "internal",
    )


def first(answer: DocsAnswer) -> tuple[str, str]:
    best = answer.passages[0]
    return best.entity.rpartition("/")[2], best.heading


QUESTIONS: Sequence[tuple[str, str, str]] = [
    ("how do I rotate the signing key?", "payments-api", "Rotate the signing key"),
    ("rotating keys", "payments-api", "Rotate the signing key"),
    ("signing key rotation", "payments-api", "Rotate the signing key"),
    ("rotat signng key", "payments-api", "Rotate the signing key"),
    ("make rotate-key", "payments-api", "Rotate the signing key"),
    ("PAYMENTS_DB_URL", "payments-api", "Connect to the database"),
    ("payments db url", "payments-api", "Connect to the database"),
    ("paydb down --dry-run", "payments-api", "Roll back a migration"),
    ("rollback migration", "payments-api", "Roll back a migration"),
    ("how can I roll back a deploy", "deployer", "Roll back a deployment"),
    ("rollback deployment", "deployer", "Roll back a deployment"),
    ("k8s drain node", "deployer", "Drain a node"),
    ("sso cluster access", "deployer", "Get access to the cluster"),
    ("auth gateway", "handbook", "Authenticate against the gateway"),
    ("http client gateway", "handbook", "Authenticate against the gateway"),
    ("hall.svg", "seat-map", "Load a new hall"),
    ("loading halls", "seat-map", "Load a new hall"),
    ("close the month in the hauptbuch", "ledger", "Close the month"),
    ("silencing an alarm", "handbook", "Silence an alert"),
    ("freez deploymnts before the show", "deployer", "Freeze deployments"),
    ("deploy the ledger to prod", "ledger", "Deploy to production"),
    ("deploy general ledger production", "ledger", "Deploy to production"),
    ("how do I deploy seat map to production", "seat-map", "Deploy to production"),
    ("deploy seatmap to production", "seat-map", "Deploy to production"),
    ("deploy seat-mpa to production", "seat-map", "Deploy to production"),
    ("on call handover of the payments team", "payments-api", "Handover"),
    ("who hands over oncall on monday", "payments-api", "Handover"),
    ("restore db backup", "handbook", "Restore a backup of a database"),
    ("how long does general ledger hold a receipt", "ledger", "Retention"),
    ("is_locked", "ledger", "Months"),
    ("build the solver in C++", "deployer", "Build C++ and C#"),
    ("store creds", "handbook", "Store a credential"),
]


@pytest.mark.parametrize(("question", "name", "heading"), QUESTIONS)
def test_the_section_that_was_asked_for_comes_first(ask: Ask, question: str, name: str, heading: str) -> None:
    assert first(ask.docs(question, OPERATOR)) == (name, heading)


@pytest.mark.parametrize(
    "question",
    [
        "quarterly tax forms",
        "how many vacation days do I have",
        "kafka topic retention",
        "where is the coffee machine",
        "payments api kafka consumer lag",
        "how do I do it",
        "",
        "?!",
    ],
)
def test_nothing_that_fits_is_no_answer(ask: Ask, question: str) -> None:
    assert ask.docs(question, OPERATOR).passages == ()


def test_only_the_name_of_a_thing_shows_its_docs_with_its_beginning_first(ask: Ask) -> None:
    answer = ask.docs("payments api", OPERATOR)

    assert first(answer) == ("payments-api", "Payments API")
    assert {passage.entity for passage in answer.passages} == {"component:default/payments-api"}


def test_without_an_answer_the_owner_of_what_is_named_is(ask: Ask) -> None:
    answer = ask.docs("seat map fire drill", OPERATOR)

    assert (answer.passages, answer.owner and answer.owner.ref) == ((), "group:default/checkout")


def test_without_an_answer_a_team_that_is_named_is(ask: Ask) -> None:
    answer = ask.docs("does the platform team have a mascot", OPERATOR)

    assert (answer.passages, answer.owner and answer.owner.ref) == ((), "group:default/platform")


def test_what_says_nearly_the_same_is_shown_once(ask: Ask) -> None:
    headings = [passage.heading for passage in ask.docs("vault put environment file", OPERATOR).passages]

    assert len(headings) == 1


def test_the_parts_of_a_long_section_are_one_source(ask: Ask, database: Database) -> None:
    parts = [
        _row("ledger", "docs/quokka.md", "Quokka", "Feed", f"Quokkas eat {food} and quokkas sleep {place}.")
        for food, place in (
            ("leaves of all trees", "under roots"),
            ("bark, grass, herbs", "in holes of hills"),
        )
    ]
    DocsStore(database).replace("folder/acme/ledger", "2", parts)

    assert [passage.heading for passage in ask.docs("feed quokkas", OPERATOR).passages] == ["Feed"]


def test_what_says_far_less_than_the_first_is_no_source_of_the_answer(ask: Ask) -> None:
    found = ask.docs("how do I rotate the signing key?", OPERATOR, limit=10).passages

    assert all(passage.score >= found[0].score / 2 for passage in found)


def test_a_word_that_is_said_only_by_a_far_more_common_one_is_no_answer(ask: Ask, database: Database) -> None:
    common = [
        _row("ledger", f"docs/{number}.md", f"Page {number}", f"Part {number}", "Performance of the run.")
        for number in range(60)
    ]
    rare = _row("ledger", "docs/slow.md", "Slow", "Slow", "It is slow.")
    DocsStore(database).replace("folder/acme/ledger", "2", [*common, rare])
    DocsStore(database).recount()

    assert ask.docs("run a slow orchestra", OPERATOR).passages == ()


def test_a_changelog_comes_after_the_page_that_tells_how(ask: Ask) -> None:
    headings = [passage.heading for passage in ask.docs("rotate signing key", OPERATOR, limit=5).passages]

    assert headings[0] == "Rotate the signing key"
    assert ask.docs("changelog signing key", OPERATOR).passages[0].heading == "2.1.0"


def test_an_old_page_comes_later_and_says_so(ask: Ask) -> None:
    found = ask.docs("restore a backup", OPERATOR, limit=5).passages

    assert [passage.is_stale for passage in found if passage.heading.startswith("Restore")].count(True) == 1
    assert not found[0].is_stale


def test_a_list_of_links_does_not_stand_before_the_page_that_it_leads_to(ask: Ask) -> None:
    found = ask.docs("load a new hall", OPERATOR, limit=5).passages

    assert found[0].heading == "Load a new hall"


def test_a_guest_finds_what_is_public_and_nothing_else(ask: Ask) -> None:
    assert first(ask.docs("silence an alert", GUEST)) == ("handbook", "Silence an alert")
    assert ask.docs("rotate signing key", GUEST).passages == ()


def test_only_the_docs_of_one_thing_are_searched_where_one_is_chosen(ask: Ask) -> None:
    found = ask.docs("deploy to production", OPERATOR, "component:default/ledger", limit=10).passages

    assert {passage.entity for passage in found} == {"component:default/ledger"}


def test_a_repository_that_is_closed_is_closed_to_guests_at_once(ask: Ask, database: Database) -> None:
    from catalog_sync.tables import sections

    with database.write() as connection:
        connection.execute(sections.update().values(visibility="private"))
    assert ask.docs("silence an alert", GUEST).passages == ()

    with database.write() as connection:
        connection.execute(sections.update().values(visibility="public"))
    assert first(ask.docs("rotate signing key", GUEST)) == ("payments-api", "Rotate the signing key")


def test_new_words_are_found_before_all_words_were_counted_again(ask: Ask, database: Database) -> None:
    row = _row("ledger", "docs/quokka.md", "Quokka", "Feed the quokka", "Every morning, with leaves.")
    DocsStore(database).replace("folder/acme/ledger", "2", [row])

    assert first(ask.docs("feeding quokkas", OPERATOR)) == ("ledger", "Feed the quokka")


def test_words_that_are_gone_are_forgotten_when_all_are_counted(ask: Ask, database: Database) -> None:
    store = DocsStore(database)
    store.replace("folder/acme/seat-map", "2", [])

    assert [store.recount(), store.recount()] == [True, False]
    assert ask.docs("load a new hall", OPERATOR).passages == ()


def test_old_pages_are_old_by_the_setting(ask: Ask, clock: FixedClock) -> None:
    clock.advance(timedelta(days=400))

    assert ask.docs("silence an alert", OPERATOR).passages[0].is_stale


@pytest.mark.parametrize(
    "question", ['"', "key AND (", "NEAR/", "x* OR 1=1; --", "', '')", "\\", "&|!<->", "v_public"]
)
def test_no_question_is_syntax(ask: Ask, question: str) -> None:
    ask.docs(question, OPERATOR)


def test_where_the_database_is_away_the_owner_is_told_and_why(
    ask: Ask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    ask.docs("seat map", OPERATOR)

    def away(*_arguments: object, **_more: object) -> Callable[[], None]:
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(database, "read", away)
    answer = ask.docs("how do I deploy seat map", OPERATOR)

    assert "cannot be searched now" in answer.stale
    assert answer.owner is not None
    assert answer.owner.ref == "group:default/checkout"
