"""What several columns, or several series, say that one alone does not."""

import numpy as np
import pandas as pd
import pytest

from backtester.histories.checks import fills
from backtester.histories.checks.adjusted import check_decimals, check_ratio
from backtester.histories.checks.bars import check_bars, check_last_row
from backtester.histories.checks.fills import check_fills
from backtester.histories.checks.subject import CheckedSeries
from backtester.histories.providers.parse import parse_table
from folders import shared_file
from walks import new_york, prices, steps


@pytest.mark.parametrize(
    ("outside", "inside", "found"), [(2, 3, False), (2, 3.25, True), (3, 2, False), (3.25, 2, True)]
)
def test_another_noise_is_more_than_half_as_much_again(outside: float, inside: float, found: bool) -> None:
    """Steps of 40 in and out; between them the noise is over 1.5 times that of either side, or under 1 / 1.5."""
    side, within = np.tile([1.0, -1.0], 60) * outside, np.tile([1.0, -1.0], 20) * inside
    rest = np.concatenate([side, [40.0], within, [-40.0], side])
    assert fills._stands_apart(rest, 120, 161) is found


def bars(count: int = 300) -> pd.DataFrame:
    """Rows of open, high, low, close in whole cents, and volume in lots of 100."""
    close = np.round(100 * np.exp(np.cumsum(steps(count, 0.01))), 2)
    start = np.round(close * 1.001, 2)
    return pd.DataFrame(
        {
            "open": start,
            "high": np.round(np.maximum(start, close) + 0.5, 2),
            "low": np.round(np.minimum(start, close) - 0.5, 2),
            "close": close,
            "volume": 100.0 * np.arange(1000, 1000 + count),
        },
        new_york(count),
    )


def adjusted(count: int = 2000, every: int = 63, dividend: float = 0.005) -> pd.DataFrame:
    """An unadjusted close and the same adjusted for a dividend every quarter."""
    close = prices(count).values
    later = (count - 1 - np.arange(count)) // every
    return pd.DataFrame({"adj close": close * (1 - dividend) ** later, "close": close})


def test_consistent_bars_say_nothing() -> None:
    """Clean rows pass, the last among them."""
    assert check_bars("made", bars()) == []
    assert check_last_row("made", bars()) == []


def test_a_close_above_the_high_is_told() -> None:
    """Rows in which open or close lies outside low and high."""
    table = bars()
    table.iloc[5, table.columns.get_loc("high")] = 50.0
    (finding,) = check_bars("made", table)
    assert finding.message == f"1 row where open or close lies outside low and high: {table.index[5].date()}"


def test_rows_that_hold_the_close_alone_are_a_note() -> None:
    """An open of zero stands for an unknown one."""
    table = bars()
    table.iloc[:3, table.columns.get_loc("open")] = 0.0
    (finding,) = check_bars("made", table)
    assert (finding.severity, len(finding.dates)) == ("note", 3)


def test_an_unfinished_day_shows_in_its_volume_and_its_decimals() -> None:
    """A volume in single shares and a high in fractions of a cent: a quote, not a close."""
    table = bars()
    table.iloc[-1, table.columns.get_loc("volume")] = 1234567.0
    table.iloc[-1, table.columns.get_loc("high")] += 0.0049
    (finding,) = check_last_row("made", table)
    assert finding.first == table.index[-1].date()
    assert finding.message == (
        "it looks like a quote of an unfinished day: its volume 1,234,567 is not in lots of 100 as all before; "
        "its high is not in whole cents as all before; leave it out"
    )


@pytest.mark.parametrize("before", [0.0, 1234567.0])
def test_volumes_that_were_none_or_in_no_lots_say_nothing_of_the_last(before: float) -> None:
    """One session's in the middle is enough: this provider does not count in lots, or has no volume for some days."""
    table = bars()
    table.iloc[-1, table.columns.get_loc("volume")] = 1234567.0
    assert len(check_last_row("made", table)) == 1
    table.iloc[-5, table.columns.get_loc("volume")] = before
    assert check_last_row("made", table) == []


def test_an_adjusted_series_in_one_piece_says_nothing() -> None:
    """Adjusted over unadjusted close only rises, to one."""
    table = adjusted()
    assert check_ratio("made", table) == []
    assert check_decimals(CheckedSeries("made", table["adj close"], "total_return")) == []


