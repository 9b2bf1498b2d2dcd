"""The path of a scenario: its base, the window that it replays, its shocks, the spiral, the Fed and noise.

All of these are added up from the first session on; noise comes last and is scaled to the path's VIX. A role that a
shock names and the history lacks is left out, and `missing_roles` lists it.
"""

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Literal

import numpy as np

from backtester.arrays import Array
from backtester.errors import ScenarioError, did_you_mean
from backtester.histories.derived import par_bond_returns
from backtester.histories.market import Market
from backtester.histories.rhythm import DAILY
from backtester.stress import fed
from backtester.stress.calibrate import calibrated, march_2020
from backtester.stress.extend import extend
from backtester.stress.noise import noise
from backtester.stress.path import Moves, Path, overlaid
from backtester.stress.read import check_roles
from backtester.stress.replay import dated_window, replay
from backtester.stress.scenario import UNITS, WHOLE_CURVE, Scenario, Shock
from backtester.stress.shapes import share_reached
from backtester.stress.starting_point import StartingPoint, source_starting_point
from backtester.stress.yields import USUAL_YEARS, curve_move, maturities

USUAL_YIELD = 4.0  # percent, of a bond fund in a history without any yield
Fed = bool | Literal["hedged"]


@dataclass(frozen=True)
class ScenarioOptions:
    """The options by which a scenario is carried out: its scale, its slowing, the Fed's purchases, and the folder of
    the histories that it replays. `fed` is None for what the file says, else on (hedged if the file says so), off, or
    hedged."""

    scale: float = 1.0
    slow: int = 1
    fed: Fed | None = None
    data: FilePath | None = None


DEFAULT_OPTIONS = ScenarioOptions()


def path_and_market(
    scenario: Scenario, starting_point: StartingPoint, options: ScenarioOptions = DEFAULT_OPTIONS
) -> tuple[Path, Market]:
    """The path of a scenario from a starting point, and the market that it makes.

    Raise ScenarioError, with the scenario and the line of the shock in a note, if the path is impossible there.
    """
    path = make_path(scenario, starting_point, options)
    try:
        return path, extend(starting_point, path)
    except ScenarioError as error:
        falls = [place for place, shock in enumerate(scenario.shock) if _falls(shock)]
        where = scenario.where(falls[0]) if falls else scenario.file
        error.add_note(f"in the scenario {scenario.name!r}{f' ({where})' if scenario.file else ''}")
        raise


def _falls(shock: Shock) -> bool:
    """Whether a shock is negative in any of its sizes."""
    sizes = shock.bp.values() if isinstance(shock.bp, dict) else (shock.bp, shock.percent, shock.points, shock.bn)
    return any(size is not None and size < 0 for size in sizes)


def make_path(scenario: Scenario, starting_point: StartingPoint, options: ScenarioOptions = DEFAULT_OPTIONS) -> Path:
    """The path of a scenario from a starting point. Raise ScenarioError, its file in a note, if it cannot be made."""
    try:
        check_roles(scenario, set(starting_point.history.series))
        _refuse_without_effect(scenario, starting_point)
        path = _without_purchases(scenario, starting_point, options)
        if scenario.sessions:
            if path.sessions > scenario.sessions:
                raise ScenarioError(
                    f"sessions = {scenario.sessions}, and what it replays or is made of takes {path.sessions}; "
                    f"write {path.sessions} or more, or leave the key out"
                )
            path = path.lengthened(scenario.sessions)
        path = path.scaled(options.scale).slowed(options.slow)
        path = overlaid(path, _purchases(scenario, starting_point, path, options))
        sessions_a_year = starting_point.market.rhythm.sessions_a_year
        if sessions_a_year < DAILY.sessions_a_year / 2:
            path = path.grouped(round(DAILY.sessions_a_year / sessions_a_year))
        if not scenario.noise:
            return path
        replayed = _replayed(scenario, options).sessions * options.slow if scenario.replay else 0
        return overlaid(path, noise(starting_point, path, size=scenario.noise, seed=scenario.seed, after=replayed))
    except ScenarioError as error:
        error.add_note(f"in the scenario {scenario.name!r}")
        raise


def _refuse_without_effect(scenario: Scenario, starting_point: StartingPoint) -> None:
    """Raise ScenarioError if the scenario has only shocks, and the history has none of their roles."""
    named = {shock.role for shock in scenario.shock}
    others = scenario.on or scenario.replay or scenario.spiral or scenario.fed.on
    if named and not others and named <= set(missing_roles(scenario, starting_point)):
        history = starting_point.history.name
        raise ScenarioError(
            f"all that it moves is {', '.join(sorted(named))}, and the history {history!r} has no such role; add it to "
            "the history, or a shock to a role that it has"
        )


def missing_roles(scenario: Scenario, starting_point: StartingPoint) -> list[str]:
    """The well-known roles that the scenario moves and the history does not have."""
    base = missing_roles(scenario.on, starting_point) if scenario.on else []
    named = {shock.role for shock in scenario.shock if shock.role != WHOLE_CURVE} & set(UNITS)
    return sorted({*base, *(role for role in named if role not in starting_point.history.series)})


