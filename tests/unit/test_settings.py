"""The settings: file, environment and command line; every mistake at its place, and no secret shown."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.settings import check_settings, in_force, load, nearest_setting, rows, sections, unknown_variables

Write = Callable[[str], Path]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variables of this machine, and no settings file where the tests happen to run."""
    import os

    for name in [name for name in os.environ if name.upper().startswith("CALLBOARD_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a settings file under another name than the one that is found by itself."""

    def write_one(text: str) -> Path:
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_one


def refusal(path: Path | None = None, **overrides: object) -> str:
    with pytest.raises(SettingsError) as caught:
        load(path, overrides)
    return str(caught.value)


def value_of(name: str, path: Path | None = None, **overrides: object) -> tuple[str, str]:
    """How ``callboard doctor`` shows a setting: its value and its source."""
    shown = {item.row.name: item for item in in_force(load(path, overrides))}
    return shown[name].value, shown[name].source


def test_without_anything_every_setting_has_its_default() -> None:
    assert {item.source for item in in_force(load())} == {"default"}


def test_the_file_sets_a_value(write: Write) -> None:
    path = write("github:\n  organizations: [acme, globex]\n")

    assert load(path).github.organizations == ("acme", "globex")
    assert value_of("github.organizations", path) == ("acme, globex", f"file {path}")


def test_the_file_in_the_working_directory_is_found_by_itself(tmp_path: Path) -> None:
    (tmp_path / "callboard.yaml").write_text("web: {port: 9}\n")

    assert value_of("web.port") == ("9", "file callboard.yaml")


def test_a_variable_names_the_file(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOARD_CONFIG", str(write("web: {port: 9}\n")))

    assert load().web.port == 9


def test_the_environment_wins_over_the_file(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOARD_WEB_PORT", "7")
    path = write("web: {port: 9, host: 0.0.0.0}\n")

    assert value_of("web.port", path) == ("7", "environment CALLBOARD_WEB_PORT")
    assert value_of("web.host", path) == ("0.0.0.0", f"file {path}")


def test_the_command_line_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOARD_WEB_PORT", "7")

    assert value_of("web.port", **{"web.port": 5}) == ("5", "command line")


def test_a_database_from_the_command_line_is_a_secret_as_any(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(overrides={"database_url": "postgresql://ana:s3cret@db/x"})

    assert settings.database == "postgresql://ana:s3cret@db/x"
    assert "s3cret" not in repr(settings)
    assert value_of("database_url", database_url="postgresql://ana:s3cret@db/x") == ("set", "command line")


@pytest.mark.parametrize(
    ("variable", "text", "name", "shown"),
    [
        (
            "CALLBOARD_GITHUB_API_URL",
            "https://ghe.acme.test/api/v3",
            "github.api_url",
            "https://ghe.acme.test/api/v3",
        ),
        ("CALLBOARD_CATALOG_HOLD_REMOVALS_OVER", "0.5", "catalog.hold_removals_over", "0.5"),
        ("CALLBOARD_SCAFFOLDS_DEFAULT_PRIVATE", "false", "scaffolds.default_private", "false"),
        ("CALLBOARD_DATA_DIR", "/srv/callboard", "data_dir", "/srv/callboard"),
        ("CALLBOARD_GITHUB_ORGANIZATIONS", "acme", "github.organizations", "acme"),
        ("CALLBOARD_GITHUB_ORGANIZATIONS", "acme, globex", "github.organizations", "acme, globex"),
        ("CALLBOARD_GITHUB_ORGANIZATIONS", '["acme", "globex"]', "github.organizations", "acme, globex"),
        ("CALLBOARD_TEAMS_LEADS", '{"payments": "ana"}', "teams.leads", "payments: ana"),
        ("callboard_web_port", "7", "web.port", "7"),
    ],
)
def test_the_environment_sets_a_value(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, name: str, shown: str
) -> None:
    monkeypatch.setenv(variable, text)

    assert value_of(name) == (shown, f"environment {variable.upper()}")


def test_every_setting_can_be_set_from_the_environment_by_the_name_that_its_row_tells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    example = {
        "whole number": "3",
        "number": "0.5",
        "true or false": "true",
        "name to value": "{}",
        "list of sections": "[]",
    }
    for row in rows():
        text = "UTC" if row.name.endswith("timezone") else "0 9 * * *" if row.name.endswith("cron") else ""
        choice = row.type.split(" or ")[0] if " or " in row.type else "x"
        choice = (row.default.split(", ")[0] or "long-enough") if row.type == "list" else choice
        choice = "https://x.test" if row.name.endswith("api_url") else choice
        monkeypatch.setenv(row.environment, text or example.get(row.type, choice))

    assert {item.row.name: item.source for item in in_force(load())} == {
        row.name: f"environment {row.environment}" for row in rows()
    }


def test_no_two_settings_share_a_variable() -> None:
    names = [row.environment for row in rows()]

    assert sorted(set(names)) == sorted(names)


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """``${CALLBOARD_SLACK_APP_TOKEN:-}`` in a compose file gives one."""
    monkeypatch.setenv("CALLBOARD_GITHUB_APP_ID", "")

    assert value_of("github.app_id") == ("not set", "default")


def test_a_section_that_says_nothing_is_no_mistake(write: Write) -> None:
    assert load(write("github:\nweb: {port: 9}\n")).web.port == 9


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n"])
def test_an_empty_file_sets_nothing(write: Write, text: str) -> None:
    assert {item.source for item in in_force(load(write(text)))} == {"default"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "github:\n  apii_url: x\n",
            ":2:3: github.apii_url: no setting has this name; did you mean github.api_url?",
        ),
        ("githb:\n  api_url: x\n", ":1:1: githb: no setting has this name; did you mean github?"),
        (
            "web:\n  port: many\n",
            ':2:3: web.port: this value does not fit; expected a whole number; found "many"',
        ),
        (
            "web:\n  port: 70000\n",
            ":2:3: web.port: this value does not fit; expected at most 65535; found 70000",
        ),
        ("jobs: {threads: 0}\n", ":1:8: jobs.threads: this value does not fit; expected at least 1; found 0"),
        (
            "github: {timeout_s: .inf}\n",
            ":1:10: github.timeout_s: this value does not fit; expected a number that is not endless",
        ),
        (
            "catalog: {hold_removals_over: 20}\n",
            ":1:11: catalog.hold_removals_over: this value does not fit; expected at most 1; found 20",
        ),
        (
            "catalog: {sync_cron: '61 * * * *'}\n",
            ":1:11: catalog.sync_cron: the minute 61 is not one from 0 to 59",
        ),
        (
            "scorecards: {timezone: Mars/Base}\n",
            ":1:14: scorecards.timezone: this value does not fit; expected an IANA time zone",
        ),
        (
            "scorecards: {timezone: ../etc}\n",
            ":1:14: scorecards.timezone: this value does not fit; expected an IANA time zone",
        ),
        (
            "slack: {mode: pigeon}\n",
            ':1:9: slack.mode: this value does not fit; expected socket or http; found "pigeon"',
        ),
        ("github: 3\n", ":1:1: github: "),
        (
            "github: {organizations: [1]}\n",
            ':1:26: github.organizations.0: this value does not fit; expected text; found 1; put it in quotes: "1"',
        ),
        ("github: [\n", ":2:1: not YAML"),
        ("a: b: c\n", ":1:5: not YAML"),
        ("- web\n", ":1:1: no settings; expected name: value; found list"),
        ("1: 2\n", ":1:1: 1: no setting has this name"),
        ("web: {port: 1}\nweb: {port: 2}\n", ":2:1: web is here twice; the first is at line 1"),
        ("web:\n  port: 1\n  port: 2\n", ":3:3: web.port is here twice; the first is at line 2"),
        ("at: 2026-13-45\n", ": not YAML"),
        ("[a]: b\n", ":1:1: not YAML"),
    ],
)
def test_a_mistake_in_the_file_is_told_at_its_line(write: Write, text: str, words: str) -> None:
    path = write(text)

    assert f"{path}{words}" in refusal(path)


def test_all_mistakes_are_told_at_once(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOARD_WEB_PORT", "x")
    monkeypatch.setenv("CALLBOARD_GITHUB_TOKNE", "x")

    told = refusal(write("jobs: {threads: x}\nlog: {level: loud}\n"), **{"slack.mod": "http"})

    assert [
        name for name in ("jobs.threads", "log.level", "web.port", "TOKNE", "slack.mod:") if name not in told
    ] == []
    assert len(told.splitlines()) == 5


@pytest.mark.parametrize(
    ("variable", "text", "words"),
    [
        (
            "CALLBOARD_WEB_PORT",
            "x",
            'environment CALLBOARD_WEB_PORT: web.port: this value does not fit; expected a whole number; found "x"',
        ),
        ("CALLBOARD_TEAMS_LEADS", "ana", "environment CALLBOARD_TEAMS_LEADS: teams.leads: "),
        (
            "CALLBOARD_GITHUB_APII_URL",
            "x",
            "environment CALLBOARD_GITHUB_APII_URL: no setting has this name; did you mean CALLBOARD_GITHUB_API_URL?",
        ),
        ("CALLBOARD_GITHUBB_TOKEN", "x", "did you mean CALLBOARD_GITHUB_TOKEN?"),
        ("CALLBOARD_DATABSE_URL", "x", "did you mean CALLBOARD_DATABASE_URL?"),
        ("CALLBOARD_CONFG", "x", "did you mean CALLBOARD_CONFIG?"),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, words: str
) -> None:
    monkeypatch.setenv(variable, text)

    assert words in refusal()


@pytest.mark.parametrize(
    "name", ["CALLBOARD_SERVICE_HOST", "CALLBOARD_PORT_8080_TCP_ADDR", "CALLBOARD_REQUIRE_ALL"]
)
def test_a_variable_that_resembles_no_setting_does_not_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Kubernetes sets such variables by itself where a service is called callboard."""
    monkeypatch.setenv(name, "x")

    load()

    assert nearest_setting(name) == ""
    assert unknown_variables() == (name,)


def test_a_name_from_the_command_line_that_is_none_is_told() -> None:
    assert (
        refusal(database_ur="x")
        == "command line: database_ur: no setting has this name; did you mean database_url?"
    )


@pytest.mark.parametrize("where", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, where: str) -> None:
    assert f"{tmp_path / where}: cannot be read" in refusal(tmp_path / where)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"web: \xff")

    assert "this is not UTF-8 text" in refusal(tmp_path / "x.yaml")


def test_no_secret_is_shown(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "sw0rdfish"
    for row in rows():
        if row.is_secret:
            text = f'{{"a": "{secret} of the docks"}}' if row.type == "name to value" else secret
            monkeypatch.setenv(row.environment, text)
    settings = load(write(f"github: {{token: {secret}, publish_token: {secret}}}\n"))

    assert secret not in repr(settings)
    assert secret not in str(list(in_force(settings)))
    assert {item.value for item in in_force(settings) if item.row.is_secret} == {"set"}


def test_the_rows_that_are_secret() -> None:
    assert {row.name for row in rows() if row.is_secret} == {
        "database_url",
        "github.token",
        "github.app_private_key",
        "github.publish_token",
        "github.webhook_secrets",
        "slack.bot_token",
        "slack.app_token",
        "slack.signing_secret",
        "web.api_tokens",
    }


@pytest.mark.parametrize("text", ["github: {token: 12345678}\n", "github: {token: {a: sw0rdfish}}\n"])
def test_a_secret_of_the_wrong_shape_is_not_repeated(write: Write, text: str) -> None:
    told = refusal(write(text))

    assert "github.token" in told
    assert "12345678" not in told
    assert "sw0rdfish" not in told


def test_a_secret_in_the_wrong_place_is_not_repeated(write: Write) -> None:
    assert "ghp_" not in refusal(write("web: {port: ghp_0123456789abcdefghij}\n"))


def test_every_row_says_what_it_is_for_as_a_sentence() -> None:
    unclear = [row.name for row in rows() if not row.help or not row.type]

    assert unclear == []
    assert [name for name, about in sections().items() if not about.endswith(".")] == []


def test_settings_are_not_changed_after_they_were_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load().web.port = 3  # type: ignore[misc]


def test_new_repositories_go_to_the_first_organisation_unless_one_is_named(write: Write) -> None:
    assert load(write("github: {organizations: [a, b]}\n")).new_repository_owner == "a"
    assert (
        load(write("github: {organizations: [a]}\nscaffolds: {organization: c}\n")).new_repository_owner
        == "c"
    )
    assert load(write("")).new_repository_owner is None


def test_the_embedded_database_lies_in_the_data_directory(write: Write) -> None:
    assert load(write("data_dir: /srv/x\n")).database == "sqlite:////srv/x/callboard.db"


def test_a_file_is_checked_without_looking_at_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOARD_WEB_PORT", "x")

    faults = check_settings("web:\n  prt: 3\njobs:\n  threads: no\n", Path("callboard.yaml"))

    assert [(fault.line, fault.column, fault.where) for fault in faults] == [
        (2, 3, "web.prt"),
        (4, 3, "jobs.threads"),
    ]
    assert check_settings("web: {port: 3}\n", Path("callboard.yaml")) == ()


def test_further_hosts_have_the_settings_of_the_first_and_show_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(
        "CALLBOARD_GITHUB_HOSTS",
        '[{"host": "ghe.acme.test", "api_url": "https://ghe.acme.test/api/v3", "organizations": ["platform"],'
        ' "token": "ghp_secret"}]',
    )

    (host,) = load().github_hosts

    assert (host.web_url, host.organizations) == ("https://ghe.acme.test", ("platform",))
    assert value_of("github_hosts")[0] == "ghe.acme.test"


@pytest.mark.parametrize("branch", ["-x", 'a"b', "a..b", "a b", "", "main/"])
def test_a_branch_that_is_no_name_is_refused(tmp_path: Path, branch: str) -> None:
    file = tmp_path / "callboard.yaml"
    file.write_text(f"catalog:\n  branch: '{branch}'\n")

    with pytest.raises(
        SettingsError, match=r"callboard.yaml:2:3: catalog.branch: .*; expected the name of a branch"
    ):
        load(file)
