"""The sentences on the basis-trade spiral, by hand."""

from typing import Any

import pytest

from backtester.runs.basis_words import basis_lines

FIGURES: dict[str, Any] = {
    "terms": {"held_bn": 830.0, "leverage": 56.0, "theta": 0.1, "kappa": 9.247},
    "calibration": {"kappa": 9.247, "outside_bn": 517.4, "redemptions_bn": 1.894},
    "targets": {"share_bp": 16.04, "rose_bp": 64.2, "sold_bn": 173.4},
    "known_outside_bn": [250.0, 400.0],
    "amplification": 1.274,
    "tipping_leverage": 260.6,
    "paths": {
        "then": {"peak_bp": 64.4},
        "now": {"peak_bp": 78.6, "sold_bn": 338.5001},
        "now_fed": {"peak_bp": 60.4},
        "now_hedged": {"peak_bp": 70.7},
    },
}


def test_every_figure_has_its_digits() -> None:
    """Basis points, billions and the tipping leverage without decimals, kappa and multiples with two."""
    first, second, third = basis_lines(FIGURES)
    assert first == (
        "At 830bn held with leverage 56, theta 0.1 and kappa 9.25, what holders outside sell comes to market 1.27 "
        "times; the spiral tips at a leverage of 261."
    )
    assert second == (
        "March 2020 is met, 16 of 64 bp and 173bn sold, with kappa 9.25, 517bn sold by holders outside (known: 250 to "
        "400bn, and up to 260bn of mutual funds) and redemptions of 1.89bn."
    )
    assert third == (
        "The same pressure on today's funds: yields +79 bp instead of +64, 339bn sold by them; with the Fed's "
        "purchases +60, with hedged ones +71."
    )


@pytest.mark.parametrize(("key", "words"), [("amplification", "without end;"), ("tipping_leverage", "of infinity.")])
def test_what_is_not_a_number_is_infinite(key: str, words: str) -> None:
    """A spiral that has tipped sells without end; one without forced sales never tips."""
    assert words in basis_lines(FIGURES | {key: None})[0]
