"""What people do, and what comes of it: carried out for one person at a time, in Slack's payload shapes."""

from bot.sandbox.slack.people.arriving import Arriving
from bot.sandbox.slack.people.conversing import Conversing
from bot.sandbox.slack.people.interacting import Interacting
from bot.sandbox.slack.people.responding import Responding
from bot.sandbox.slack.people.stage import Stage


class Human(Conversing, Interacting, Responding, Arriving):
    """Carries out what a person does in one workspace, and what the app answers by response_url."""

    def __init__(self, stage: Stage) -> None:
        Conversing.__init__(self, stage)
