"""The Web API: one file per family of methods, one row per method, and what is checked before any of them runs."""

from bot.sandbox.slack.api.methods import ALL_SCOPES, BY_NAME, METHODS
from bot.sandbox.slack.api.web_api import Answer, WebApi

__all__ = ["ALL_SCOPES", "BY_NAME", "METHODS", "Answer", "WebApi"]
