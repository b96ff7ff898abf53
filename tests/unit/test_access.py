"""Who may see and do what, and where."""

import itertools

import pytest

from core.access import (
    ALONE,
    OPERATOR,
    UNKNOWN_CHANNEL,
    Asker,
    Place,
    PlaceKind,
    SlackUser,
    Standing,
    Visibility,
    may_act_for,
    may_administer,
    may_correct,
    may_create,
    may_decide,
    visible_in,
    visible_to,
)

MEMBER = Asker(
    Standing.MEMBER, SlackUser("T1", "U1"), "user:default/ana", frozenset({"group:default/payments"})
)
GUEST = Asker(Standing.GUEST, SlackUser("T1", "U2"), groups=frozenset({"group:default/payments"}))
UNMATCHED = Asker(Standing.UNMATCHED, SlackUser("T1", "U3"))
ALL = {Visibility.PUBLIC, Visibility.INTERNAL, Visibility.PRIVATE}
ASKERS = {"operator": OPERATOR, "member": MEMBER, "unmatched": UNMATCHED, "guest": GUEST}
PLACES = {
    "direct": Place(PlaceKind.DIRECT),
    "ephemeral": ALONE,
    "channel": Place(PlaceKind.CHANNEL),
    "channel with guests": Place(PlaceKind.CHANNEL, has_guests=True),
    "shared channel": Place(PlaceKind.CHANNEL, is_shared=True),
    "unknown channel": UNKNOWN_CHANNEL,
}
INSIDE = {"direct", "ephemeral", "channel"}
"""Where nobody from outside can read along."""


@pytest.mark.parametrize(("asker", "place"), list(itertools.product(ASKERS, PLACES)))
def test_everything_is_seen_by_members_where_no_outsider_reads_along_and_else_what_is_public(
    asker: str, place: str
) -> None:
    is_inside = asker in ("operator", "member") and place in INSIDE

    assert visible_in(ASKERS[asker], PLACES[place]) == (ALL if is_inside else {Visibility.PUBLIC})


@pytest.mark.parametrize("asker", [OPERATOR, MEMBER])
def test_members_and_the_operator_see_everything_alone(asker: Asker) -> None:
    assert visible_to(asker) == ALL


def test_an_asker_carries_along_where_the_answer_is_read() -> None:
    assert visible_to(MEMBER.at(PLACES["shared channel"])) == {Visibility.PUBLIC}


def test_a_place_of_which_slack_said_nothing_hides_what_is_not_public() -> None:
    assert UNKNOWN_CHANNEL.is_open


def test_guests_and_who_was_not_matched_where_that_is_asked_for_may_not_create() -> None:
    assert [may_create(asker) for asker in ASKERS.values()] == [True, True, False, False]


def test_members_act_for_their_own_groups_only() -> None:
    assert may_act_for(MEMBER, "group:default/payments")
    assert not may_act_for(MEMBER, "group:default/checkout")


def test_the_operator_acts_for_every_group() -> None:
    assert may_act_for(OPERATOR, "group:default/anything")


def test_who_is_named_administers_and_a_guest_never_does() -> None:
    assert may_administer(OPERATOR)
    assert may_administer(Asker(Standing.MEMBER, is_admin=True))
    assert not may_administer(MEMBER)
    assert not may_administer(Asker(Standing.GUEST, is_admin=True))


def test_the_same_id_in_two_workspaces_is_two_people() -> None:
    assert SlackUser("T1", "U1") != SlackUser("T2", "U1")


OWNERS, LEADS, NEW = ("group:default/payments",), ("user:default/lea",), "group:default/ledger"


def _member(user: str, *groups: str, is_admin: bool = False, standing: Standing = Standing.MEMBER) -> Asker:
    return Asker(
        standing, SlackUser("T1", "U9"), f"user:default/{user}", frozenset(groups), is_admin=is_admin
    )


@pytest.mark.parametrize(
    ("asker", "corrects", "decides"),
    [
        (_member("ana", *OWNERS), True, True),
        (_member("lea"), True, True),
        (_member("ben", NEW), True, False),
        (_member("zoe", is_admin=True), True, False),
        (_member("kim"), False, False),
        (OPERATOR, True, False),
        (_member("ana", *OWNERS, standing=Standing.GUEST), False, False),
        (_member("lea", standing=Standing.UNMATCHED), False, False),
        (_member("zoe", is_admin=True, standing=Standing.GUEST), False, False),
        (Asker(Standing.MEMBER, SlackUser("T1", "U9")), False, False),
    ],
    ids="owner lead proposed admin other operator guest unmatched admin-guest nobody".split(),
)
def test_the_word_of_those_who_are_concerned_is_enough_and_the_owners_alone_answer(
    asker: Asker, corrects: bool, decides: bool
) -> None:
    assert may_correct(asker, OWNERS, LEADS, NEW) is corrects
    assert may_decide(asker, OWNERS, LEADS) is decides


def test_an_owner_who_is_a_person_speaks_for_themselves() -> None:
    assert may_correct(_member("ana"), ["user:default/ana"], (), None)
    assert may_decide(_member("ana"), ["user:default/ana"], ())
    assert may_correct(_member("ben"), ["user:default/ana"], (), "user:default/ben")
    assert not may_decide(_member("ben"), ["user:default/ana"], ())
