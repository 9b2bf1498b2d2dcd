"""The path of a scenario, added up from its parts.

The parts are the path of its base scenario, a replayed window of the past, shocks, the basis-trade spiral, the Fed's
purchases, and noise. Their sessions count from the path's first; noise is added last, scaled to the path's VIX. A shock
to a well-known role (the name of a series, such as `stocks`) that the history lacks is left out; see `missing_roles`.
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

USUAL_YIELD = 4.0  # percent a year, at which bond funds are priced in a history without any yield
Fed = bool | Literal["hedged"]  # whether the Fed buys bonds, or buys them and sells futures against them


@dataclass(frozen=True)
class ScenarioOptions:
    """The options of carrying out a scenario: every move is multiplied by `scale`, each session spread over `slow`
    sessions, and `fed` replaces what the file says of purchases, unless it is None (True keeps the file's `hedged`).
    `data` is the folder of the user's own histories, of which windows can be replayed."""

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
        falls = [number for number, shock in enumerate(scenario.shock) if _falls(shock)]
        where = scenario.where(falls[0]) if falls else scenario.file  # only a fall makes a path impossible
        error.add_note(f"in the scenario {scenario.name!r}{f' ({where})' if scenario.file else ''}")
        raise


def _falls(shock: Shock) -> bool:
    """Whether a shock is negative in any of its sizes."""
    sizes = shock.bp.values() if isinstance(shock.bp, dict) else (shock.bp, shock.percent, shock.points, shock.bn)
    return any(size is not None and size < 0 for size in sizes)


def make_path(scenario: Scenario, starting_point: StartingPoint, options: ScenarioOptions = DEFAULT_OPTIONS) -> Path:
    """The path of a scenario from a starting point. Raise ScenarioError, its name in a note, if it cannot be made."""
    try:
        check_roles(scenario, set(starting_point.history.series))
        _check_effect(scenario, starting_point)
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
        days = round(DAILY.sessions_a_year / starting_point.market.rhythm.sessions_a_year)  # of the path in a session
        path = path.grouped(days) if days > 1 else path
        if not scenario.noise:
            return path
        replaying = scenario.replaying
        replayed = -(-_replayed(replaying, options).sessions * options.slow // max(1, days)) if replaying else 0
        return overlaid(path, noise(starting_point, path, size=scenario.noise, seed=scenario.seed, after=replayed))
    except ScenarioError as error:
        error.add_note(f"in the scenario {scenario.name!r}")
        raise


def _check_effect(scenario: Scenario, starting_point: StartingPoint) -> None:
    """Raise ScenarioError if the scenario has only shocks, and the history has none of their roles."""
    named = {shock.role for shock in scenario.shock}
    has_other_parts = scenario.base_scenario or scenario.replay or scenario.spiral or scenario.fed.on
    if named and not has_other_parts and named <= set(missing_roles(scenario, starting_point)):
        history = starting_point.history.name
        raise ScenarioError(
            f"all that it moves is {', '.join(sorted(named))}, and the history {history!r} has no such role; add it to "
            "the history, or a shock to a role that it has"
        )


def missing_roles(scenario: Scenario, starting_point: StartingPoint) -> list[str]:
    """The well-known roles (`UNITS`) that shocks of the scenario or its base move and the history does not have."""
    base = missing_roles(scenario.base_scenario, starting_point) if scenario.base_scenario else []
    named = {shock.role for shock in scenario.shock if shock.role != WHOLE_CURVE} & set(UNITS)
    return sorted({*base, *(role for role in named if role not in starting_point.history.series)})


def _without_purchases(scenario: Scenario, starting_point: StartingPoint, options: ScenarioOptions) -> Path:
    """The path of base scenario, replay, shocks and spiral, without the Fed's purchases and noise."""
    path = _without_purchases(scenario.base_scenario, starting_point, options) if scenario.base_scenario else Path(1)
    if scenario.replay is not None:
        path = overlaid(path, _replayed(scenario, options))
    for shock in scenario.shock:
        path = overlaid(path, shock_path(shock, starting_point))
    if scenario.spiral is not None:
        path = overlaid(path, _spiral(scenario, starting_point, options))
    return path


def _replayed(scenario: Scenario, options: ScenarioOptions) -> Path:
    """The path of the window that the scenario replays, scaled and slowed, without the roles in `replay.without`."""
    stated = scenario.replay
    assert stated is not None
    source = source_starting_point(stated.history, options.data)
    path = replay(source, dated_window(source, stated.start, stated.end))
    left_out, known = set(stated.without), {*source.history.series, *UNITS}
    if unknown := sorted(left_out - known):
        raise ScenarioError(f"[replay.without] unknown role {unknown[0]!r}; {did_you_mean(unknown[0], known)}")
    if WHOLE_CURVE in left_out:  # yields of a year or more, and all bonds; shorter ones follow the Fed, not the curve
        years = maturities(source.history)
        left_out |= {role for role in years if years[role] >= 1}
        left_out |= {role for role, one in source.history.series.items() if one.kind == "bond"}
    return path.without(left_out).scaled(stated.scale).slowed(stated.slow)


def shock_path(shock: Shock, starting_point: StartingPoint) -> Path:
    """The path of one shock; without moves if the history does not have its role."""
    count, shares = shock.end, share_reached(shock.shape, shock.sessions)
    steps = np.append(np.zeros(shock.first - 1), np.diff(np.insert(shares, 0, 0.0)))  # the share of each session
    if shock.role == WHOLE_CURVE:
        curve = shock.bp if isinstance(shock.bp, dict) else {1.0: float(shock.bp or 0)}  # one move from a year on
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
    """The path of moves of the yield curve, in basis points by years to maturity; `steps` (N,) is the share of each
    session. A bond fund without a yield in the history returns what a par bond of its usual maturity does."""
    history, shifts, growth = starting_point.history, Moves(), Moves()
    for role, years in maturities(history).items():
        if (move := curve_move(curve, years)) != 0:
            shifts[role] = move / 100 * steps
    for role, years in USUAL_YEARS.items():
        if role in history.series and history.series[role].kind in ("total_return", "price"):
            known = maturities(history)
            near = min(known, key=lambda name: abs(known[name] - years), default=None)
            start = float(starting_point.figures[near].values.iloc[-1]) if near else USUAL_YIELD
            yields = start + curve_move(curve, years) / 100 * np.cumsum(np.insert(steps, 0, 0.0))
            moves = par_bond_returns(yields / 100, np.zeros(len(yields)), maturity_years=years)
            growth[role] = np.log1p(moves[1:])
    return Path(len(steps), growth=growth, shifts=shifts)


def _fed_buys(scenario: Scenario, options: ScenarioOptions) -> tuple[bool, bool]:
    """Whether the Fed buys, and whether it hedges its purchases: by the options, or else by the scenario."""
    return scenario.fed.on if options.fed is None else bool(options.fed), scenario.fed.hedged or options.fed == "hedged"


def _spiral(scenario: Scenario, starting_point: StartingPoint, options: ScenarioOptions) -> Path:
    """The path of yields in the basis-trade spiral, in which the Fed buys once yields pass its trigger."""
    terms = scenario.spiral
    assert terms is not None
    fitted = calibrated(terms, share=terms.share)
    if terms.kappa == 0:  # not stated: the fitted one
        terms = terms.model_copy(update={"kappa": fitted.kappa})
    buys, hedged = _fed_buys(scenario, options)
    unwound = march_2020(terms, fitted, fed=buys, hedged=hedged)
    moves_bp = np.diff(np.insert(unwound.yields_bp, 0, 0.0))
    return curve_path(starting_point, terms.years, moves_bp)  # `years`: the move of each maturity for one basis point


def _purchases(scenario: Scenario, starting_point: StartingPoint, path: Path, options: ScenarioOptions) -> Path:
    """The path of what the Fed's purchases add to prices, yields and its balance sheet, if it buys; not to yields in a
    spiral, which itself nets purchases against sales."""
    (buys, hedged), stated, series = _fed_buys(scenario, options), scenario.fed, starting_point.history.series
    if not buys:
        return Path(1)
    base = scenario.base_scenario
    sessions = max(path.sessions, fed.sessions_to_9_april(stated.repo_offer))
    bought_bn = fed.purchases(sessions, repo_offer=stated.repo_offer)
    already_in_path = max(stated.held_until, base.fed.held_until if base else 0) * options.slow
    bought_bn[:already_in_path] = 0.0  # replayed sessions, whose prices moved by purchases then
    has_spiral = scenario.spiral or (base and base.spiral)
    effects = fed.purchase_effects(bought_bn, {} if has_spiral else maturities(starting_point.history), hedged=hedged)
    shifts = {role: moves for role, moves in effects.shifts.items() if role in series}
    if "fed_assets" in series:
        shifts["fed_assets"] = bought_bn * (1000 if "million" in series["fed_assets"].unit.lower() else 1)
    growth = {role: moves for role, moves in effects.growth.items() if role in series}
    return Path(effects.sessions, growth=growth, shifts=shifts)
