"""The command mend: a wrong owner is changed in a pull request, which the people who own the file decide about."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import AsJson, context_of, say, say_json
from core.access import OPERATOR

if TYPE_CHECKING:
    from catalog_sync.github.pulls import PullRequest
    from catalog_sync.mending.mend import Preview

mend_app = typer.Typer(name="mend", help="Mend what the catalog says wrongly.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(mend_app)


@mend_app.callback()
def _group() -> None:
    """A single command would take the group's place."""


@mend_app.command("owner")
def owner(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="An entity, a repository, or a path in one, spelt right.")],
    new_owner: Annotated[
        str, typer.Argument(help="A team or person: a name, a reference, @organisation/team or @login.")
    ],
    reason: Annotated[str, typer.Option(help="Why; the pull request quotes it.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the change, and propose nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Propose another owner in a pull request that changes one line of catalog-info.yaml or CODEOWNERS."""
    with context_of(context).catalog() as catalog:
        if dry_run:
            preview, pull, is_new = catalog.mending.preview_owner(query, new_owner, OPERATOR), None, False
        else:
            proposal = catalog.mending.propose_owner(query, new_owner, OPERATOR, reason)
            preview, pull, is_new = proposal.preview, proposal.pull, proposal.is_new
    if as_json:
        say_json(_json(preview, pull, is_new=is_new))
        return
    say(preview.edit.diff())
    if pull:
        said = "Proposed" if is_new else "Proposed before, and not decided yet"
        say(f"\n{said}: {pull.url}")


def _json(preview: "Preview", pull: "PullRequest | None", *, is_new: bool) -> dict[str, Any]:
    edit = preview.edit
    return {
        "repository": preview.repository.full_name,
        "path": edit.path,
        "line": edit.line,
        "old": edit.old or None,
        "new": edit.new,
        "owner": preview.owner,
        "branch": pull.branch if pull else preview.branch,
        "diff": edit.diff(),
        "pull_request": {"number": pull.number, "url": pull.url, "state": str(pull.state)} if pull else None,
        "is_new": is_new,
    }
