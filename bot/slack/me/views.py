"""Pure: who Callboard thinks somebody is, and what becomes of what they say of themselves."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.slack.blocks import (
    Json,
    Message,
    actions,
    button,
    context,
    escape,
    person,
    plain,
    quoted,
    section,
)
from bot.slack.corrections.modals import who_field
from bot.slack.me.claims import Claim, ClaimState
from bot.slack.people import Match, Profile
from catalog_sync.estate import TeamProfile
from core.access import Asker, Standing

FORM = "me:form"
SAY, YES, NO = "me:say", "me:yes", "me:no"
_MOST_TEAMS = 10
_HERE = {
    Standing.MEMBER: "a full member of this workspace",
    Standing.UNMATCHED: "a full member of this workspace",
    Standing.GUEST: "a guest here, so I show you what is public",
}


@dataclass(frozen=True, slots=True)
class Self:
    """What is known of somebody."""

    asker: Asker
    profile: Profile
    match: Match
    user_title: str
    """What the user of the catalog is called; empty where they are nobody."""
    teams: Sequence[TeamProfile]
    claim: Claim | None
    claim_title: str


def me_message(known: Self, channel: Callable[[str], str], title: Callable[[str], str]) -> Message:
    """Who you are here.

    Args:
        known: What is known.
        channel: From a channel to how it stands in mrkdwn.
        title: From a reference to what it is called.
    """
    name = quoted(known.profile.name or "Somebody")
    lines = [
        f"You are *{name}*, {_HERE.get(known.asker.standing, 'somebody whom Slack does not tell about')}."
    ]
    if known.asker.is_admin:
        lines.append("You are an administrator of Callboard.")
    lines.append(_catalog_line(known))
    blocks = [section("\n".join(lines))]
    if known.asker.user:
        blocks.append(section(_teams_text(known, channel, title)))
    if known.claim and known.claim.state is ClaimState.WAITING:
        blocks.append(
            section(
                f"You said that you are *{quoted(known.claim_title)}*. An administrator has not answered yet."
            )
        )
    if known.asker.standing is Standing.GUEST:
        return Message(f"You are {name}, a guest here", tuple(blocks))
    word = "That is not me" if known.asker.user else "Say who I am"
    spoken = (
        f"You are {quoted(known.user_title)} in the catalog"
        if known.asker.user
        else "The catalog does not know you"
    )
    note = "An administrator confirms what you say. Teams come from GitHub and from the catalog's files."
    return Message(spoken, (*blocks, *actions([button(word, SAY)]), context(note)))


def who_modal() -> Json:
    """Which GitHub user are you?"""
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": plain("Who are you?"),
        "submit": plain("Send"),
        "close": plain("Cancel"),
        "private_metadata": json.dumps({}),
        "blocks": [who_field(is_optional=False)],
    }


def claim_question(claim: Claim, name: str, mail: str, title: str, other: str = "") -> Message:
    """What administrators read; without buttons once it is decided.

    Args:
        claim: What somebody says.
        name: What they are called in Slack.
        mail: Their address there.
        title: What the user of the catalog is called whom they say they are.
        other: The Slack id of somebody else who is that user so far; empty where nobody is.
    """
    address = f" ({quoted(mail)})" if mail else ""
    login = claim.ref.rpartition("/")[2]
    says = f"{person(claim.who.id)}{address} says: I am *{quoted(title)}* (`{escape(login)}`) in the catalog."
    lines = [says, *([f"⚠️ So far {person(other)} is that user."] if other else [])]
    spoken = f"{escape(name)} says that they are {quoted(title)} in the catalog"
    if claim.state is ClaimState.WAITING:
        buttons = actions(
            [
                button("Yes, that is right", YES, claim.id, style="primary"),
                button("No", NO, claim.id),
            ]
        )
        note = "I could not tell from their e-mail address. Whoever they are acts for that person's teams."
        return Message(spoken, (section("\n".join(lines)), *buttons, context(note)))
    word = "confirmed it" if claim.state is ClaimState.CONFIRMED else "said no"
    return Message(f"Decided: {spoken}", (section(f"{says}\n{person(claim.decided_by)} {word}."),))


def claim_answer(claim: Claim, title: str, has_admins: bool) -> Message:
    """What somebody reads who said who they are."""
    name = f"*{quoted(title)}*"
    if claim.state is ClaimState.CONFIRMED:
        text = f"✅ {person(claim.decided_by)} confirmed that you are {name}. Type `/callboard me` to see your teams."
        return Message(f"You are {quoted(title)} in the catalog now", (section(text),))
    if claim.state is ClaimState.DECLINED:
        text = f"{person(claim.decided_by)} says that you are not {name}. Please talk to them."
        return Message(f"You are not {quoted(title)} in the catalog", (section(text),))
    if not has_admins:
        command = f"callboard people link {claim.who.id} {claim.ref}"
        text = (
            f"You say that you are {name}, and I know no administrator who could confirm it. Whoever runs Callboard"
            f" can: `{escape(command)}`"
        )
        return Message("Nobody can confirm who you are yet", (section(text),))
    text = f"I asked the administrators whether you are {name}. This message says what they answer."
    return Message("I asked the administrators who you are", (section(text),))


def _catalog_line(known: Self) -> str:
    why = escape(known.match.why)
    if known.asker.user:
        login = known.asker.user.rpartition("/")[2]
        return f"In the catalog you are *{quoted(known.user_title)}* (`{escape(login)}`), by {why}."
    return f"The catalog does not know you: {why}."


def _teams_text(known: Self, channel: Callable[[str], str], title: Callable[[str], str]) -> str:
    if not known.teams:
        return "You are in no team that the catalog knows."
    lines = []
    for team in known.teams[:_MOST_TEAMS]:
        parts = [f"*{quoted(team.title)}*"]
        parts += [channel(team.channel)] if team.channel else []
        leads = ["you" if lead == known.asker.user else quoted(title(lead)) for lead in team.leads]
        parts += [f"led by {' and '.join(leads)}"] if leads else []
        parts += (
            [f"on call {' and '.join(quoted(title(one)) for one in team.on_call)}"] if team.on_call else []
        )
        lines.append(f"• {' · '.join(parts)}")
    more = len(known.teams) - _MOST_TEAMS
    lines += [f"and {more} more"] if more > 0 else []
    return "\n".join(["Your teams:", *lines])
