"""Pure: which few hundred sections are worth being put in order: the rarest words of a question decide."""

from collections.abc import Iterator, Sequence
from math import prod

from catalog_sync.docs.expression import Wish, every, some
from catalog_sync.docs.indexed import belonging
from catalog_sync.docs.wanted import Group, Wanted

MOST = 240
"""So many sections are put in order; a word that is on every page is not looked for on every page."""
ENOUGH = 120
"""With so many, those that have less of the question are not looked for."""
_SOME = 60
_HOME = 30
_RARE = 100
"""All sections of a word that is in no more of them are looked at."""
_FIRST = 3
"""So many of the rarest words are looked for together with any other."""


def plan(wanted: Wanted) -> Iterator[Wish]:
    """What to ask for, one after the other until there is enough: first what has most of the question."""
    groups = sorted((group for group in wanted.groups if group.alternatives), key=lambda group: group.count)
    if not groups:
        return
    if wanted.named.keys:
        yield from _at_home(wanted, groups)
    if sum(group.count for group in groups) <= MOST:
        yield Wish(some(group.anywhere for group in groups), MOST)
        return
    yield from (Wish(group.anywhere, _RARE) for group in groups if group.count <= _RARE)
    common = [group for group in groups if group.count > _RARE]
    # In the docs of others a name is in the way of what is asked about the thing.
    others = [group for group in common if group.word.stem not in wanted.named.words] or common
    yield from _together(others)
    for group in others:
        yield Wish(group.in_titles, _SOME, group.title_share, group.count)
        yield Wish(group.anywhere, _SOME, group.share, group.count)


def _at_home(wanted: Wanted, groups: Sequence[Group]) -> Iterator[Wish]:
    """Sections of what the question names, whatever its name says."""
    home = some(belonging(key) for key in sorted(wanted.named.keys))
    others = [group for group in groups if group.word.stem not in wanted.named.words] or groups
    yield Wish(every((home, some(group.in_titles for group in others))), _SOME, at_home=True)
    for group in others[:_FIRST]:
        yield Wish(every((home, group.anywhere)), _HOME, at_home=True)


def _together(groups: Sequence[Group]) -> Iterator[Wish]:
    """Sections that have several of the words, the more of them in headings the sooner."""
    if len(groups) < 2:
        return
    yield Wish(every(group.in_titles for group in groups), _SOME)
    least = min(group.count for group in groups)
    share = prod(group.share for group in groups)
    yield Wish(every(group.anywhere for group in groups), _SOME, share, least * len(groups))
    first = groups[:_FIRST]
    for group in first if len(groups) > 2 else ():
        yield Wish(
            every((group.in_titles, some(other.in_titles for other in groups if other != group))), _SOME
        )
    for group in first:
        yield Wish(
            every((group.in_titles, some(other.anywhere for other in groups if other != group))), _SOME
        )
    for group in first if len(groups) > 2 else ():
        yield Wish(every((group.anywhere, some(other.anywhere for other in groups if other != group))), _SOME)
