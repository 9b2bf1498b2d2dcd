"""Small charts of four falls on one scale: the legs, the reference and the strategies since each fall's first close.

The legs are the stocks and the bonds of the run's pair, the portfolio of both; the reference is the recipe that all
others are compared with, the first of `names`. The document is a run's results as JSON. A rhythm is how often sessions
come, daily to quarterly.
"""

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
from backtester.tearsheet.names import PairWords, pair_words

HEIGHT = 240.0
MOST_EPISODES = 4
MOST_NAMED_IN_NOTE = 2  # hedges that did not act; where there are more the note gives their number
SAME_VALUE = 1e-4  # of value: a strategy within it of the reference in every session did not act


@dataclass(frozen=True)
class ChartedEpisode:
    """An episode to be drawn: its title, its first and last close, and a part of it that is marked."""

    title: str
    start: str
    end: str
    marked: tuple[str, str] | None = None


FAMOUS_EPISODES = (  # dates of data/crises.toml; April 2025 from the week before until Treasuries had recovered
    ChartedEpisode("Autumn 2008", "2008-09-12", "2008-11-20"),
    ChartedEpisode("March 2020", "2020-02-19", "2020-03-23"),
    ChartedEpisode("2022", "2022-01-03", "2022-10-14"),
    ChartedEpisode("April 2025", "2025-03-28", "2025-04-21", ("2025-04-04", "2025-04-11")),
)


def charted_episodes(run: RunFolder) -> tuple[ChartedEpisode, ...]:
    """The four well-known episodes, if the run has all their dates, else the four deepest drawdowns of the pair."""
    days = run.nav.index
    if all(
        pd.Timestamp(day) in days
        for episode in FAMOUS_EPISODES
        for day in (episode.start, episode.end, *(episode.marked or ()))
    ):
        return FAMOUS_EPISODES
    deepest = sorted(run.document["drawdowns"], key=lambda fall: fall["pair"])[:MOST_EPISODES]
    spans = sorted((fall["peak"], fall["trough"]) for fall in deepest)
    return tuple(ChartedEpisode(period(*span), *span) for span in spans)


def episode_panels(run: RunFolder, names: tuple[Named, ...]) -> tuple[Panel, ...]:
    """A chart for each episode, all on one scale; empty if there are none."""
    pair, episodes = pair_words(run.document), charted_episodes(run)
    lines_by_episode = [_lines(run, names, pair, episode) for episode in episodes]
    values = [value for lines in lines_by_episode for line in lines for value in line.values if not math.isnan(value)]
    if not values:
        return ()
    margin = 0.04 * (max(values) - min(values) or 1.0)
    scale = Scale(min(values) - margin, max(values) + margin, HEIGHT)
    return tuple(
        _panel(run, names, pair, episode=episode, lines=lines, scale=scale)
        for episode, lines in zip(episodes, lines_by_episode, strict=True)
    )


def episodes_heading(run: RunFolder, names: tuple[Named, ...]) -> str:
    """A sentence that says in how many episodes each strategy lost less than the reference; empty without a
    strategy."""
    episodes = charted_episodes(run)
    returns = [_returns(run.nav[[named.name for named in names]], episode) for episode in episodes]
    labels = short_names([named.label for named in names])
    by_count: dict[int, list[str]] = {}
    for named, label in zip(names[1:], labels[1:], strict=True):
        gains = [episode_returns[named.name] - episode_returns[names[0].name] for episode_returns in returns]
        by_count.setdefault(sum(gain > SAME_VALUE for gain in gains), []).append(label)
    count_words = {len(episodes): "each time", 0: "in none"}
    phrases = [
        f"{listed_words(by_count[count])} {count_words.get(count, f'in {count}')}"
        for count in sorted(by_count, reverse=True)
    ]
    if not phrases:
        return ""
    return f"Of {counted(len(episodes), 'fall')} these lost less than {labels[0]}: {', '.join(phrases)}."


