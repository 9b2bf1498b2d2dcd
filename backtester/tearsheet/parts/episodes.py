"""Small charts of four falls on one scale: legs, reference and strategies from the close before."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtester.arrays import Array
from backtester.pages.format import counted, date, listed_words, percent, period
from backtester.pages.lines import Line, Panel, Scale, short_names
from backtester.pages.names import Named
from backtester.runs.folder import RunFolder
from backtester.runs.values import Json
from backtester.tearsheet.names import Lens, lens

HEIGHT = 240.0
MOST_DRAWN = 4
MOST_NAMED = 2  # hedges that did not act; of more there is room for their number alone
SAME_NAV = 1e-4  # of value: a strategy within it of the reference in every session did not act


@dataclass(frozen=True)
class ChartedEpisode:
    """An episode to be drawn: its title, its first and last close, and a part of it that is marked."""

    title: str
    start: str
    end: str
    marked: tuple[str, str] | None = None


FAMOUS = (  # of data/crises.toml, April 2025 from the week before to when Treasuries had turned
    ChartedEpisode("Autumn 2008", "2008-09-12", "2008-11-20"),
    ChartedEpisode("March 2020", "2020-02-19", "2020-03-23"),
    ChartedEpisode("2022", "2022-01-03", "2022-10-14"),
    ChartedEpisode("April 2025", "2025-03-28", "2025-04-21", ("2025-04-04", "2025-04-11")),
)


def episodes(run: RunFolder) -> tuple[ChartedEpisode, ...]:
    """The four well-known episodes, if the run has all their dates, else its four deepest drawdowns."""
    days = run.nav.index
    if all(pd.Timestamp(day) in days for one in FAMOUS for day in (one.start, one.end, *(one.marked or ()))):
        return FAMOUS
    deepest = sorted(run.document["drawdowns"], key=lambda fall: fall["pair"])[:MOST_DRAWN]
    spans = sorted((fall["peak"], fall["trough"]) for fall in deepest)
    return tuple(ChartedEpisode(period(*span), *span) for span in spans)


def panels(run: RunFolder, names: tuple[Named, ...]) -> tuple[Panel, ...]:
    """A panel for each episode, all on one scale; empty if there are none."""
    seen, found = lens(run.document), episodes(run)
    drawn = [_lines(run, names, seen, one) for one in found]
    values = [value for lines in drawn for line in lines for value in line.values if not math.isnan(value)]
    if not values:
        return ()
    margin = 0.04 * (max(values) - min(values) or 1.0)
    scale = Scale(min(values) - margin, max(values) + margin, HEIGHT)
    return tuple(_panel(run, names, seen, one, lines, scale) for one, lines in zip(found, drawn, strict=True))


def heading(run: RunFolder, names: tuple[Named, ...]) -> str:
    """A sentence on which strategies lost less than the reference in how many episodes."""
    found = episodes(run)
    moves = [_moves(run.nav[[named.name for named in names]], one) for one in found]
    short = short_names([named.label for named in names])
    less: dict[int, list[str]] = {}
    for named, label in zip(names[1:], short[1:], strict=True):
        less.setdefault(sum(move[named.name] - move[names[0].name] > SAME_NAV for move in moves), []).append(label)
    words = {len(found): "each time", 0: "in none"}
    said = [f"{listed_words(less[count])} {words.get(count, f'in {count}')}" for count in sorted(less, reverse=True)]
    return f"Of {counted(len(found), 'fall')} these lost less than {short[0]}: {', '.join(said)}." if said else ""


def _moves(nav: pd.DataFrame, one: ChartedEpisode) -> "pd.Series[float]":
    inside = nav.loc[one.start : one.end]
    return inside.iloc[-1] / inside.iloc[0] - 1


def _lines(run: RunFolder, names: tuple[Named, ...], seen: Lens, one: ChartedEpisode) -> tuple[Line, ...]:
    """The lines of both legs, of the strategies that differ from the reference, and of the reference, drawn last."""
    settings = run.document["settings"]
    own = _changes(run.nav[[named.name for named in names]], one)
    legs = _changes(run.levels[[settings["stocks_role"], settings["bonds_role"]]], one)
    apart: list[bool] = np.any(np.abs(own - own[:, :1]) > 100 * SAME_NAV, axis=0).tolist()
    lines = {named: tuple(values) for named, values in zip(names, own.T.tolist(), strict=True)}
    short = dict(zip(names, short_names([named.label for named in names]), strict=True))
    return (
        *(
            Line(key, seen.labels[leg], tuple(values), tone="leg")
            for values, (leg, _, key) in zip(legs.T.tolist(), seen.legs, strict=True)
        ),
        *(
            Line(named.key, short[named], lines[named], named.dash)
            for named, acted in zip(names, apart, strict=True)
            if acted
        ),
        Line(names[0].key, short[names[0]], lines[names[0]], tone="reference"),
    )


def _changes(levels: pd.DataFrame, one: ChartedEpisode) -> Array:
    """The changes in percent since the first close (sessions, K); NaN from a level of 0."""
    inside = levels.loc[one.start : one.end].to_numpy()
    ratios: Array = np.divide(inside, inside[0], out=np.full(inside.shape, np.nan), where=inside[0] > 0)
    return 100 * (ratios - 1)


def _panel(
    run: RunFolder, names: tuple[Named, ...], seen: Lens, one: ChartedEpisode, lines: tuple[Line, ...], scale: Scale
) -> Panel:
    sessions = run.nav.loc[one.start : one.end].index
    drawn, short = {(line.key, line.label) for line in lines}, short_names([named.label for named in names])
    still = [label for named, label in zip(names, short, strict=True) if (named.key, label) not in drawn]
    note = seen.rhythm.words_for(len(sessions) - 1)
    if still:
        note += f"; {listed_words(still) if len(still) <= MOST_NAMED else counted(len(still), 'hedge')} did not act"
    marked = None
    said: tuple[str, ...] = ()
    if one.marked:
        first, last = (
            100 * int(sessions.searchsorted(day)) / (len(sessions) - 1) for day in map(pd.Timestamp, one.marked)
        )
        marked = first, last
        said = _said(run, seen, one.marked)
    return Panel(one.title, note, (date(one.start)[:-5], date(one.end)[:-5]), lines, scale, marked, said)


def _said(run: RunFolder, seen: Lens, marked: tuple[str, str]) -> tuple[str, ...]:
    """The dates of the marked part, and the return of each leg in it, as text."""
    settings: Json = run.document["settings"]
    move = _moves(run.levels[[settings["stocks_role"], settings["bonds_role"]]], ChartedEpisode("", *marked))
    first, last = (date(day)[:-5] for day in marked)
    words = (f"{label} {percent(own, signed=True)}" for label, own in zip((seen.stocks, seen.bonds), move, strict=True))
    return f"{first} to {last}", *words
