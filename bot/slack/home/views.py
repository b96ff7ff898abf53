"""Pure: somebody's Home as a view: search, what needs them, their teams, and for administrators the state of things."""

from collections.abc import Sequence

from bot.slack.blocks import (
    Json,
    actions,
    button,
    channel_text,
    context,
    cut,
    divider,
    escape,
    header,
    link,
    plain,
    quoted,
    section,
)
from bot.slack.home.administrators import admin_blocks
from bot.slack.home.model import HomeContent, Need, NeedKind, Visitor
from bot.slack.home.pressing import (
    ASK,
    ASKED,
    CLOSE,
    DOCS,
    GO,
    HELP,
    KEEP,
    NEW,
    REMOVE,
    RETRY,
    SEARCH,
    SHOW,
)
from bot.slack.home.teams import ChannelText, team_blocks
from bot.slack.moments import moment

_MOST_NEEDS = 8
_MOST_ANSWERED = 40
"""So many blocks of an answer stand on a Home; Slack takes a hundred in all."""
_MARKS = {
    NeedKind.HELD: "⏸️",
    NeedKind.RUN_FAILED: "❌",
    NeedKind.REFUSED: "📄",
    NeedKind.DISAGREEMENT: "⚖️",
    NeedKind.DOCS: "👎",
    NeedKind.RUN_UNDER_WAY: "⏳",
}


def home_view(
    content: HomeContent,
    *,
    answer: Sequence[Json] = (),
    channel: ChannelText = channel_text,
    command: str = "/callboard",
    claim: str = "",
) -> Json:
    """The view, without what says when it was published.

    Args:
        content: What it shows.
        answer: What the person has just asked for, on top of everything else.
        channel: From a channel to how it stands in mrkdwn.
        command: The slash command.
        claim: The button that lets somebody say who they are in the catalog; empty where there is none.
    """
    blocks = [
        *_search(content),
        *_answered(answer),
        *_welcome(content, command, claim),
        *_needs(content),
        *team_blocks(content, channel),
        *(admin_blocks(content.admin) if content.admin else []),
        context(_footer(content, command)),
    ]
    return {"type": "home", "blocks": blocks}


def away_view(sentence: str) -> Json:
    """A Home while nothing can be looked up."""
    return {
        "type": "home",
        "blocks": [
            section(f"*Callboard cannot look anything up right now*\n{escape(sentence)}"),
            context("Open this tab again in a few minutes; it puts itself right."),
        ],
    }


# -- search and what came out of it ----------------------------------------------------------------------------


def _search(content: HomeContent) -> list[Json]:
    field = {
        "type": "input",
        "block_id": SEARCH,
        "dispatch_action": True,
        "label": plain("Search"),
        "element": {
            "type": "plain_text_input",
            "action_id": SEARCH,
            "placeholder": plain("A name, a team, a repository or a question"),
            "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
        },
    }
    go = {
        "type": "external_select",
        "action_id": GO,
        "placeholder": plain("Go to a component or a team"),
        "min_query_length": 1,
    }
    buttons = [go, *([button("New repository", NEW)] if content.may_create else [])]
    return [field, *actions([*buttons, button("Ask the docs", DOCS), button("Help", HELP)], "home:doors")]


def _answered(answer: Sequence[Json]) -> list[Json]:
    if not answer:
        return []
    shown = [{**block, "block_id": f"home:answer:{number}"} for number, block in enumerate(answer)]
    close = actions([button("Close", CLOSE)], "home:answer:close")
    return [divider(), *shown[:_MOST_ANSWERED], *close, divider()]


# -- welcome ---------------------------------------------------------------------------------------------------


def _welcome(content: HomeContent, command: str, claim: str) -> list[Json]:
    if content.visitor is Visitor.AT_HOME:
        return []
    name = f", {escape(cut(content.name, 60))}" if content.name else ""
    tries = [
        f"`{command} who {escape(content.example)}`  who owns it, and where to ask",
        f"`{command} docs how do I rotate a key`  what the docs say, with the source",
        f"`{command} new`  a new repository on the golden path",
    ]
    if content.visitor is Visitor.GUEST:
        said = "You are a guest here, so I show you what is public. Two things to try in any channel:"
        return [header("Welcome"), section("\n".join([said, *tries[:2]]))]
    said = "I know who owns what, what the docs say, and how to start something new. Three things to try:"
    blocks = [header(f"Welcome{name}"), section("\n".join([said, *tries]))]
    if content.visitor is Visitor.NOT_MATCHED:
        say = [button("Say who I am", claim)] if claim else []
        return [*blocks, section(_how_to_match(content, f"{command} me" if claim else "")), *actions(say)]
    note = (
        "The catalog lists you in no team yet. Teams on GitHub and `Group` entries in `catalog-info.yaml` say who"
        " belongs to one; when yours does, it appears here by itself."
    )
    return [*blocks, context(note)]


