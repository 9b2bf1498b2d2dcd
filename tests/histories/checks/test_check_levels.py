"""Values that cannot be, zeros that stand for nothing, and prices taken for returns."""

import numpy as np
import pandas as pd
import pytest

from backtester.histories.checks.confusion import check_confusion
from backtester.histories.checks.levels import check_levels
from backtester.histories.checks.series import check_series
from backtester.histories.checks.subject import CheckedSeries, looks_like_changes
from walks import changed, new_york, prices, steps, yields


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_value_is_refused(value: float) -> None:
    """An infinite value is refused with its date, and the other checks are not asked."""
    subject = changed(prices(), at_100=value)
    (finding,) = check_series(subject)
    assert (finding.severity, finding.check, finding.first) == ("refused", "levels", subject.dates[100].date())
    assert finding.message == f"1 value not finite: {subject.dates[100].date()}; mend the source"


@pytest.mark.parametrize("kind", ["price", "total_return", "level"])
@pytest.mark.parametrize("value", [0.0, -1.0])
def test_a_level_that_is_not_above_zero_is_refused(kind: str, value: float) -> None:
    """Zero and negative prices, total returns and levels are refused."""
    (finding,) = check_levels(changed(prices(kind=kind), at_7=value))
    assert finding.severity == "refused"
    assert finding.message == f"1 value not above zero in a series of kind {kind!r}: 2010-01-13"


@pytest.mark.parametrize("kind", ["yield", "rate"])
def test_zero_and_negative_yields_are_real(kind: str) -> None:
    """Yields and rates of zero and below say nothing."""
    assert check_levels(changed(yields(kind=kind), at_7=0.0, at_8=-0.5)) == []


def test_zeros_far_from_the_values_beside_them_are_placeholders() -> None:
    """Of an unknown kind, zeros beside values around 100 are told once and kept from the other checks."""
    subject = changed(prices(kind=None), at_1498=0.0, at_1499=0.0)
    (finding,) = check_series(subject)
    assert (finding.severity, finding.check, len(finding.dates)) == ("warning", "levels", 2)
    assert "2 values of zero beside values far from it, taken for missing" in finding.message


def test_zeros_of_a_yield_near_zero_are_no_placeholders() -> None:
    """A bill's yield that falls to zero by basis points is left alone."""
    values = np.round(np.abs(np.cumsum(steps(600, 0.01))), 2)
    assert (values == 0).any()
    assert check_levels(CheckedSeries("bill", pd.Series(values, new_york(600)))) == []


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (1 + steps(800, 0.01), "growth factors (1 + return)"),
        (np.abs(steps(800, 1.0)) + 0.1, "returns in percent"),
        (np.abs(steps(800, 0.01)) + 0.001, "returns in fractions"),
    ],
)
def test_returns_said_to_be_prices_are_told(values: "np.typing.NDArray[np.float64]", form: str) -> None:
    """Positive returns pass for prices by their sign; that no value leans on the one before gives them away."""
    (finding,) = check_confusion(CheckedSeries("made", pd.Series(values, new_york(800)), "price"))
    assert finding.severity == "warning"
    assert finding.message == (
        f"is said to be of kind 'price' and looks like {form}: a value says next to nothing about the next"
    )


def test_prices_said_to_be_returns_are_told() -> None:
    """The confusion the other way round."""
    (finding,) = check_confusion(prices(kind="return"))
    assert "is said to be of kind 'return' and looks like prices or levels" in finding.message


def test_half_a_correlation_is_no_change() -> None:
    """Fours of 1 and -1 in turn, with two zeros: of 64 squares, products of neighbours come to 32; one less is less."""
    fours = np.insert(np.tile([1.0, 1, 1, 1, -1, -1, -1, -1], 8), 2, 0.0)
    assert not looks_like_changes(np.append(fours, 0.0))
    assert looks_like_changes(np.append(np.insert(fours, 4, 0.0), 0.0))


def test_what_shows_nothing_is_not_doubted() -> None:
    """A series that never moves looks like nothing, and neither do fewer than sixty values."""
    assert check_confusion(CheckedSeries("made", pd.Series(np.full(800, 0.1), new_york(800)), "return")) == []
    returns = steps(60, 0.01)
    few, enough = (CheckedSeries("made", pd.Series(returns[:count], new_york(count))) for count in (59, 60))
    assert (len(check_confusion(few)), len(check_confusion(enough))) == (0, 1)


def test_an_unknown_kind_is_never_assumed() -> None:
    """Without a kind, returns are a note and prices are nothing."""
    returns = CheckedSeries("made", pd.Series(steps(800), new_york(800)))
    assert [finding.severity for finding in check_confusion(returns)] == ["note"]
    assert check_confusion(prices(kind=None)) == []


@pytest.mark.parametrize("subject", [prices(), prices(kind=None), yields(), yields(kind=None)], ids=str)
def test_a_clean_series_says_nothing(subject: CheckedSeries) -> None:
    """Random walks of prices and yields on New York's sessions pass every check."""
    assert check_series(subject) == []
