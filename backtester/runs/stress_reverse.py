"""Carrying out `stress reverse`: how large a scenario must be for a strategy to lose a given share.

The scale is the number by which all moves of a scenario are multiplied.
"""

import datetime

from backtester.errors import BacktesterError
from backtester.runs.settings import ReportProgress, RunSettings, no_report
from backtester.runs.stress_run import prepare_stress, stressed_recipes
from backtester.runs.values import Json, clean
from backtester.stress.build import Fed, ScenarioOptions
from backtester.stress.choose import ALL, choose_scenarios
from backtester.stress.reverse import ReverseScales, most_fragile, reverse_scales

REVERSE_SCHEMA = 1


def reverse_run(
    settings: RunSettings,
    lose: float,
    *,
    at: datetime.date | None = None,
    fed: Fed | None = None,
    report: ReportProgress = no_report,
) -> Json:
    """The document of `stress reverse`.

    For each scenario it has `loses`, the smallest scale at which each strategy loses the share `lose`, null if it never
    does, and `helps`, the scales between which each hedge returns more than the reference: null if it never does, and
    null for an end beyond the largest scale that was tried. `at` is the session that scenarios follow, None for the
    last; `fed` says whether the Fed buys bonds in them, None for as each scenario says.
    """
    starting_point, inputs, left_out = prepare_stress(settings, at, report)
    by_scenario, failed = list[ReverseScales](), list[str]()
    may_be_left_out = any(text.lower() == ALL for text in settings.stress)
    scenarios = choose_scenarios(settings.stress, settings.history, settings.data)
    options = ScenarioOptions(fed=fed, data=settings.data)
    for index, scenario in enumerate(scenarios):
        report(f"Scaling {scenario.title}", index / len(scenarios))
        try:
            by_scenario.append(reverse_scales(scenario, starting_point, inputs, lose=lose, options=options))
        except BacktesterError as error:
            if not may_be_left_out:
                raise
            failed.append(f"{scenario.name}: {error}")
    fragile_pair = most_fragile(by_scenario)
    written: Json = clean(
        {
            "schema": REVERSE_SCHEMA,
            "history": {"name": starting_point.history.name, "title": starting_point.history.table.title},
            "at": starting_point.last_session,
            "lose": lose,
            "strategies": stressed_recipes(inputs.recipes),
            "left_out": [*left_out, *failed],
            "most_fragile": None
            if fragile_pair is None
            else {"strategy": fragile_pair[0], "scenario": fragile_pair[1]},
            "scenarios": [_scenario_entry(scales) for scales in by_scenario],
        }
    )
    return written


def _scenario_entry(scales: ReverseScales) -> Json:
    """The document's entry of one scenario."""
    return {
        "name": scales.scenario.name,
        "title": scales.scenario.title,
        "sha256": scales.scenario.sha256,
        "largest": scales.largest,
        "loses": scales.loses,
        "helps": {name: None if ends is None else list(ends) for name, ends in scales.helps.items()},
    }
