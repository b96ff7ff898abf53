"""A local Slack: Web API, Socket Mode, signed HTTP, and a page for people."""

from bot.sandbox.slack.server import LocalSlack

__all__ = ["LocalSlack"]
