"""How the REST API says no: statuses, GitHub's words and its lists of errors."""

from collections.abc import Mapping, Sequence
from typing import Any

DOCS = "https://docs.github.com/rest"


class RestError(Exception):
    """A refusal: status, message, and GitHub's list of errors."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: Sequence[Mapping[str, Any] | str] | None = None,
        *,
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {
            "message": message,
            **({"errors": list(errors)} if errors else {}),
            **(more or {}),
            "documentation_url": DOCS,
            "status": str(status),
        }
        self.headers = dict(headers or {})


def not_found() -> RestError:
    """Nothing by that name, or nothing that the asker may see."""
    return RestError(404, "Not Found")


def invalid(resource: str, field: str, code: str = "invalid", message: str = "") -> RestError:
    """A field that cannot be taken; codes are GitHub's (missing_field, already_exists, custom, ...)."""
    error = {"resource": resource, "code": code, "field": field}
    if message:
        error |= {"code": "custom", "message": message}
    return RestError(422, "Validation Failed", [error])


def empty_repository() -> RestError:
    """Git data was asked of a repository without a commit."""
    return RestError(409, "Git Repository is empty.")
