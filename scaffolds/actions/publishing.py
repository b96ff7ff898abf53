"""The actions ``create-repository``, ``push`` and ``grant-team``: what happens on GitHub."""

from datetime import timedelta

from catalog_sync.github.port import CreatedRepository
from core.errors import GitHubUnavailable, UserError
from scaffolds.actions.port import Outcome, Work
from scaffolds.runs import run_behind

AUTHOR = "Callboard <callboard@users.noreply.github.com>"
_CLOCKS_DIFFER_BY = timedelta(minutes=10)
_UNTIL_READY_S = 2.0
_PERMISSION = "admin"


class CreateRepository:
    """Creates an empty repository, or finds the one that this run created before.

    A repository counts as this run's own only when the run's marker stands in its description and
    it is no older than the run. Whatever else has the name is left alone.
    """

    name = "create-repository"
    title = "Create the repository"

    def run(self, work: Work) -> Outcome:
        """See ``Action.run``."""
        found = work.github.find_repository(work.run.repository)
        created = self._own(work, found) if found else self._create(work)
        self._wait_until_ready(work)
        kind = "public" if work.run.visibility == "public" else "private"
        return Outcome(
            f"Created the {kind} repository", {"url": created.url, "branch": created.default_branch}
        )

    def _create(self, work: Work) -> CreatedRepository:
        run = work.run
        try:
            return work.github.create_repository(
                run.repository, description=run.marked_description, private=run.visibility != "public"
            )
        except (GitHubUnavailable, UserError):
            # The request may have been carried out all the same: an answer that got lost, or
            # "taken" because an earlier try of ours took it.
            found = work.github.find_repository(run.repository)
            if found is None:
                raise
            return self._own(work, found)

    def _own(self, work: Work, found: CreatedRepository) -> CreatedRepository:
        run = work.run
        is_same = str(found.name).lower() == str(run.repository).lower()
        is_young = found.created_at >= run.started_at - _CLOCKS_DIFFER_BY
        if is_same and is_young and run.marker in found.description:
            return found
        where = "" if is_same else f" (it leads to {found.name.full_name})"
        other = run_behind(found.description)
        raise UserError(
            f"GitHub already has a repository {run.repository.full_name}{where}."
            + (f" Run {other} began it: try that one again." if other and other != run.run_id else ""),
            "Nothing was changed there. Start again with another name.",
        )

    def _wait_until_ready(self, work: Work) -> None:
        """A new repository may take a moment until git can reach it; the step is tried again."""
        name = work.run.repository
        found = work.github.find_repository(name)
        if found is None:
            raise GitHubUnavailable(f"GitHub does not show {name.full_name} yet", _UNTIL_READY_S)
        try:
            work.git.remote_head(work.github.git_access(name, write=True), found.default_branch)
        except UserError as error:
            # It exists, so "not found" only means that git's servers have not heard of it.
            raise GitHubUnavailable(
                f"git does not reach {name.full_name} yet: {error}", _UNTIL_READY_S
            ) from error


class Push:
    """Pushes the first commit; the same run makes the same commit, so a second push finds the first."""

    name = "push"
    title = "Push the first commit"

    def run(self, work: Work) -> Outcome:
        """See ``Action.run``."""
        run = work.run
        branch = run.output("branch", "main")
        sha = work.git.push_new(
            source=work.files(),
            access=work.github.git_access(run.repository, write=True),
            branch=branch,
            message=_message(work),
            author=AUTHOR,
            at=run.started_at,
        )
        return Outcome(f"Pushed the first commit to {branch}", {"sha": sha, "branch": branch})


class GrantTeam:
    """Gives the owning team the repository; says so when the team is not on this GitHub."""

    name = "grant-team"
    title = "Give it to its team"

    def run(self, work: Work) -> Outcome:
        """See ``Action.run``."""
        run = work.run
        team, title = run.given.get("_team", ""), run.given.get("_owner_title", run.group)
        if not team:
            return Outcome(f"{title} has no team on GitHub", is_skipped=True)
        work.github.grant_team(run.repository, team, _PERMISSION)
        return Outcome(f"{title} may administer it")


def _message(work: Work) -> str:
    run = work.run
    return (
        f"Start {run.repository.name} from {run.template}\n\n"
        f"Template: {run.template} {run.template_version}\n"
        f"Owner: {run.group}\n"
        f"Callboard-Run: {run.run_id}\n"
    )