def _how_to_match(content: HomeContent, me: str) -> str:
    ways = [
        "Your `User` entry gets the address that you have in Slack (`spec.profile.email`).",
        *([f"Or you say who you are (`{me}`), and an administrator confirms it."] if me else []),
        f"Or an administrator says it: `callboard people link {escape(content.slack_id)} YOUR-GITHUB-LOGIN`.",
    ]
    return "\n".join(
        [
            "*I do not know yet who you are in the catalog*, so I cannot show you your teams. It matches people by"
            " e-mail address. Reading works without it; to change it:",
            *(f"• {way}" for way in ways),
        ]
    )


# -- what needs me ---------------------------------------------------------------------------------------------


def _needs(content: HomeContent) -> list[Json]:
    if content.stale:
        return [context(f"⚠️ {escape(content.stale)}")]
    if not content.needs:
        is_calm = content.visitor is Visitor.AT_HOME
        return [context("✅ Nothing needs you right now.")] if is_calm else []
    rows = [_need(need) for need in content.needs[:_MOST_NEEDS]]
    more = len(content.needs) - len(rows)
    rest = [context(f"and {more} more; they move up as these are done")] if more > 0 else []
    return [header("What needs you"), *[block for row in rows for block in row], *rest]


def _need(need: Need) -> list[Json]:
    title = link(need.url, cut(need.title, 120)) if need.url else escape(cut(need.title, 120))
    detail = f"\n{quoted(cut(' '.join(need.detail.split()), 260))}" if need.detail else ""
    text = f"{_MARKS[need.kind]} {_NEEDS[need.kind].format(title=f'*{title}*')}{detail}"
    if need.kind is NeedKind.HELD:
        return [section(text), *actions(_hold_buttons(need))]
    accessory = button("Try again", RETRY, need.value) if need.kind is NeedKind.RUN_FAILED else None
    if need.kind is NeedKind.DISAGREEMENT and need.value:
        accessory = button("Look", SHOW, need.value)
    return [section(text, accessory=accessory)]


_NEEDS = {
    NeedKind.HELD: "A sync of {title} would remove a lot, and waits for you",
    NeedKind.RUN_FAILED: "Creating {title} stopped",
    NeedKind.REFUSED: "{title} cannot be taken into the catalog as it is",
    NeedKind.DISAGREEMENT: "Not everybody agrees who owns {title}",
    NeedKind.DOCS: "The docs section {title} needs a look",
    NeedKind.RUN_UNDER_WAY: "Creating {title} is under way",
}


def _hold_buttons(need: Need) -> list[Json]:
    remove = {
        **button("Remove them", REMOVE, need.value, style="danger"),
        "confirm": {
            "title": plain("Remove them?"),
            "text": plain(
                cut(f"{need.detail} will leave the catalog. What is on GitHub stays as it is.", 300)
            ),
            "confirm": plain("Remove"),
            "deny": plain("Not now"),
            "style": "danger",
        },
    }
    return [remove, button("Keep them", KEEP, need.value)]


def _footer(content: HomeContent, command: str) -> str:
    if content.stale:
        return f"From memory · only you see this page · `{command} help` says what else I can do"
    synced = (
        f"From the catalog, synced {moment(content.synced_at)}"
        if content.synced_at
        else "The catalog was not synced yet"
    )
    return f"{synced} · only you see this page · `{command} help` says what else I can do"


# -- the docs form ---------------------------------------------------------------------------------------------


def ask_modal(answer: Sequence[Json] = ()) -> Json:
    """A form that asks the docs, with the answer below it."""
    field = {
        "type": "input",
        "block_id": ASK,
        "dispatch_action": True,
        "optional": True,
        "label": plain("What do you want to know?"),
        "element": {
            "type": "plain_text_input",
            "action_id": ASK,
            "placeholder": plain("How do I rotate the signing key?"),
            "max_length": 300,
            "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
        },
        "hint": plain("Press Enter."),
    }
    return {
        "type": "modal",
        "callback_id": ASKED,
        "title": plain("Ask the docs"),
        "submit": plain("Done"),
        "close": plain("Close"),
        "blocks": [field, *answer[:_MOST_ANSWERED]],
    }
