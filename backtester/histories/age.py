"""A note for users that a history is old: its last session is more than 60 days ago."""

import datetime

from backtester.histories.blueprints.blueprint import blueprint_names

OLD_DAYS = 60  # calendar days


def age_note(name: str, last: datetime.date, today: datetime.date) -> str | None:
    """A sentence on how old the history `name` is and, if it can be fetched, what updates it.

    None if its last session is at most 60 days ago.
    """
    days = (today - last).days
    if days <= OLD_DAYS:
        return None
    age = f"history {name!r} ends on {last}, {days:,} days ago"
    if name not in blueprint_names():
        return age
    return f"{age}; bring it up to date with 'backtester data fetch {name} --data DIR'"
