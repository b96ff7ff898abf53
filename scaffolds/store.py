"""The only SQL of the scaffolds: runs, and the reservation of a repository's name."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from catalog_sync.entity.model import RepositoryName
from core.access import SlackUser, Visibility
from core.clock import Clock
from core.database import Database
from core.errors import NotFound
from scaffolds.model import RunState, StepState
from scaffolds.runs import ScaffoldRun, Step
from scaffolds.tables import scaffold_runs

_EVERYTHING = frozenset(Visibility)


class NameReservedError(Exception):
    """Another active run wants the same repository; ``run_id`` says which."""

    def __init__(self, run_id: str) -> None:
        super().__init__(run_id)
        self.run_id = run_id


class RunStore:
    """Runs on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add(self, run: ScaffoldRun) -> None:
        """Store a new run and reserve its repository's name, both or neither.

        Raises:
            NameReservedError: Another active run has the name.
        """
        self._reserving(run, scaffold_runs.insert().values(run_id=run.run_id, **self._row(run)))

    def save(self, run: ScaffoldRun) -> None:
        """Store how far a run is; an active one holds its reservation, any other gives it back.

        Raises:
            NameReservedError: It was not active before, and another active run has the name by now.
        """
        statement = scaffold_runs.update().where(scaffold_runs.c.run_id == run.run_id).values(self._row(run))
        self._reserving(run, statement)

    def run(self, run_id: str, seen: Collection[Visibility] = _EVERYTHING) -> ScaffoldRun:
        """One run.

        Raises:
            NotFound: There is no such run, or its repository is nothing for the asker.
        """
        statement = sa.select(scaffold_runs).where(
            scaffold_runs.c.run_id == run_id, scaffold_runs.c.visibility.in_([str(item) for item in seen])
        )
        with self._database.read() as connection:
            row = connection.execute(statement).mappings().one_or_none()
        if row is None:
            raise NotFound(f"Nothing was started under the number {run_id}.")
        return _run(dict(row))

    def active(self) -> tuple[ScaffoldRun, ...]:
        """The runs that are neither done nor failed, oldest first."""
        statement = sa.select(scaffold_runs).where(scaffold_runs.c.state == str(RunState.RUNNING))
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(scaffold_runs.c.started_at)).mappings().all()
        return tuple(_run(dict(row)) for row in rows)

    def asked_by(self, user: SlackUser, since: datetime) -> tuple[ScaffoldRun, ...]:
        """Somebody's runs that are under way, or have failed after a moment; newest first."""
        failed = (scaffold_runs.c.state == str(RunState.FAILED)) & (scaffold_runs.c.updated_at >= since)
        statement = sa.select(scaffold_runs).where(
            scaffold_runs.c.workspace == user.workspace,
            scaffold_runs.c.slack_user == user.id,
            sa.or_(scaffold_runs.c.state == str(RunState.RUNNING), failed),
        )
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(scaffold_runs.c.started_at.desc())).mappings().all()
        return tuple(_run(dict(row)) for row in rows)

    def _reserving(self, run: ScaffoldRun, statement: sa.Insert | sa.Update) -> None:
        try:
            with self._database.write() as connection:
                connection.execute(statement)
        except sa.exc.IntegrityError:
            holder = self.latest_active_of(run.repository)
            if holder is None:
                raise
            raise NameReservedError(holder) from None

    def latest_active_of(self, repository: RepositoryName) -> str | None:
        """The run that holds the reservation of a name, if any does."""
        statement = sa.select(scaffold_runs.c.run_id).where(
            scaffold_runs.c.reservation == _reservation(repository)
        )
        with self._database.read() as connection:
            return connection.execute(statement).scalar_one_or_none()

    def _row(self, run: ScaffoldRun) -> dict[str, Any]:
        return {
            "template": run.template,
            "template_version": run.template_version,
            "host": run.repository.host,
            "owner": run.repository.owner,
            "name": run.repository.name,
            "reservation": _reservation(run.repository) if run.state is RunState.RUNNING else None,
            "visibility": str(run.visibility),
            "description": run.description,
            "answers": dict(run.answers),
            "given": dict(run.given),
            "seed": run.seed,
            "group_ref": run.group,
            "workspace": run.asked_by.workspace if run.asked_by else None,
            "slack_user": run.asked_by.id if run.asked_by else None,
            "state": str(run.state),
            "steps": [_step_row(step) for step in run.steps],
            "error": run.error,
            "entity": run.entity,
            "attempt": run.attempt,
            "started_at": run.started_at,
            "finished_at": run.finished_at,
            "updated_at": self._clock.now(),
        }


def _reservation(repository: RepositoryName) -> str:
    """Hosts compare names without regard to case."""
    return str(repository).lower()


def _step_row(step: Step) -> dict[str, Any]:
    return {
        "id": step.id,
        "title": step.title,
        "state": str(step.state),
        "detail": step.detail,
        "output": dict(step.output),
    }


def _run(row: Mapping[str, Any]) -> ScaffoldRun:
    return ScaffoldRun(
        run_id=row["run_id"],
        template=row["template"],
        template_version=row["template_version"],
        repository=RepositoryName(row["host"], row["owner"], row["name"]),
        visibility=Visibility(row["visibility"]),
        description=row["description"],
        answers=row["answers"],
        given=row["given"],
        seed=row["seed"],
        group=row["group_ref"],
        asked_by=SlackUser(row["workspace"], row["slack_user"]) if row["slack_user"] else None,
        steps=tuple(
            Step(item["id"], item["title"], StepState(item["state"]), item["detail"], item["output"])
            for item in row["steps"]
        ),
        started_at=row["started_at"],
        state=RunState(row["state"]),
        error=row["error"],
        entity=row["entity"],
        attempt=row["attempt"],
        finished_at=row["finished_at"],
    )
