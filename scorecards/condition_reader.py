"""Pure: condition trees in YAML to closures, checked against the vocabulary."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from scorecards import conditions
from scorecards.model import Known, Unknown, Verdict
from scorecards.rules import Rules, did_you_mean
from scorecards.yaml_nodes import Reading, kind_of, scalar

MAX_CONDITIONS = 100
COMPARISON = ("fact", "op", "value")


@dataclass(slots=True)
class ConditionReader:
    """Reads one tree; faults go to the reading."""

    reading: Reading
    rules: Rules
    count: int = 0

    def condition(self, node: yaml.Node, where: str) -> conditions.Judge:
        """The condition at a node; after a fault, one that never gives a verdict."""
        self.count += 1
        if self.count > MAX_CONDITIONS:
            self.reading.fault(node, "too many conditions", where, expected=f"at most {MAX_CONDITIONS}")
            return _invalid
        fields = self.reading.mapping(node, where, ("all", "any", "not", *COMPARISON))
        branches = [name for name in ("all", "any", "not") if name in fields]
        if not branches:
            return self._comparison(node, fields, where)
        if len(fields) > 1:
            expected = "one of all, any, not, or a comparison"
            self.reading.fault(
                node, "a condition says one thing", where, expected=expected, found=" and ".join(fields)
            )
            return _invalid
        return self._branch(branches[0], fields[branches[0]], f"{where}.{branches[0]}")

    def _branch(self, name: str, node: yaml.Node, where: str) -> conditions.Judge:
        if name == "not":
            return conditions.negate(self.condition(node, where))
        items = self.reading.sequence(node, where)
        parts = [self.condition(item, f"{where}[{at}]") for at, item in enumerate(items)]
        return conditions.all_of(parts) if name == "all" else conditions.any_of(parts)

    def _comparison(self, node: yaml.Node, fields: Mapping[str, yaml.Node], where: str) -> conditions.Judge:
        if not isinstance(node, yaml.MappingNode):
            return _invalid
        before = len(self.reading.faults)
        fact = self.reading.text_of(fields, "fact", node, where)
        name = self.reading.text_of(fields, "op", node, where)
        if len(self.reading.faults) > before:
            return _invalid
        declared = self.rules.vocabulary.type_of(fact)
        if declared is None:
            hint = did_you_mean(fact, self.rules.vocabulary.declared)
            self.reading.fault(
                fields["fact"],
                f"nobody measures {fact}",
                f"{where}.fact",
                expected="a declared fact",
                found=fact,
                hint=hint,
            )
            return _invalid
        if declared not in conditions.OPERATORS.get(name, ()):
            fitting = [word for word, types in conditions.OPERATORS.items() if declared in types]
            expected = f"for {fact} ({declared}) one of {', '.join(fitting)}"
            self.reading.fault(
                fields["op"], "this operator does not fit", f"{where}.op", expected=expected, found=name
            )
            return _invalid
        value = _plain(fields.get("value"))
        if expected := conditions.value_fits(declared, name, value):
            found = kind_of(fields["value"]) if "value" in fields else "nothing"
            self.reading.fault(
                fields.get("value", node),
                "this value does not fit",
                f"{where}.value",
                expected=expected,
                found=found,
            )
            return _invalid
        return conditions.compare(fact, name, value)


def _plain(node: yaml.Node | None) -> Any:
    """The value of a comparison; something that never fits where it is no scalar or flat list."""
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    return scalar(node) if isinstance(node, yaml.ScalarNode) else node


def _invalid(_known: Known) -> Verdict:
    return Unknown("the check is not valid")
