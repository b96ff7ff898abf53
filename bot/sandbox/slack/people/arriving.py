"""What happens to the workspace itself: somebody new, somebody with another title, the app thrown out."""

import re

from bot.sandbox.slack.api.shapes import profile_of
from bot.sandbox.slack.apps import TokenKind
from bot.sandbox.slack.people.stage import Stage
from bot.sandbox.slack.records import Json, SlackError, User
from bot.sandbox.slack.state import APP_ID, BOT_USER

_PROFILE = ("real_name", "email", "title", "timezone")


class Arriving:
    """People come and change, and the app may have to go."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._workspace = stage.workspace

    def arrives(self, login: str, name: str, email: str = "") -> User:
        """Somebody new has an account, and is in #general."""
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,79}", login):
            raise SlackError("invalid_name")
        if any(user.name == login for user in self._workspace.users.values()):
            raise SlackError("name_taken")
        user = User(self._workspace.new_id("U"), login, name or login, email)
        self._workspace.users[user.id] = user
        general = self._workspace.channel_named("general")
        if general:
            general.members.add(user.id)
        self._stage.events.user_changed("team_join", self._profile(user))
        return user

    def changes_profile(self, user: User, changes: Json) -> None:
        """Somebody changes their own ``real_name``, ``email``, ``title`` or ``timezone``."""
        for name in _PROFILE:
            if isinstance(changes.get(name), str):
                setattr(user, name, changes[name])
        self._stage.events.user_changed("user_change", self._profile(user))

    def uninstalls(self) -> None:
        """The app is taken out of the workspace: its tokens end, and it is told so."""
        tokens = self._stage.site.tokens
        for token in tokens.of(tokens.apps[APP_ID]):
            token.is_revoked = token.is_revoked or token.kind in (TokenKind.BOT, TokenKind.USER)
        self._stage.events.uninstalled(BOT_USER)

    def _profile(self, user: User) -> Json:
        app = self._stage.site.tokens.apps[APP_ID]
        return profile_of(user, with_email="users:read.email" in app.scopes)
