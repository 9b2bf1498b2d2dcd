"""What a manifest may say, and how every mistake in it is told."""

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backtester.errors import DataError
from backtester.files import bundled
from backtester.histories.kinds import kind_names
from backtester.histories.manifest import _is_inside, as_history, find_history, histories_or_errors, read_folder
from backtester.histories.market import load_market
from folders import FILE, WORDS, built, listed, made_folder, made_manifest, weekdays

Change = Callable[[dict[str, Any]], object]
COLUMNS = {"date": weekdays("2024-01-01", 3), "stocks": [1.0, 2.0, 3.0]}
SOUND: dict[str, Any] = {
    "title": "Sound",
    "series": {
        "stocks": listed("total_return", "stocks"),
        "yield_10y": listed("yield", "y", lag_sessions=1),
        "bonds": built("bond", **{"yield": "yield_10y"}, maturity_years=10),
        "bills": built("bills", **{"yield": "yield_10y"}),
        "gold": listed("price", "gold", carry="bills"),
        "cpi": listed("level", "cpi", known="cpi_known"),
        "inflation": built("annual_change", of="cpi"),
    },
    "files": {FILE: "sha256 " + "0" * 64},
}


def refusal(folder: Path, change: Change) -> str:
    """What is said about the sound manifest after a change, with the folder's own path left out."""
    table = copy.deepcopy(SOUND)
    change(table)
    made_manifest(folder, histories={"made": table})
    with pytest.raises(DataError) as told:
        find_history("made", folder)
    assert str(told.value).startswith(f"{folder / 'manifest.toml'}: ")
    return str(told.value).removeprefix(f"{folder / 'manifest.toml'}: ")


def series(role: str, **keys: Any) -> Change:
    """The change that sets keys of one series; None takes a key away."""

    def change(table: dict[str, Any]) -> None:
        told = table["series"].setdefault(role, {})
        told.update(keys)
        for key in [key for key, value in told.items() if value is None]:
            del told[key]

    return change


def history(**keys: Any) -> Change:
    """The change that sets keys of the history itself."""
    return lambda table: table.update(keys)


