"""How figures are printed by runs and studies alike."""

import pytest

from backtester.cli.actions.batch import SHOWN
from backtester.runs.summary import FALLEN, figure_cell


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("cagr", 0.1234, "12.3"),
        ("max_drawdown", -0.31871, "\N{MINUS SIGN}31.9"),
        ("sharpe", 0.678, "0.68"),
        ("beyond_mix_payoff_mean", -0.00329, "\N{MINUS SIGN}0.33"),
        ("growth_annual_over_mix_total", 0.0067, "0.7"),
        ("mean_loss_mix", None, "n/a"),
    ],
)
def test_a_figure_is_printed_one_way(column: str, value: float | None, text: str) -> None:
    """In percent with a decimal, a ratio as it is, a payoff to the basis point."""
    assert figure_cell(column, value) == text


def test_a_study_calls_figures_as_a_run_does() -> None:
    """The headings of what both show are the same."""
    of_card = ("mean_loss_strategy", "mean_loss_mix", "beyond_mix_payoff_mean", "growth_annual_over_mix_total")
    assert [SHOWN[column] for column in of_card] == [heading for heading in FALLEN if heading in SHOWN.values()]
