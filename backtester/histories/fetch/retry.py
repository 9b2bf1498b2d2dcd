"""Attempts until one succeeds: after a pause that doubles, or that the server asks for, and not for ever."""

import requests

from backtester.histories.fetch.attempt import attempt
from backtester.histories.fetch.part import Part
from backtester.histories.fetch.plan import Download
from backtester.histories.fetch.settings import Line, PassingError, UnreachableError


def download(line: Line, wanted: Download, part: Part, conditions: dict[str, str]) -> requests.Response | None:
    """What `attempt` gives, once it does; an UnreachableError after the last attempt."""
    limits = line.settings.limits
    pause = limits.pause_seconds
    for number in range(1, limits.attempts + 1):
        try:
            return attempt(line, wanted, part, conditions)
        except PassingError as failure:
            wait = max(min(pause, limits.longest_pause_seconds), failure.pause_seconds)
            if wait > limits.longest_pause_seconds:
                raise _given_up(wanted, f"{failure} and asks to wait {wait:,.0f} s", "run this again then") from failure
            if number == limits.attempts:
                times = "once" if number == 1 else f"{number} times"
                raise _given_up(
                    wanted, f"{failure}; tried {times}", "run this again, it goes on from here"
                ) from failure
            line.ears.told(f"{wanted.file}: {failure}; again in {wait:g} s")
            line.settings.clock.sleep(wait)
            pause *= 2
    raise AssertionError("at least one attempt is made")


def _given_up(wanted: Download, why: str, remedy: str) -> UnreachableError:
    return UnreachableError(f"{wanted.provider} did not send {wanted.file}: {why}; {remedy}")
