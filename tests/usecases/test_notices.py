"""Who is told what after a sync, once, and what becomes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from catalog_sync.notices.first import note_first
from catalog_sync.notices.model import ADMINS, FileAt, Kind, NoticeMessage, State, Touch
from catalog_sync.notices.store import NoticeStore
from catalog_sync.notices.tell import Notices, Told
from catalog_sync.tables import entities, holds, refusals, repositories
from core.access import Visibility
from core.clock import FixedClock
from core.database import Database
from core.errors import SlackUnavailable, Unavailable

SOURCE = "github:github.test/acme"
ANA = Touch("c1", "Ana", "ana@acme.test", "ana", "Tidy up")
BEN = Touch("c2", "Ben", "ben@acme.test", "ben", "Rename")
BOT = Touch("c3", "renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com")


@dataclass
class Messenger:
    """Keeps what was shown, the newest of each message; reaches whom it is told to reach."""

    people: dict[str, set[Visibility]] = field(
        default_factory=lambda: {"ana": set(Visibility), "ben": set(Visibility)}
    )
    channels: dict[str, set[Visibility]] = field(
        default_factory=lambda: {"group:default/payments": set(Visibility)}
    )
    shown: dict[str, NoticeMessage] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    fails_at: int | None = None
    is_reached: bool = True
    asked: list[str] = field(default_factory=list)

    def author(self, touch: Touch, visibility: Visibility) -> str | None:
        self.asked.append(touch.login)
        return f"user:{touch.login}" if visibility in self.people.get(touch.login, ()) else None

    def owner(self, ref: str, visibility: Visibility) -> str | None:
        return f"channel:{ref}" if visibility in self.channels.get(ref, ()) else None

    def show(self, message: NoticeMessage) -> bool:
        if self.fails_at == len(self.log):
            raise SlackUnavailable("Slack is away")
        self.log.append(message.key)
        self.shown[message.key] = message
        return self.is_reached

    def to(self, recipient: str) -> list[NoticeMessage]:
        return [message for message in self.shown.values() if message.recipient == recipient]


class World:
    """The catalog's tables, and whoever tells people of them."""

    def __init__(self, database: Database, clock: FixedClock) -> None:
        self.database, self.clock = database, clock
        self.store = NoticeStore(database, "github-teams")
        self.messenger = Messenger()
        self.touches: dict[str, Touch] = {}
        self.asked: list[FileAt] = []
        self.owners: dict[str, tuple[str, ...]] = {}
        self.notices = Notices(
            self.store,
            clock,
            touches=self._touches,
            owners=self,
            messenger=self.messenger,
            orphan_grace=timedelta(days=7),
        )

    def of_repository(self, key: str) -> tuple[str, ...]:
        return self.owners.get(key, ())

    def of_entity(self, ref: str) -> tuple[str, ...]:
        return self.owners.get(ref, ())

    def _touches(self, files: Sequence[FileAt]) -> Mapping[FileAt, Touch]:
        self.asked += files
        return {
            file: self.touches[file.repository.name] for file in files if file.repository.name in self.touches
        }

    def has(self, name: str, touch: Touch | None = None, visibility: str = "private") -> str:
        """A repository, and who touched its descriptor last."""
        key = f"github.test/acme/{name}"
        row: dict[str, Any] = {
            "key": key, "host": "github.test", "owner": "acme", "name": name, "source": SOURCE,
            "node_id": f"R_{name}", "fingerprint": "", "visibility": visibility, "is_archived": False,
            "is_fork": False, "description": "", "topics": [], "url": f"https://github.test/acme/{name}",
            "head_oid": "h1", "created_at": self.clock.now(), "root": [], "codeowners_path": "",
            "docs_wanted": "", "docs_read": "",
        }  # fmt: skip
        with self.database.write() as connection:
            self.database.upsert(connection, repositories, [row])
        if touch:
            self.touches[name] = touch
        self.owners.setdefault(key, ("group:default/payments",))
        return key

    def refuses(
        self,
        key: str,
        *messages: str,
        line: int = 3,
        conflict: str | None = None,
        visibility: str = "private",
    ) -> None:
        """The refusals of a repository after a sync; none when its files are right."""
        _host, _, name = key.partition("/")
        with self.database.write() as connection:
            connection.execute(refusals.delete().where(refusals.c.owner_key == key))
            for position, message in enumerate(messages):
                connection.execute(
                    refusals.insert().values(
                        owner_key=key,
                        position=position,
                        source=SOURCE,
                        place=f"{name}/catalog-info.yaml:{line + position}:1",
                        message=message,
                        expected="a name",
                        found="nothing",
                        conflict=conflict,
                        visibility=visibility,
                    )
                )

    def describes(self, ref: str, key: str, *, is_gone: bool = False) -> None:
        """An entity that a repository's descriptor describes, or does no more."""
        kind, _, rest = ref.partition(":")
        namespace, _, name = rest.partition("/")
        row: dict[str, Any] = {
            "ref": ref, "kind": kind, "namespace": namespace, "name": name, "api_version": "",
            "metadata": {"name": name}, "spec": {}, "provider": "github", "source": SOURCE, "location": "",
            "url": "", "path": "catalog-info.yaml", "line": 1, "repository": key, "visibility": "private",
            "digest": "", "gone_at": self.clock.now() if is_gone else None,
        }  # fmt: skip
        with self.database.write() as connection:
            self.database.upsert(connection, entities, [row])

    def holds(self, *refs: str) -> None:
        """What is held after a sync; nothing where nothing is named."""
        with self.database.write() as connection:
            connection.execute(holds.delete())
            if refs:
                connection.execute(
                    holds.insert().values(
                        source=SOURCE,
                        digest="+".join(refs),
                        repositories=["acme/x"],
                        entities=list(refs),
                        known=10,
                        found_at=self.clock.now(),
                    )
                )

    def sync(self) -> Told:
        """What follows a sync, some time after the last."""
        self.clock.advance(timedelta(minutes=15))
        return self.notices.after_sync(SOURCE)


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    """A catalog whose first sync found nothing wrong."""
    made = World(database, clock)
    note_first(made.store, clock, SOURCE)
    return made


