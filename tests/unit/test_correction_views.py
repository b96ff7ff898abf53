"""Corrections and claims as messages: every state says what is and what comes, and nobody's words become ours."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.sandbox.reading import readable, spoken
from bot.slack.block_kit import outgoing_problems, view_problems
from bot.slack.blocks import Message
from bot.slack.corrections.modals import wrong_owner_modal
from bot.slack.corrections.views import asker_message, question_message
from bot.slack.me.claims import Claim, ClaimState
from bot.slack.me.views import claim_answer, claim_question, who_modal
from catalog_sync.answers import OwnerAnswer
from catalog_sync.entity.model import Owner, RepositoryName
from catalog_sync.github.pulls import ProposalState, PullRequest
from catalog_sync.mending.correction import Change, Correction, CorrectionState, Voice
from catalog_sync.mending.corrections import Outlook
from core.access import SlackUser, Visibility

AT = datetime(2026, 11, 25, tzinfo=UTC)
EVIL = "*bold* `code` <@U0001ANA> <!channel> @channel <https://evil.example|bank> & _so_\n> on"
REPOSITORY = RepositoryName("github.com", "acme", "pay")
PULL = PullRequest(REPOSITORY, 12, "https://github.com/acme/pay/pull/12", "callboard/x", ProposalState.OPEN)
S = CorrectionState
KOFI, BEN = Voice(SlackUser("T", "U1"), "Kofi", "It moved."), Voice(SlackUser("T", "U2"), "Ben")
WISH = Correction(
    id="abc-1",
    state=S.ASKED,
    version=1,
    subject="component:default/pay",
    title="Pay",
    repository=REPOSITORY,
    visibility=Visibility.PRIVATE,
    owner="group:default/checkout",
    owner_title="Checkout",
    current=("group:default/payments",),
    current_title="Payments",
    askers=(KOFI,),
    asked_at=AT,
    changed_at=AT,
    places=("channel:#payments-help",),
    is_question=True,
)
STATES = {
    S.ASKED: WISH,
    S.OPENING: replace(WISH, state=S.OPENING, decided_by=BEN),
    S.OPEN: replace(
        WISH,
        state=S.OPEN,
        decided_by=BEN,
        pull=PULL,
        change=Change("catalog-info.yaml", 9, "payments", "checkout"),
    ),
    S.BY_HAND: replace(
        WISH,
        state=S.BY_HAND,
        problem="Callboard may not write.",
        hint="Give github.publish_token access.",
        change=Change("a b/catalog-info.yaml", 9, "payments", "checkout"),
    ),
    S.MERGED: replace(WISH, state=S.MERGED, pull=PULL, decided_by=BEN, is_in_catalog=True),
    S.CLOSED: replace(WISH, state=S.CLOSED, pull=PULL),
    S.DECLINED: replace(WISH, state=S.DECLINED, decided_by=BEN),
    S.MENDED: replace(WISH, state=S.MENDED),
    S.LAPSED: replace(WISH, state=S.LAPSED),
}
ASKER_READS = {
    S.ASKED: "I asked Payments in #payments-help whether that is right.",
    S.OPENING: "@Ben agreed. I am opening the pull request…",
    S.OPEN: "@Ben agreed. I opened acme/pay#12. It changes catalog-info.yaml, line 9.",
    S.BY_HAND: "I cannot change it: Callboard may not write. Give github.publish_token access.",
    S.MERGED: "✅ acme/pay#12 is merged. Pay belongs to Checkout now. Thank you.",
    S.CLOSED: "acme/pay#12 was closed without being merged, so nothing has changed.",
    S.DECLINED: "@Ben says that it belongs to Payments. Nothing has changed.",
    S.MENDED: "✅ It is mended: the file names Checkout now.",
    S.LAPSED: "Payments in #payments-help did not answer for a month.",
}
OWNERS_READ = {
    S.ASKED: "Members of Payments decide.",
    S.OPENING: "@Ben agreed. I am opening the pull request…",
    S.OPEN: "@Ben agreed. acme/pay#12 waits for whoever owns the file.",
    S.BY_HAND: "Line 9 of a b/catalog-info.yaml from payments to checkout.",
    S.MERGED: "✅ @Ben agreed. acme/pay#12 is merged. Pay belongs to Checkout now.",
    S.CLOSED: "acme/pay#12 was closed without being merged. Nothing has changed.",
    S.DECLINED: "@Ben said no. Nothing has changed.",
    S.MENDED: "✅ It is mended: the file names Checkout now.",
    S.LAPSED: "Nobody answered for long.",
}


def read(message: Message) -> str:
    return spoken(readable(message.blocks), {"U1": "Kofi", "U2": "Ben"}).replace("`", "")


def test_every_state_has_its_words() -> None:
    assert set(STATES) == set(ASKER_READS) == set(OWNERS_READ) == set(CorrectionState)


@pytest.mark.parametrize("state", STATES)
def test_the_asker_reads_how_it_stands(state: CorrectionState) -> None:
    message = asker_message(STATES[state], "https://github.com/acme/pay/edit/main")

    assert read(message).startswith("Pay → Checkout\n")
    assert ASKER_READS[state] in read(message)
    assert "Pay" in message.text
    assert outgoing_problems(list(message.blocks)) == ()


@pytest.mark.parametrize("state", STATES)
def test_the_owners_read_the_question_and_its_answer(state: CorrectionState) -> None:
    message = question_message(STATES[state], "https://github.com/acme/pay/edit/main")
    text = read(message)

    assert text.startswith("Kofi thinks that Pay belongs to Checkout.\n> It moved.\n")
    assert OWNERS_READ[state] in text
    assert ("Yes, open the pull request" in text) is (state is S.ASKED)
    assert ("No, it is ours" in text) is (state in (S.ASKED, S.BY_HAND))
    assert outgoing_problems(list(message.blocks)) == ()


@pytest.mark.parametrize("state", STATES)
def test_nobodys_words_become_ours(state: CorrectionState) -> None:
    evil = replace(
        STATES[state],
        title=EVIL,
        owner_title=EVIL,
        current_title=EVIL,
        problem=EVIL,
        hint=EVIL,
        askers=(Voice(KOFI.user, EVIL, EVIL),),
        change=Change("x`<!here>", 1, EVIL, EVIL),
    )

    for message in (
        asker_message(evil, "https://github.com/x"),
        question_message(evil, "https://github.com/x"),
    ):
        said = f"{message.text} {message.blocks}"
        assert "<!" not in said
        assert "<@U0001ANA>" not in said
        assert "|bank>" not in said
        assert "@channel" not in said


def test_long_words_are_cut_to_what_slack_takes() -> None:
    wordy = replace(
        WISH, askers=tuple(Voice(SlackUser("T", f"U{n}"), "K" * 200, "x" * 5000) for n in range(9))
    )

    message = question_message(wordy)
    assert outgoing_problems(list(message.blocks)) == ()


def test_where_nobody_owns_it_or_administrators_answer_the_question_says_so() -> None:
    assert "Nobody owns it today." in read(question_message(replace(WISH, current=(), current_title="")))
    assert "Members of Checkout decide." in read(
        question_message(replace(WISH, current=(), current_title=""))
    )
    admins = replace(WISH, asks_admins=True, places=("user:U3",))
    assert "Administrators decide." in read(question_message(admins))
    assert "so I asked the administrators" in read(asker_message(admins))


def test_while_github_is_away_the_asker_reads_that_there_is_nothing_to_do() -> None:
    waiting = replace(WISH, state=S.OPENING, problem="GitHub did not answer")

    assert "GitHub did not answer. I go on trying; there is nothing that you have to do." in read(
        asker_message(waiting)
    )


@pytest.mark.parametrize("is_enough", [True, False])
@pytest.mark.parametrize("owners", [(), (Owner("group:default/payments", EVIL, "Group", "#pay"),)])
def test_the_form_is_one_that_slack_takes(is_enough: bool, owners: tuple[Owner, ...]) -> None:
    now = OwnerAnswer("q", "entity", AT, title=EVIL, repository=REPOSITORY, owners=owners, why=EVIL)
    view = wrong_owner_modal(
        "component:default/pay", Outlook(now, is_enough, "catalog-info.yaml"), asks_who=True
    )

    assert view_problems(view) == ()
    assert "<!channel>" not in str(view)
    assert ("I ask" in str(view)) is not is_enough


@pytest.mark.parametrize("state", ClaimState)
def test_a_claim_reads_as_it_stands(state: ClaimState) -> None:
    claim = Claim(SlackUser("T", "U1"), 1, "user:default/ben", state, "U2")
    question = claim_question(claim, EVIL, "k@acme.example", "Ben Fischer", "U3")
    answer = claim_answer(claim, "Ben Fischer", has_admins=True)

    assert "Ben Fischer" in read(question)
    assert ("Yes, that is right" in read(question)) is (state is ClaimState.WAITING)
    assert "<!" not in question.text
    assert outgoing_problems([*question.blocks, *answer.blocks]) == ()


def test_where_nobody_can_confirm_it_the_command_is_told() -> None:
    claim = Claim(SlackUser("T", "U1"), 1, "user:default/ben", ClaimState.WAITING, "")

    assert "callboard people link U1 user:default/ben" in read(claim_answer(claim, "Ben", has_admins=False))
    assert view_problems(who_modal()) == ()
