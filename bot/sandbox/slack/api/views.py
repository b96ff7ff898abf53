"""views.*: modals that lie on each other, and the Home tab."""

import re

from bot.sandbox.slack.api.call import Call, invalid_arguments
from bot.sandbox.slack.api.content import refusal, with_ids
from bot.sandbox.slack.api.registry import Argument, Kind, Method, Tier, strings
from bot.sandbox.slack.records import Json, SlackError, View
from bot.sandbox.slack.state import Workspace
from bot.slack.block_kit import view_problems

_MODAL_STACK = 3


def open_view(call: Call) -> Json:
    """Open a modal for the person who did something in the last three seconds."""
    body = _view(call, "modal")
    workspace = call.site.workspace
    _check_external_id(call, body, None)
    user = workspace.use_trigger(call.text("trigger_id"), call.app.id)
    view = _own(call, workspace.new_view(user, body))
    workspace.modals[user] = [view]
    workspace.tell({"kind": "view", "user": user})
    return {"view": view.shaped()}


def push(call: Call) -> Json:
    """Lay another one on top; three lie on each other at most."""
    body = _view(call, "modal")
    workspace = call.site.workspace
    _check_external_id(call, body, None)
    user = workspace.use_trigger(call.text("trigger_id"), call.app.id)
    stack = workspace.modals.setdefault(user, [])
    if not stack or stack[-1].app_id != call.app.id:
        raise SlackError("not_found")
    if len(stack) >= _MODAL_STACK:
        raise SlackError("push_limit_reached")
    view = _own(call, workspace.new_view(user, body, stack[-1]))
    stack.append(view)
    workspace.tell({"kind": "view", "user": user})
    return {"view": view.shaped()}


def update(call: Call) -> Json:
    """Show something else in a view."""
    view = _find(call)
    body = _view(call, str(view.body.get("type", "modal")))
    _check_external_id(call, body, view)
    if call.text("hash") and call.text("hash") != view.hash:
        raise SlackError("hash_conflict")
    replace_view(call.site.workspace, view, body)
    return {"view": view.shaped()}


def publish(call: Call) -> Json:
    """Show something on somebody's Home tab."""
    user, workspace = call.text("user_id"), call.site.workspace
    body = _view(call, "home")
    if not call.app.has_home:
        raise SlackError("not_enabled")
    if not re.fullmatch(r"[UW][A-Z0-9]+", user):
        raise invalid_arguments("invalid `user_id`")
    # Slack's page shows only the malformed case; an unknown person in the right form is a guess.
    if user not in workspace.users:
        raise SlackError("user_not_found")
    homes = workspace.homes_of(call.app.id)
    before = homes.get(user)
    _check_external_id(call, body, before)
    if before and call.text("hash") and call.text("hash") != before.hash:
        raise SlackError("hash_conflict")
    view = _own(call, workspace.new_view(user, body))
    if before:
        # Publishing again changes the same view.
        view.id = view.root_id = before.id
    homes[user] = view
    workspace.tell({"kind": "home", "user": user})
    return {"view": view.shaped()}


def replace_view(workspace: Workspace, view: View, body: Json) -> None:
    """Show something else in an open view."""
    view.body, view.hash, view.errors = body, workspace.next_hash(), {}
    workspace.tell({"kind": "home" if body.get("type") == "home" else "view", "user": view.user})


def _own(call: Call, view: View) -> View:
    view.app_id, view.bot_id = call.app.id, call.app.bot_id
    return view


def _find(call: Call) -> View:
    """The caller's view by id or external id; another app's does not exist for it."""
    key, external = call.text("view_id"), call.text("external_id")
    if not key and not external:
        raise invalid_arguments("missing required field: view_id")
    for view in _views(call):
        if view.id == key or (external and view.body.get("external_id") == external):
            return view
    raise SlackError("not_found")


def _views(call: Call) -> list[View]:
    stacks = [view for stack in call.site.workspace.modals.values() for view in stack]
    homes = call.site.workspace.homes_of(call.app.id).values()
    return [view for view in (*stacks, *homes) if view.app_id == call.app.id]


def _check_external_id(call: Call, body: Json, own: View | None) -> None:
    external = body.get("external_id")
    if external and any(
        view is not own and view.body.get("external_id") == external for view in _views(call)
    ):
        raise SlackError("duplicate_external_id")


def _view(call: Call, kind: str) -> Json:
    body: Json = call.get("view") or {}
    problems = view_problems(body)
    if not problems and body.get("type") != kind:
        raise invalid_arguments("must be a valid enum value [json-pointer:/view/type]")
    if problems:
        raise refusal("invalid_arguments", problems, "/view")
    return {**body, "blocks": with_ids(body["blocks"])}


_VIEW = Argument("view", Kind.OBJECT, required=True)
_TRIGGER = Argument("trigger_id", required=True)
METHODS = (
    Method("views.open", open_view, (_TRIGGER, _VIEW), tier=Tier.T4),
    Method("views.push", push, (_TRIGGER, _VIEW), tier=Tier.T4),
    Method("views.update", update, (_VIEW, *strings("view_id external_id hash")), tier=Tier.T4),
    Method(
        "views.publish", publish, (Argument("user_id", required=True), _VIEW, *strings("hash")), tier=Tier.T4
    ),
)
