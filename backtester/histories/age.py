"""How old a history is: what happened since its last session is in none of its figures."""

import datetime

from backtester.histories.blueprints.blueprint import blueprint_names

OLD_DAYS = 60


def age_note(name: str, last: datetime.date, today: datetime.date) -> str | None:
    """How long ago the history's last session was, and what brings it up to date; None up to sixty days after it."""
    days = (today - last).days
    if days <= OLD_DAYS:
        return None
    age = f"history {name!r} ends on {last}, {days:,} days ago"
    if name not in blueprint_names():
        return age
    return f"{age}; bring it up to date with 'backtester data fetch {name} --data DIR'"
