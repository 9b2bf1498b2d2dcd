"""Where quantstats' numbers are not ours, and why."""

from collections.abc import Callable
from dataclasses import dataclass

from backtester.pages.format import MINUS, MISSING, date, number, percent
from backtester.tearsheet.names import Json


@dataclass(frozen=True)
class Disagreement:
    """A measure, our figure, theirs, and the reason for the difference."""

    measure: str
    ours: str
    theirs: str
    why: str


@dataclass(frozen=True)
class _Known:
    """A measure by our key and by quantstats' label; `shown` writes ours, and theirs if it is a date."""

    key: str
    label: str
    measure: str
    why: str
    shown: Callable[..., str] = number


KNOWN = (
    _Known(
        "cagr",
        "CAGR﹪",
        "CAGR",
        "Our years are calendar days over 365.25, theirs sessions over the sessions of a year.",
        percent,
    ),
    _Known(
        "sharpe",
        "Sharpe",
        "Sharpe ratio",
        "Ours is in excess of bills, session by session. quantstats takes one constant rate and ignores a negative "
        "one, so it was given none.",
    ),
    _Known("sortino", "Sortino", "Sortino ratio", "As the Sharpe ratio."),
    _Known("probabilistic_sharpe", "Prob. Sharpe Ratio", "Probabilistic Sharpe ratio", "As the Sharpe ratio.", percent),
    _Known("omega", "Omega", "Omega", "Ours is about the return of bills, theirs about zero."),
    _Known(
        "value_at_risk_95",
        "Daily Value-at-Risk",
        "Value at risk, 95%",
        "Ours is the sessions' own quantile, theirs a normal distribution's.",
        percent,
    ),
    _Known(
        "expected_shortfall_95",
        "Expected Shortfall (cVaR)",
        "Expected shortfall, 95%",
        "Ours is the mean of the worst twentieth of sessions, theirs the mean below a normal distribution's quantile.",
        percent,
    ),
    _Known("information_ratio", "Information Ratio", "Information ratio", "Ours is a year's, theirs a session's."),
    _Known(
        "max_drawdown_peak",
        "Max DD Period Start",
        "Start of the deepest drawdown",
        "Ours is the close of the high, theirs the first close below it.",
        date,
    ),
    _Known(
        "max_drawdown_days",
        "Longest DD Days",
        "Days of a drawdown",
        "Ours are those of the deepest from its high on, theirs those of the longest from the first close below it.",
    ),
)


def disagreements(ours: Json, theirs: dict[str, str]) -> tuple[Disagreement, ...]:
    """The measures that both have but mean differently; `theirs` by quantstats' labels, as it writes them."""
    return tuple(
        Disagreement(one.measure, _ours(ours[one.key], one), _theirs(theirs.get(one.label), one), one.why)
        for one in KNOWN
        if one.key in ours
    )


def _ours(value: float | str | None, known: _Known) -> str:
    if known.shown is date:
        return date(None if value is None else str(value))
    return known.shown(value, 0 if isinstance(value, int) else 2)


def _theirs(told: str | None, known: _Known) -> str:
    if told is None or told in ("", "-"):
        return MISSING
    return date(told) if known.shown is date else told.replace("-", MINUS)