def test_a_sound_manifest_is_read(tmp_path: Path) -> None:
    """Assets, observables and what is computed from what are told apart by kind; bills are cash, not an asset."""
    made_manifest(tmp_path, histories={"made": SOUND})
    made = find_history("made", tmp_path)
    assert made.assets == ["stocks", "bonds", "gold"]
    assert [role for role, one in made.series.items() if one.priced_from] == ["bonds", "bills", "inflation"]
    assert [one.priced_from for one in made.series.values() if one.priced_from] == ["yield_10y", "yield_10y", "cpi"]
    assert (made.table.close, made.table.sessions_a_year) == ("16:00", 252)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            series("stocks", lisence="none", licence=None),
            "[made.series.stocks.lisence] unknown key; did you mean 'licence'?",
        ),
        (series("bonds", maturity=10), "[made.series.bonds.maturity] unknown key; did you mean 'maturity_years'?"),
        (series("bonds", yields="y"), "[made.series.bonds.yields] unknown key; did you mean 'yield'?"),
        (history(sessions=252), "[made.sessions] unknown key; did you mean 'sessions_a_year'?"),
        (
            history(zzz=1),
            "[made.zzz] unknown key; known: calendar, close, files, imported, rhythm, series, sessions_a_year, title, "
            "until",
        ),
        (series("stocks", licence=None), "[made.series.stocks.licence] Field required"),
        (lambda table: table.pop("title"), "[made.title] Field required"),
        (
            series("stocks", kind="total"),
            f"[made.series.stocks] unknown kind 'total'; known: {', '.join(kind_names())}",
        ),
        (series("gold", kind=None), f"[made.series.gold] needs a kind: one of {', '.join(kind_names())}"),
        (
            series("stocks", lag_sessions=-1),
            "[made.series.stocks.lag_sessions] Input should be greater than or equal to 0",
        ),
        (series("gold", carry="coupons"), "[made.series.gold.carry] Input should be 'bills'"),
        (series("bonds", maturity_years=0), "[made.series.bonds.maturity_years] Input should be greater than 0"),
        (series("bonds", maturity_years=7.25), "[made.series.bonds.maturity_years] Input should be a multiple of 0.5"),
        (
            history(close="4 pm"),
            "[made.close] '4 pm' is not as it should be; write a time like 16:00",
        ),
        (
            history(files={FILE: "md5 0"}),
            f"[made.files.{FILE}] 'md5 0' is not as it should be; write 'sha256 ' and 64 digits from 0 to 9 and a to f",
        ),
        (
            series("Stocks", **listed("price", "stocks")),
            "[made.series.Stocks.[key]] 'Stocks' is not as it should be; "
            "a role has small letters, digits and _, a letter first",
        ),
    ],
)
def test_refuses_what_no_manifest_may_say(tmp_path: Path, change: Change, words: str) -> None:
    """An unknown key, kind or form is refused with its place and with what is known or accepted."""
    assert refusal(tmp_path, change) == words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (series("bonds", maturity_years=None), "bonds] a series of kind 'bond' needs the key 'maturity_years'"),
        (series("bonds", **{"yield": None}), "bonds] a series of kind 'bond' needs the key 'yield'"),
        (series("bills", **{"yield": None}), "bills] a series of kind 'bills' needs the key 'yield'"),
        (series("inflation", of=None), "inflation] a series of kind 'annual_change' needs the key 'of'"),
        (series("stocks", file=None), "stocks] a series of kind 'total_return' needs the key 'file'"),
        (series("yield_10y", column=None), "yield_10y] a series of kind 'yield' needs the key 'column'"),
        (series("bonds", file=FILE), "bonds] a series of kind 'bond' has no use for the key 'file'; leave it out"),
        (series("cpi", of="cpi"), "cpi] a series of kind 'level' has no use for the key 'of'; leave it out"),
        (
            series("gold", lag_sessions=1),
            "gold] a series of kind 'price' has no use for the key 'lag_sessions'; leave it out",
        ),
        (
            series("stocks", carry="bills"),
            "stocks] a series of kind 'total_return' has no use for the key 'carry'; leave it out",
        ),
        (
            series("cpi", lag_sessions=2),
            "cpi] 'known' and 'lag_sessions' both say when a value is known; leave one out",
        ),
        (
            series("base", **listed("price", "stocks")),
            "base] takes a reserved name; a role is not one of returns, base, portfolio, calendar, sessions_a_year, "
            "state, date, pair, cash",
        ),
        (
            series("pair", **listed("price", "stocks")),
            "pair] takes a reserved name; a role is not one of returns, base, portfolio, calendar, sessions_a_year, "
            "state, date, pair, cash",
        ),
        (
            series("date", **listed("price", "stocks")),
            "date] takes a reserved name; a role is not one of returns, base, portfolio, calendar, sessions_a_year, "
            "state, date, pair, cash",
        ),
        (
            series("bills", kind="price", **{"yield": None}, file=FILE, column="y"),
            "bills] is of kind 'price'; the role 'bills' takes the kind 'bills' or 'total_return', and no "
            "other role the kind 'bills'",
        ),
        (
            series("cash", **listed("price", "stocks")),
            "cash] takes a reserved name; a role is not one of returns, base, portfolio, calendar, sessions_a_year, "
            "state, date, pair, cash",
        ),
        (
            series("tbills", **built("bills", **{"yield": "yield_10y"})),
            "tbills] is of kind 'bills'; the role 'bills' takes the kind 'bills' or 'total_return', and no "
            "other role the kind 'bills'",
        ),
        (
            lambda table: table["series"].pop("bills"),
            "gold] earns bills and the history has none; add a series 'bills', or leave out 'carry'",
        ),
        (
            series("bonds", **{"yield": "yield_10"}),
            "bonds] is built from 'yield_10', which has no figures of its own here; did you mean 'yield_10y'?",
        ),
        (
            series("inflation", of="bonds"),
            "inflation] is built from 'bonds', which has no figures of its own here; "
            "known: cpi, gold, stocks, yield_10y",
        ),
        (
            series("bonds", **{"yield": "stocks"}),
            "bonds] is built from 'stocks', which is of kind 'total_return'; it needs a yield or a rate",
        ),
        (
            series("stocks", file="other.parquet"),
            "stocks] names 'other.parquet', which has no hash; add it to [made.files]",
        ),
    ],
)
def test_refuses_a_series_that_does_not_hang_together(tmp_path: Path, change: Change, words: str) -> None:
    """A key that its kind needs or cannot use, and a source that is not there, are refused by the series' name."""
    assert refusal(tmp_path, change) == "[made.series." + words


@pytest.mark.parametrize("path", ["../made.parquet", "/etc/hostname", "in/../../made.parquet"])
def test_refuses_a_path_that_leaves_the_folder(tmp_path: Path, path: str) -> None:
    """A file named by a path that climbs out of the data folder, or starts at the root, is not read."""

    def change(table: dict[str, Any]) -> None:
        table["series"]["stocks"]["file"] = path
        table["files"][path] = "sha256 " + "0" * 64

    told = refusal(tmp_path / "data", change)
    assert told == f"[made.series.stocks] names {path!r}, outside the data folder; paths stay inside it"


def test_refuses_a_link_that_leaves_the_folder(tmp_path: Path) -> None:
    """A symbolic link inside the folder to a file outside it is outside."""
    made_folder(tmp_path / "elsewhere", COLUMNS)
    made_manifest(tmp_path / "data", histories={})
    (tmp_path / "data" / FILE).symlink_to(tmp_path / "elsewhere" / FILE)
    told = refusal(tmp_path / "data", lambda table: None)
    assert told == f"[made.series.stocks] names {FILE!r}, outside the data folder; paths stay inside it"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"[made", "is not TOML: Expected ']'"),
        (b"a = 1\na = 2", "is not TOML: Cannot overwrite a value"),
        (b'title = "\xff"', "is not TOML: 'utf-8' codec can't decode byte 0xff"),
        (b"a = " + b"[" * 100_000, "is not TOML: "),
    ],
)
def test_refuses_what_is_not_toml(tmp_path: Path, text: bytes, words: str) -> None:
    """A manifest that is no TOML is refused with its path and the parser's own words."""
    (tmp_path / "manifest.toml").write_bytes(text)
    with pytest.raises(DataError, match=re.escape(f"{tmp_path / 'manifest.toml'} {words}")):
        read_folder(tmp_path)


