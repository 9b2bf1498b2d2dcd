"""The small charts of four falls: what each strategy did in them, by hand."""

from dataclasses import replace
from typing import cast

import pandas as pd
import pytest

from backtester.pages.names import Named
from backtester.runs.folder import RunFolder
from backtester.tearsheet.parts import episodes
from backtester.tearsheet.parts.episodes import ChartedEpisode
from documents import document, strategy

FALLS = (ChartedEpisode("one", "2020-01-02", "2020-01-06"), ChartedEpisode("two", "2020-01-07", "2020-01-09"))
LATER = (ChartedEpisode("one", "2020-01-13", "2020-01-15"), ChartedEpisode("two", "2020-01-16", "2020-01-20"))


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
    monkeypatch.setattr(episodes, "charted_episodes", lambda run: FALLS)
    names = tuple(Named(name, name, name, "s", "", ()) for name in Run.nav)
    said = episodes.episodes_heading(cast("RunFolder", Run()), names)
    assert said == "Of two falls these lost less than base: less each time, once in 1, same in none."
    assert episodes.episodes_heading(cast("RunFolder", Run()), names[:1]) == ""


class Fall:
    """A run in whose two falls of two sessions one hedge lost less, and one was within 0.005 points of the base."""

    document = document(strategy("gold"))
    nav = pd.DataFrame(
        {"base": [10, 9, 8.0] * 2, "hedge": [10, 9.5, 8.2] * 2, "still": [10, 9.0005, 8.0] * 2},
        pd.bdate_range("2020-01-13", periods=6),
    )
    levels = pd.DataFrame({"stocks": [10.0, 5, 8] * 2, "bonds": [10.0, 11, 12] * 2}, nav.index)


def test_panels_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes in percent since the first close, on a scale 4% wider; what is marked is in percent of the width."""
    marked = ("2020-01-17", "2020-01-20")
    monkeypatch.setattr(episodes, "charted_episodes", lambda run: (LATER[0], replace(LATER[1], marked=marked)))
    names = tuple(Named(name, name, name, f"s{place}", "-" * place, ()) for place, name in enumerate(Fall.nav))
    first, second = episodes.episode_panels(cast("RunFolder", Fall()), names)
    lines = [(line.key, line.label, line.dash, line.tone) for line in first.lines]
    assert lines == [("other", "Stocks", "", "leg"), ("other", "Bonds", "", "leg"), ("s1", "hedge", "-", ""),
                     ("s0", "base", "", "reference")]  # fmt: skip
    values = [value for line in first.lines for value in line.values]
    assert values == pytest.approx([0, -50, -20, 0, 10, 20, 0, -5, -18, 0, -10, -20])
    assert (first.scale.low, first.scale.high, first.scale.height) == pytest.approx((-52.8, 22.8, 240))
    words = ("one", "2 sessions; still did not act", ("13 Jan", "15 Jan"), None, ())
    assert (first.title, first.note, first.ends, first.shaded, first.event_lines) == words
    assert second.shaded == pytest.approx((50, 100))
    assert (second.ends, second.event_lines) == (
        ("16 Jan", "20 Jan"),
        ("17 Jan to 20 Jan", "stocks +60.0%", "bonds +9.1%"),
    )
    assert second.scale == first.scale
    [acted] = episodes.episode_panels(cast("RunFolder", Fall()), names[:2])[:1]
    assert acted.note == "2 sessions"


@pytest.mark.parametrize(
    ("still", "words"),
    [
        (1, "; + a did not act"),
        (2, "; + a and + b did not act"),
        (3, "; three hedges did not act"),
    ],
)
def test_who_did_not_act(monkeypatch: pytest.MonkeyPatch, still: int, words: str) -> None:
    """Up to two by name; within a hundredth of a point of the reference in every session none did."""
    monkeypatch.setattr(episodes, "charted_episodes", lambda run: LATER[:1])
    made = {"base": [1.0, 1.0, 1.0], "far": [1.0, 1.000101, 1.0]} | {key: [1.0, 1.000099, 1.0] for key in "abc"[:still]}
    run = Fall()
    run.nav = pd.DataFrame(made, Fall.nav.index[:3])
    names = tuple(Named(name, f"+ {name}", name, f"s{name}", "", ()) for name in made)
    [panel] = episodes.episode_panels(cast("RunFolder", run), names)
    assert panel.note == f"2 sessions{words}"
    assert [line.key for line in panel.lines][2:] == ["sfar", "sbase"]


def test_a_flat_run_has_a_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    """Around nothing by 0.04, and no panel where nothing is known."""
    monkeypatch.setattr(episodes, "charted_episodes", lambda run: LATER[:1])
    names = (Named("base", "base", "base", "s0", "", ()),)
    for value, scales in ((1.0, [(-0.04, 0.04)]), (float("nan"), [])):
        monkeypatch.setattr(Fall, "nav", pd.DataFrame({"base": value}, Fall.nav.index))
        monkeypatch.setattr(Fall, "levels", pd.DataFrame({"stocks": value, "bonds": value}, Fall.nav.index))
        found = episodes.episode_panels(cast("RunFolder", Fall()), names)
        assert [(panel.scale.low, panel.scale.high) for panel in found] == scales
        assert {panel.note for panel in found} <= {"2 sessions"}


def test_nothing_is_known_of_what_begins_at_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A strategy that was ruined before the fall has no changes in it."""
    monkeypatch.setattr(episodes, "charted_episodes", lambda run: LATER[:1])
    monkeypatch.setattr(Fall, "nav", Fall.nav.assign(hedge=0.0))
    names = tuple(Named(name, name, name, "s", "", ()) for name in ("base", "hedge"))
    [panel] = episodes.episode_panels(cast("RunFolder", Fall()), names)
    assert [line.label for line in panel.lines] == ["Stocks", "Bonds", "base"]
    assert panel.note == "2 sessions; hedge did not act"


def test_famous_falls_or_the_deepest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The famous ones where all their days are there; without one of them, the four deepest of the pair by date."""
    falls = [
        (f"20{place}0-01-04", f"20{place}0-03-01", pair) for place, pair in enumerate((-0.1, -0.3, -0.2, -0.4, -0.15))
    ]
    run = Fall()
    run.document = {"drawdowns": [{"peak": peak, "trough": low, "pair": pair} for peak, low, pair in falls]}
    found = episodes.charted_episodes(cast("RunFolder", run))
    assert [(one.start, one.end, one.marked) for one in found] == [(*fall[:2], None) for fall in falls[1:]]
    assert found[0].title == "4 Jan to 1 Mar 2010"
    days = pd.date_range("2008-09-12", "2025-04-21")
    run.nav = pd.DataFrame({"base": 1.0}, days)
    assert episodes.charted_episodes(cast("RunFolder", run)) is episodes.FAMOUS_EPISODES
    run.nav = pd.DataFrame({"base": 1.0}, days.drop(pd.Timestamp("2025-04-11")))
    assert len(episodes.charted_episodes(cast("RunFolder", run))) == 4
    assert episodes.charted_episodes(cast("RunFolder", run)) is not episodes.FAMOUS_EPISODES
