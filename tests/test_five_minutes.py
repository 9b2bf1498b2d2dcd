"""Five minutes with files of one's own, played through: what is said at each step, and every figure by hand.

Two csvs in different forms, a file of yfinance's, a rate and a monthly fund become a history; a daily record and a
table of weights are given to one run of it. The arithmetic below starts from the numbers in the files, in numpy alone.
"""

import csv
import json
import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from backtester.files import sha256
from mistakes import called, refusal

Array = npt.NDArray[np.float64]
DAYS = pd.bdate_range("2021-01-04", "2024-03-15")
MONTH_ENDS = np.append(DAYS.month[1:] != DAYS.month[:-1], False)
OWN = ("--history", "mine", "--data", "my_data")
RUN = ("run", *OWN, "--resamples", "0", "--cost-bps", "0", "--band", "none")
RECIPES = ('hold(asset="cta")', 'sixty_forty + hold(asset="cta", size=0.10, fund="prorata")', "mine")
GIVEN = ("--series", "cta=cta.csv", "--weights", "mine=weights.csv")


class Desk:
    """The files in a folder, and the numbers that stand in them: levels, returns in percent, weights by quarter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        random = np.random.default_rng(20)
        moves = random.normal(0.0003, [0.011, 0.004, 0.008], (len(DAYS), 3))
        self.stocks, self.bonds, self.gold = np.round(100 * np.exp(moves.cumsum(axis=0)), 4).T
        self.rate = np.round(4 + random.normal(0, 0.02, len(DAYS)).cumsum(), 4)
        self.cta = np.round(random.normal(0.02, 0.7, len(DAYS) - 1), 4)
        self.fund = np.round(50 * np.exp(random.normal(0.004, 0.02, MONTH_ENDS.sum()).cumsum()), 3)
        self.quarters = DAYS[MONTH_ENDS & (DAYS.month % 3 == 0)]
        self.shares = np.where(np.arange(len(self.quarters)) % 2, 0.3, 0.8)

    def write(self) -> None:
        """The files, each in a form of its own."""
        newest = [f"{day:%d-%b-%Y};{value:.4f}".replace(".", ",") for day, value in self.rows(self.stocks)][::-1]
        self.save("index.csv", ["Date;Close", *newest])
        self.save(
            "bonds.csv", ["time,value", *(f"{day:%Y-%m-%d}T00:00:00.000Z,{x}" for day, x in self.rows(self.bonds))]
        )
        gold = [f"{day:%Y-%m-%d},{x},{2 * x},1000" for day, x in self.rows(self.gold)]
        self.save("gld.csv", ["Price,Adj Close,Close,Volume", "Ticker,GLD,GLD,GLD", "Date,,,", *gold])
        self.save("rate.csv", ["observation_date,DTB3", *(f"{day:%Y-%m-%d},{x}" for day, x in self.rows(self.rate))])
        self.save(
            "cta.csv", ["Date,Return %", *(f"{day:%m/%d/%Y},{x}" for day, x in zip(DAYS[1:], self.cta, strict=True))]
        )
        self.save(
            "fund.csv", ["Month,NAV", *(f"{d:%Y.%m.%d},{x}" for d, x in zip(DAYS[MONTH_ENDS], self.fund, strict=True))]
        )
        rows = (f"{day:%Y-%m-%d},{x},{1 - x:.1f}" for day, x in zip(self.quarters, self.shares, strict=True))
        self.save("weights.csv", ["date,stocks,bonds", *rows])

    def rows(self, values: Array) -> list[tuple[pd.Timestamp, float]]:
        """Each day with its value."""
        return list(zip(DAYS, values.tolist(), strict=True))

    def save(self, name: str, lines: list[str]) -> None:
        """A file of these lines."""
        (self.folder / name).write_text("\n".join(lines) + "\n")

    def nav(self, assets: Array, targets: Array, first: int = 0) -> Array:
        """The value of targets (T, A) decided at the first close and at month ends, traded a close later, no costs."""
        gains = assets[1:] / assets[:-1]
        cash = 1 + self.rate[:-1] / 100 * (DAYS[1:] - DAYS[:-1]).days.to_numpy() / 365
        value, held = np.ones(len(DAYS)), np.zeros(assets.shape[1])
        for day in range(first + 1, len(DAYS)):
            rest = value[day - 1] - held.sum()
            held = held * gains[day - 1]
            value[day] = held.sum() + rest * cash[day - 1]
            if day == first + 1 or MONTH_ENDS[day - 1]:
                held = value[day] * targets[day - 1]
        return value[first:]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The files, imported one after another into the history `mine`."""
    made = Desk(tmp_path_factory.mktemp("desk"))
    made.write()
    return made


def done(desk: Desk, *words: str) -> tuple[str, str]:
    """What a command that succeeds says on stdout and stderr."""
    status, out, err = called(desk.folder, *words)
    assert status == 0, err
    return out, err


