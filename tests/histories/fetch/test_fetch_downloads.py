"""Downloads from a server that works, fails, stalls, cuts off and starts again."""

import email.utils
from dataclasses import replace

import pytest

from backtester.errors import DataError
from fetching import CSV, PATH, FetchOfOne
from loopback import Answer

HALF = len(CSV) // 2


def test_a_fetched_file_becomes_a_history(one: FetchOfOne) -> None:
    """One request, and the history has the file's figures and the copy the file's bytes."""
    one.serve(Answer(CSV))
    market = one.fetch().built.market
    assert len(market.sessions) == 28
    assert [path for path, _ in one.server.asked] == [PATH]
    assert one.kept() == ["INDEX.csv", "INDEX.csv.json"]
    assert next((one.folder / ".cache" / "fred").glob("*.csv")).read_bytes() == CSV
    assert one.received[-1] == (len(CSV), len(CSV))
    assert one.told[0] == "INDEX.csv, 1 of 1"


def test_requests_say_who_asks_and_take_bytes_as_they_are(one: FetchOfOne) -> None:
    """The program's name is told, nothing is asked to be compressed, and no password is sent."""
    one.serve(Answer(CSV))
    one.fetch()
    headers = one.server.asked[0][1]
    assert headers["User-Agent"].startswith("crisis-backtester/")
    assert headers["Accept-Encoding"] == "identity"
    assert not {"Authorization", "Cookie", "Range", "If-None-Match"} & set(headers)


def test_tries_again_after_a_failure_of_the_server(one: FetchOfOne) -> None:
    """500 and 503 pass; the pauses double."""
    one.serve(Answer(status=500), Answer(status=503), Answer(CSV))
    one.fetch()
    assert one.slept == [1, 2]
    assert one.told[1] == "INDEX.csv: it answered 500 Internal Server Error; again in 1 s"


def test_gives_up_after_the_last_attempt(one: FetchOfOne) -> None:
    """The error names provider, file, what happened, the remedy and the address; nothing is built."""
    one.serve(Answer(status=502))
    with pytest.raises(DataError) as told:
        one.fetch()
    assert told.value.lines() == [
        "FRED did not send INDEX.csv: it answered 502 Bad Gateway; tried 3 times; run this again, it goes on from here",
        f"asked for {one.server.url}{PATH}",
    ]
    assert one.slept == [1, 2]
    assert not (one.folder / "manifest.toml").exists()


def test_a_file_that_is_not_there_is_asked_for_once(one: FetchOfOne) -> None:
    """404 does not pass."""
    one.serve(Answer(status=404))
    with pytest.raises(DataError, match=r"^FRED answered 404 Not Found for INDEX\.csv; its address may have changed"):
        one.fetch()
    assert (len(one.server.asked), one.slept) == (1, [])


def test_waits_as_long_as_the_server_asks(one: FetchOfOne) -> None:
    """429 with Retry-After, in seconds or as a date, sets the pause."""
    date = email.utils.formatdate(one.now + 30, usegmt=True)
    one.serve(
        Answer(status=429, headers={"Retry-After": "17"}),
        Answer(status=503, headers={"Retry-After": date}),
        Answer(CSV),
    )
    one.fetch()
    assert one.slept == [17, 30]


def test_does_not_wait_for_an_hour(one: FetchOfOne) -> None:
    """A server that asks for more than a minute is told of and not waited for."""
    one.serve(Answer(status=429, headers={"Retry-After": "3600"}))
    with pytest.raises(DataError, match=r"429 Too Many Requests and asks to wait 3,600 s; run this again then"):
        one.fetch()
    assert one.slept == []


@pytest.mark.parametrize("asked", ["soon", "-5", "١٧", "Mon, 99 Foo 2020"])
def test_a_pause_that_cannot_be_read_is_ours_to_choose(one: FetchOfOne, asked: str) -> None:
    """Retry-After in no known form counts as none."""
    one.serve(Answer(status=503, headers={"Retry-After": asked.encode().decode("latin-1")}), Answer(CSV))
    one.fetch()
    assert one.slept == [1]


def test_a_server_that_never_answers_is_left(one: FetchOfOne) -> None:
    """Silence after the request ends at the time-out, each time."""
    one.limit(replace(one.limits, silence_seconds=0.1, attempts=2))
    one.serve(Answer(status=0))
    with pytest.raises(DataError, match=r"^FRED did not send INDEX\.csv: no answer within 0\.1 s; tried 2 times"):
        one.fetch()
    assert len(one.server.asked) == 2


def test_a_server_that_stalls_half_way_is_left_and_asked_for_the_rest(one: FetchOfOne) -> None:
    """What came before the silence stays."""
    one.serve(Answer(CSV, etag='"a"', send=HALF, hold=True), Answer(CSV, etag='"a"'))
    one.fetch()
    assert "it stopped half way" in one.told[1]
    assert one.server.headers("Range") == [None, f"bytes={HALF}-"]


