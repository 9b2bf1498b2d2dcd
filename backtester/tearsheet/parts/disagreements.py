"""Where quantstats' numbers are not ours, and why."""

from dataclasses import dataclass

from backtester.analysis.figures import Figure, figures_of
from backtester.pages.format import MINUS, MISSING, date
from backtester.tearsheet.names import Json
from backtester.tearsheet.parts.measures import shown


@dataclass(frozen=True)
class Disagreement:
    """A measure, our figure, theirs, and the reason for the difference."""

    measure: str
    ours: str
    theirs: str
    why: str


@dataclass(frozen=True)
class _Known:
    """A measure by our name and by quantstats' label."""

    name: str
    label: str
    why: str


KNOWN = (
    _Known(
        "cagr",
        "CAGR﹪",
        "Our years are calendar days over 365.25, theirs sessions over the sessions of a year.",
    ),
    _Known(
        "sharpe",
        "Sharpe",
        "Ours is in excess of bills, session by session. quantstats takes one constant rate and ignores a negative "
        "one, so it was given none.",
    ),
    _Known("sortino", "Sortino", "As the Sharpe ratio."),
    _Known("probabilistic_sharpe", "Prob. Sharpe Ratio", "As the Sharpe ratio."),
    _Known("omega", "Omega", "Ours is about the return of bills, theirs about zero."),
    _Known(
        "value_at_risk_95",
        "Daily Value-at-Risk",
        "Ours is the sessions' own quantile, theirs a normal distribution's.",
    ),
    _Known(
        "expected_shortfall_95",
        "Expected Shortfall (cVaR)",
        "Ours is the mean of the worst twentieth of sessions, theirs the mean below a normal distribution's quantile.",
    ),
    _Known("information_ratio", "Information Ratio", "Ours is a year's, theirs a session's."),
    _Known(
        "max_drawdown_peak",
        "Max DD Period Start",
        "Ours is the close of the high, theirs the first close below it.",
    ),
    _Known(
        "max_drawdown_days",
        "Longest DD Days",
        "Ours are those of the deepest from its high on, theirs those of the longest from the first close below it.",
    ),
)


def disagreements(ours: Json, theirs: dict[str, str]) -> tuple[Disagreement, ...]:
    """The measures that both have but mean differently; `theirs` by quantstats' labels, as it writes them."""
    table = figures_of("measures")
    return tuple(
        Disagreement(table[one.name].label, _ours(ours[one.name], table[one.name]), _theirs(theirs, one), one.why)
        for one in KNOWN
        if one.name in ours
    )


def _ours(value: float | str | None, figure: Figure) -> str:
    is_percent = figure.kind == "percent" and value is not None
    return shown(value, figure) + ("%" if is_percent else "")


def _theirs(theirs: dict[str, str], known: _Known) -> str:
    text = theirs.get(known.label, "")
    if text in ("", "-"):
        return MISSING
    return date(text) if figures_of("measures")[known.name].kind == "date" else text.replace("-", MINUS)