def test_a_first_sync_notes_what_is_wrong_and_tells_the_administrators_alone(
    database: Database, clock: FixedClock
) -> None:
    world = World(database, clock)
    for number in range(61):
        world.refuses(world.has(f"r{number}", ANA), "wrong")
    note_first(world.store, clock, SOURCE)

    world.sync()
    world.sync()

    (message,) = world.messenger.shown.values()
    assert (message.kind, message.recipient) == (Kind.FIRST, ADMINS)
    assert message.notices[0].content["files"] == 61
    assert world.messenger.log == [message.key]
    assert world.asked == []


def test_a_webhook_before_the_first_sync_tells_nothing_and_does_not_make_the_rest_news(
    database: Database, clock: FixedClock
) -> None:
    world = World(database, clock)
    world.refuses(world.has("pay", ANA), "wrong")

    world.sync()
    assert world.messenger.shown == {}

    world.refuses(world.has("old", BEN), "wrong")
    note_first(world.store, clock, SOURCE)
    world.sync()
    assert [message.kind for message in world.messenger.shown.values()] == [Kind.FIRST]


def test_what_was_wrong_before_stays_untold_when_it_is_mended_and_is_told_when_it_breaks_again(
    database: Database, clock: FixedClock
) -> None:
    world = World(database, clock)
    key = world.has("pay", ANA)
    world.refuses(key, "wrong")
    note_first(world.store, clock, SOURCE)
    world.refuses(key)
    world.sync()
    assert world.messenger.to("user:ana") == []

    world.refuses(key, "wrong")
    world.sync()

    assert len(world.messenger.to("user:ana")) == 1


