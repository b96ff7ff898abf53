"""Scorecards as YAML: files to values, with every fault of every file at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from core.errors import Fault, InvalidFile
from scorecards import links
from scorecards.condition_reader import ConditionReader
from scorecards.model import Check, Exclusion, Fix, Known, Level, Risk, Scorecard, Unknown, Verdict
from scorecards.rules import ExpressionError, Rules
from scorecards.yaml_nodes import Reading, kind_of, scalar

LIBRARY = Path(__file__).parent / "library"
"""The scorecards that ship."""

MAX_CHECKS = 500
MAX_TITLE = 100

_SCORECARD = ("id", "title", "checks")
_CHECK = ("id", "title", "level", "risk", "why", "applies", "expr", "when", "value", "fix", "effective_from")
_APPLIES = ("kind", "type", "even", "else")
_FIX = ("text", "link", "minutes", "once")
_LEVELS = {"bronze": Level.BRONZE, "silver": Level.SILVER, "gold": Level.GOLD}


def load(folders: Sequence[Path], rules: Rules) -> tuple[Scorecard, ...]:
    """Read every ``*.yaml`` and ``*.yml`` file of the folders, in the order of their names.

    Raises:
        InvalidFile: Something is wrong in at least one file; carries all faults of all files.
    """
    faults: list[Fault] = []
    found: list[Scorecard] = []
    for folder in folders:
        if not folder.is_dir():
            faults.append(
                Fault(str(folder), 0, 0, "there is no such folder", expected="a folder with scorecards")
            )
        for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
            scorecards, mistakes = _read_path(path, rules)
            found.extend(scorecards)
            faults.extend(mistakes)
    faults.extend(_twins(found))
    if faults:
        raise InvalidFile(faults)
    return tuple(found)


def read(text: str, path: str, rules: Rules) -> tuple[tuple[Scorecard, ...], tuple[Fault, ...]]:
    """Read one file's text: its scorecards, and everything that is wrong with them.

    The scorecards are complete only where there are no faults.
    """
    reading = Reading(path, text)
    found = [_scorecard(reading, node, rules) for node in reading.documents()]
    if not found and not reading.faults:
        reading.faults.append(Fault(path, 0, 0, "the file is empty", expected="a scorecard"))
    return tuple(found), tuple(reading.faults)


def _read_path(path: Path, rules: Rules) -> tuple[tuple[Scorecard, ...], tuple[Fault, ...]]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        return (), (Fault(str(path), 0, 0, f"this is not UTF-8: {error.reason} at byte {error.start}"),)
    except OSError as error:
        return (), (Fault(str(path), 0, 0, f"the file cannot be read: {error.strerror}"),)
    return read(text, str(path), rules)


def _twins(scorecards: Iterable[Scorecard]) -> list[Fault]:
    """Ids that are taken twice, over all files: results are stored under them."""
    faults: list[Fault] = []
    seen: dict[tuple[str, str], str] = {}
    for scorecard in scorecards:
        named = [("scorecard", scorecard.id, scorecard.place)]
        named += [("check", check.id, check.place) for check in scorecard.checks]
        for kind, name, place in named:
            if not name:
                continue  # told already, as missing
            first = seen.get((kind, name))
            seen.setdefault((kind, name), place)
            if first:
                path, _, line = place.rpartition(":")
                message = f"the {kind} {name} is there twice"
                faults.append(
                    Fault(path, int(line), 1, message, "id", "an id of its own", f"first at {first}")
                )
    return faults


def _scorecard(reading: Reading, node: yaml.Node, rules: Rules) -> Scorecard:
    fields = reading.mapping(node, "", _SCORECARD)
    checks: list[Check] = []
    if "checks" in fields:
        items = reading.sequence(fields["checks"], "checks")
        if len(items) > MAX_CHECKS:
            reading.fault(fields["checks"], "too many checks", "checks", expected=f"at most {MAX_CHECKS}")
            items = []
        checks = [
            _CheckReader(reading, item, f"checks[{at}]", rules).check() for at, item in enumerate(items)
        ]
    elif isinstance(node, yaml.MappingNode):
        reading.fault(node, "checks is missing", "checks", expected="a list of checks")
    return Scorecard(
        id=reading.text_of(fields, "id", node),
        title=reading.text_of(fields, "title", node),
        checks=tuple(checks),
        place=reading.place(node),
    )


@dataclass(slots=True)
class _CheckReader:
    """Reads one check; faults go to the reading."""

    reading: Reading
    node: yaml.Node
    where: str
    rules: Rules

    def check(self) -> Check:
        reading, node, where = self.reading, self.node, self.where
        fields = reading.mapping(node, where, _CHECK)
        if not isinstance(node, yaml.MappingNode):
            fields = {}
        applies = self._part(fields, "applies", _APPLIES)
        level = reading.choice(fields, "level", node, where, _LEVELS.__getitem__, tuple(_LEVELS))
        risk = reading.choice(fields, "risk", node, where, Risk, tuple(Risk))
        rule, expression = self._rule(fields)
        measure, value = self._measure(fields)
        return Check(
            id=self._id(fields),
            title=self._title(fields),
            level=level or Level.BRONZE,
            risk=risk or Risk.LOW,
            expression=expression,
            value=value,
            fix=self._fix(fields),
            kinds=tuple(kind.lower() for kind in reading.texts_of(applies, "kind", f"{where}.applies")),
            types=tuple(kind.lower() for kind in reading.texts_of(applies, "type", f"{where}.applies")),
            not_applicable=reading.text_of(applies, "else", node, f"{where}.applies", default=""),
            why=reading.text_of(fields, "why", node, where, default=""),
            effective_from=self._date(fields),
            place=reading.place(node),
            lifts=self._lifts(applies),
            rule=rule,
            measure=measure,
        )

    def _part(self, fields: Mapping[str, yaml.Node], name: str, known: Sequence[str]) -> dict[str, yaml.Node]:
        node = fields.get(name)
        return {} if node is None else self.reading.mapping(node, f"{self.where}.{name}", known)

    def _id(self, fields: Mapping[str, yaml.Node]) -> str:
        text = self.reading.text_of(fields, "id", self.node, self.where)
        if text and not (
            len(text) <= 63
            and all(part.isalnum() and part.isascii() for part in text.replace("-", ".").split("."))
        ):
            expected = "letters, digits, dots and dashes, at most 63"
            self.reading.fault(
                fields["id"], "this is no id", f"{self.where}.id", expected=expected, found=text
            )
        return text

    def _title(self, fields: Mapping[str, yaml.Node]) -> str:
        text = self.reading.text_of(fields, "title", self.node, self.where)
        if len(text) > MAX_TITLE:
            expected = f"at most {MAX_TITLE} characters"
            self.reading.fault(
                fields["title"],
                "the title is too long",
                f"{self.where}.title",
                expected=expected,
                found=str(len(text)),
            )
        return text

    def _lifts(self, applies: Mapping[str, yaml.Node]) -> frozenset[Exclusion]:
        names = self.reading.texts_of(applies, "even", f"{self.where}.applies")
        wrong = [name for name in names if name not in tuple(Exclusion)]
        for name in wrong:
            expected = f"one of {', '.join(Exclusion)}"
            self.reading.fault(
                applies["even"], "no such value", f"{self.where}.applies.even", expected=expected, found=name
            )
        return frozenset(Exclusion(name) for name in names if name not in wrong)

    def _date(self, fields: Mapping[str, yaml.Node]) -> date | None:
        node = fields.get("effective_from")
        if node is None:
            return None
        value = scalar(node) if isinstance(node, yaml.ScalarNode) else None
        if isinstance(value, date):
            return value
        where = f"{self.where}.effective_from"
        self.reading.fault(node, "this is no date", where, expected="YYYY-MM-DD", found=kind_of(node))
        return None

    def _fix(self, fields: Mapping[str, yaml.Node]) -> Fix:
        where, reading = f"{self.where}.fix", self.reading
        if "fix" not in fields:
            reading.fault(self.node, "fix is missing", where, expected="how to mend it: text, link, minutes")
            return Fix("")
        part = self._part(fields, "fix", _FIX)
        link = reading.text_of(part, "link", self.node, where, default="")
        for expected, found in links.faults_of(link) if link else ():
            reading.fault(
                part["link"], "this link cannot be filled in", f"{where}.link", expected=expected, found=found
            )
        text = reading.text_of(part, "text", fields["fix"], where)
        return Fix(text, link, self._minutes(part, where), self._once(part, where))

    def _once(self, part: Mapping[str, yaml.Node], where: str) -> bool:
        node = part.get("once")
        value = scalar(node) if isinstance(node, yaml.ScalarNode) else False
        if node is not None and not isinstance(value, bool):
            self.reading.fault(
                node, "wrong type", f"{where}.once", expected="true or false", found=kind_of(node)
            )
        return value is True

    def _minutes(self, part: Mapping[str, yaml.Node], where: str) -> int:
        node = part.get("minutes")
        if node is None:
            return Fix("").minutes
        value = scalar(node) if isinstance(node, yaml.ScalarNode) else None
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 10_000:
            return value
        self.reading.fault(
            node, "wrong value", f"{where}.minutes", expected="minutes, 1 to 10000", found=kind_of(node)
        )
        return Fix("").minutes

    def _rule(self, fields: Mapping[str, yaml.Node]) -> tuple[Callable[[Known], Verdict], str]:
        if ("expr" in fields) == ("when" in fields):
            found = "both" if "expr" in fields else "neither"
            self.reading.fault(
                self.node, "a check needs one rule", self.where, expected="either expr or when", found=found
            )
            return _invalid, ""
        if "when" in fields:
            tree = ConditionReader(self.reading, self.rules)
            return tree.condition(fields["when"], f"{self.where}.when"), ""
        return self._compiled(fields, "expr", self.rules.condition, _invalid)

    def _measure(self, fields: Mapping[str, yaml.Node]) -> tuple[Callable[[Known], str], str]:
        if "value" not in fields:
            return _nothing, ""
        return self._compiled(fields, "value", self.rules.value, _nothing)

    def _compiled(
        self, fields: Mapping[str, yaml.Node], name: str, compiler: Callable[[str], Any], otherwise: Any
    ) -> tuple[Any, str]:
        node = fields[name]
        if not isinstance(node, yaml.ScalarNode):
            self.reading.fault(
                node, "wrong type", f"{self.where}.{name}", expected="an expression", found=kind_of(node)
            )
            return otherwise, ""
        try:
            return compiler(node.value), node.value.strip()
        except ExpressionError as error:
            for fault in error.faults:
                line, column = self.reading.position(node, fault.line, fault.column)
                where = f"{self.where}.{name}"
                self.reading.faults.append(
                    Fault(
                        self.reading.path,
                        line,
                        column,
                        fault.message,
                        where,
                        fault.expected,
                        fault.found,
                        fault.hint,
                    )
                )
            return otherwise, ""


def _invalid(_known: Known) -> Verdict:
    return Unknown("the check is not valid")


def _nothing(_known: Known) -> str:
    return ""
