"""The small charts of four falls: what each strategy did in them, by hand."""

from typing import cast

import pandas as pd
import pytest

from backtester.pages.names import Named
from backtester.runs.folder import RunFolder
from backtester.tearsheet.parts import episodes
from backtester.tearsheet.parts.episodes import Episode

FALLS = (Episode("one", "2020-01-02", "2020-01-06"), Episode("two", "2020-01-07", "2020-01-09"))


class Run:
    """What is read of a run's folder: the net asset values, the reference twice as large as the others."""

    nav = pd.DataFrame(
        {
            "base": [4.0, 9.0, 3.6, 4.0, 9.0, 3.6],
            "less": [2.0, 1.0, 1.9, 2.0, 1.0, 1.9],
            "once": [2.0, 1.0, 1.9, 2.0, 1.0, 1.7],
            "same": [2.0, 1.0, 1.8001, 2.0, 1.0, 1.8],
        },
        pd.bdate_range("2020-01-02", periods=6),
    )


def test_who_lost_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """From close to close, where the reference lost a tenth: a twentieth each time, once, or nothing beyond 1e-4."""
    monkeypatch.setattr(episodes, "episodes", lambda run: FALLS)
    names = tuple(Named(name, name, name, "s", "", ()) for name in Run.nav)
    said = episodes.heading(cast("RunFolder", Run()), names)
    assert said == "Of two falls these lost less than base: less each time, once in 1, same in none."
    assert episodes.heading(cast("RunFolder", Run()), names[:1]) == ""