def test_the_author_is_told_once_with_every_fault_and_then_that_it_is_mended(world: World) -> None:
    key = world.has("pay", ANA)
    world.refuses(key, "no name", "no owner")

    assert world.sync().messages == 1
    assert world.sync().messages == 0
    (message,) = world.messenger.to("user:ana")
    content = message.notices[0].content
    assert [(flaw["line"], flaw["message"]) for flaw in content["flaws"]] == [(3, "no name"), (4, "no owner")]
    assert (content["commit"], content["path"]) == ("c1", "catalog-info.yaml")

    world.refuses(key, "no owner")
    world.sync()
    (message,) = world.messenger.to("user:ana")
    assert [flaw["is_mended"] for flaw in message.notices[0].content["flaws"]] == [True, False]
    assert not message.is_settled

    world.refuses(key)
    world.sync()
    (message,) = world.messenger.to("user:ana")
    assert message.notices[0].state is State.MENDED
    assert len(set(world.messenger.log)) == 1


def test_who_touches_a_broken_file_without_breaking_more_is_told_nothing(world: World) -> None:
    key = world.has("pay", ANA)
    world.refuses(key, "no name")
    world.sync()

    world.touches["pay"] = BEN
    world.refuses(key, "no name", line=9)
    world.sync()
    assert world.messenger.to("user:ben") == []

    world.refuses(key, "no name", "no owner")
    world.sync()
    (message,) = world.messenger.to("user:ben")
    assert [flaw["message"] for flaw in message.notices[0].content["flaws"]] == ["no owner"]


def test_the_same_fault_a_second_time_is_told_to_who_made_it(world: World) -> None:
    """Two documents of one file can have the same fault."""
    key = world.has("pay", ANA)
    world.refuses(key, "wrong")
    world.sync()
    world.touches["pay"] = BEN
    world.refuses(key, "wrong", "wrong")

    world.sync()

    (message,) = world.messenger.to("user:ben")
    assert [flaw["line"] for flaw in message.notices[0].content["flaws"]] == [4]


def test_a_name_that_a_file_wants_twice_is_told_once(world: World) -> None:
    first, second = world.has("first", ANA), world.has("second", BEN)
    world.describes("component:default/pay", first)
    world.refuses(second, "taken", "taken", conflict="component:default/pay")

    world.sync()

    assert [len(message.notices) for message in world.messenger.to("user:ben")] == [1]


def test_many_files_of_one_author_are_one_message_and_of_two_are_two(world: World) -> None:
    for number in range(5):
        world.refuses(world.has(f"r{number}", ANA if number else BEN), "wrong")

    world.sync()

    assert [len(message.notices) for message in world.messenger.to("user:ana")] == [4]
    assert [len(message.notices) for message in world.messenger.to("user:ben")] == [1]


@pytest.mark.parametrize(
    ("touch", "may_author", "may_channel", "recipient"),
    [
        (ANA, True, True, "user:ana"),
        (ANA, False, True, "channel:group:default/payments"),
        (BOT, True, True, "channel:group:default/payments"),
        (None, True, True, "channel:group:default/payments"),
        (ANA, False, False, ADMINS),
    ],
)
def test_the_author_goes_before_the_team_and_the_team_before_the_administrators(
    world: World, touch: Touch | None, may_author: bool, may_channel: bool, recipient: str
) -> None:
    world.messenger.people = {
        "ana": set(Visibility) if may_author else {Visibility.PUBLIC},
        "": set(Visibility),
    }
    world.messenger.channels["group:default/payments"] = set(Visibility) if may_channel else set()
    world.refuses(world.has("pay", touch), "wrong")

    world.sync()

    assert [message.recipient for message in world.messenger.shown.values()] == [recipient]


def test_an_owner_who_is_told_in_the_place_of_the_author_did_not_make_the_commit(world: World) -> None:
    strange = Touch("c9", "Zoe", "zoe@elsewhere.test")
    for name, touch in (("theirs", strange), ("own", BEN)):
        key = world.has(name, touch)
        world.owners[key] = ("user:default/ben",)
        world.refuses(key, "wrong")
    world.messenger.channels["user:default/ben"] = set(Visibility)

    world.sync()

    made = {
        notice.repository.rpartition("/")[2]: notice.content["is_own"]
        for message in world.messenger.shown.values()
        for notice in message.notices
    }
    assert made == {"theirs": False, "own": True}


