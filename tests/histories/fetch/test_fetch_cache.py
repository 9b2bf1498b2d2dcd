"""Copies that are kept: how long they count, how they are asked after, and when they are not believed."""

import pytest

from backtester.errors import DataError
from backtester.histories.fetch.cache import locked
from fetching import CSV, FetchOfOne
from loopback import Answer

NEWER = CSV + b"2020-01-29,1.5\n"
HOUR = 3600


def test_a_young_copy_is_used_without_asking(one: FetchOfOne) -> None:
    """Within twelve hours nothing is asked, so that a fetch works without a network."""
    one.serve(Answer(CSV))
    one.fetch()
    one.now += 12 * HOUR - 1
    assert len(one.fetch().built.market.sessions) == 28
    assert len(one.server.asked) == 1


def test_an_old_copy_is_asked_after(one: FetchOfOne) -> None:
    """Where the server says that it has not changed, the copy counts for another twelve hours."""
    one.serve(Answer(CSV, etag='"a"'))
    one.fetch()
    one.now += 12 * HOUR
    assert len(one.fetch().built.market.sessions) == 28
    one.now += 12 * HOUR - 1
    one.fetch()
    assert one.server.headers("If-None-Match") == [None, '"a"']


def test_asks_by_date_where_there_is_no_etag(one: FetchOfOne) -> None:
    """The server's own date is given back to it."""
    date = "Mon, 06 Jan 2020 10:00:00 GMT"
    one.serve(Answer(CSV, headers={"Last-Modified": date}), Answer(status=304))
    one.fetch()
    one.now += 13 * HOUR
    assert len(one.fetch().built.market.sessions) == 28
    assert one.server.headers("If-Modified-Since") == [None, date]


def test_a_newer_file_takes_the_old_copys_place(one: FetchOfOne) -> None:
    """What has changed is downloaded."""
    one.serve(Answer(CSV, etag='"a"'), Answer(NEWER, etag='"b"'))
    one.fetch()
    one.now += 13 * HOUR
    assert len(one.fetch().built.market.sessions) == 29


def test_refresh_asks_for_all_of_it(one: FetchOfOne) -> None:
    """With `--refresh` even a young copy is downloaded again, whatever its ETag."""
    one.serve(Answer(CSV, etag='"a"'), Answer(NEWER, etag='"a"'))
    one.fetch()
    assert len(one.fetch(refresh=True).built.market.sessions) == 29
    assert one.server.headers("If-None-Match") == [None, None]


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


@pytest.mark.parametrize("damage", [CSV[:-30], NEWER, b""])
def test_a_copy_that_was_changed_is_not_believed(one: FetchOfOne, damage: bytes) -> None:
    """The copy's hash stands in its note; another content is downloaded again."""
    one.serve(Answer(CSV, etag='"a"'))
    one.fetch()
    next((one.folder / ".cache" / "fred").glob("*.csv")).write_bytes(damage)
    assert len(one.fetch().built.market.sessions) == 28
    assert one.server.headers("If-None-Match") == [None, None]


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"url": 1}', "\xff"])
def test_a_damaged_note_counts_as_none(one: FetchOfOne, note: str) -> None:
    """A copy without a good note is downloaded again."""
    one.serve(Answer(CSV))
    one.fetch()
    next((one.folder / ".cache" / "fred").glob("*.csv.json")).write_bytes(note.encode("latin-1"))
    assert len(one.fetch().built.market.sessions) == 28
    assert len(one.server.asked) == 2


def test_a_copy_from_the_future_is_asked_after(one: FetchOfOne) -> None:
    """A clock that was set back does not make a copy young for ever."""
    one.serve(Answer(CSV, etag='"a"'))
    one.fetch()
    one.now -= HOUR
    one.fetch()
    assert one.server.headers("If-None-Match") == [None, '"a"']


def test_two_fetches_do_not_share_a_cache_at_once(one: FetchOfOne) -> None:
    """The second is refused, and may go on once the first is done."""
    one.serve(Answer(CSV))
    cache = one.folder / ".cache"
    cache.mkdir(parents=True)
    with locked(cache), pytest.raises(DataError) as told:
        one.fetch()
    assert str(told.value) == f"another fetch is at work in {cache}; wait for it, or name another --cache"
    assert len(one.fetch().built.market.sessions) == 28
