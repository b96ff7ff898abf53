"""The command that lists the catalog, in Backstage's query language."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.context import AsJson, context_of, say, say_json
from core.access import OPERATOR
from core.errors import UserError

if TYPE_CHECKING:
    from catalog_sync.query.pages import Asked


_ALL = 10**9
"""More than any catalog has."""


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(entities)


def entities(
    context: typer.Context,
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", help="Backstage's filter: kind=component,spec.owner=payments."),
    ] = None,
    fields: Annotated[
        list[str] | None,
        typer.Option(help="Only these parts, with commas between them: metadata.name,relations."),
    ] = None,
    order_field: Annotated[
        str | None,
        typer.Option(help="The order: metadata.title,desc. Entities without the field are left out."),
    ] = None,
    full_text: Annotated[
        str | None,
        typer.Option(help="Text that the field of the order, or metadata.name, has to have in it."),
    ] = None,
    full_text_field: Annotated[
        list[str] | None, typer.Option(help="Look for --full-text in this field instead.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    offset: Annotated[int, typer.Option(min=0, help="Leave out the first so many.")] = 0,
    as_json: AsJson = False,
) -> int:
    """List the catalog."""
    from catalog_sync.query.fields import parse_fields

    try:
        asked = _asked(filters or [], order_field, full_text, full_text_field)
        wanted = parse_fields(fields or [])
    except UserError as error:
        # Of the words of the command, not of the catalog.
        raise typer.BadParameter(f"{error.message} {error.hint}".strip()) from error
    with context_of(context).catalog() as catalog:
        answers = catalog.questions.now(OPERATOR)
        found = answers.first_page(asked, limit or _ALL, offset, with_total=False).numbers
        if wanted or as_json:
            whole = answers.documents(found, wanted)
            for part in [list(whole)] if as_json else whole:
                say_json(part)
        else:
            for ref in answers.refs(found):
                item = answers.card(ref).entity()
                say(f"{item.ref}  {item.description}".rstrip())
    return 0


def _asked(
    filters: list[str], order_field: str | None, full_text: str | None, fields: list[str] | None
) -> "Asked":
    from catalog_sync.query.filters import parse_filters
    from catalog_sync.query.order import parse_order_fields
    from catalog_sync.query.pages import Asked

    orders = parse_order_fields([order_field] if order_field else [])
    looked_in = fields or (None if orders else ["metadata.name"])
    return Asked(
        parse_filters(filters),
        orders[0] if orders else None,
        full_text or "",
        None if looked_in is None else tuple(looked_in),
    )
