"""Who may see and do what."""

import pytest

from core.access import OPERATOR, Asker, SlackUser, Standing, Visibility, may_act_for, may_create, visible_to

MEMBER = Asker(
    Standing.MEMBER, SlackUser("T1", "U1"), "user:default/ana", frozenset({"group:default/payments"})
)
GUEST = Asker(Standing.GUEST, SlackUser("T1", "U2"), groups=frozenset({"group:default/payments"}))


@pytest.mark.parametrize("asker", [OPERATOR, MEMBER])
def test_members_and_the_operator_see_everything(asker: Asker) -> None:
    assert visible_to(asker) == {Visibility.PUBLIC, Visibility.INTERNAL, Visibility.PRIVATE}


def test_a_guest_sees_what_everybody_on_the_internet_sees() -> None:
    assert visible_to(GUEST) == {Visibility.PUBLIC}


def test_a_guest_may_not_create() -> None:
    assert [may_create(asker) for asker in (OPERATOR, MEMBER, GUEST)] == [True, True, False]


def test_members_act_for_their_own_groups_only() -> None:
    assert may_act_for(MEMBER, "group:default/payments")
    assert not may_act_for(MEMBER, "group:default/checkout")


def test_the_operator_acts_for_every_group() -> None:
    assert may_act_for(OPERATOR, "group:default/anything")


def test_the_same_id_in_two_workspaces_is_two_people() -> None:
    assert SlackUser("T1", "U1") != SlackUser("T2", "U1")