@pytest.fixture(scope="module")
def imported(desk: Desk) -> list[tuple[str, str]]:
    """What each import said."""
    kinds = {"index.csv": "stocks", "bonds.csv": "bonds", "gld.csv": "gold", "rate.csv": "bills"}
    return [
        done(desk, "data", "import", file, "--as", role, "--kind", "rate" if role == "bills" else "total_return", *OWN)
        for file, role in kinds.items()
    ]


@pytest.fixture(scope="module")
def said(desk: Desk, imported: list[tuple[str, str]]) -> tuple[str, str]:
    """What the run said."""
    return done(desk, *RUN, *RECIPES, *GIVEN, "--out", "out")


def test_each_import_says_what_it_took_and_what_is_next(imported: list[tuple[str, str]]) -> None:
    """Four files in four forms, newest first or of three header rows, are read without a warning."""
    assert all("Warning" not in err for _, err in imported)
    span = "2021-01-04 to 2024-03-15"
    assert imported[0][0].startswith(f"mine: stocks with {len(DAYS)} values, {span}, in my_data\nNext: bills, ")
    column = "column 'Adj Close' (adjusted for dividends, as a total return needs)"
    assert f"mine: gold with {len(DAYS)} values, {span}, {column}, in my_data" in imported[2][0]
    assert imported[3][0].endswith("Next: backtester run --history mine --data my_data\n")


def test_the_history_is_shown(desk: Desk, imported: list[tuple[str, str]]) -> None:
    """Its rhythm, its span and every role."""
    shown = json.loads(done(desk, "data", "show", "mine", "--data", "my_data", "--json")[0])
    assert (shown["sessions"], shown["rhythm"], shown["last"]) == (len(DAYS), "daily", "2024-03-15")
    assert [one["role"] for one in shown["series"]] == ["stocks", "bonds", "gold", "bill_rate", "bills"]


def test_the_run_says_how_files_were_read(said: tuple[str, str]) -> None:
    """Returns in percent were told apart, slashes are month first by what they hold, weights cannot be checked."""
    lines = [line for line in said[1].splitlines() if line.startswith("Note: ")]
    assert lines[0].startswith("Note: cta: cta.csv: dates are read as month/day/year")
    assert lines[1] == f"Note: cta: {len(DAYS) - 1} returns in percent, 2021-01-05 to 2024-03-15, from cta.csv"
    assert re.fullmatch(r"Note: mine: 12 rows .* from weights.csv; whether they look ahead cannot be checked", lines[2])
    assert lines[3].startswith("Note: measured from 2021-03-31, not 2021-01-04: the weights of mine begin then; ")
    assert "Warning" not in said[1]
    assert "Mine NOT CHECKED" in said[0]


def test_a_record_alone_and_a_tenth_of_it_by_hand(desk: Desk, imported: list[tuple[str, str]]) -> None:
    """Without the weights the run begins with the history; every net asset value is that of the loop over days."""
    document = json.loads(done(desk, *RUN, *RECIPES[:2], *GIVEN[:2], "--out", "two", "--json")[0])
    nav = pd.read_parquet(desk.folder / "two" / "nav.parquet").set_index("date")
    record = np.cumprod(np.append(1.0, 1 + desk.cta / 100))
    assets = np.column_stack([desk.stocks, desk.bonds, record])
    targets = {"sixty_forty": [0.6, 0.4, 0], "hold(asset='cta')": [0, 0, 1], "tenth": [0.54, 0.36, 0.1]}
    assert list(nav.columns)[:2] == list(targets)[:2]
    for column, target in zip(nav.columns, targets.values(), strict=True):
        expected = desk.nav(assets, np.tile(target, (len(DAYS), 1)))
        np.testing.assert_allclose(nav[column], expected, rtol=1e-11)
    own = document["strategies"][1]["measures"]
    value = nav["hold(asset='cta')"].to_numpy()
    years = (DAYS[-1] - DAYS[0]).days / 365.25
    assert own["cagr"] == pytest.approx(value[-1] ** (1 / years) - 1, rel=1e-9)
    assert own["volatility"] == pytest.approx(np.std(value[1:] / value[:-1] - 1, ddof=1) * 252**0.5, rel=1e-9)
    assert own["max_drawdown"] == pytest.approx(np.min(value / np.maximum.accumulate(value)) - 1, rel=1e-9)


