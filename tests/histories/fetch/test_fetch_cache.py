"""Copies that are kept: how long they count, and when they are not believed."""

import pytest

from backtester.errors import DataError
from fetching import CSV, FetchOfOne
from loopback import Answer

NEWER = CSV + b"2020-01-29,1.5\n"
HOUR = 3600


def test_a_young_copy_is_used_without_asking(one: FetchOfOne) -> None:
    """Within twelve hours nothing is asked, so that a fetch works without a network; then the file is, whole."""
    one.serve(Answer(CSV), Answer(NEWER))
    one.fetch()
    for seconds in (0, 12 * HOUR - 1):
        one.now += seconds
        assert len(one.fetch().built.market.sessions) == 28
    assert len(one.server.asked) == 1
    one.now += 1
    assert len(one.fetch().built.market.sessions) == 29


def test_refresh_asks_for_all_of_it(one: FetchOfOne) -> None:
    """With `--refresh` even a young copy is downloaded again."""
    one.serve(Answer(CSV), Answer(NEWER))
    one.fetch()
    assert len(one.fetch(refresh=True).built.market.sessions) == 29


def test_an_old_copy_serves_where_the_server_cannot_be_reached(one: FetchOfOne) -> None:
    """The history is built from it, and a warning says so with its date."""
    one.serve(Answer(CSV), Answer(status=503))
    one.fetch()
    one.now += 13 * HOUR
    fetched = one.fetch()
    assert len(fetched.built.market.sessions) == 28
    assert fetched.warnings == [
        "FRED did not send INDEX.csv: it answered 503 Service Unavailable; its copy of 2027-01-15 is used"
    ]


def test_refresh_takes_no_old_copy(one: FetchOfOne) -> None:
    """Who asks for all of it anew is told when it does not come."""
    one.serve(Answer(CSV), Answer(status=503))
    one.fetch()
    with pytest.raises(DataError, match="503"):
        one.fetch(refresh=True)


@pytest.mark.parametrize("damage", [CSV[:-3], b"", b"<html>", CSV.replace(b"105.25", b"oops")])
def test_a_copy_that_cannot_be_read_is_downloaded_again(one: FetchOfOne, damage: bytes) -> None:
    """The parser reads a copy before it counts."""
    one.serve(Answer(CSV))
    one.fetch()
    copy = next((one.folder / ".cache" / "fred").glob("*.csv"))
    copy.write_bytes(damage)
    one.now = copy.stat().st_mtime + 1
    assert len(one.fetch().built.market.sessions) == 28
    assert len(one.server.asked) == 2


def test_a_copy_from_the_future_is_asked_after(one: FetchOfOne) -> None:
    """A clock that was set back does not make a copy young for ever."""
    one.serve(Answer(CSV))
    one.fetch()
    one.now -= HOUR
    one.fetch()
    assert len(one.server.asked) == 2
