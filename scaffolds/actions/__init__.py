"""What runs are made of: one file per family of actions; the built-in ones are plugins like any other."""

from scaffolds.actions.cataloguing import Register
from scaffolds.actions.port import Action, Outcome, Work
from scaffolds.actions.publishing import CreateRepository, GrantTeam, Push
from scaffolds.actions.rendering import Render

__all__ = ["USUAL_STEPS", "Action", "Outcome", "Work", "callboard_actions"]

USUAL_STEPS = ("render", "create-repository", "push", "grant-team", "register")
"""The steps of a template that names none."""


def callboard_actions() -> tuple[Action, ...]:
    """The built-in actions."""
    return (Render(), CreateRepository(), Push(), GrantTeam(), Register())
