"""Pure: the two ways in which Backstage lets a question say its order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, product
from operator import itemgetter

from catalog_sync.query.index import Index
from core.errors import UserError

MOST_ORDERS = 5
"""By so many fields one question may order; Backstage has no limit."""
_MOST_TIMES = 1_000
"""A document that has many values of several fields comes so often at most."""

_ORDER = re.compile("(asc|desc):([^\n\r\u2028\u2029]+)")


@dataclass(frozen=True, slots=True)
class Order:
    """By which field, and which way."""

    field: str
    is_descending: bool = False

    @property
    def way(self) -> str:
        """``asc`` or ``desc``."""
        return "desc" if self.is_descending else "asc"


def parse_order(texts: Sequence[str]) -> tuple[Order, ...]:
    """The order of ``GET /entities``: ``asc:metadata.name``.

    Raises:
        UserError: One is not on that form, or there are too many.
    """
    if len(texts) > MOST_ORDERS:
        raise UserError(f"Invalid order parameter, at most {MOST_ORDERS} are taken")
    found = []
    for text in texts:
        match = _ORDER.fullmatch(text)
        if not match:
            raise UserError(
                f'Invalid order parameter "{text}", expected "<asc or desc>:<field name>"',
                "For example: asc:metadata.name",
            )
        found.append(Order(match[2], match[1] == "desc"))
    return tuple(found)


def parse_order_fields(texts: Sequence[str]) -> tuple[Order, ...]:
    """The order of ``by-query``: ``metadata.name,asc``, or the field alone.

    Raises:
        UserError: The way is neither asc nor desc.
    """
    found = []
    for text in texts:
        name, _, rest = text.partition(",")
        way = rest.split(",")[0]
        if "," in text and way not in ("asc", "desc"):
            raise UserError(
                "Invalid order field order, must be asc or desc", "For example: metadata.name,desc"
            )
        found.append(Order(name, way == "desc"))
    return tuple(found)


def ordered(numbers: Sequence[int], index: Index, orders: Sequence[Order]) -> list[int]:
    """Documents in the order of ``GET /entities``: those without the field come last, whichever the way.

    A document comes once for each of its values of a field. Without an order: by reference.
    """
    if not orders:
        return sorted(numbers, key=index.refs.__getitem__)
    known = [index.values_of(order.field) for order in orders]
    found: list[tuple[tuple[str | None, ...], int]] = []
    for number in sorted(numbers, key=index.uids.__getitem__):
        values = [of.get(number, (None,)) for of in known]
        if len(orders) == 1:
            values = [tuple(value for value in values[0] if value is not None) or (None,)]
        found += [(combined, number) for combined in islice(product(*values), _MOST_TIMES)]
    for place, order in reversed([*enumerate(orders)]):
        valued = [(item[0][place] or "", item) for item in found if item[0][place] is not None]
        # Sorting keeps what is equal in its order, also the other way round.
        valued.sort(key=itemgetter(0), reverse=order.is_descending)
        found = [item for _value, item in valued] + [item for item in found if item[0][place] is None]
    return [number for _values, number in found]
