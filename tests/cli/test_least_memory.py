"""The least memory that a command may be limited to."""

import resource

import click
import pytest

from backtester.cli.least_memory import check_memory


def limited(monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
    """Have this process limited to so many bytes, and otherwise to none."""
    by_number = {getattr(resource, name): limit for name, limit in limits.items()}
    monkeypatch.setattr(resource, "getrlimit", lambda number: (by_number.get(number, resource.RLIM_INFINITY), -1))


@pytest.mark.parametrize(
    "limits",
    [{}, {"RLIMIT_AS": -1}, {"RLIMIT_AS": 1_500_000_000}, {"RLIMIT_DATA": 500_000_000}, {"RLIMIT_STACK": 8_000_000}],
)
def test_enough_memory_is_no_matter(monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]) -> None:
    """No limit, one of just enough, and limits of something else are no error."""
    limited(monkeypatch, **limits)
    check_memory()


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"RLIMIT_AS": 1_499_999_999}, "'ulimit -v' allows 1499 MB, and a command needs 1500"),
        ({"RLIMIT_AS": 204_800_000}, "'ulimit -v' allows 204 MB, and a command needs 1500"),
        ({"RLIMIT_DATA": 499_000_000}, "'ulimit -d' allows 499 MB, and a command needs 500"),
    ],
)
def test_too_little_memory_is_refused(monkeypatch: pytest.MonkeyPatch, limits: dict[str, int], words: str) -> None:
    """The message names the limit, what it allows and what is needed."""
    limited(monkeypatch, **limits)
    with pytest.raises(click.ClickException, match=words):
        check_memory()
