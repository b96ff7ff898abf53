"""What it means that Slack does not show us e-mail addresses: people are not unknown, they cannot be looked up."""

from collections.abc import Mapping

from core.errors import SlackUnavailable

SCOPE = "users:read.email"
UNREADABLE = f"Slack did not let us read e-mail addresses: add the scope {SCOPE} and reinstall"
NOBODY = frozenset({"users_not_found", "user_not_found", "invalid_email", "invalid_arguments"})
"""What Slack says when nobody has an address, or when it is none."""


class MailsUnreadable(SlackUnavailable):
    """Slack cannot tell us who has an address, as long as the app lacks a scope; nobody is thereby nobody."""

    def __init__(self) -> None:
        super().__init__(UNREADABLE)


def shows_mails(headers: Mapping[str, str]) -> bool:
    """Whether a token may read addresses, by the headers of any answer; where they do not say it, it may."""
    granted = {name.lower(): value for name, value in headers.items()}.get("x-oauth-scopes", "")
    scopes = {scope.strip() for scope in granted.split(",")} - {""}
    return not scopes or SCOPE in scopes
