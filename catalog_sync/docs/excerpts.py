"""Pure: the few lines of a section that say most about a question; steps stay whole, code stays code."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog_sync.docs.terms import joined_terms, terms_of
from catalog_sync.docs.wanted import Wanted

MOST_LINES = 5
LONGEST_LINE = 220
"""Characters; a longer paragraph is several lines, cut between its sentences."""
FENCE = "```"
MORE = "…"
_SENTENCE = re.compile(r"(?<=[.!?:;])\s+(?=\S)")
_STEP = re.compile(r"(\d{1,2})[.)]\s+\S")
_ELSEWHERE = re.compile(r"\((?:image|see|a diagram|reference)\b[^()]*\)\Z")
"""Stands for what cannot be shown as text; the link leads to it."""
_FEWEST_STEPS, _BESIDE_STEPS = 3, 0.34
"""Steps are what people want, unless so much more of the question stands beside them, as in a warning."""
_ITEM = "• "
_BEGINNING, _PARAGRAPH, _CODE, _LINE = 0.2, 0.1, 0.15, 0.05
"""What speaks for a run of lines beside the words in it, as shares of all that was asked for."""
_HALF_STEP, _HALF, _MISSING, _CUT_OFF = -0.15, -0.1, -0.06, -0.3
"""What speaks against it; the most that it names what was asked for, and ends before saying it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that can be shown."""

    text: str
    is_code: bool = False
    starts: bool = False
    """Whether a paragraph, an item or a block of code begins here."""


def excerpt_of(text: str, wanted: Wanted) -> str:
    """At most ``MOST_LINES`` lines of a section, code between fences; an ellipsis stands for what was left out.

    Args:
        text: The section's text.
        wanted: The question; without words the beginning is taken.
    """
    # A section of nothing but pictures says so.
    lines = list(lines_of(text)) or [Line(_cut(row.strip())) for row in text.splitlines() if row.strip()]
    if len(lines) <= MOST_LINES:
        return _shown(lines)
    start = _best_start(lines, wanted)
    end = min(start + MOST_LINES, len(lines))
    steps = _steps(lines)
    said = _share(lines[start:end], wanted) - _share(steps, wanted)
    if len(steps) >= _FEWEST_STEPS and said < _BESIDE_STEPS:
        return _shown(steps[:MOST_LINES], after=len(steps) > MOST_LINES)
    return _shown(lines[start:end], before=start > 0, after=end < len(lines))


def lines_of(text: str) -> Iterator[Line]:
    """The lines of a section that are worth showing: none that is empty, long paragraphs in several."""
    is_code, starts = False, True
    for row in text.splitlines():
        if row.lstrip().startswith(FENCE):
            is_code, starts = not is_code, True
        elif not row.strip() or (not is_code and _ELSEWHERE.match(row.strip())):
            starts = True
        elif is_code:
            yield Line(_cut(row.rstrip()), True, starts)
            starts = False
        else:
            for part in _parts(row.strip()):
                yield Line(part, False, starts)
                starts = False
            starts = True


def _parts(paragraph: str) -> Iterator[str]:
    """A paragraph in pieces of whole sentences, none longer than a line."""
    if len(paragraph) <= LONGEST_LINE:
        yield paragraph
        return
    piece = ""
    for sentence in _SENTENCE.split(paragraph):
        if piece and len(piece) + len(sentence) >= LONGEST_LINE:
            yield _cut(piece)
            piece = ""
        piece = f"{piece} {sentence}".strip()
    if piece:
        yield _cut(piece)


def _steps(lines: Sequence[Line]) -> list[Line]:
    """The numbered steps of a section, one line each, where they count from one; with the command that one introduces."""
    steps: list[Line] = []
    for number, line in enumerate(lines):
        found = None if line.is_code else _STEP.match(line.text)
        if found is None or int(found.group(1)) != len(steps) + 1:
            continue
        after = lines[number + 1] if number + 1 < len(lines) else None
        text = line.text
        if after and after.is_code and text.endswith(":"):
            text = _cut(f"{text} `{after.text.strip()}`")
        steps.append(Line(text, False, True))
    return steps


def _best_start(lines: Sequence[Line], wanted: Wanted) -> int:
    """Where the run of lines begins that has most of what was asked for."""
    total = sum(group.importance for group in wanted.groups) or 1.0
    has = [_has(line, wanted) for line in lines]

    def worth(start: int) -> float:
        shown = range(start, min(start + MOST_LINES, len(lines)))
        words = set().union(*(has[number] for number in shown))
        found = sum(wanted.groups[place].importance for place in words) / total
        found += _LINE * sum(bool(has[number]) for number in shown)
        found += _CODE * (
            any(lines[number].is_code for number in shown) and not _is_inside(lines, shown.stop)
        )
        found += _BEGINNING if start == 0 else _PARAGRAPH if lines[start].starts else 0.0
        found += _HALF * _is_inside(lines, start)
        found += _HALF * (_leads_on(lines, start - 1) + _leads_on(lines, shown.stop - 1))
        found += _CUT_OFF * any(
            has[number] and _leads_on(lines, number) and _end_of(lines, number + 1) > shown.stop
            for number in shown
        )
        found += _MISSING * (MOST_LINES - len(shown))
        step = None if lines[start].is_code else _STEP.match(lines[start].text)
        return found + (_HALF_STEP if step and step.group(1) != "1" else 0.0)

    return max(range(len(lines)), key=lambda start: (worth(start), -start))


def _is_inside(lines: Sequence[Line], place: int) -> bool:
    """Whether a cut in front of a line goes through a block of code."""
    return place < len(lines) and lines[place].is_code and not lines[place].starts


def _share(lines: Sequence[Line], wanted: Wanted) -> float:
    """Which share of a question some lines have."""
    total = sum(group.importance for group in wanted.groups) or 1.0
    places = set[int]().union(*(_has(line, wanted) for line in lines))
    return sum(wanted.groups[place].importance for place in places) / total


def _leads_on(lines: Sequence[Line], place: int) -> bool:
    """Whether a line only says what the next one is about: ``Linux:`` above a command, a term above what it means."""
    if place < 0 or place + 1 >= len(lines):
        return False
    line, after = lines[place], lines[place + 1]
    return not line.is_code and (line.text.endswith(":") or _starts_list(line, after))


def _end_of(lines: Sequence[Line], place: int) -> int:
    """Where the paragraph, the item or the code ends that begins at a place."""
    end = place + 1
    while end < len(lines) and not lines[end].starts:
        end += 1
    return end


def _starts_list(line: Line, after: Line) -> bool:
    return after.text.startswith(_ITEM) and not line.text.startswith(_ITEM)


def _has(line: Line, wanted: Wanted) -> set[int]:
    """Which words of the question a line has."""
    terms = {*terms_of(line.text), *joined_terms(line.text)}
    return {
        place
        for place, group in enumerate(wanted.groups)
        if any(terms.issuperset(item.terms) for item in group.alternatives)
    }


def _shown(lines: Sequence[Line], *, before: bool = False, after: bool = False) -> str:
    rows = [MORE] if before else []
    is_code = False
    for line in lines:
        if line.is_code != is_code:
            rows.append(FENCE)
            is_code = line.is_code
        rows.append(line.text)
    rows += [FENCE] if is_code else []
    rows += [MORE] if after else []
    return "\n".join(rows)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1].rstrip() + MORE
