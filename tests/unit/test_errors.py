"""The tree of errors: what people read of each."""

import pytest

from core import errors
from core.errors import (
    CallboardError,
    DatabaseUnavailable,
    Fault,
    GitHubUnavailable,
    InvalidFile,
    NotAllowed,
    NotFound,
    SettingsError,
    SlackUnavailable,
    Unavailable,
    UserError,
)


def test_the_caption_draws_every_error_there_is() -> None:
    classes = [
        item.__name__
        for item in vars(errors).values()
        if isinstance(item, type) and issubclass(item, Exception)
    ]

    assert [name for name in classes if name not in str(errors.__doc__)] == []


@pytest.mark.parametrize("kind", [NotFound, NotAllowed, InvalidFile])
def test_what_a_person_can_mend_is_a_user_error(kind: type[Exception]) -> None:
    assert issubclass(kind, UserError)


@pytest.mark.parametrize("kind", [DatabaseUnavailable, GitHubUnavailable, SlackUnavailable])
def test_a_system_that_is_away_is_worth_another_try(kind: type[Exception]) -> None:
    assert issubclass(kind, Unavailable)


def test_wrong_settings_are_no_mistake_of_the_person_in_front_of_us() -> None:
    assert not issubclass(SettingsError, UserError | Unavailable)
    assert issubclass(SettingsError, CallboardError)


def test_a_user_error_carries_what_to_do_next() -> None:
    error = UserError("Nothing here is called x.", "Try y.")

    assert (str(error), error.hint) == ("Nothing here is called x.", "Try y.")


def test_an_unavailable_system_may_name_its_wait() -> None:
    assert GitHubUnavailable("GitHub asks to wait", 30).retry_after_s == 30


def test_a_fault_reads_as_place_then_what_then_expected_and_found() -> None:
    fault = Fault("a/b.yaml", 3, 7, "this is no date", "checks[0]", "YYYY-MM-DD", "soon", "quote it")

    assert str(fault) == "a/b.yaml:3:7: this is no date; expected YYYY-MM-DD; found soon; quote it"


def test_a_fault_of_a_whole_file_has_no_line() -> None:
    assert str(Fault("a.yaml", 0, 0, "the file is empty")) == "a.yaml: the file is empty"


def test_an_invalid_file_tells_all_of_its_faults_at_once() -> None:
    error = InvalidFile([Fault("a", 1, 1, "one"), Fault("b", 2, 1, "two")])

    assert str(error) == "a:1:1: one\nb:2:1: two"
    assert [fault.message for fault in error.faults] == ["one", "two"]
