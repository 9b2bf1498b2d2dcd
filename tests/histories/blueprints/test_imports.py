"""`data import` and `data remove`: what is taken from which column, what is refused before it breaks a history."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtester.histories.manifest import find_history, histories_or_errors
from backtester.histories.market import load_market
from folders import CHECKOUT
from mistakes import called, contents, refusal

WIDE = "Date,SPY,AGG,GLD,name\n2024-01-02,10,100,50,a\n2024-01-03,11,101,,b\n2024-01-04,12,102,52,c\n"
FIELDS = "Adj Close,Adj Close,Close,Close,Volume,Volume"
YFINANCE = (
    f"Price,{FIELDS}\nTicker,SPY,AGG,SPY,AGG,SPY,AGG\nDate,,,,,,\n"
    "2024-01-02,10,100,110,1100,1,2\n2024-01-03,11,101,111,1101,1,2\n"
)
BARS = "Date,Close,Adj Close,Volume\n2024-01-02,10,1,5\n2024-01-03,11,2,6\n"
RATE = "date,DTB3\n2024-01-02,3.65\n2024-01-03,7.3\n2024-01-04,3.65\n"


def imported(folder: Path, text: str, *words: str) -> tuple[list[str], list[str]]:
    """The lines on stdout and stderr of an import that is carried out."""
    (folder / "file.csv").write_text(text)
    status, out, err = called(folder, "data", "import", "file.csv", "--data", "data", *words)
    assert status == 0, err
    return out.splitlines(), err.splitlines()


def refused(folder: Path, text: str, *words: str) -> list[str]:
    """The lines with which an import is refused; nothing is written."""
    (folder / "file.csv").write_text(text)
    return refusal(folder, "data", "import", "file.csv", "--data", "data", *words)


def daily(values: "np.typing.NDArray[np.float64]", first: str = "2015-01-01") -> str:
    """A csv of a value each weekday."""
    dates = pd.bdate_range(first, periods=len(values))
    return "date,x\n" + "".join(f"{day.date()},{value!r}\n" for day, value in zip(dates, values.tolist(), strict=True))


def test_a_series_goes_into_a_copy_of_an_embedded_history(tmp_path: Path) -> None:
    """`us` keeps every role and figure that it has, `vti` among them, and a run reads it as before."""
    embedded = load_market("us")
    out, err = imported(
        tmp_path, daily(np.linspace(100, 200, 2000)), *["--as", "vti", "--kind", "total_return", "--history", "us"]
    )
    assert out == [
        "us: vti with 2,000 values, 2015-01-01 to 2022-08-31, in data",
        "Next: backtester run --history us --data data",
    ]
    assert [line for line in err if line.startswith("Note: ")] == [
        "Note: vti ends on 2022-08-31, before the sessions do; it is absent from then on, as the manifest says",
        "Note: us in data is a copy of the embedded history with vti in it, and is used in its place; 'backtester data "
        "remove us' takes it away again",
    ]
    market = load_market("us", tmp_path / "data")
    assert market.assets == [*embedded.assets, "vti"]
    pd.testing.assert_frame_equal(market.levels.drop(columns="vti"), embedded.levels)
    pd.testing.assert_frame_equal(market.observables, embedded.observables)
    assert market.levels["vti"].loc["2015-01-02"] == pytest.approx(100 + 100 / 1999)
    assert market.history.table.calendar == "XNYS"
    assert market.levels["vti"].loc["2022-08-31"] == 200
    assert market.levels["vti"].loc["2022-09-01":].isna().all()


def test_what_was_copied_is_taken_away_again(tmp_path: Path) -> None:
    """A second import adds to the copy without another note; without it the embedded history is used again."""
    words = ["--kind", "total_return", "--history", "us", "--data", "data"]
    (tmp_path / "file.csv").write_text(daily(np.linspace(100, 200, 2000)))
    assert called(tmp_path, "data", "import", "file.csv", "--as", "vti", *words)[0] == 0
    status, _, err = called(tmp_path, "data", "import", "file.csv", "--as", "vxus", *words)
    assert (status, "copy" in err) == (0, False)
    assert load_market("us", tmp_path / "data").assets[-2:] == ["vti", "vxus"]
    assert called(tmp_path, "data", "remove", "us", "vti", "--data", "data") == (0, "us: vti removed from data\n", "")
    assert load_market("us", tmp_path / "data").assets[-1] == "vxus"
    told = "us: all of it removed from data\nThe embedded history us is used again.\n"
    assert called(tmp_path, "data", "remove", "us", "--data", "data") == (0, told, "")
    assert not (tmp_path / "data" / "histories" / "us.parquet").exists()
    assert find_history("us", tmp_path / "data").folder == CHECKOUT / "data"


def test_what_would_make_a_history_unreadable_is_refused(tmp_path: Path) -> None:
    """A gap, or no overlap with the sessions: the history is tried as a run reads it, and nothing is written."""
    values = daily(np.linspace(100, 200, 600)).splitlines(keepends=True)
    gap = "".join([*values[:200], *values[300:]])
    first, second = refused(tmp_path, gap, *["--as", "vti", "--kind", "price", "--history", "us"])
    assert first.startswith("history 'us', series 'vti': no value from 2015-10-0")
    assert second == (
        "  nothing is imported: a run could not read history 'us' with vti in it; the manifest's keys are options: "
        "--absent, --carry-days, --until"
    )
    late = daily(np.linspace(100, 200, 10), "2030-01-01")
    first, second = refused(tmp_path, late, *["--as", "vti", "--kind", "price", "--history", "us"])
    assert "its first value, on 2030-01-01, is after the last session" in first


def test_other_sessions_are_tried_too(tmp_path: Path) -> None:
    """Stocks whose dates go on for years after the bonds end: refused, and all is as it was."""
    imported(tmp_path, daily(np.linspace(100, 200, 500)), *["--as", "stocks=x,bonds=x", "--kind", "price"])
    before = contents(tmp_path / "data")
    first, _ = refused(tmp_path, daily(np.linspace(100, 200, 1500)), *["--as", "stocks", "--kind", "price"])
    assert first.startswith("history 'mine', series 'bonds': its last value is of 2016-11-30, and the sessions go on")
    assert contents(tmp_path / "data") == before


def test_the_keys_that_an_error_names_are_options(tmp_path: Path) -> None:
    """What is refused for a gap is imported with the stretch, or carried longer; bonds that end end the history."""
    values = daily(np.linspace(100, 200, 600)).splitlines(keepends=True)
    gap = "".join([*values[:200], *values[220:]])
    imported(tmp_path, "".join(values), "--as", "stocks", "--kind", "price")
    words = ["--as", "gold", "--kind", "price"]
    [line, _] = refused(tmp_path, gap, *words)
    assert 'absent = [["2015-10-07", "2015-11-03"]] to hold nothing in it, or carry_days = 29 to let' in line
    imported(tmp_path, gap, *words, "--absent", "2015-10-07", "2015-11-03")
    assert load_market("mine", tmp_path / "data").levels["gold"].isna().sum() == 20
    imported(tmp_path, gap, *words, "--carry-days", "29")
    assert load_market("mine", tmp_path / "data").carried["gold"] == 20
    short = "".join(values[:301])
    [line, _] = refused(tmp_path, short, "--as", "bonds", "--kind", "price")
    assert line.endswith("or end the history there with until = 2016-02-24")
    imported(tmp_path, short, "--as", "bonds", "--kind", "price", "--until", "2016-02-24")
    assert len(load_market("mine", tmp_path / "data").sessions) == 300


def test_a_monthly_series_beside_daily_ones(tmp_path: Path) -> None:
    """It is refused with the way out, and holds its level between its dates where that is said."""
    imported(tmp_path, daily(np.linspace(100, 200, 300)), "--as", "stocks", "--kind", "price")
    months = "date,x\n" + "".join(
        f"{day.date()},{10 + day.month}\n" for day in pd.date_range("2015-01-31", "2016-01-31", freq="ME")
    )
    [line, _] = refused(tmp_path, months, "--as", "cta", "--kind", "total_return")
    assert (
        "it has one every 31 days: give daily figures, measure at the ends of months or quarters with run --rhythm, or "
        "let each stand until the next with carry_days = 31 in" in line
    )
    imported(tmp_path, months, "--as", "cta", "--kind", "total_return", "--carry-days", "31")
    levels = load_market("mine", tmp_path / "data").levels["cta"]
    assert (levels["2015-03-31"], levels["2015-04-29"], levels["2015-04-30"]) == (13, 13, 14)


def test_several_columns_in_one_call(tmp_path: Path) -> None:
    """Each role from its column, whatever its case; a column of words that nobody asked for is no matter."""
    out, err = imported(tmp_path, WIDE, *["--as", "stocks=SPY,bonds=agg,gold=GLD", "--kind", "total_return"])
    assert (out[:3], err) == (
        [
            "mine: stocks with 3 values, 2024-01-02 to 2024-01-04, column 'SPY', in data",
            "mine: bonds with 3 values, 2024-01-02 to 2024-01-04, column 'AGG', in data",
            "mine: gold with 2 values, 2024-01-02 to 2024-01-04, column 'GLD', in data",
        ],
        [],
    )
    levels = load_market("mine", tmp_path / "data").levels
    assert levels[["stocks", "bonds", "gold"]].to_numpy().tolist() == [[10, 100, 50], [11, 101, 50], [12, 102, 52]]


def test_one_of_several_columns_that_cannot_be_taken_takes_all_with_it(tmp_path: Path) -> None:
    """Nothing is imported where one of the columns is not there, or not of numbers."""
    assert refused(tmp_path, WIDE, *["--as", "stocks=SPY,gold=GLDD", "--kind", "price"]) == [
        "file.csv has no column 'GLDD'; did you mean 'GLD'?"
    ]
    assert refused(tmp_path, WIDE, *["--as", "stocks=SPY,gold=name", "--kind", "price"]) == [
        "file.csv, column 'name', line 2: 'a' is not a finite number"
    ]


@pytest.mark.parametrize(("kind", "expected"), [("total_return", [10, 100]), ("price", [110, 1100])])
def test_tickers_of_yfinance(tmp_path: Path, kind: str, expected: list[float]) -> None:
    """A ticker names its adjusted close where a total return is asked for, and its close for a price."""
    out, _ = imported(tmp_path, YFINANCE, "--as", "stocks=SPY,bonds=AGG", "--kind", kind)
    assert list(load_market("mine", tmp_path / "data").levels.iloc[0]) == expected
    column, why = ("Close", "not") if kind == "price" else ("Adj Close", "as a total return needs")
    assert f"column '{column} SPY' (" in out[0]
    assert why in out[0]


@pytest.mark.parametrize(
    ("text", "kind", "told", "last"),
    [
        (BARS, "total_return", "column 'Adj Close' (adjusted for dividends, as a total return needs)", 2),
        (BARS, "price", "column 'Close' (not adjusted for dividends)", 11),
        (
            BARS.replace("Adj Close", "Open"),
            "total_return",
            "column 'Close' (there is no 'Adj Close': see that dividends are in it)",
            11,
        ),
        (BARS.replace("Adj Close", "Open"), "price", "column 'Close'", 11),
        (
            BARS.replace("Close", "close").replace("Adj c", "adjusted_c"),
            "total_return",
            "column 'adjusted_close' (adj",
            2,
        ),
        (BARS.replace("Close,Adj", "Open,Adj"), "price", "column 'Adj Close' (there is no 'Close': it is adjusted", 2),
        ("Date,CLOSE\n2024-01-02,10\n2024-01-03,11\n", "price", "2024-01-03, in data", 11),
    ],
)
def test_which_column_and_why(tmp_path: Path, text: str, kind: str, told: str, last: float) -> None:
    """Of several columns the one is said that was taken, and why; of one nothing."""
    out, _ = imported(tmp_path, text, "--as", "stocks", "--kind", kind)
    assert told in out[0]
    assert load_market("mine", tmp_path / "data").levels["stocks"].iloc[-1] == last


@pytest.mark.parametrize("kind", ["rate", "yield"])
@pytest.mark.parametrize("role", ["bills", "yield_3m"])
def test_a_rate_becomes_bills(tmp_path: Path, kind: str, role: str) -> None:
    """By hand: 3.65% known the day before pays a hundredth of a percent a day, 7.3% two."""
    imported(tmp_path, WIDE, "--as", "stocks=SPY", "--kind", "price")
    out, _ = imported(tmp_path, RATE, "--as", role, "--kind", kind)
    figures = "bill_rate" if role == "bills" else role
    assert out[:2] == [
        f"mine: {figures} with 3 values, 2024-01-02 to 2024-01-04, in data",
        f"mine: bills are computed from {figures}, 3.65 percent a year at the end",
    ]
    market = load_market("mine", tmp_path / "data")
    np.testing.assert_allclose(market.bill_returns, [0, 0.0001, 0.0002], rtol=1e-12)
    assert figures in market.observables


def test_a_yield_beside_bills_leaves_them(tmp_path: Path) -> None:
    """Where there are bills of another kind, a three-month yield is an observable and no more."""
    imported(tmp_path, WIDE, "--as", "stocks=SPY,bills=AGG", "--kind", "total_return")
    imported(tmp_path, RATE, "--as", "yield_3m", "--kind", "yield")
    assert load_market("mine", tmp_path / "data").bill_returns[-1] == pytest.approx(102 / 101 - 1)
    imported(tmp_path, RATE, "--as", "bills", "--kind", "rate")
    assert load_market("mine", tmp_path / "data").bill_returns[-1] == pytest.approx(0.0002)


def test_what_is_next_is_named(tmp_path: Path) -> None:
    """Until a run has what it needs, the next import; then the run."""
    lacks = "Next: {}: backtester data import FILE --as {} --history mine --data data"
    bars = BARS.replace("Date,", "Date,", 1)
    assert imported(tmp_path, bars, "--as", "gold", "--kind", "price")[0][-1] == lacks.format(
        "stocks, whose dates are the sessions", "stocks --kind total_return"
    )
    assert imported(tmp_path, bars, "--as", "stocks", "--kind", "price")[0][-1] == lacks.format(
        "bills, what cash earns, in percent a year", "bills --kind rate"
    )
    assert imported(tmp_path, RATE, "--as", "bills", "--kind", "rate")[0][-1] == lacks.format(
        "bonds, the other leg of 60/40", "bonds --kind total_return"
    )
    told = imported(tmp_path, bars, "--as", "bonds", "--kind", "price")[0][-1]
    assert told == "Next: backtester run --history mine --data data"


def test_an_import_warns_of_what_a_check_warns_of(tmp_path: Path) -> None:
    """A rate taken for a total return, and a yield in fractions, are said at once."""
    steps = np.random.default_rng(1).normal(0, 0.03, 1000)
    rates = np.round(3 + 2 * np.sin(np.arange(1000) / 100) + steps, 2)
    _, [warning] = imported(tmp_path, daily(rates), "--as", "stocks", "--kind", "total_return")
    assert warning.startswith(
        "Warning: mine.stocks 2015-01-01 to 2018-10-31  units: stays below 20 and goes down and up"
    )
    _, [warning] = imported(tmp_path, daily(rates / 100), "--as", "bills", "--kind", "yield")
    assert "mine.bill_rate 2015-01-01 to 2018-10-31  units: never beyond ±0.3 in 4 years: percent a year" in warning


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--as stocks,bonds=AGG", "--as stocks,bonds=AGG names no column for one of several roles; write --as stocks="),
        ("--as stocks=SPY,stocks=AGG", "--as stocks=SPY,stocks=AGG names a role twice; give each role one column"),
        ("--as stocks=SPY --column AGG", "--column AGG beside --as stocks=SPY; leave one of the columns out"),
        (
            "--as stocks=SPY,=AGG",
            "'' is no name for a history or role; use small letters, digits and _, a letter first",
        ),
        (
            "--as stocks",
            "file.csv has columns SPY, AGG, GLD, name; say which: --column, or --as ROLE=COLUMN for several",
        ),
    ],
)
def test_columns_that_are_not_said_clearly(tmp_path: Path, words: str, says: str) -> None:
    """Each role has one column, and it is said once."""
    [line, *_] = refused(tmp_path, WIDE, *words.split(), "--kind", "price")
    assert line.startswith(says)


def test_a_role_does_not_take_the_column_of_another(tmp_path: Path) -> None:
    """`cpi_known` holds the times at which prices were published, in the same file."""
    [line] = refused(tmp_path, daily(np.ones(9)), *["--as", "cpi_known", "--kind", "level", "--history", "us"])
    assert line == "history 'us' has a column 'cpi_known' of another series; choose another role"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("mine gold", "history 'mine' has no role 'gold'; known: bill_rate, bills, bonds, stocks"),
        ("mine bill_rate", "'bills' of history 'mine' is computed from 'bill_rate'; remove 'bills' before it"),
        ("mine stocks", "'stocks' are the sessions of history 'mine'; import others in their place, or remove all"),
        ("us vix", "data/manifest.toml has no history 'us'; nothing is removed"),
        ("us", "data/manifest.toml has no history 'us'; nothing is removed"),
        ("them", "data/manifest.toml has no history 'them'; nothing is removed"),
    ],
)
def test_what_cannot_be_removed(tmp_path: Path, words: str, says: str) -> None:
    """What others need stays, and what is embedded."""
    imported(tmp_path, WIDE, *["--as", "stocks=SPY,bonds=AGG", "--kind", "price"])
    imported(tmp_path, RATE, *["--as", "bills", "--kind", "rate"])
    assert refusal(tmp_path, "data", "remove", *words.split(), "--data", "data")[0] == says


def test_removing_leaves_the_rest(tmp_path: Path) -> None:
    """Other series, other histories and comments stay; with the last series the history goes."""
    for history in ("mine", "other"):
        imported(tmp_path, WIDE, *f"--as stocks=SPY,gold=GLD --kind price --history {history}".split())
    manifest = tmp_path / "data" / "manifest.toml"
    manifest.write_text(f"# mine, all mine\n{manifest.read_text()}")
    assert called(tmp_path, *["data", "remove", "mine", "gold", "--data", "data"])[0] == 0
    assert load_market("mine", tmp_path / "data").assets == ["stocks"]
    assert called(tmp_path, *["data", "remove", "mine", "stocks", "--data", "data"])[0] == 0
    assert {"mine", "other"} & histories_or_errors(tmp_path / "data").keys() == {"other"}
    assert [path.name for path in (tmp_path / "data" / "histories").iterdir()] == ["other.parquet"]
    assert manifest.read_text().startswith("# mine, all mine\n")
    assert load_market("other", tmp_path / "data").assets == ["stocks", "gold"]


def test_a_history_that_cannot_be_read_can_be_removed(tmp_path: Path) -> None:
    """Whatever is wrong with its table, the table goes, and the others are read again."""
    imported(tmp_path, WIDE, *["--as", "stocks=SPY", "--kind", "price"])
    manifest = tmp_path / "data" / "manifest.toml"
    manifest.write_text(f"{manifest.read_text()}\n[us]\ntitle = 5\n")
    assert called(tmp_path, *["data", "remove", "us", "--data", "data"])[0] == 0
    assert load_market("mine", tmp_path / "data").assets == ["stocks"]


def test_a_file_that_two_histories_share_stays(tmp_path: Path) -> None:
    """Another table of the manifest may name the same parquet file."""
    imported(tmp_path, WIDE, *["--as", "stocks=SPY", "--kind", "price"])
    manifest = tmp_path / "data" / "manifest.toml"
    manifest.write_text(manifest.read_text() + manifest.read_text().replace("[mine", "[twin"))
    shutil.copy(manifest, tmp_path / "before.toml")
    assert called(tmp_path, *["data", "remove", "twin", "--data", "data"])[0] == 0
    assert load_market("mine", tmp_path / "data").assets == ["stocks"]