def test_a_download_that_only_drips_is_left(one: FetchOfOne) -> None:
    """The time of one attempt is bounded however steadily bytes come."""
    one.limit(replace(one.limits, attempts=1))
    one.elapsed = [0.0, 121.0]
    one.serve(Answer(CSV))
    with pytest.raises(DataError, match=r"it took longer than 120 s; tried once"):
        one.fetch()


def test_no_server_at_all(one: FetchOfOne) -> None:
    """A refused connection is told without a traceback and after the attempts."""
    one.server.url = "http://127.0.0.1:9"
    with pytest.raises(DataError, match=r"^FRED did not send INDEX\.csv: no connection; tried 3 times"):
        one.fetch()


def test_goes_on_where_it_was_cut_off(one: FetchOfOne) -> None:
    """Only the rest is asked for, and only if the file is the same."""
    one.serve(Answer(CSV, etag='"a"', send=HALF), Answer(CSV, etag='"a"'))
    assert len(one.fetch().built.market.sessions) == 28
    assert one.server.headers("Range") == [None, f"bytes={HALF}-"]
    assert one.server.headers("If-Range") == [None, '"a"']
    assert one.received[-1] == (len(CSV), len(CSV))
    assert one.kept() == ["INDEX.csv", "INDEX.csv.json"]


def test_the_next_command_goes_on_where_the_last_stopped(one: FetchOfOne) -> None:
    """A fetch that failed leaves its part, and another fetch asks for the rest of it."""
    one.limit(replace(one.limits, attempts=1))
    one.serve(Answer(CSV, etag='"a"', send=HALF), Answer(CSV, etag='"a"'))
    with pytest.raises(DataError, match="it was cut off"):
        one.fetch()
    assert one.part() == CSV[:HALF]
    one.fetch()
    assert one.server.headers("Range") == [None, f"bytes={HALF}-"]


def test_begins_anew_where_the_file_has_changed(one: FetchOfOne) -> None:
    """Another ETag brings the whole file, which takes the place of the part."""
    newer = CSV + b"2020-01-29,1.5\n"
    one.serve(Answer(CSV, etag='"a"', send=HALF), Answer(newer, etag='"b"'))
    assert len(one.fetch().built.market.sessions) == 29
    assert one.server.headers("If-Range") == [None, '"a"']


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"a"'}, {"Last-Modified": "x", "Accept-Ranges": "none"}])
def test_begins_anew_where_nothing_tells_the_file_from_another(one: FetchOfOne, headers: dict[str, str]) -> None:
    """Without a strong mark of the content no part is asked for."""
    one.serve(Answer(CSV, headers=headers, send=HALF), Answer(CSV, headers=headers))
    one.fetch()
    assert one.server.headers("Range") == [None, None]


def test_begins_anew_where_the_server_knows_no_parts(one: FetchOfOne) -> None:
    """A server that answers a Range with the whole file is taken at its word."""
    tagged = {"ETag": '"a"'}
    one.serve(Answer(CSV, headers=tagged, send=HALF), Answer(CSV, headers=tagged))
    assert len(one.fetch().built.market.sessions) == 28
    assert one.server.headers("Range") == [None, f"bytes={HALF}-"]


@pytest.mark.parametrize(
    "wrong",
    [
        Answer(status=416),
        Answer(CSV[5:], status=206, headers={"Content-Range": f"bytes 5-{len(CSV) - 1}/{len(CSV)}"}),
        Answer(CSV[HALF:], status=206),
        Answer(
            CSV[HALF:],
            status=206,
            headers={"ETag": '"b"', "Content-Range": f"bytes {HALF}-{len(CSV) - 1}/{len(CSV)}"},
        ),
    ],
    ids=["416", "another part", "no range told", "another file"],
)
def test_a_wrong_part_is_never_joined_on(one: FetchOfOne, wrong: Answer) -> None:
    """Any answer that is not exactly the rest of the same file makes the download begin anew."""
    one.serve(Answer(CSV, etag='"a"', send=HALF), wrong, Answer(CSV, etag='"a"'))
    assert len(one.fetch().built.market.sessions) == 28
    assert one.server.headers("Range") == [None, f"bytes={HALF}-", None]


def test_a_length_that_is_never_reached_is_a_cut(one: FetchOfOne) -> None:
    """A server that announces more than it sends is not believed, however often it does so."""
    one.serve(Answer(CSV, length=len(CSV) + 10))
    with pytest.raises(DataError, match=r"FRED did not send INDEX\.csv: it was cut off"):
        one.fetch()
    assert len(one.server.asked) == 3


def test_a_body_without_a_length_is_taken(one: FetchOfOne) -> None:
    """Where the end of the connection is the end of the file, its last line tells that it is whole."""
    one.serve(Answer(CSV, length=-1))
    assert len(one.fetch().built.market.sessions) == 28
    assert one.received[-1] == (len(CSV), None)