def _returns(nav: pd.DataFrame, episode: ChartedEpisode) -> "pd.Series[float]":
    """The return of each column over the episode."""
    inside = nav.loc[episode.start : episode.end]
    return inside.iloc[-1] / inside.iloc[0] - 1


def _lines(run: RunFolder, names: tuple[Named, ...], pair: PairWords, episode: ChartedEpisode) -> tuple[Line, ...]:
    """The lines of both legs, of the strategies that differ from the reference, and of the reference, drawn last."""
    settings = run.document["settings"]
    changes = _changes(run.nav[[named.name for named in names]], episode)
    leg_changes = _changes(run.levels[[settings["stocks_role"], settings["bonds_role"]]], episode)
    has_acted: list[bool] = np.any(np.abs(changes - changes[:, :1]) > 100 * SAME_VALUE, axis=0).tolist()
    lines = {named: tuple(values) for named, values in zip(names, changes.T.tolist(), strict=True)}
    labels = dict(zip(names, short_names([named.label for named in names]), strict=True))
    return (
        *(
            Line(key, pair.labels[leg], tuple(values), tone="leg")
            for values, (leg, _, key) in zip(leg_changes.T.tolist(), pair.legs, strict=True)
        ),
        *(
            Line(named.key, labels[named], lines[named], named.dash)
            for named, acted in zip(names, has_acted, strict=True)
            if acted
        ),
        Line(names[0].key, labels[names[0]], lines[names[0]], tone="reference"),
    )


def _changes(levels: pd.DataFrame, episode: ChartedEpisode) -> Array:
    """The changes since the episode's first close, in percent (sessions x columns); NaN if the first level is 0."""
    inside = levels.loc[episode.start : episode.end].to_numpy()
    ratios: Array = np.divide(inside, inside[0], out=np.full(inside.shape, np.nan), where=inside[0] > 0)
    return 100 * (ratios - 1)


def _panel(
    run: RunFolder,
    names: tuple[Named, ...],
    pair: PairWords,
    episode: ChartedEpisode,
    lines: tuple[Line, ...],
    scale: Scale,
) -> Panel:
    """The chart of one episode; a marked part is given in percent of the chart's width."""
    sessions = run.nav.loc[episode.start : episode.end].index
    drawn, labels = {(line.key, line.label) for line in lines}, short_names([named.label for named in names])
    idle = [label for named, label in zip(names, labels, strict=True) if (named.key, label) not in drawn]
    note = pair.rhythm.words_for(len(sessions) - 1)
    if idle:
        who = listed_words(idle) if len(idle) <= MOST_NAMED_IN_NOTE else counted(len(idle), "hedge")
        note += f"; {who} did not act"
    marked = None
    marked_text: tuple[str, ...] = ()
    if episode.marked:
        first, last = (
            100 * int(sessions.searchsorted(day)) / (len(sessions) - 1) for day in map(pd.Timestamp, episode.marked)
        )
        marked = first, last
        marked_text = _marked_text(run, pair, episode.marked)
    ends = _without_year(episode.start), _without_year(episode.end)
    return Panel(
        title=episode.title,
        note=note,
        ends=ends,
        lines=lines,
        scale=scale,
        shaded=marked,
        event_lines=marked_text,
    )


def _without_year(day: str) -> str:
    """A date as `8 Apr`, since the panel's title has the year."""
    return date(day).rpartition(" ")[0]


def _marked_text(run: RunFolder, pair: PairWords, marked: tuple[str, str]) -> tuple[str, ...]:
    """The dates of the marked part, and the return of each leg in it, as text."""
    settings: Json = run.document["settings"]
    leg_returns = _returns(run.levels[[settings["stocks_role"], settings["bonds_role"]]], ChartedEpisode("", *marked))
    first, last = map(_without_year, marked)
    words = (
        f"{label} {percent(value, signed=True)}"
        for label, value in zip((pair.stocks, pair.bonds), leg_returns, strict=True)
    )
    return f"{first} to {last}", *words
