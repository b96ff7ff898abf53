"""Pure: moments that Slack shows in each reader's own time zone."""

from datetime import datetime


def moment(at: datetime) -> str:
    """A moment in mrkdwn: ``today at 14:05`` to whoever reads it where and when they read it."""
    words = f"{at:%d %b %Y, %H:%M} UTC"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{words}>"


def hour(at: datetime) -> str:
    """A moment of today in mrkdwn: ``14:05`` to whoever reads it where they read it."""
    return f"<!date^{int(at.timestamp())}^{{time}}|{at:%H:%M} UTC>"