def _without_purchases(scenario: Scenario, starting_point: StartingPoint, options: ScenarioOptions) -> Path:
    """The path of base, replay, shocks and spiral, without purchases and noise."""
    path = _without_purchases(scenario.on, starting_point, options) if scenario.on else Path(1)
    if scenario.replay is not None:
        path = overlaid(path, _replayed(scenario, options))
    for shock in scenario.shock:
        path = overlaid(path, shock_path(shock, starting_point))
    if scenario.spiral is not None:
        path = overlaid(path, _spiral(scenario, starting_point, options))
    return path


def _replayed(scenario: Scenario, options: ScenarioOptions) -> Path:
    """The window's path without the roles that the scenario leaves out."""
    asked = scenario.replay
    assert asked is not None
    source = source_starting_point(asked.history, options.data)
    path = replay(source, dated_window(source, asked.start, asked.end))
    left_out, known = set(asked.without), {*source.history.series, *UNITS}
    if unknown := sorted(left_out - known):
        raise ScenarioError(f"[replay.without] unknown role {unknown[0]!r}; {did_you_mean(unknown[0], known)}")
    if WHOLE_CURVE in left_out:
        years = maturities(source.history)
        left_out |= {role for role in years if years[role] >= 1}
        left_out |= {role for role, one in source.history.series.items() if one.kind == "bond"}
    return path.without(left_out).scaled(asked.scale).slowed(asked.slow)


def shock_path(shock: Shock, starting_point: StartingPoint) -> Path:
    """The path of one shock."""
    count, shares = shock.end, share_reached(shock.shape, shock.sessions)
    steps = np.append(np.zeros(shock.first - 1), np.diff(np.insert(shares, 0, 0.0)))
    if shock.role == WHOLE_CURVE:
        curve = shock.bp if isinstance(shock.bp, dict) else {1.0: float(shock.bp or 0)}
        return curve_path(starting_point, curve, steps)
    if shock.role not in starting_point.history.series:
        return Path(count)
    if shock.percent is not None:
        return Path(count, growth={shock.role: np.log1p(shock.percent / 100) * steps})
    size = shock.points if shock.points is not None else 0.0
    if shock.bp is not None and not isinstance(shock.bp, dict):
        size = shock.bp / 100
    if shock.bn is not None:
        unit = starting_point.history.series[shock.role].unit.lower()
        size = shock.bn * (1000 if "million" in unit else 1)
    return Path(count, shifts={shock.role: size * steps})


def curve_path(starting_point: StartingPoint, curve: dict[float, float], steps: Array) -> Path:
    """The path of moves of the curve by years to maturity, in basis points; `steps` (N,) is the share of each session.

    A bond without a yield of its own returns what a par bond of its usual maturity does.
    """
    history, shifts, growth = starting_point.history, Moves(), Moves()
    for role, years in maturities(history).items():
        if (move := curve_move(curve, years)) != 0:
            shifts[role] = move / 100 * steps
    for role, years in USUAL_YEARS.items():
        if role in history.series and history.series[role].kind in ("total_return", "price"):
            known = maturities(history)
            near = min(known, key=lambda one: abs(known[one] - years), default=None)
            start = float(starting_point.figures[near].values.iloc[-1]) if near else USUAL_YIELD
            yields = start + curve_move(curve, years) / 100 * np.cumsum(np.insert(steps, 0, 0.0))
            moves = par_bond_returns(yields / 100, np.zeros(len(yields)), maturity_years=years)
            growth[role] = np.log1p(moves[1:])
    return Path(len(steps), growth=growth, shifts=shifts)


def _buys(scenario: Scenario, options: ScenarioOptions) -> tuple[bool, bool]:
    """Whether the Fed buys, and whether it hedges its purchases."""
    return scenario.fed.on if options.fed is None else bool(options.fed), scenario.fed.hedged or options.fed == "hedged"


def _spiral(scenario: Scenario, starting_point: StartingPoint, options: ScenarioOptions) -> Path:
    """The path of yields in the spiral, in which the Fed buys once yields pass its trigger."""
    terms = scenario.spiral
    assert terms is not None
    fitted = calibrated(terms, share=terms.share)
    if terms.kappa == 0:
        terms = terms.model_copy(update={"kappa": fitted.kappa})
    on, hedged = _buys(scenario, options)
    made = march_2020(terms, fitted, fed=on, hedged=hedged)
    steps = np.diff(np.insert(made.yields_bp, 0, 0.0))
    return curve_path(starting_point, terms.years, steps)


def _purchases(scenario: Scenario, starting_point: StartingPoint, path: Path, options: ScenarioOptions) -> Path:
    """The path of the effects of the Fed's purchases and of its balance sheet; a spiral has its own effect on
    yields."""
    (on, hedged), own = _buys(scenario, options), scenario.fed
    if not on:
        return Path(1)
    held = max(own.held_until, scenario.on.fed.held_until if scenario.on else 0) * options.slow
    days = fed.purchases(max(path.sessions, own.repo_offer + fed.TO_9_APRIL), repo_offer=own.repo_offer)
    days[:held] = 0.0
    has_spiral = scenario.spiral or (scenario.on and scenario.on.spiral)
    made = fed.purchase_effects(days, {} if has_spiral else maturities(starting_point.history), hedged=hedged)
    known = {role: one for role, one in made.shifts.items() if role in starting_point.history.series}
    if "fed_assets" in starting_point.history.series:
        factor = 1000 if "million" in starting_point.history.series["fed_assets"].unit.lower() else 1
        known["fed_assets"] = factor * days
    growth = {role: one for role, one in made.growth.items() if role in starting_point.history.series}
    return Path(made.sessions, growth=growth, shifts=known)
