"""What `stress basis` writes down, by hand."""

import numpy as np
import pytest

from backtester.runs.stress_basis import (
    ASSUMED_VALUES,
    FUND_SHARES,
    LEVERAGES,
    THETA_TIMES_KAPPA,
    TODAY_RANGES,
    _path_entry,
    _varied_terms,
    amplification_map,
    basis_run,
)
from backtester.stress.basis import BasisTerms, Unwind


def test_the_map_by_hand() -> None:
    """1 / (1 - theta kappa X d L) with 1,000bn held at a cost of 0.001: 2 at a product of a half, and it tips at 1."""
    made = amplification_map(1000, 0.001, strengths=(1.0, 2.0, 5.0), leverages=(1.0, 20.0, 50.0))
    assert made["amplification"] == [
        [pytest.approx(1 / 0.99), pytest.approx(1.25), pytest.approx(2.0)],
        [pytest.approx(1 / 0.98), pytest.approx(1 / 0.6), None],
        [pytest.approx(1 / 0.95), None, None],
    ]


def test_what_is_shown() -> None:
    """The axes of the map, what sources leave open today, and the values that are tried of what no source states."""
    assert LEVERAGES == (1, 10, 20, 40, 56, 80, 100, 150, 250)
    assert THETA_TIMES_KAPPA == (0.1, 0.185, 0.4, 0.925, 1.5, 2.5, 3.7, 6.0)
    assert TODAY_RANGES == {"leverage": (20, 100), "strength": (0.185, 3.7)}
    assert FUND_SHARES == (0.1, 0.25, 0.5)
    assert ASSUMED_VALUES == {
        "theta": (0.05, 0.2),
        "margin": (0.01, 0.02),
        "margin_per_bp": (0.0007, 0.0014),
        "capacity_bn": (50, 75, 300),
        "steeper": (1, 4),
        "decaying": (0, 0.5),
        "decay": (0.05, 0.3),
        "trigger_bp": (15, 60),
    }


@pytest.mark.parametrize(
    ("term", "value", "leverage"),
    [("margin", 0.02, 50.0), ("margin", 0.01, 56.0), ("margin", 0.0, 56.0), ("theta", 0.2, 56.0)],
)
def test_a_margin_caps_leverage(term: str, value: float, leverage: float) -> None:
    """At 2% and no haircut at 50 times; where there is no margin, or another term changes, it stays 56."""
    other = _varied_terms(BasisTerms(), term, value)
    assert (getattr(other, term), other.leverage) == (value, pytest.approx(leverage))
    assert _varied_terms(BasisTerms(haircut=0.001), "margin", 0.019).leverage == pytest.approx(50)


def test_a_path_is_written_to_a_millionth() -> None:
    """By session, and its peak, all that was sold, and what equity is left."""
    names = ("yields_bp", "basis_bp", "sold", "purchased", "equity")
    series = {name: np.array([1.23456789, 0.5, 0.25]) for name in names}
    nothing = np.zeros((4, 4))
    made = _path_entry(Unwind(**series, holdings=nothing, cash=nothing))
    assert made["yields_bp"] == made["sold"] == [1.234568, 0.5, 0.25]
    assert (made["peak_bp"], made["sold_bn"], made["equity_bn"]) == (1.23456789, 1.98456789, 0.25)


def test_the_document() -> None:
    """March 2020 of the start values, its shares, and the answers at other values, one of which is each term's own."""
    made = basis_run(BasisTerms())
    assert made["schema"] == 1
    assert (made["share"], made["targets"]["share_bp"]) == (0.25, 16.0)
    assert made["paths"]["then"]["sold_bn"] == pytest.approx(173, rel=1e-6)
    assert made["paths"]["now"]["peak_bp"] > made["paths"]["now_hedged"]["peak_bp"]
    assert made["paths"]["now_hedged"]["peak_bp"] > made["paths"]["now_fed"]["peak_bp"]
    assert [one["share"] for one in made["by_share"]] == [0.1, 0.25, 0.5]
    own = [one for one in made["assumed"] if one["value"] == made["terms"][one["term"]]]
    assert {one["term"] for one in own} == set(ASSUMED_VALUES)
    for one in own:
        assert (one["peak_bp"], one["peak_fed_bp"]) == pytest.approx(
            (made["paths"]["now"]["peak_bp"], made["paths"]["now_fed"]["peak_bp"])
        )
    assert [one["value"] for one in made["assumed"] if one["term"] == "theta"] == [0.05, 0.1, 0.2]
    stated = basis_run(BasisTerms(), kappa=20.0)
    assert stated["terms"]["kappa"] == 20.0
    assert stated["calibration"] == made["calibration"]
