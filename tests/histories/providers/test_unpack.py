"""What was served, to csv: zips, LBMA's feed, and web pages that are neither."""

import io
import itertools
import json
import tracemalloc
import zipfile

import pytest

from backtester.errors import DataError
from backtester.histories.providers import unpack as module
from backtester.histories.providers.unpack import unpack

CSV = b"date,close\n2020-01-02,1.5\n"


COMPRESSIONS = {"deflate": zipfile.ZIP_DEFLATED, "bzip2": zipfile.ZIP_BZIP2, "lzma": zipfile.ZIP_LZMA}


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of those files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def refusal(content: bytes) -> str:
    """What is said of it."""
    with pytest.raises(DataError) as told:
        unpack(content, "file.csv", "FRED")
    return str(told.value)


def test_a_csv_stays_as_it_is() -> None:
    """Bytes that are a csv are given back, not copied."""
    assert unpack(CSV, "file.csv", "FRED") is CSV


@pytest.mark.parametrize("name", ["F-F_daily.csv", "F-F_daily.CSV", "folder/F-F_daily.TXT"])
def test_a_zip_is_opened(name: str) -> None:
    """The one csv in it is taken, whatever else lies beside it."""
    assert unpack(zipped({"readme.md": b"hello", name: CSV}), "file.csv", "French") == CSV


@pytest.mark.parametrize(("members", "count"), [({}, 0), ({"a.md": CSV}, 0), ({"a.csv": CSV, "b.csv": CSV}, 2)])
def test_a_zip_without_one_csv_is_refused(members: dict[str, bytes], count: int) -> None:
    """None or several leave open which is meant."""
    assert refusal(zipped(members)) == f"file.csv came as a zip with {count} csv files in it; one is needed"


def test_a_zip_that_swells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never more is unpacked than the parser would read."""
    monkeypatch.setattr(module, "MAX_CSV_BYTES", 1_000_000)
    bomb = zipped({"a.csv": b"0" * 50_000_000})
    tracemalloc.start()
    assert refusal(bomb) == "file.csv came as a zip of more than 1 MB; that is no history"
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 5_000_000
    whole = b"0" * 1_000_000
    assert unpack(zipped({"a.csv": whole}), "file.csv", "stooq") == whole, "as much as the parser reads is unpacked"
    assert refusal(zipped({"a.csv": whole + b"0"})).endswith("that is no history")


@pytest.mark.parametrize("compression", COMPRESSIONS.values(), ids=COMPRESSIONS)
def test_a_damaged_zip_is_refused(compression: int) -> None:
    """A zip of any compression, cut off anywhere or with a wrong byte anywhere, is never half taken."""
    whole = zipped({"a.csv": CSV * 100}, compression)
    assert unpack(whole, "file.csv", "FRED") == CSV * 100
    refused = 0
    for end in range(3, len(whole), 7):
        assert "cannot be opened" in refusal(whole[:end])
    for place, wrong in itertools.product(range(2, len(whole)), (0xFF, 0x01)):
        damaged = bytearray(whole)
        damaged[place] ^= wrong
        try:
            assert unpack(bytes(damaged), "file.csv", "FRED") == CSV * 100  # a bit that means nothing
        except DataError:
            refused += 1
    assert refused > 100


def test_a_zip_in_a_compression_that_is_not_known_is_refused() -> None:
    """The number of the method is changed in both places; an encrypted member is refused likewise."""
    whole = zipped({"a.csv": CSV})
    for flags, method in ((0, 99), (1, 8)):
        other = bytearray(whole)
        for start, place in ((0, 6), (whole.index(b"PK\x01\x02"), 8)):
            other[start + place] |= flags
            other[start + place + 2] = method
        assert "cannot be opened" in refusal(bytes(other))


def test_the_feed_of_lbma_becomes_rows_in_dollars() -> None:
    """The first of the three currencies is taken; zero and null are missing values."""
    feed = [
        {"is_cms_locked": 0, "d": "1968-04-01", "v": [37.7, 15.68, 0]},
        {"is_cms_locked": 0, "d": "1968-04-02", "v": [0, 0, 0]},
        {"is_cms_locked": 0, "d": "1968-04-03", "v": [None, None, None]},
        {"is_cms_locked": 0, "d": "1968-04-04", "v": [38]},
    ]
    rows = unpack(json.dumps(feed).encode(), "gold.csv", "LBMA").decode().splitlines()
    assert rows == ["date,close", "1968-04-01,37.7", "1968-04-02,", "1968-04-03,", "1968-04-04,38"]


@pytest.mark.parametrize(
    "feed",
    [
        "[1]",
        "[{}]",
        '[{"d": "1968-04-01"}]',
        '[{"d": "1968-04-01", "v": []}]',
        '[{"d": "1968-04-01", "v": ["37.7"]}]',
        '[{"d": "1968-04-01", "v": [true]}]',
        '[{"d": "04/01/1968", "v": [37.7]}]',
        '[{"d": 19680401, "v": [37.7]}]',
        '[{"d": "1968-04-01", "v": {"0": 37.7}}]',
        '[{"d": "1968-04-01", "v": [37.7',
        "[" * 100_000,
        "[\xff",
    ],
)
def test_another_feed_is_refused(feed: str) -> None:
    """A form that is not known, or cut off, is never half taken."""
    assert (
        refusal(feed.encode("latin-1")) == "FRED sent file.csv in a form that is not known, or cut off; fetch it again"
    )


@pytest.mark.parametrize(
    ("page", "title"),
    [
        (b"<!DOCTYPE html><title>Access Denied</title>", " ('Access Denied')"),
        (b"\xef\xbb\xbf \r\n<HTML><head><TITLE lang=en>\n 503\n Busy </TITLE>", " ('503 Busy')"),
        (b"<?xml version='1.0'?><Error/>", ""),
        (b"<html><title>\x1b[31m\xff</title>", " ('\\x1b[31m\N{REPLACEMENT CHARACTER}')"),
    ],
)
def test_a_web_page_is_told_by_its_title(page: bytes, title: str) -> None:
    """What begins with a tag is a page, and its title is shown without what would colour the terminal."""
    assert refusal(page).startswith(f"FRED sent a web page{title} instead of file.csv; open the address in a browser")
