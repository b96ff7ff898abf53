"""Who is who: addresses, logins and links in, one person or nobody out."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.slack.links import Links
from bot.slack.mails import SCOPE, MailsUnreadable
from bot.slack.people import Match, People
from bot.slack.roster import roster
from catalog_sync.people import Account, PeopleBook, is_personal, login_of
from core.access import Standing
from core.clock import FixedClock
from core.database import Database
from core.errors import SlackUnavailable, UserError

HOME = "T1"


def user(name: str, mail: str = "", login: str = "") -> Account:
    return Account(f"user:default/{name}", login, mail)


CATALOG = (
    user("ana", "Ana@Acme.example"),
    user("ben", "ben@acme.example", login="ben-at-acme"),
    user("twin-a", "twins@acme.example"),
    user("twin-b", "twins@acme.example"),
    user("mira", "12345+mira@users.noreply.github.com", login="mira"),
    user("kofi"),
)


@pytest.mark.parametrize(
    ("mail", "ref"),
    [
        ("ana@acme.example", "user:default/ana"),
        ("  ANA@ACME.EXAMPLE ", "user:default/ana"),
        ("ana+slack@acme.example", "user:default/ana"),
        ("anna@acme.example", None),
        ("ana@acme.example.evil.test", None),
        ("twins@acme.example", None),
        ("twins+1@acme.example", None),
        ("12345+mira@users.noreply.github.com", None),
        ("noreply@acme.example", None),
        ("no-reply+ana@acme.example", None),
        ("+@acme.example", None),
        ("ana", None),
        ("", None),
    ],
)
def test_an_address_leads_to_its_owner_and_on_any_doubt_to_nobody(mail: str, ref: str | None) -> None:
    assert PeopleBook(CATALOG).of_mail(mail).ref == ref


def test_a_tag_counts_where_the_address_has_to_be_exact() -> None:
    assert PeopleBook(CATALOG).of_mail("ana+slack@acme.example", is_exact=True).ref is None


def test_an_exact_address_goes_before_one_that_is_equal_but_for_its_tag() -> None:
    book = PeopleBook([user("bot-runner", "ana+ci@acme.example"), user("ana", "ana@acme.example")])

    assert book.of_mail("ana+ci@acme.example").ref == "user:default/bot-runner"
    assert book.of_mail("ana+other@acme.example").ref is None


@pytest.mark.parametrize(
    ("login", "ref"),
    [
        ("Kofi", "user:default/kofi"),
        ("ben-at-acme", "user:default/ben"),
        ("ben", "user:default/ben"),
        ("nobody", None),
    ],
)
def test_a_login_is_an_annotation_or_a_name(login: str, ref: str | None) -> None:
    assert PeopleBook(CATALOG).of_login(login) == ref


def test_a_name_that_is_somebody_elses_login_is_theirs() -> None:
    book = PeopleBook([user("sam", login="samuel"), user("sammy", login="sam")])

    assert book.of_login("sam") == "user:default/sammy"


@pytest.mark.parametrize(
    ("mail", "login"),
    [
        ("12345+ana@users.noreply.github.com", "ana"),
        ("Ana@users.noreply.github.com", "ana"),
        ("7+ana-b@users.noreply.github.acme.example", "ana-b"),
        ("ana@acme.example", ""),
        ("12345+ana@users.noreply.github.com.evil@x", ""),
    ],
)
def test_githubs_private_addresses_name_a_login(mail: str, login: str) -> None:
    assert login_of(mail) == login
    assert login == "" or not is_personal(mail)


class Slack:
    """A workspace in memory."""

    workspace = HOME

    def __init__(self, *users: dict[str, Any]) -> None:
        self.everybody = {user["id"]: user for user in users}
        self.is_away = False

    def user(self, user_id: str) -> dict[str, Any]:
        if self.is_away:
            raise SlackUnavailable("Slack is away")
        if user_id not in self.everybody:
            raise UserError("Slack refused users_info: user_not_found")
        return self.everybody[user_id]

    def find_user(self, mail: str) -> dict[str, Any] | None:
        for found in self.everybody.values():
            if found["profile"].get("email", "").lower() == mail.lower():
                return found
        return None

    def users(self) -> Iterator[dict[str, Any]]:
        return iter(self.everybody.values())


class Catalog:
    """The users above."""

    def book(self) -> PeopleBook:
        return PeopleBook(CATALOG)

    def groups_of(self, user: str) -> frozenset[str]:
        return frozenset({"group:default/payments"}) if user == "user:default/ana" else frozenset()


def slack_user(key: str, mail: str, **flags: Any) -> dict[str, Any]:
    return {"id": key, "team_id": HOME, "profile": {"email": mail, "real_name": key.title()}, **flags}


def people(*users: dict[str, Any], links: Links | None = None, **more: Any) -> People:
    return People(Slack(*users), Catalog(), links, **more)


def test_a_member_is_matched_by_their_address() -> None:
    asker = people(slack_user("U1", "ana@acme.example")).asker(HOME, "U1")

    assert (asker.standing, asker.user) == (Standing.MEMBER, "user:default/ana")
    assert asker.groups == {"group:default/payments"}


@pytest.mark.parametrize(
    ("flags", "standing", "is_matched"),
    [
        ({"is_restricted": True}, Standing.GUEST, True),
        ({"is_ultra_restricted": True}, Standing.GUEST, True),
        ({"is_stranger": True}, Standing.GUEST, False),
        ({"team_id": "T9"}, Standing.GUEST, False),
        ({"team_id": "T9", "enterprise_user": {"teams": [HOME, "T9"]}}, Standing.MEMBER, True),
        ({"is_bot": True}, Standing.GUEST, False),
        ({"deleted": True}, Standing.GUEST, False),
    ],
)
def test_bots_and_people_of_other_organisations_are_nobody_whatever_their_address(
    flags: dict[str, Any], standing: Standing, is_matched: bool
) -> None:
    asker = people(slack_user("U1", "ana@acme.example", **flags)).asker(HOME, "U1")

    assert asker.standing is standing
    assert asker.user == ("user:default/ana" if is_matched else None)


def test_a_guest_is_matched_by_exactly_their_address_only() -> None:
    guest = slack_user("U1", "ana+agency@acme.example", is_restricted=True)

    assert people(guest).asker(HOME, "U1").user is None


def test_somebody_of_whom_slack_says_nothing_is_a_guest() -> None:
    assert people().asker(HOME, "U404").standing is Standing.GUEST


def test_who_was_known_stays_who_they_were_only_while_slack_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    slack = Slack(slack_user("U1", "ana@acme.example"))
    found = People(slack, Catalog())
    monkeypatch.setattr("bot.slack.people._FRESH_S", -1.0)
    assert found.asker(HOME, "U1").standing is Standing.MEMBER

    slack.is_away = True
    assert found.asker(HOME, "U1").standing is Standing.MEMBER

    slack.is_away = False
    del slack.everybody["U1"]
    assert found.asker(HOME, "U1").standing is Standing.GUEST


def test_a_member_who_is_in_no_catalog_sees_everything_unless_a_match_is_asked_for() -> None:
    stranger = slack_user("U1", "new@acme.example")

    assert people(stranger).asker(HOME, "U1").standing is Standing.MEMBER
    assert people(stranger, require_match=True).asker(HOME, "U1").standing is Standing.UNMATCHED


@pytest.mark.parametrize(
    ("admins", "flags", "is_admin"),
    [
        (("ana@acme.example",), {}, True),
        (("ANA@acme.example",), {}, True),
        (("U1",), {}, True),
        (("ben@acme.example",), {}, False),
        (("ana@acme.example",), {"is_stranger": True}, False),
        (("U1",), {"is_restricted": True}, False),
    ],
)
def test_administrators_are_members_that_the_setting_names(
    admins: tuple[str, ...], flags: dict[str, Any], is_admin: bool
) -> None:
    found = people(slack_user("U1", "ana@acme.example", **flags), admins=admins)

    assert found.asker(HOME, "U1").is_admin is is_admin
    assert found.administrators() == (("U1",) if is_admin else ())


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


def links_of(database: Database, clock: FixedClock, **setting: str) -> Links:
    return Links(database, {key.replace("_at_", "@"): value for key, value in setting.items()}, clock)


def test_an_administrators_link_goes_before_the_address(database: Database, clock: FixedClock) -> None:
    links = links_of(database, clock)
    links.put("U1", "kofi", "root")

    found = people(slack_user("U1", "ana@acme.example"), links=links)

    assert found.asker(HOME, "U1").user == "user:default/kofi"


def test_the_settings_go_before_the_command_line(database: Database, clock: FixedClock) -> None:
    links = links_of(database, clock, U1="ben")
    links.put("U1", "kofi", "root")

    found = people(slack_user("U1", "ana@acme.example"), links=links)

    assert found.asker(HOME, "U1").user == "user:default/ben"


def test_a_link_to_nobody_ends_a_wrong_match(database: Database, clock: FixedClock) -> None:
    links = links_of(database, clock)
    links.put("ana@acme.example", "", "root")
    found = people(slack_user("U1", "Ana@acme.example"), links=links)

    assert found.asker(HOME, "U1").user is None
    links.remove("ana@acme.example")
    assert found.asker(HOME, "U1").user == "user:default/ana"


def test_a_link_to_a_user_who_is_not_there_matches_nobody_and_says_so(
    database: Database, clock: FixedClock
) -> None:
    links = links_of(database, clock, U1="zoe")
    found = people(slack_user("U1", "ana@acme.example"), links=links)

    assert found.match(found.profile_of(slack_user("U1", "ana@acme.example"))) == Match(
        None, "the setting people.links names zoe, who is not there"
    )


def test_who_is_to_be_told_is_found_by_link_then_by_the_catalogs_address(
    database: Database, clock: FixedClock
) -> None:
    links = links_of(database, clock, U2="kofi")
    found = people(slack_user("U1", "ana@acme.example"), slack_user("U2", "k@acme.example"), links=links)

    assert _id(found.slack_user_of("user:default/kofi")) == "U2"
    assert _id(found.slack_user_of("user:default/ana")) == "U1"
    assert found.slack_user_of("user:default/ben") is None


def test_nobody_is_told_what_is_meant_for_somebody_else(database: Database, clock: FixedClock) -> None:
    """A commit with somebody's address and another's account."""
    links = links_of(database, clock, U3="")
    ana, shared = slack_user("U1", "ana@acme.example"), slack_user("U3", "shared@acme.example")
    found = people(ana, shared, links=links)

    assert found.slack_user_of("user:default/kofi", ["ana@acme.example"]) is None
    assert found.slack_user_of("user:default/kofi", ["shared@acme.example"]) is None


def test_an_author_whom_the_catalog_does_not_know_is_told_where_they_are_a_member() -> None:
    member, guest = slack_user("U1", "new@acme.example"), slack_user("U2", "g@x.example", is_restricted=True)
    found = people(member, guest)

    assert _id(found.slack_user_of(None, ["new@acme.example"])) == "U1"
    assert found.slack_user_of(None, ["g@x.example"]) is None


def test_a_roster_says_who_could_not_be_matched_on_either_side() -> None:
    found = people(
        slack_user("U1", "ana@acme.example"),
        slack_user("U2", "new@acme.example"),
        slack_user("U3", "guest@x.example", is_restricted=True),
        slack_user("U4", "", is_bot=True),
        slack_user("U5", "old@acme.example", deleted=True),
    )

    seen = roster(found._slack.users(), found)  # type: ignore[attr-defined]

    assert [row.id for row in seen.slack] == ["U1", "U2", "U3"]
    assert [row.id for row in seen.unmatched] == ["U2"]
    assert "user:default/ana" not in seen.missing
    assert "user:default/kofi" in seen.missing


def _id(profile: Any) -> str:
    return str(profile.id) if profile else ""


class Closed(Slack):
    """A workspace that does not show addresses until the app is installed again."""

    is_open = False

    def user(self, user_id: str) -> dict[str, Any]:
        found = super().user(user_id)
        return found if self.is_open else {**found, "profile": {"real_name": "Ana"}}

    def find_user(self, mail: str) -> dict[str, Any] | None:
        if not self.is_open:
            raise MailsUnreadable
        return super().find_user(mail)


def test_who_could_not_be_looked_up_is_not_remembered_as_unknown() -> None:
    slack = Closed(slack_user("U1", "ana@acme.example"))
    who = People(slack, Catalog(), admins=("ana@acme.example", "U1"))

    assert who.asker(HOME, "U1").user is None
    assert who.administrators() == ("U1",)
    with pytest.raises(SlackUnavailable, match=re.escape(SCOPE)):
        who.slack_user_of("user:default/ana")

    slack.is_open = True
    assert who.asker(HOME, "U1").user == "user:default/ana"
    found = who.slack_user_of("user:default/ana")
    assert found is not None
    assert found.id == "U1"
