"""What runs when: judging every day, teams' weeks, managers' roll-ups."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from core.access import Visibility
from core.errors import UserError
from core.jobs import JSON, Job, Run, Schedule
from core.settings import ScorecardSettings
from scorecards.model import RollUp, TeamReport
from scorecards.report import Reports
from scorecards.run import Scorecards

_SCHEDULED = ("weekly-all", "rollup-all")
"""What the keys of the schedules begin with; another run of a week has a key of its own."""

Enqueue = Callable[[str, str, dict[str, JSON]], bool]
"""``Jobs.enqueue``: job, key, payload; False when the key exists already."""


class Announcer(Protocol):
    """Whoever brings reports to people. The same report twice is one message, updated."""

    def seen_in(self, channel: str) -> frozenset[Visibility]:
        """What everybody in a channel may see."""
        ...

    def team_weekly(self, report: TeamReport) -> None:
        """Show a team its week."""
        ...

    def roll_up(self, roll_up: RollUp) -> None:
        """Show a manager the week of their teams; one message for each ``scope``."""
        ...


def week_of(at: datetime) -> str:
    """The ISO week: ``2026-W47``."""
    year, week, _day = at.isocalendar()
    return f"{year}-W{week:02d}"


def jobs_of(
    scorecards: Scorecards, announcer: Announcer, settings: ScorecardSettings, enqueue: Enqueue
) -> tuple[tuple[Job, ...], tuple[Schedule, ...]]:
    """The jobs of the scorecards and their schedules."""
    work = _Work(scorecards, Reports(scorecards), announcer, enqueue)
    jobs = (
        Job("scorecards.judge", work.judge),
        Job("scorecards.weekly-all", work.weekly_all),
        Job("scorecards.weekly", work.weekly),
        Job("scorecards.rollup-all", work.rollup_all),
        Job("scorecards.rollup", work.rollup),
    )
    return jobs, schedules_of(settings)


def schedules_of(settings: ScorecardSettings) -> tuple[Schedule, ...]:
    """When the scorecards' jobs are started."""
    zone = settings.timezone
    return (
        Schedule(
            "judge",
            "scorecards.judge",
            settings.collect_cron,
            zone,
            lambda at: f"judge:{at.isoformat(timespec='minutes')}",
        ),
        Schedule(
            "weekly",
            "scorecards.weekly-all",
            settings.weekly_cron,
            zone,
            lambda at: f"weekly-all:{week_of(at)}",
            lambda at: {"week": week_of(at)},
            starts_at_once=False,
        ),
        Schedule(
            "rollup",
            "scorecards.rollup-all",
            settings.rollup_cron,
            zone,
            lambda at: f"rollup-all:{week_of(at)}",
            lambda at: {"week": week_of(at)},
            starts_at_once=False,
        ),
    )


class _Work:
    """The functions of the jobs. Each team and each manager has a job of its own, so that one
    channel that cannot be reached holds nobody else up."""

    def __init__(
        self, scorecards: Scorecards, reports: Reports, announcer: Announcer, enqueue: Enqueue
    ) -> None:
        self._scorecards = scorecards
        self._reports = reports
        self._announcer = announcer
        self._enqueue = enqueue

    def judge(self, run: Run, _payload: dict[str, JSON]) -> JSON:
        return {"changed": run.step("judge", self._scorecards.collect_and_judge)}

    def weekly_all(self, run: Run, payload: dict[str, JSON]) -> JSON:
        week = str(payload["week"])
        run.step("judge", self._scorecards.collect_and_judge)
        teams = run.step("teams", lambda: list(self._reports.teams_with_reports()))
        for team in teams:
            key = f"weekly:{name_of(team)}:{week}"
            self._start(run, "scorecards.weekly", key, {"team": team, "week": week})
        return {"week": week, "teams": len(teams)}

    def weekly(self, run: Run, payload: dict[str, JSON]) -> JSON:
        team, week = str(payload["team"]), str(payload["week"])

        def announce() -> bool:
            report = self._reports.team_report(team, week, self._announcer.seen_in)
            if report is not None:
                self._announcer.team_weekly(report)
            return report is not None

        return {"announced": run.step("announce", announce)}

    def rollup_all(self, run: Run, payload: dict[str, JSON]) -> JSON:
        week = str(payload["week"])
        managers = run.step(
            "managers", lambda: sorted({roll_up.manager for roll_up in self._reports.roll_ups(week)})
        )
        for manager in managers:
            key = f"rollup:{name_of(manager)}:{week}"
            self._start(run, "scorecards.rollup", key, {"manager": manager, "week": week})
        return {"week": week, "managers": len(managers)}

    def rollup(self, run: Run, payload: dict[str, JSON]) -> JSON:
        manager, week = str(payload["manager"]), str(payload["week"])
        scopes = run.step("scopes", lambda: [roll_up.scope for roll_up in self._of(manager, week)])
        for scope in scopes:
            run.step(f"announce {scope}", partial(self._announce, manager, week, scope))
        return {"announced": len(scopes)}

    def _announce(self, manager: str, week: str, scope: str) -> bool:
        found = [roll_up for roll_up in self._of(manager, week) if roll_up.scope == scope]
        for roll_up in found:
            self._announcer.roll_up(roll_up)
        return bool(found)

    def _of(self, manager: str, week: str) -> list[RollUp]:
        return [roll_up for roll_up in self._reports.roll_ups(week) if roll_up.manager == manager]

    def _start(self, run: Run, job: str, key: str, payload: dict[str, JSON]) -> None:
        """Under a key for the week, or, where somebody asked for the week again, for that time of asking."""
        again = "" if run.key.partition(":")[0] in _SCHEDULED else f":{run.key}"
        run.step(f"start {key}", lambda: self._enqueue(job, key + again, payload))


def name_of(ref: str) -> str:
    """A reference as it stands in keys: its name, and the namespace where it is not the default."""
    _kind, _, rest = ref.partition(":")
    namespace, _, name = rest.partition("/")
    if not name:
        raise UserError(f"{ref} is no reference", "Expected kind:namespace/name.")
    return name if namespace == "default" else f"{namespace}.{name}"
