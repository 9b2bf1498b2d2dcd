"""The kinds of series: found by their files, and a new one is one file."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from backtester.errors import DataError
from backtester.histories import kinds
from backtester.histories.kinds import find_kind, kind_keys, kind_names
from backtester.histories.manifest import find_history
from backtester.histories.market import load_market
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from folders import built, listed, made_folder, weekdays

GEARED = '''
"""A holding that returns a multiple of another asset's return, as geared funds promise."""

from typing import ClassVar

import numpy as np

from backtester.arrays import Array
from backtester.histories.derived import level_from_returns, price_returns
from backtester.histories.series import Asset
from backtester.histories.series_inputs import SeriesInputs


class Geared(Asset):
    """`of` is the role of the asset."""

    roles: ClassVar[tuple[str, ...]] = ("of",)

    of: str
    times: float = 2.0

    def level(self, role: str, inputs: SeriesInputs) -> Array:
        """The growth of the multiple."""
        level = inputs.level(self.of)
        return level_from_returns(self.times * price_returns(level), ~np.isnan(level))
'''
COUNT = 300
STEPS = np.random.default_rng(3).normal(0, 0.01, (2, COUNT)).cumsum(axis=1)
COLUMNS = {
    "date": weekdays("2022-01-03", COUNT),
    "stocks": list(np.exp(STEPS[0])),
    "bonds": list(np.exp(STEPS[1])),
    "rate": [2.0] * COUNT,
}
SERIES = {
    "stocks": listed("total_return", "stocks"),
    "bonds": listed("total_return", "bonds"),
    "rate": listed("rate", "rate"),
    "bills": built("bills", **{"yield": "rate"}),
    "double": built("geared", of="stocks"),
}


@pytest.fixture
def geared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder with a series of a kind whose one file was added."""
    (tmp_path / "kinds").mkdir()
    (tmp_path / "kinds" / "geared.py").write_text(GEARED)
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path / "kinds")])
    yield made_folder(tmp_path / "data", COLUMNS, SERIES)
    find_kind.cache_clear()
    sys.modules.pop("backtester.histories.kinds.geared", None)


def test_a_new_kind_is_one_file(geared: Path) -> None:
    """Its keys are checked, its level is computed, and a strategy holds it."""
    assert "geared" in kind_names()
    assert kind_keys("geared")[-2:] == ["of", "times"]
    market = load_market("made", geared)
    moves = market.returns[["stocks", "double"]].to_numpy()[1:]
    np.testing.assert_allclose(moves[:, 1], 2 * moves[:, 0], rtol=0, atol=1e-14)
    (geared / "mine.py").write_text('"""Hold it."""\n\n\ndef weights():\n    return {"double": 0.3, "bonds": 0.4}\n')
    settings = RunSettings(recipes=("mine",), history="made", data=geared, plugins=(geared / "mine.py",), resamples=0)
    result = carry_out(settings)
    assert result.strategies[1].evaluation.accounts.weights["double"].iloc[-1] > 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tims": 3}, "[made.series.double.tims] unknown key; did you mean 'times'?"),
        (
            {"maturity_years": 3},
            "[made.series.double] a series of kind 'geared' has no use for the key 'maturity_years'; leave it out",
        ),
    ],
)
def test_mistakes_in_it_are_told_as_in_any_other(geared: Path, changes: dict[str, int], words: str) -> None:
    """The manifest knows the keys of a new kind as it knows those of the others."""
    made_folder(geared, COLUMNS, SERIES | {"double": SERIES["double"] | changes})
    with pytest.raises(DataError) as told:
        find_history("made", geared)
    assert str(told.value).endswith(words)


def test_each_kind_has_the_name_of_its_file() -> None:
    """What is found under a name computes a level, or publishes values, and says what it is in a line."""
    assert {"bills", "bond", "level", "price", "rate", "rolling_put", "total_return", "yield"} <= set(kind_names())
    for name in kind_names():
        kind = find_kind(name)
        assert [kind.is_asset, kind.is_observable, kind.is_schedule].count(True) == 1
        assert kind.__doc__ != kind.__mro__[1].__doc__