def test_a_byte_order_mark_is_no_part_of_the_manifest(tmp_path: Path) -> None:
    """As Windows' editors begin a file: it is read as without."""
    made_folder(tmp_path, {"date": weekdays("2024-01-01", 3), "stocks": [1.0, 2.0, 3.0]})
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert list(find_history("made", tmp_path).series) == ["stocks"]


def test_refuses_a_history_that_is_no_table(tmp_path: Path) -> None:
    """A plain value where a history's table is due is refused by its name."""
    made_manifest(tmp_path, histories={"title": "My data"})
    with pytest.raises(DataError, match=r"\[title\] a table is needed"):
        read_folder(tmp_path)


def test_refuses_a_folder_without_a_manifest(tmp_path: Path) -> None:
    """A data folder without a manifest is named, and what it needs is said."""
    with pytest.raises(DataError) as told:
        read_folder(tmp_path / "no")
    path = tmp_path / "no" / "manifest.toml"
    assert str(told.value) == f"cannot read {path}: No such file or directory; a data folder holds a manifest.toml"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("us_", "unknown history 'us_'; did you mean 'us'?"),
        ("crisis_200", "unknown history 'crisis_200'; did you mean 'crisis_2001'?"),
        (
            "us_long",
            "history 'us_long' is not here; build it with 'backtester data fetch us_long --data DIR', then name that "
            "folder with --data",
        ),
        ("japan", "unknown history 'japan'; known: crisis_1987, crisis_1997, crisis_2001, us"),
    ],
)
def test_an_unknown_history_gets_the_nearest_name(name: str, words: str) -> None:
    """An unknown history is answered with the nearest name, or with all names when none is near."""
    with pytest.raises(DataError, match=re.escape(words)):
        find_history(name)


def test_a_folder_is_layered_over_the_embedded_histories(tmp_path: Path) -> None:
    """A user's folder adds its histories and replaces the embedded one of the same name; the others stay."""
    columns = {"date": weekdays("2024-01-01", 2), "stocks": [1.0, 2.0]}
    made_folder(tmp_path, columns)
    before = histories_or_errors()
    text = (tmp_path / "manifest.toml").read_text()
    (tmp_path / "manifest.toml").write_text(text + text.replace('"made"', '"us"'))
    histories = histories_or_errors(tmp_path)
    assert set(histories) == {*before, "made"}
    assert histories["us"].folder == tmp_path
    assert histories["crisis_1987"].table == before["crisis_1987"].table
    assert len(load_market("us", tmp_path).sessions) == 2


def test_the_environment_names_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BACKTESTER_DATA layers a folder too; a folder given by hand comes before it, and an empty value is none."""
    made_folder(tmp_path / "one", COLUMNS, title="One")
    made_folder(tmp_path / "two", COLUMNS, title="Two")
    monkeypatch.setenv("BACKTESTER_DATA", str(tmp_path / "one"))
    assert find_history("made").table.title == "One"
    assert find_history("made", tmp_path / "two").table.title == "Two"
    monkeypatch.setenv("BACKTESTER_DATA", "")
    assert "made" not in histories_or_errors()


def test_every_embedded_series_says_where_it_comes_from() -> None:
    """Each series of the embedded histories states unit, source and licence; built bonds say they have no roll-down."""
    for one in read_folder(bundled("data")).values():
        for role, told in one.series.items():
            assert all(len(getattr(told, word)) > 4 for word in WORDS), (one.name, role)
            if told.kind == "bond":
                assert "Constant maturity" in told.note
                assert "there is no roll-down" in told.note


@pytest.mark.parametrize("name", ["", "../up", "/tmp/x", "a/b", "x" * 65, "line\n", "\x1b[31m", "<b>", "é"])
def test_a_history_has_a_name_that_a_folder_can_have(tmp_path: Path, name: str) -> None:
    """A history's name becomes part of a run's folder, so one that would lead elsewhere is refused."""
    with pytest.raises(DataError, match=r"is no name of a history; letters, digits, '_', '-', '.'"):
        as_history(name, {}, tmp_path)


def test_what_cannot_be_followed_is_not_inside(tmp_path: Path) -> None:
    """A name with a null character; a file of the folder is inside, one beside it is not."""
    assert not _is_inside(tmp_path, "a\0b")
    assert _is_inside(tmp_path, "a/b.parquet")
    assert not _is_inside(tmp_path, "../b.parquet")
