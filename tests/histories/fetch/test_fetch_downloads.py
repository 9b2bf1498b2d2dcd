"""Downloads from a server that works, fails, stalls and cuts off."""

from dataclasses import replace
from pathlib import Path

import pytest

from backtester.errors import DataError
from fetching import CSV, PATH, FetchOfOne
from loopback import Answer

HALF = len(CSV) // 2
REMEDY = "save the file yourself and name its folder with --from"


def test_a_fetched_file_becomes_a_history(one: FetchOfOne) -> None:
    """One request, and the history has the file's figures and the copy the file's bytes."""
    one.serve(Answer(CSV))
    assert len(one.fetch().built.market.sessions) == 28
    assert [path for path, _ in one.server.asked] == [PATH]
    assert one.kept() == ["INDEX.csv"]
    assert next((one.folder / ".cache" / "fred").glob("*.csv")).read_bytes() == CSV
    assert one.told[0] == "INDEX.csv, 1 of 1"


def test_requests_say_who_asks_and_take_bytes_as_they_are(one: FetchOfOne) -> None:
    """The program's name is given, nothing is asked to be compressed, and no password is sent."""
    one.serve(Answer(CSV))
    one.fetch()
    headers = one.server.asked[0][1]
    assert headers["User-Agent"].startswith("crisis-backtester/")
    assert headers["Accept-Encoding"] == "identity"
    assert not {"Authorization", "Cookie"} & set(headers)


def test_tries_again_after_a_failure_of_the_server(one: FetchOfOne) -> None:
    """500 and 503 pass; the pauses double."""
    one.serve(Answer(status=500), Answer(status=503), Answer(CSV))
    one.fetch()
    assert one.slept == [2, 4]
    assert one.told[1] == "INDEX.csv: it answered 500 Internal Server Error; again in 2 s"


def test_gives_up_after_three_attempts(one: FetchOfOne) -> None:
    """The error names provider, file, what happened, the remedy and the address; nothing is built."""
    one.serve(Answer(status=502))
    with pytest.raises(DataError) as told:
        one.fetch()
    assert told.value.lines() == [
        f"FRED did not send INDEX.csv: it answered 502 Bad Gateway; tried 3 times; run this again, or {REMEDY}",
        f"asked for https:/{PATH}",
    ]
    assert one.slept == [2, 4]
    assert not (one.folder / "manifest.toml").exists()


def test_a_file_that_is_not_there_is_asked_for_once(one: FetchOfOne) -> None:
    """404 does not pass."""
    one.serve(Answer(status=404))
    with pytest.raises(DataError) as told:
        one.fetch()
    assert told.value.lines()[0] == (
        f"FRED did not send INDEX.csv: it answered 404 Not Found; its address may have changed; {REMEDY}"
    )
    assert (len(one.server.asked), one.slept) == (1, [])


def test_a_server_that_never_answers_is_left(one: FetchOfOne) -> None:
    """Silence after the request ends at the time-out, each time."""
    one.limit(replace(one.limits, silence_seconds=0.1, attempts=2))
    one.serve(Answer(status=0))
    with pytest.raises(DataError, match=r"^FRED did not send INDEX\.csv: no answer within 0\.1 s; tried 2 times"):
        one.fetch()
    assert one.slept == [2]


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (Answer(CSV, send=HALF, hold=True), "it stopped half way"),
        (Answer(CSV, send=HALF), "it was cut off half way"),
        (Answer(CSV, length=len(CSV) + 10), "it was cut off half way"),
    ],
)
def test_a_file_that_stops_half_way_is_asked_for_again(one: FetchOfOne, first: Answer, words: str) -> None:
    """What came before the silence, or before a length that is never reached, is thrown away."""
    one.limit(replace(one.limits, silence_seconds=1))
    one.serve(first, Answer(CSV))
    assert len(one.fetch().built.market.sessions) == 28
    assert one.told[1] == f"INDEX.csv: {words}; again in 2 s"
    assert one.kept() == ["INDEX.csv"]


def test_no_server_at_all(one: FetchOfOne) -> None:
    """A refused connection is reported without a traceback and after the attempts."""
    one.server.url = "http://127.0.0.1:9"
    with pytest.raises(DataError, match=r"^FRED did not send INDEX\.csv: no connection; tried 3 times"):
        one.fetch()


def test_a_body_without_a_length_is_taken(one: FetchOfOne) -> None:
    """Where the end of the connection is the end of the file, its last line shows that it is whole."""
    one.serve(Answer(CSV, length=-1))
    assert len(one.fetch().built.market.sessions) == 28


def test_a_file_of_the_users_own_is_not_downloaded(one: FetchOfOne, tmp_path: Path) -> None:
    """A folder named with --from is looked through first, whatever the case of the name."""
    (tmp_path / "own" / "deep").mkdir(parents=True)
    (tmp_path / "own" / "deep" / "index.CSV").write_bytes(CSV)
    one.own = (tmp_path / "own",)
    assert len(one.fetch().built.market.sessions) == 28
    assert one.server.asked == []


def test_a_folder_that_is_not_there_is_refused(one: FetchOfOne, tmp_path: Path) -> None:
    """A mistyped --from does not go on to download."""
    one.own = (tmp_path / "onw",)
    with pytest.raises(DataError, match=r"^no folder .*onw; --from takes the folders with the providers' files$"):
        one.fetch()