def test_a_crash_between_two_messages_tells_the_rest_and_nobody_twice(world: World) -> None:
    world.refuses(world.has("a", ANA), "wrong")
    world.refuses(world.has("b", BEN), "wrong")
    world.messenger.fails_at = 1
    with pytest.raises(SlackUnavailable):
        world.sync()

    world.messenger.fails_at = None
    world.sync()

    assert len(world.messenger.log) == len(set(world.messenger.log)) == 2
    assert len(world.messenger.to("user:ana")) == len(world.messenger.to("user:ben")) == 1


@pytest.mark.parametrize(("then", "now"), [("public", "private"), ("private", "public")])
def test_a_message_is_as_visible_as_its_repository_was_or_is_whichever_is_less(
    world: World, then: str, now: str
) -> None:
    """Between the decision and the message lies a crash, or an hour without Slack."""
    pay = world.has("pay", ANA, visibility=then)
    world.refuses(pay, "no name", visibility=then)
    world.messenger.fails_at = 0
    with pytest.raises(SlackUnavailable):
        world.sync()
    world.has("pay", ANA, visibility=now)

    world.messenger.fails_at = None
    world.sync()

    (message,) = world.messenger.to("user:ana")
    assert message.visibility is Visibility.PRIVATE


def test_what_breaks_for_very_many_people_at_once_is_told_to_the_administrators_alone(world: World) -> None:
    """A rule that became stricter is nobody's mistake."""
    for number in range(30):
        author = Touch(f"c{number}", "", "", f"dev{number}")
        world.messenger.people[author.login] = set(Visibility)
        world.refuses(world.has(f"r{number}", author), "wrong")

    world.sync()
    world.sync()

    (message,) = world.messenger.shown.values()
    assert (message.recipient, message.notices[0].content["files"]) == (ADMINS, 30)
    assert not message.notices[0].content["is_first"]


def test_slack_is_asked_once_for_the_author_of_many_files(world: World) -> None:
    """It takes some fifty such questions a minute, and a script breaks two hundred files in one."""
    for number in range(200):
        world.refuses(world.has(f"r{number}", ANA), "wrong")

    world.sync()

    assert world.messenger.asked == ["ana"]
    assert [len(message.notices) for message in world.messenger.to("user:ana")] == [200]


def test_of_very_many_authors_slack_is_not_asked_at_all(world: World) -> None:
    for number in range(60):
        world.refuses(world.has(f"r{number}", Touch(f"c{number}", "", "", f"dev{number}")), "wrong")
    world.describes("component:default/pay", world.has("first", ANA))
    world.refuses(world.has("second", BEN), "taken", conflict="component:default/pay")

    world.sync()

    shown = {message.kind: message for message in world.messenger.to(ADMINS)}
    assert shown[Kind.FIRST].notices[0].content["files"] == 60
    assert [notice.content["ref"] for notice in shown[Kind.CONFLICT].notices] == ["component:default/pay"]
    assert world.messenger.asked == []
    assert len(world.messenger.shown) == 2


def test_two_processes_do_not_tell_the_same_at_once(world: World) -> None:
    """On SQLite there is one process; its threads take turns."""
    world.refuses(world.has("a", ANA), "wrong")
    other = NoticeStore(world.database, "github-teams")
    if world.database.is_sqlite:
        assert world.sync().messages == 1
        return
    with world.database.read() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(8_116_304, sa.func.hashtext(SOURCE))))
        with pytest.raises(Unavailable), other.alone(SOURCE):
            pass
    assert world.sync().messages == 1


def test_what_could_not_be_shown_is_tried_again_after_the_next_sync(world: World) -> None:
    world.messenger.is_reached = False
    world.refuses(world.has("a", ANA), "wrong")
    assert world.sync().messages == 0

    world.messenger.is_reached = True

    assert world.sync().messages == 1


def test_a_repository_that_is_renamed_is_not_told_of_again(world: World) -> None:
    key = world.has("pay", ANA)
    world.refuses(key, "wrong")
    world.sync()

    moved = "github.test/acme/payments"
    with world.database.write() as connection:
        connection.execute(
            repositories.update().where(repositories.c.key == key).values(key=moved, name="payments")
        )
        connection.execute(refusals.delete().where(refusals.c.owner_key == key))
    world.touches["payments"] = ANA
    world.refuses(moved, "wrong")

    assert world.sync().messages == 0


