"""Pure: what can go wrong while a template is rendered, and the budget that keeps rendering bounded."""

from enum import StrEnum

from core.errors import UserError


class FaultKind(StrEnum):
    """What sort of fault it is; the first three are named as Backstage names them."""

    SYNTAX = "syntax_error"
    """Found before anything was worked out."""
    EVALUATION = "evaluation_error"
    CAPABILITY = "capability_error"
    """A filter or function that Callboard adds to the language refused its input."""
    LIMIT = "limit_error"
    """The template asks for more work, text or depth than a rendering may take."""


class TemplateFault(UserError):
    """A template cannot be rendered; ``line`` and ``column`` count from 1, 0 where the place is not known."""

    def __init__(self, kind: FaultKind, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.kind = kind
        self.line = line
        self.column = column


class Misstep(Exception):
    """A fault on its way up: ``at`` is an offset into the source, -1 while nobody has said where."""

    def __init__(self, message: str, at: int = -1, kind: FaultKind = FaultKind.EVALUATION) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.kind = kind


def syntax(message: str, at: int) -> Misstep:
    """A fault of the template's grammar."""
    return Misstep(message, at, FaultKind.SYNTAX)


def too_much(message: str) -> Misstep:
    """A budget is spent."""
    return Misstep(message, kind=FaultKind.LIMIT)


class Budget:
    """Counts the work of one rendering and the text that it makes, and says stop.

    A step is one node worked out, one item looked at or about a hundred characters searched. The
    text is everything made on the way, not only what comes out, so doubling a string in a loop ends
    soon.
    """

    def __init__(self, steps: int, characters: int) -> None:
        self._steps = steps
        self._characters = characters

    def spend(self, steps: int | float = 1) -> None:
        """Take steps off the budget."""
        self._steps -= int(min(steps, 1e18))
        if self._steps < 0:
            raise too_much("the template takes too many steps")

    def make(self, length: float) -> None:
        """Take characters off the budget, before they are made."""
        self._characters -= int(min(length, 1e18))
        if self._characters < 0:
            raise too_much("the template makes too much text")