def test_the_tearsheet_shows_these_figures(desk: Desk, said: tuple[str, str]) -> None:
    """The page's table at full precision is the arithmetic's, and the page shows it, flagged where nobody can check."""
    weights = np.repeat([[np.nan, np.nan]], len(DAYS), axis=0)
    weights[DAYS.isin(desk.quarters)] = np.column_stack([desk.shares, 1 - desk.shares])
    first = int(DAYS.isin(desk.quarters).argmax())
    assets = np.column_stack([desk.stocks, desk.bonds])
    expected = desk.nav(assets, pd.DataFrame(weights).ffill().to_numpy(), first)
    page = (desk.folder / "out" / "tearsheet.html").read_text()
    with (desk.folder / "out" / "tables" / "measures-table.csv").open() as file:
        table = {row["Measure"]: row for row in csv.DictReader(file)}
    assert float(table["final_nav"]["mine"]) == pytest.approx(expected[-1], rel=1e-11)
    years = (DAYS[-1] - DAYS[first]).days / 365.25
    cagr = expected[-1] ** (1 / years) - 1
    assert float(table["cagr"]["mine"]) == pytest.approx(cagr, rel=1e-9)
    assert f"{abs(100 * cagr):.1f}" in page
    assert "its weights come from a file; no check of whether they know only the past can be made." in page
    assert "Note: measured from 2021-03-31, not 2021-01-04" in page


def test_provenance_has_the_files_and_their_hashes(desk: Desk, said: tuple[str, str]) -> None:
    """Manifest and page name the record and the weights with the SHA-256 of the bytes, and the command repeats both."""
    manifest = json.loads((desk.folder / "out" / "manifest.json").read_text())
    hashes = {name: sha256((desk.folder / name).read_bytes()) for name in ("cta.csv", "weights.csv")}
    assert manifest["data"]["files"]["cta.csv"] == f"sha256 {hashes['cta.csv']}"
    assert manifest["plugins"]["mine"] == {"file": "weights.csv", "sha256": hashes["weights.csv"]}
    assert "--series cta=cta.csv --weights mine=weights.csv" in manifest["command"]
    page = (desk.folder / "out" / "tearsheet.html").read_text()
    assert all(text in page for item in hashes.items() for text in item)


def test_report_and_compare_take_the_run(desk: Desk, said: tuple[str, str]) -> None:
    """The page is made again to the same bytes, and a second run on the same files stands beside it."""
    before = (desk.folder / "out" / "tearsheet.html").read_bytes()
    done(desk, "report", "out")
    assert (desk.folder / "out" / "tearsheet.html").read_bytes() == before
    done(desk, *RUN, "sixty_forty + gold_overlay", "mine", *GIVEN, "--out", "other")
    done(desk, "compare", "out", "other", "--out", "both")
    names = [one["name"] for one in json.loads((desk.folder / "both" / "result.json").read_text())["strategies"]]
    tenth = "sixty_forty + hold(asset='cta', size=0.1, fund='prorata')"
    assert names == ["sixty_forty", "hold(asset='cta')", tenth, "mine", "sixty_forty + gold_overlay"]


def test_a_monthly_fund_is_measured_at_month_ends(desk: Desk, imported: list[tuple[str, str]]) -> None:
    """With --rhythm month it is held as it stands, bought a month after the first, and twelve months are a year."""
    done(desk, *RUN, 'hold(asset="fund")', "--series", "fund=fund.csv", "--rhythm", "month", "--out", "monthly")
    nav = pd.read_parquet(desk.folder / "monthly" / "nav.parquet").set_index("date")["hold(asset='fund')"]
    assert nav.index.tolist() == [day.date() for day in DAYS[MONTH_ENDS]]
    np.testing.assert_allclose(nav[1:] / nav.iloc[1], desk.fund[1:] / desk.fund[1], rtol=1e-11)
    held = json.loads((desk.folder / "monthly" / "result.json").read_text())["strategies"][1]
    deviation = np.std(nav.to_numpy()[1:] / nav.to_numpy()[:-1] - 1, ddof=1)
    assert held["measures"]["volatility"] == pytest.approx(deviation * 12**0.5, rel=1e-11)


def test_a_monthly_fund_is_not_mixed_with_days_in_silence(desk: Desk, imported: list[tuple[str, str]]) -> None:
    """Given to a run it is refused with what to say; imported it holds its level for as long as the user allows."""
    lines = refusal(desk.folder, *RUN, "--series", "fund=fund.csv")
    assert lines[0].endswith("are daily; measure everything at the ends of its periods with --rhythm month")
    words = ("data", "import", "fund.csv", "--as", "fund", "--kind", "total_return", *OWN)
    assert "carry_days = 33" in refusal(desk.folder, *words)[0]
    done(desk, *words, "--carry-days", "33")
    done(desk, *RUN, 'hold(asset="fund")', "--out", "fund")
    nav = pd.read_parquet(desk.folder / "fund" / "nav.parquet").set_index("date")["hold(asset='fund')"]
    assert nav.index[0] == DAYS[MONTH_ENDS][0].date()
    assert nav.iloc[-1] / nav.iloc[1] == pytest.approx(desk.fund[-1] / desk.fund[0], rel=1e-11)