def test_both_authors_of_one_name_are_told_with_both_places_until_it_is_solved(world: World) -> None:
    first, second = world.has("first", ANA), world.has("second", BEN)
    world.describes("component:default/pay", first)
    world.refuses(second, "taken", conflict="component:default/pay")

    world.sync()
    world.sync()
    assert len(world.messenger.log) == 2
    for recipient in ("user:ana", "user:ben"):
        (message,) = world.messenger.to(recipient)
        content = message.notices[0].content
        assert content["first"]["repository"] == "acme/first"
        assert content["refused"]["repository"] == "acme/second"

    world.refuses(second)
    world.sync()
    assert {message.notices[0].state for message in world.messenger.shown.values()} == {State.MENDED}


def test_one_author_of_both_files_is_told_once(world: World) -> None:
    first, second = world.has("first", ANA), world.has("second", ANA)
    world.describes("component:default/pay", first)
    world.refuses(second, "taken", conflict="component:default/pay")

    world.sync()

    assert [len(message.notices) for message in world.messenger.to("user:ana")] == [1]


def test_the_last_owner_is_told_of_an_orphan_once_and_that_it_is_back(world: World) -> None:
    key, ref = world.has("pay"), "component:default/pay"
    world.owners[ref] = ("group:default/payments",)
    world.describes(ref, key, is_gone=True)

    world.sync()
    world.sync()
    (message,) = world.messenger.to("channel:group:default/payments")
    assert message.notices[0].content["leaves_on"] == "2026-12-01"
    assert len(world.messenger.log) == 1

    world.describes(ref, key)
    world.sync()
    (message,) = world.messenger.to("channel:group:default/payments")
    assert message.notices[0].state is State.MENDED


def test_an_orphan_that_left_is_said_to_have_left(world: World) -> None:
    key, ref = world.has("pay"), "component:default/pay"
    world.describes(ref, key, is_gone=True)
    world.sync()

    with world.database.write() as connection:
        connection.execute(entities.delete().where(entities.c.ref == ref))
    world.sync()

    (message,) = world.messenger.to(ADMINS)
    assert message.notices[0].state is State.GONE


def test_a_hold_is_asked_once_and_what_else_is_held_later_is_asked_too(world: World) -> None:
    world.holds("a", "b")
    world.sync()
    world.sync()
    assert len(world.messenger.log) == 1

    world.holds("a", "b", "c")
    world.sync()

    states = [message.notices[0].state for message in world.messenger.to(ADMINS)]
    assert sorted(states) == [State.GONE, State.OPEN]


def test_a_decision_stands_in_the_message_and_a_second_one_finds_nobody_waiting(world: World) -> None:
    world.holds("a", "b")
    world.sync()

    assert world.notices.decide(SOURCE, "a+b", State.KEPT, "<@U1>")
    assert not world.notices.decide(SOURCE, "a+b", State.APPLIED, "<@U2>")

    (message,) = world.messenger.to(ADMINS)
    assert (message.notices[0].state, message.notices[0].content["by"]) == (State.KEPT, "<@U1>")
    world.sync()
    assert world.messenger.to(ADMINS)[0].notices[0].state is State.KEPT


def test_a_hold_that_was_settled_and_comes_back_is_asked_again(world: World) -> None:
    world.holds("a", "b")
    world.sync()
    world.holds()
    world.sync()
    world.clock.advance(timedelta(days=1))
    world.holds("a", "b")

    world.sync()

    assert sorted(message.notices[0].state for message in world.messenger.to(ADMINS)) == [
        State.GONE,
        State.OPEN,
    ]


def test_what_was_settled_long_ago_is_forgotten(world: World) -> None:
    key = world.has("pay", ANA)
    world.refuses(key, "wrong")
    world.sync()
    world.refuses(key)
    world.sync()
    world.clock.advance(timedelta(days=200))
    world.sync()

    with world.database.read() as connection:
        kinds = list(connection.execute(sa.text("SELECT kind FROM catalog_notices")).scalars())
    assert kinds == ["first"]
