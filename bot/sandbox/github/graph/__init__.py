"""GraphQL over the local GitHub's state: GitHub's schema, its page limits, points and error shapes."""

from bot.sandbox.github.graph.answer import GraphAnswer, answer
from bot.sandbox.github.graph.schema import schema

__all__ = ["GraphAnswer", "answer", "schema"]
