"""A local GitHub: GraphQL, the REST routes in use and git over smart HTTP, all over the same bare repositories."""

from bot.sandbox.github.server import LocalGitHub

__all__ = ["LocalGitHub"]
