"""What is never taken for a file: web pages, files cut off and endless bodies; and addresses that are not asked."""

import gzip
from dataclasses import replace

import pytest

from backtester.errors import BacktesterError, DataError, OutputError
from fetching import CSV, ONE, FetchOfOne
from loopback import Answer

PAGE = b"\n<!DOCTYPE html><html><head><title>Access\n Denied</title></head>" + CSV


def refused(one: FetchOfOne) -> str:
    """The first line of the refusal, after which no history, no copy and no part is left."""
    with pytest.raises(BacktesterError) as told:
        one.fetch()
    assert not (one.folder / "manifest.toml").exists()
    assert one.kept() == []
    return told.value.lines()[0]


def test_a_web_page_is_no_csv(one: FetchOfOne) -> None:
    """A page sent with status 200 is refused with its title, and once."""
    one.serve(Answer(PAGE, headers={"Content-Type": "text/csv"}))
    assert refused(one) == (
        "FRED sent a web page ('Access Denied') instead of INDEX.csv; open the address in a browser, or save the file "
        "yourself and use data build"
    )
    assert len(one.server.asked) == 1


@pytest.mark.parametrize("end", [CSV[:-1], CSV[:-4], CSV[:-9], CSV[:-12]])
def test_a_csv_that_ends_within_a_line_is_cut_off(one: FetchOfOne, end: bytes) -> None:
    """A last line without its end is refused although the announced length is right: 1.2 might be 1.25."""
    one.serve(Answer(end))
    assert refused(one) == "FRED sent INDEX.csv cut off in the middle of a line; run this again"


def test_another_servers_csv_may_end_without_a_line_end(one: FetchOfOne) -> None:
    """A length that is announced and reached is enough."""
    source = 'provider = "csv", file = "INDEX.csv", url = "https://example.org/INDEX.csv"'
    one.blueprint.write_text(ONE.replace('provider = "fred", file = "INDEX.csv"', source))
    one.serve(Answer(CSV[:-1]), path="/example.org/INDEX.csv")
    assert len(one.fetch().built.market.sessions) == 28


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "cut off in the middle of a line"),
        (b"observation_date,INDEX\n", "no row begins with a date"),
        (CSV.replace(b"105.25", b"oops"), "'oops' is not a finite number"),
        (CSV + CSV.splitlines()[1] + b"\n", "goes back behind the row above"),
        (b'{"error_code": 400}\n', "no row begins with a date"),
    ],
)
def test_what_the_parser_refuses_is_not_kept(one: FetchOfOne, body: bytes, told: str) -> None:
    """The parser's own words tell what is wrong, and the next fetch begins anew."""
    one.serve(Answer(body))
    assert told in refused(one)


def test_a_refused_file_leaves_the_copy_before_it(one: FetchOfOne) -> None:
    """A page in place of a newer file does not take the older file's place."""
    one.serve(Answer(CSV), Answer(PAGE))
    one.fetch()
    one.now += 13 * 3600
    with pytest.raises(DataError, match="web page"):
        one.fetch()
    assert one.kept() == ["INDEX.csv"]


@pytest.mark.parametrize("length", [None, -1])
def test_a_huge_body_is_left(one: FetchOfOne, length: int | None) -> None:
    """More than the limit is refused at once where it is announced, else as soon as it has come."""
    one.limit(replace(one.limits, max_bytes=100))
    one.serve(Answer(CSV * 1000, length=length))
    assert refused(one).startswith("FRED did not send INDEX.csv: it sent more than 0 MB; its address may have changed;")
    assert len(one.server.asked) == 1


def test_an_announced_length_is_enough_to_leave(one: FetchOfOne) -> None:
    """Of what is too long by its own account nothing is read."""
    one.serve(Answer(CSV, length=10**12))
    assert refused(one).startswith("FRED did not send INDEX.csv: it sent more than 50 MB")
    assert len(one.server.asked) == 1


def test_a_compressed_answer_is_refused(one: FetchOfOne) -> None:
    """Bytes that were asked for as they are and come compressed are no csv."""
    one.serve(Answer(gzip.compress(CSV) + b"\n", headers={"Content-Encoding": "gzip"}))
    assert refused(one) == "INDEX.csv is compressed or a spreadsheet; unpack it, or save it as csv"


@pytest.mark.parametrize("url", ["http://example.org/x.csv", "ftp://example.org/x.csv", "https:///x.csv", "x.csv"])
def test_a_blueprint_names_https_addresses(one: FetchOfOne, url: str) -> None:
    """An address of another kind is refused before any file is downloaded."""
    one.blueprint.write_text(ONE.replace('file = "INDEX.csv"', f'file = "INDEX.csv", url = "{url}"'))
    with pytest.raises(DataError) as told:
        one.fetch()
    assert str(told.value) == f"the address of INDEX.csv is {url!r}; only https is fetched"
    assert not one.folder.exists()


def test_a_file_without_an_address_is_told_before_any_download(one: FetchOfOne) -> None:
    """A provider without a rule for addresses needs a url."""
    one.blueprint.write_text(ONE.replace('"fred"', '"csv"'))
    with pytest.raises(DataError, match=r"^no address is known for INDEX\.csv; give its source a url, or its fo"):
        one.fetch()
    assert not one.folder.exists()


@pytest.mark.parametrize("taken", ["data", "data/.cache", "data/.cache/fred"])
def test_a_folder_that_cannot_be_written_to(one: FetchOfOne, taken: str) -> None:
    """The place and the option that names another are told before anything is asked for."""
    one.serve(Answer(CSV))
    place = one.folder.parent / taken
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("in the way")
    option = "--data" if taken == "data" else "--cache"
    with pytest.raises(OutputError, match=rf"^cannot write .*{place}.*; name another folder with {option}$"):
        one.fetch()
    assert one.server.asked == []
