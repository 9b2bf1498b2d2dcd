"""How old a history is."""

import datetime

from backtester.histories.age import age_note

LAST = datetime.date(2026, 5, 26)


def test_a_history_is_old_after_sixty_days() -> None:
    """Not on the sixtieth day, but on the one after; the command that brings it up to date is named."""
    assert age_note("us", LAST, LAST + datetime.timedelta(days=60)) is None
    assert age_note("us", LAST, LAST + datetime.timedelta(days=61)) == (
        "history 'us' ends on 2026-05-26, 61 days ago; bring it up to date with 'backtester data fetch us --data DIR'"
    )


def test_a_history_that_cannot_be_fetched_is_old_too() -> None:
    """Without a blueprint there is no command to name; a last session in the future is not old."""
    assert age_note("mine", LAST, datetime.date(2029, 5, 26)) == "history 'mine' ends on 2026-05-26, 1,096 days ago"
    assert age_note("mine", LAST, LAST - datetime.timedelta(days=400)) is None