def test_rows_appended_to_an_adjusted_series_are_told() -> None:
    """An older file ends in whole cents, and what was appended starts a false step lower."""
    table = adjusted()
    old = adjusted()["adj close"].iloc[:1200] / 0.995 ** ((1999 - 1199) // 63)
    table.loc[table.index[:1200], "adj close"] = old
    (finding,) = check_ratio("made", table)
    assert finding.first == finding.last == table.index[1200].date()
    assert "adjusted over unadjusted close falls on 1 date, by 5.84% at most" in finding.message
    below_one = table / (1.1 * table["close"].max())
    assert [one.first for one in check_ratio("made", below_one)] == [finding.first]
    (finding,) = check_decimals(CheckedSeries("made", table["adj close"], "total_return"))
    assert finding.last == table.index[1199].date()
    assert "an older file ended here" in finding.message


def test_a_large_index_has_no_cents() -> None:
    """Seven digits of a level above ten thousand end in cents: that says nothing of where it came from."""
    levels = 15_000 * np.exp(np.cumsum(steps(2000, 0.01)))
    levels[:1000] /= 15_000  # it grew, and so has many decimals in its first years
    assert check_decimals(CheckedSeries("made", pd.Series(levels, new_york(2000)), "total_return")) == []


def test_a_real_adjusted_series_appended_to_is_told() -> None:
    """The fund's own file, cut at the end of 2019, adjusted to there and appended to."""
    table = parse_table(shared_file("yahoo/SPY.csv").read_bytes(), "SPY.csv").rename(columns=str.lower)
    assert check_ratio("SPY", table[["close", "adj close"]]) == []
    ratio = table["adj close"] / table["close"]
    cut = table.index <= "2019-12-31"
    table.loc[cut, "adj close"] /= ratio[cut].iloc[-1]
    (finding,) = check_ratio("SPY", table[["close", "adj close"]])
    assert str(finding.first) == str(finding.last) == "2020-01-02"


def companions(first: int = 900, last: int = 1500, step: float = 0.17) -> list[CheckedSeries]:
    """Two yields that differ by a basis point a day; one is another series, noisier, for a stretch."""
    dates, level = new_york(2500), 20 + np.cumsum(steps(2500, 0.06))
    apart = np.cumsum(steps(2500, 0.01, seed=3))
    apart[first:last] += step + steps(last - first, 0.02, seed=5)
    values = {"near": level, "far": level + apart}
    return [CheckedSeries(name, pd.Series(np.round(one, 2), dates), "yield", group="g") for name, one in values.items()]


def test_a_stretch_from_elsewhere_shows_beside_a_companion() -> None:
    """A step in, another noise, and a step out: told once, of the series that stepped."""
    (finding,) = check_fills(companions())
    assert (finding.series, finding.check) == ("far", "fills")
    assert abs(pd.Timestamp(str(finding.first)) - companions()[0].dates[900]) <= pd.Timedelta(days=4)
    assert abs(pd.Timestamp(str(finding.last)) - companions()[0].dates[1499]) <= pd.Timedelta(days=4)
    assert "another source? Against near it steps by " in finding.message


@pytest.mark.parametrize(
    ("into", "out", "within", "is_apart"),
    [
        (40, -40, 1.0, False),
        (40, -40, 2.0, True),
        (40, -40, 0.5, True),
        (40, -21, 2.0, True),
        (40, -19, 2.0, False),
        (19, -40, 2.0, False),
        (40, 40, 2.0, False),
    ],
)
def test_a_stretch_by_hand(into: float, out: float, within: float, is_apart: bool) -> None:
    """Steps at both ends, opposite and within twice of each other, which are no part of the noise between them."""
    rest = np.resize([1.0, -1.0], 700)
    rest[300:330] *= within
    rest[299], rest[330] = into, out
    assert fills._stands_apart(rest, 299, 330) == is_apart


def test_companions_without_a_step_say_nothing() -> None:
    """Noise alone, or a series that has no companion in its folder, is no stretch."""
    assert check_fills(companions(step=0.0)) == []
    near, far = companions()
    assert check_fills([near, CheckedSeries(far.name, far.values, far.kind, group="elsewhere")]) == []
