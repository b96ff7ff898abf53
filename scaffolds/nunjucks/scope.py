"""Pure: which name means what while a template is rendered."""

from dataclasses import dataclass, field

from scaffolds.nunjucks.nodes import For, Macro
from scaffolds.nunjucks.values import UNDEFINED, Callable, Value


class Scope:
    """Names and values, with what is around them.

    A ``set`` goes to the nearest scope that has the name already, but never out of one that keeps
    its writes, and never into what the template was given.
    """

    def __init__(
        self, around: "Scope | None" = None, keeps_writes: bool = False, is_given: bool = False
    ) -> None:
        self._around = around
        self._keeps_writes = keeps_writes
        self._is_given = is_given
        self.values: dict[str, Value] = {}

    def inner(self, keeps_writes: bool = False) -> "Scope":
        """A scope within this one."""
        return Scope(self, keeps_writes)

    def find(self, name: str) -> tuple[bool, Value]:
        """Whether there is such a name, and its value."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return True, scope.values[name]
            scope = scope._around
        return False, UNDEFINED

    def assign(self, name: str, value: Value) -> None:
        """Give a name a value, as ``set`` does."""
        scope: Scope | None = self
        while scope is not None and not scope._is_given:
            if name in scope.values:
                scope.values[name] = value
                return
            if scope._keeps_writes:
                break
            scope = scope._around
        self.values[name] = value


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the statements of one function run: the template itself, a macro, or a call block's body."""

    outer: Scope
    """What macros see, and where they are known to the whole template."""
    shares_macros: bool = True
    shares_values: bool = True
    lengths: dict[For, Value] = field(default_factory=dict)
    """How long each loop was last; Nunjucks does not forget it between rounds of a loop around."""


@dataclass(frozen=True, slots=True, eq=False)
class MacroValue(Callable):
    """A macro, or the body that a call block hands to one."""

    macro: Macro
    scope: Scope
    outer: Scope
    is_caller: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Function(Callable):
    """A function of the language (``range``) or of Callboard (``always``)."""

    name: str


@dataclass(slots=True, eq=False)
class Cycler(Callable):
    """``cycler("a", "b")``."""

    values: tuple[Value, ...]
    index: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class CyclerMethod(Callable):
    """``next`` or ``reset`` of a cycler."""

    cycler: Cycler
    name: str


@dataclass(slots=True, eq=False)
class Joiner(Callable):
    """``joiner(", ")``: nothing the first time, then the text."""

    between: Value
    is_used: bool = False
