"""The command line as people and scripts use it: what goes to which stream, shapes of JSON, exit codes."""

import json
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.cli.app import BUG, run

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "examples" / "playhouse" / "repositories"


PATH_TO_US = {**os.environ, "PYTHONPATH": str(ROOT)}
GIVES_UP = """
from core.clock import SystemClock
from core.errors import UserError
from core.jobs import Job, Jobs

def refuse():
    raise UserError("The template is gone.")

jobs = Jobs("sqlite:///.callboard/callboard.db", clock=SystemClock(), poll_s=0.05)
jobs.add(Job("scaffold.run", lambda run, payload: run.step("only", refuse)))
jobs.start()
jobs.enqueue("scaffold.run", "scaffold:ab12")
jobs.wait("scaffold:ab12", 30)
jobs.stop()
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What standard output holds, which must be one document and nothing else."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Runs commands in a folder that has no settings and no database of anybody."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Ended:
        self.capture.readouterr()
        code = run(list(words))
        out, err = self.capture.readouterr()
        return Ended(code, out, err)


@pytest.fixture
def callboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CommandLine]:
    for name in [name for name in os.environ if name.upper().startswith("CALLBOARD_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    yield CommandLine(tmp_path, capsys)
    root.handlers[:], root.level = handlers, level
    structlog.configure(**config)


@pytest.fixture(scope="session")
def _synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the sample organisation, made once by the command itself."""
    folder = tmp_path_factory.mktemp("synced")
    database = folder / "callboard.db"
    subprocess.run(
        [
            *(sys.executable, "-m", "bot", "--database", f"sqlite:///{database}"),
            *("sync", "--from", SAMPLE, "--org", "playhouse"),
        ],
        cwd=folder,
        env={name: text for name, text in os.environ.items() if not name.startswith("CALLBOARD_")}
        | {"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return database


@pytest.fixture
def stocked(callboard: CommandLine, _synced: Path) -> CommandLine:
    """The command line over the sample organisation."""
    data = callboard.folder / ".callboard"
    data.mkdir()
    shutil.copyfile(_synced, data / "callboard.db")
    return callboard


def repository(folder: Path, name: str, descriptor: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "catalog-info.yaml").write_text(descriptor, encoding="utf-8")


COMPONENT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
spec:
  type: service
  lifecycle: production
  owner: payments
"""


def test_a_sync_that_held_back_lets_go_when_it_is_told_that_this_is_right(callboard: CommandLine) -> None:
    for number in range(10):
        repository(callboard.folder / "in", f"r{number}", COMPONENT.format(name=f"r{number}"))
    callboard("sync", "--from", "in", "--org", "acme")
    for number in range(8):
        shutil.rmtree(callboard.folder / "in" / f"r{number}")

    held = callboard("sync", "--from", "in", "--org", "acme")
    approved = callboard("sync", "--from", "in", "--org", "acme", "--approve-held", "--json")
    again = callboard("sync", "--from", "in", "--org", "acme", "--approve-held")

    assert (held.code, approved.code, again.code) == (1, 0, 1)
    assert "8 removals held back" in held.out
    assert "component:default/r0" in held.out
    assert "--approve-held" in held.out
    assert (approved.json["removed"], approved.json["repositories"]) == (8, 2)
    assert "Nothing is held back here." in again.err


def test_sync_from_a_folder_tells_what_it_did_as_one_document(callboard: CommandLine) -> None:
    repository(callboard.folder / "in", "good", COMPONENT.format(name="good"))
    repository(callboard.folder / "in", "bad", COMPONENT.format(name="bad").replace("  type: service\n", ""))

    first = callboard("sync", "--from", "in", "--org", "acme", "--json")
    again = callboard("sync", "--from", "in", "--org", "acme", "--json")

    assert (first.code, again.code) == (0, 0)
    docs = first.json["docs"] | {"took_s": 0}
    assert first.json | {"took_s": 0, "refused": [], "docs": docs} == {
        "source": "folder:acme",
        "requests": 0,
        "repositories": 2,
        "added": 1,
        "changed": 0,
        "removed": 0,
        "unchanged": 0,
        "refused": [],
        "held": False,
        "would_remove": [],
        "unread": [],
        "failed": [],
        "took_s": 0,
        "docs": {"read": 0, "sections": 0, "failed": [], "took_s": 0},
    }
    (refused,) = first.json["refused"]
    where = "acme/bad/catalog-info.yaml:5:1"
    assert (refused["where"], refused["message"]) == (where, "spec.type is missing")
    assert (again.json["added"], again.json["unchanged"]) == (0, 1)


def test_sync_that_would_lose_too_much_holds_and_says_no(stocked: CommandLine) -> None:
    repository(stocked.folder / "in", "good", COMPONENT.format(name="good"))

    held = stocked("sync", "--from", "in", "--org", "playhouse", "--json")

    assert (held.code, held.json["held"], held.json["removed"]) == (1, True, 0)


def test_sync_of_a_folder_that_is_not_there_says_so(callboard: CommandLine) -> None:
    ended = callboard("sync", "--from", "nowhere", "--json")

    assert (ended.code, ended.out) == (1, "")
    assert "nowhere: there is no such folder" in ended.err


def test_sync_without_a_source_names_the_setting(callboard: CommandLine) -> None:
    ended = callboard("sync", "--json")

    assert (ended.code, ended.out) == (2, "")
    assert "github.organizations: name at least one organisation" in ended.err


def test_who_gives_every_field_that_scripts_rely_on(stocked: CommandLine) -> None:
    ended = stocked("who", "payments-api", "--json")

    assert ended.code == 0
    assert {
        "query": "payments-api",
        "about": "entity",
        "entity": "component:default/payments-api",
        "repository": "playhouse/payments-api",
        "path": None,
        "owner": "group:default/payments",
        "disagreements": [],
        "alternatives": [],
    }.items() <= ended.json.items()
    assert ended.json["owners"][0] == {
        "ref": "group:default/payments",
        "title": "Payments",
        "kind": "Group",
        "channel": "#payments-help",
    }
    assert ended.json["why"].startswith("From catalog-info.yaml")
    assert ended.json["synced_at"].startswith("20")
    assert {"title", "url"} == ended.json["sources"][0].keys()


def test_who_takes_a_question_of_several_words(stocked: CommandLine) -> None:
    ended = stocked("who", "payments-api", "--json")
    spaced = stocked("who", "payments", "api", "--json")

    assert ended.json["entity"] == spaced.json["entity"]


def test_coverage_lists_what_has_no_entry_and_what_differs(stocked: CommandLine) -> None:
    told = stocked("coverage", "--json").json
    shown = stocked("coverage").out

    assert f"{len(told['without_entry'])} of {told['repositories']} repositories have no entry" in shown
    assert {"repository", "owners", "why", "is_archived"} <= told["without_entry"][0].keys()
    assert {"things", "unowned", "unknown_owners", "disagreements", "synced_at"} <= told.keys()


def test_who_says_no_where_nothing_fits(stocked: CommandLine) -> None:
    ended = stocked("who", "zzzzqqqq", "--json")

    assert (ended.code, ended.json["about"], ended.json["owner"]) == (1, "nothing", None)
    assert "Nothing here is called zzzzqqqq." in stocked("who", "zzzzqqqq").out


def test_who_says_that_a_name_was_corrected(stocked: CommandLine) -> None:
    assert stocked("who", "pyments-api").out.startswith(
        "You wrote “pyments-api”; showing the nearest name.\n"
    )


def test_who_reads_as_an_answer(stocked: CommandLine) -> None:
    lines = stocked("who", "payments-api").out.splitlines()

    assert lines[0] == "Payments API · service · production"
    assert lines[1] == "Owned by Payments, ask in #payments-help"
    assert "From catalog-info.yaml" in lines[-1]
    assert "synced " in lines[-1]


def test_docs_gives_passages_with_their_place(stocked: CommandLine) -> None:
    ended = stocked("docs", "rotate", "signing", "key", "--json")

    first = ended.json["passages"][0]
    assert ended.code == 0
    assert (ended.json["query"], first["entity"], first["heading"]) == (
        "rotate signing key",
        "component:default/payments-api",
        "Rotate the signing key",
    )
    stable = {"entity", "page", "heading", "url", "text", "edited_at", "score"}
    assert first.keys() == stable | {"excerpt", "owner", "is_stale"}


def test_docs_that_do_not_say_are_a_no(stocked: CommandLine) -> None:
    ended = stocked("docs", "zzzzqqqq", "--json")

    assert (ended.code, ended.json["passages"]) == (1, [])


def test_entities_are_filtered_in_backstages_language(stocked: CommandLine) -> None:
    found = stocked("entities", "--filter", "kind=component,spec.lifecycle=experimental", "--json").json
    either = stocked("entities", "--filter", "kind=group", "--filter", "kind=api", "--json").json

    assert {(item["kind"], item["spec"]["lifecycle"]) for item in found} == {("Component", "experimental")}
    assert {item["kind"] for item in either} == {"Group", "API"}
    assert found[0].keys() == {"apiVersion", "kind", "metadata", "spec", "relations"}


def test_entities_come_in_parts_and_in_an_order_on_request(stocked: CommandLine) -> None:
    found = stocked(
        *("entities", "--filter", "kind=group", "--fields", "kind,metadata.name", "--limit", "2"),
        *("--order-field", "metadata.name,desc", "--json"),
    )
    names = [item["metadata"].pop("name") for item in found.json]
    related = stocked("entities", "--filter", "metadata.name=payments-api", "--fields", "relations", "--json")

    assert found.json[0] == {"kind": "Group", "metadata": {"name": names[0]}}
    assert names == sorted(names, reverse=True)
    assert len(names) == 2
    assert {"type": "ownedBy", "targetRef": "group:default/payments"} in related.json[0]["relations"]


def test_entities_are_found_by_a_part_of_their_name(stocked: CommandLine) -> None:
    found = stocked("entities", "--full-text", "PAYMENTS-", "--json").json
    elsewhere = stocked(
        "entities", "--full-text", "payments-", "--full-text-field", "metadata.title", "--json"
    )

    assert "payments-api" in {item["metadata"]["name"] for item in found}
    assert elsewhere.json == []


@pytest.mark.parametrize(
    "words",
    [("--filter", "=x"), ("--order-field", "kind,up"), ("--fields", "metadata.tags[0]"), ("--limit", "0")],
)
def test_words_that_mean_nothing_are_wrong_use(stocked: CommandLine, words: tuple[str, ...]) -> None:
    ended = stocked("entities", *words, "--json")

    assert (ended.code, ended.out) == (2, "")
    assert "Invalid" in ended.err


def test_score_gives_every_check_with_its_reason(stocked: CommandLine) -> None:
    ended = stocked("score", "payments-api", "--json")

    assert (ended.code, ended.json["subject"]) == (0, "component:default/payments-api")
    assert ended.json.keys() == {"subject", "level", "pass_share", "results", "next_level"}
    assert {"check", "state", "value", "why", "fix"} == ended.json["results"][0].keys()
    assert all(item["fix"] for item in ended.json["results"] if item["state"] == "fail")


def test_score_of_a_team_has_everything_that_it_owns(stocked: CommandLine) -> None:
    found = stocked("score", "payments", "--json").json

    assert found["subject"] == "group:default/payments"
    assert "component:default/payments-api" in {item["subject"] for item in found["entities"]}


def test_score_of_nothing_is_a_no_with_a_hint(stocked: CommandLine) -> None:
    ended = stocked("score", "zzzzqqqq", "--json")

    assert (ended.code, ended.out) == (1, "")
    assert "Ask for one, or for the team that owns it." in ended.err


def test_plugins_are_listed_with_where_each_thing_comes_from(callboard: CommandLine) -> None:
    found = callboard("plugin", "list", "--json").json

    assert {"hook": "callboard_facts", "name": "docs", "plugin": "facts"} in found
    assert "create-repository" in callboard("plugin", "list").out


def test_a_database_is_checked_brought_up_to_date_and_copied(callboard: CommandLine) -> None:
    before = callboard("db", "check")
    upgraded = callboard("db", "upgrade")
    after = callboard("db", "check")
    copied = callboard("db", "backup", "copy.db")
    again = callboard("db", "backup", "copy.db")

    assert (before.code, upgraded.code, after.code, copied.code, again.code) == (1, 0, 0, 0, 1)
    assert "run: callboard db upgrade" in before.out
    assert "copy.db exists already" in again.err
    assert callboard("--database", "sqlite:///copy.db", "db", "check").code == 0


def test_the_manifest_is_one_document_and_its_reasons_go_elsewhere(callboard: CommandLine) -> None:
    ended = callboard("manifest", "--reasons")

    (command,) = ended.json["features"]["slash_commands"]
    assert (command["command"], command["usage_hint"]) == (
        "/callboard",
        "who | docs | find | team | deps | new | score | wrong | me | home | previews | help ...",
    )
    assert "chat:write: to answer" in ended.err


def test_the_manifest_follows_the_settings(callboard: CommandLine) -> None:
    (callboard.folder / "callboard.yaml").write_text("slack: {command: /catalog, mode: http}\n")

    shown = callboard("manifest", "--url", "https://bot.acme.test").json

    assert shown["features"]["slash_commands"][0]["command"] == "/catalog"
    assert shown["settings"]["socket_mode_enabled"] is False
    assert shown["settings"]["event_subscriptions"]["request_url"] == "https://bot.acme.test/slack/events"


def findings(ended: Ended) -> dict[str, dict[str, Any]]:
    return {item["check"]: item for item in ended.json}


def test_doctor_says_what_is_missing_and_how_to_mend_it(callboard: CommandLine) -> None:
    ended = callboard("doctor", "--json")

    found = findings(ended)
    assert ended.code == 1
    assert found["github"] == {
        "check": "github",
        "ok": False,
        "message": "no organisation is configured",
        "fix": "Set github.organizations.",
    }
    assert "CALLBOARD_SLACK_BOT_TOKEN" in found["slack"]["fix"]
    assert found["database"]["ok"]
    assert ended.err == ""


def test_doctor_shows_every_setting_with_its_source_and_no_secret(
    callboard: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLBOARD_SLACK_SIGNING_SECRET", "sw0rdfish")
    (callboard.folder / "callboard.yaml").write_text("github: {token: sw0rdfish}\nweb: {port: 9}\n")

    ended = callboard("doctor", "--json")
    text = callboard("doctor")

    found = findings(ended)
    assert found["setting web.port"]["message"] == "9 (file callboard.yaml)"
    assert found["setting github.token"]["message"] == "set (file callboard.yaml)"
    assert found["setting github.token"]["fix"] == "Better in the environment: CALLBOARD_GITHUB_TOKEN"
    assert (
        found["setting slack.signing_secret"]["message"] == "set (environment CALLBOARD_SLACK_SIGNING_SECRET)"
    )
    assert "sw0rdfish" not in ended.out + ended.err + text.out + text.err


def test_doctor_shows_a_job_that_gave_up_with_its_cause(callboard: CommandLine) -> None:
    # In a process of its own: there can be one DBOS in each, and other tests have one too.
    subprocess.run([sys.executable, "-c", GIVES_UP], cwd=callboard.folder, env=PATH_TO_US, check=True)

    found = findings(callboard("doctor", "--json"))["job scaffold:ab12"]

    assert (found["ok"], found["message"]) == (
        False,
        "scaffold.run gave up just now: The template is gone.",
    )


def test_doctor_names_a_variable_that_nobody_reads(
    callboard: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLBOARD_SERVICE_HOST", "10.0.0.1")

    found = findings(callboard("doctor", "--json"))["environment CALLBOARD_SERVICE_HOST"]

    assert (found["ok"], found["message"]) == (False, "no setting has this name, so it changes nothing")


def test_doctor_shows_every_team_with_its_lead_and_channel(stocked: CommandLine) -> None:
    found = findings(stocked("doctor", "--json"))

    assert "#payments-help" in found["team group:default/payments"]["message"]
    assert "led by ben" in found["team group:default/payments"]["message"]


def test_doctor_tells_wrong_settings_instead_of_giving_up(callboard: CommandLine) -> None:
    (callboard.folder / "callboard.yaml").write_text("web: {port: many}\njobs: {threads: 0}\n")

    ended = callboard("doctor", "--json")

    assert ended.code == 2
    assert [(item["check"], item["ok"], item["message"].partition(": ")[0]) for item in ended.json] == [
        ("settings", False, "callboard.yaml:1:7"),
        ("settings", False, "callboard.yaml:2:8"),
    ]


def test_doctor_survives_a_database_that_is_away(callboard: CommandLine) -> None:
    ended = callboard("--database", "postgresql://ana:s3cret@127.0.0.1:1/x", "doctor", "--json")

    assert (ended.code, findings(ended)["database"]["ok"]) == (1, False)
    assert "s3cret" not in ended.out + ended.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("web:\n  prt: 9\n", "callboard.yaml:2:3: web.prt: no setting has this name; did you mean web.port?"),
        (
            "web: {port: many}\n",
            "callboard.yaml:1:7: web.port: this value does not fit; expected a whole number",
        ),
        ("web: [\n", "callboard.yaml:2:1: not YAML"),
    ],
)
def test_a_mistake_in_the_settings_is_told_at_its_line(callboard: CommandLine, text: str, words: str) -> None:
    (callboard.folder / "callboard.yaml").write_text(text)

    ended = callboard("who", "x", "--json")

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"callboard: {words}")


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("nonsense", 2, "database_url: expected sqlite:///file or postgresql://user@host/name"),
        ("mysql://db/x", 2, "database_url: expected sqlite or postgresql, found mysql"),
        ("postgresql://ana:s3cret@127.0.0.1:1/x", 3, "the database does not answer"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_words(
    callboard: CommandLine, address: str, code: int, words: str
) -> None:
    ended = callboard("--database", address, "who", "x", "--json")

    assert (ended.code, ended.out) == (code, "")
    assert words in ended.err
    assert "s3cret" not in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("words", [["nope"], ["who"], ["sync", "--nope"], ["lint", "nowhere"], []])
def test_wrong_use_is_told_with_exit_code_2(callboard: CommandLine, words: list[str]) -> None:
    ended = callboard(*words)

    assert ended.code == 2
    assert "Usage:" in ended.out + ended.err


def test_serving_without_tokens_names_the_variable(callboard: CommandLine) -> None:
    ended = callboard("serve")

    assert ended.code == 2
    assert "CALLBOARD_SLACK_BOT_TOKEN" in ended.err or "github" in ended.err


def test_a_bug_is_told_with_a_reference_that_the_log_has_too(
    callboard: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_anything: object) -> None:
        raise RuntimeError("xoxb-1234567890-abcdef")

    monkeypatch.setattr("bot.cli.operations.command_words", broken)

    ended = callboard("manifest")

    logged, told = ended.err.splitlines()[0], ended.err.splitlines()[-1]
    assert (ended.code, ended.out) == (BUG, "")
    assert json.loads(logged)["reference"] in told
    assert "xoxb" not in ended.err


def test_lint_tells_all_mistakes_of_all_files_at_once(callboard: CommandLine) -> None:
    folder = callboard.folder / "repo"
    for name, text in {
        "catalog-info.yaml": COMPONENT.format(name="bad name!"),
        "CODEOWNERS": "* @acme/payments\ndocs/ nobody\n",
        "callboard.yaml": "web:\n  prt: 3\n",
        "cards/acme.yaml": "id: acme\ntitle: Acme\nchecks:\n  - id: a\n    title: A\n    level: tin\n",
        "template/cookiecutter.json": '{"name": "x", "name": "y"}',
        "values.yaml": "image: {{ .Values.image }}\n",
        "deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\n",
        "node_modules/x/catalog-info.yaml": "nonsense",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    ended = callboard("lint", "repo", "--json")

    assert ended.code == 1
    assert {Path(item["path"]).relative_to("repo").as_posix() for item in ended.json} == {
        "catalog-info.yaml",
        "CODEOWNERS",
        "callboard.yaml",
        "cards/acme.yaml",
        "template/cookiecutter.json",
    }
    assert {"path", "line", "column", "where", "severity", "message", "expected", "found"} <= ended.json[
        0
    ].keys()
    assert ended.err.startswith("5 files checked, ")


def test_lint_shows_a_mistake_at_its_line_with_what_was_expected(callboard: CommandLine) -> None:
    (callboard.folder / "CODEOWNERS").write_text("docs/ nobody\n")

    text = callboard("lint", "CODEOWNERS")
    annotated = callboard("lint", "CODEOWNERS", "--format", "github")

    assert text.out == (
        "CODEOWNERS:1:7: this is no owner; expected @organisation/team, @login or a mail address; found nobody;"
        " write @nobody if that is a login, or put # before a remark\n"
    )
    assert annotated.out == (
        "::error file=CODEOWNERS,line=1,col=7,title=Callboard::this is no owner;"
        " expected @organisation/team, @login or a mail address; found nobody;"
        " write @nobody if that is a login, or put # before a remark\n"
    )


def test_lint_is_content_with_what_ships(callboard: CommandLine) -> None:
    ended = callboard(
        "lint", str(ROOT / "scaffolds" / "library"), str(ROOT / "scorecards" / "library"), "--json"
    )

    assert (ended.code, ended.json) == (0, [])
    assert ended.err == "5 files checked, 0 faults\n"


def test_lint_refuses_a_named_file_that_callboard_does_not_read(callboard: CommandLine) -> None:
    (callboard.folder / "notes.txt").write_text("x")

    ended = callboard("lint", "notes.txt")

    assert (ended.code, ended.out.partition(";")[0]) == (1, "notes.txt: Callboard reads no such file")


def test_the_installed_program_ends_with_the_code_of_its_command(callboard: CommandLine) -> None:
    """Through the real entry point, in a process of its own, as a script would run it."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-m", "bot", "who", "x", "--json"],
        cwd=callboard.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, json.loads(ended.stdout)["about"], ended.stderr) == (1, "nothing", "")


def test_python_without_asserts_is_refused(callboard: CommandLine) -> None:
    """PyGithub guards where it sends the token with asserts."""
    ended = subprocess.run(
        [sys.executable, "-O", "-m", "bot", "manifest"],
        cwd=callboard.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "refuses to run under python -O" in ended.stderr
