"""Commands over people: who in Slack is whom in the catalog, and an administrator's word where addresses do not say it."""

import getpass
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.context import AsJson, Context, context_of, say, say_json
from core.errors import NotFound, UserError

if TYPE_CHECKING:
    from bot.slack.gateway import Gateway
    from bot.slack.links import Links
    from bot.slack.people import People
    from bot.slack.roster import Roster, RosterRow
    from catalog_sync.people import PeopleBook

people_app = typer.Typer(name="people", help="Who in Slack is whom in the catalog.")
_SLACK_ID = re.compile(r"(?:<@)?([UW][A-Z0-9]{5,})(?:\|[^>]*)?>?")
_MAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+")

Unmatched = Annotated[bool, typer.Option("--unmatched", help="Only those who could not be matched.")]
Subject = Annotated[str, typer.Argument(metavar="SLACK_USER", help="A Slack id (U0123ABCD) or an e-mail.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(people_app)


@people_app.callback(invoke_without_command=True)
def _list_by_default(context: typer.Context, unmatched: Unmatched = False, as_json: AsJson = False) -> None:
    if context.invoked_subcommand is None:
        raise typer.Exit(list_people(context, unmatched=unmatched, as_json=as_json))


@people_app.command("list")
def list_people(context: typer.Context, unmatched: Unmatched = False, as_json: AsJson = False) -> int:
    """List everybody in Slack with the user of the catalog that they are; asks Slack."""
    from bot.slack.roster import roster

    with _both_sides(context_of(context)) as (people, gateway):
        found = roster(gateway.users(), people, shows_mails=gateway.may_read_mails())
    if as_json:
        rows = found.unmatched if unmatched else found.slack
        shown = {"slack": [_row_json(row) for row in rows], "missing": list(found.missing)}
        say_json({**shown, "problem": found.problem or None})
    else:
        say(_text(found, unmatched=unmatched))
    return 1 if found.problem else 0


@people_app.command("link")
def link(
    context: typer.Context,
    slack_user: Subject,
    login: Annotated[
        str, typer.Argument(help="A login or a reference of the catalog (ana, user:default/ana).")
    ] = "",
    nobody: Annotated[
        bool, typer.Option("--nobody", help="Match them to nobody, whatever their address says.")
    ] = False,
) -> None:
    """Say who somebody in Slack is, in the place of their address."""
    subject = _subject(slack_user)
    if bool(login) == nobody:
        raise UserError("Name a user of the catalog, or say --nobody.")
    with _links(context_of(context)) as (links, book):
        user = book.named(login) if login else ""
        if user is None:
            raise NotFound(
                f"The catalog knows no user called {login}.",
                "List them: callboard entities --filter kind=user",
            )
        links.put(subject, user, getpass.getuser())
        effective = links.of(subject, "")
    say(f"{subject} is {user or 'nobody'} from now on.")
    if effective and effective.user != user:
        say(f"But the setting people.links says otherwise ({effective.user or 'nobody'}), and it goes first.")


@people_app.command("unlink")
def unlink(context: typer.Context, slack_user: Subject) -> int:
    """Forget what was said of somebody; their address decides again."""
    subject = _subject(slack_user)
    with _links(context_of(context)) as (links, _book):
        is_gone = links.remove(subject)
    say(f"{subject} is matched by address again." if is_gone else f"{subject} was not linked.")
    return 0 if is_gone else 1


def _subject(text: str) -> str:
    """A Slack id or an address as links have it.

    Raises:
        UserError: It is neither.
    """
    found = _SLACK_ID.fullmatch(text.strip())
    if found:
        return found.group(1)
    if _MAIL.fullmatch(text.strip()):
        return text.strip().lower()
    raise UserError(
        f"{text} is no Slack id and no e-mail.", "A Slack id looks like U0123ABCD; a profile shows it."
    )


@contextmanager
def _links(context: Context) -> "Iterator[tuple[Links, PeopleBook]]":
    from bot.slack.links import Links
    from catalog_sync.people import PeopleBook, accounts

    with context.catalog() as catalog:
        links = Links(catalog.database, catalog.settings.people.links, catalog.clock)
        yield links, PeopleBook(accounts(catalog.ask.estate().cards.values()))


@contextmanager
def _both_sides(context: Context) -> "Iterator[tuple[People, Gateway]]":
    from bot.bootstrap import people_of, slack_client
    from bot.slack.gateway import Gateway

    with context.catalog() as catalog:
        gateway = Gateway(slack_client(catalog.settings), catalog.database, catalog.clock)
        yield people_of(catalog, gateway), gateway


def _row_json(row: "RosterRow") -> dict[str, object]:
    values = asdict(row)
    values["email"] = values.pop("mail")
    return {**values, "standing": str(values["standing"])}


def _text(found: "Roster", *, unmatched: bool) -> str:
    rows = found.unmatched if unmatched else found.slack
    lines = [
        f"{row.id:12} {row.name:24} {row.user or '-':28} {row.why}"
        + (f" · {row.standing}" if row.standing != "member" else "")
        for row in rows
    ]
    if found.problem:
        return "\n".join([*lines, "", f"{found.problem}."])
    count, of = len(found.unmatched), sum(row.standing == "member" for row in found.slack)
    lines += [""] if lines else []
    lines.append(
        f"{count} of {of} members are no user of the catalog."
        if count
        else f"All {of} members are users of the catalog."
    )
    if found.missing:
        lines.append(f"{len(found.missing)} users of the catalog are nobody in Slack: {_some(found.missing)}")
    if count:
        lines.append("Say who somebody is: callboard people link SLACK_USER LOGIN")
    return "\n".join(lines)


def _some(refs: tuple[str, ...]) -> str:
    names = ", ".join(ref.removeprefix("user:default/") for ref in refs[:20])
    return names + (f" and {len(refs) - 20} more" if len(refs) > 20 else "")
