"""Tones, and bars that share a scale."""

import pytest

from backtester.pages.table import Bars, leg_bars, tone


def test_tones() -> None:
    """The tone of a difference has its sign and three steps."""
    assert [tone(0.002), tone(-0.02), tone(0.05), tone(0.0005), tone(None)] == ["gain t1", "loss t2", "gain t3", "", ""]


def test_bars_share_a_scale() -> None:
    """Bars of a column run from the lowest to the highest value of all, from one zero line."""
    first, second = leg_bars([{"stocks": -0.3}, {"stocks": 0.1}], (("stocks", "equities", "s1"),))
    assert first.zero == second.zero == pytest.approx(75)
    assert first.drawn[0] == ("s1", pytest.approx(0), pytest.approx(75))
    assert second.drawn[0] == ("s1", pytest.approx(75), pytest.approx(25))
    assert Bars((("stocks", 0.0),), 0.0, 0.0).drawn == (("stocks", 0.0, 0.0),)
