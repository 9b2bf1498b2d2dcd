"""Carrying out `stress reverse`: how large each scenario must be, written down."""

import datetime

from backtester.errors import BacktesterError
from backtester.runs.settings import ReportProgress, RunSettings, no_report
from backtester.runs.stress_run import prepare, stressed_recipes
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
    """The document: by scenario and strategy the scale at which it loses so much, and the scales between which each
    hedge helps; null where it never does, and for an end that lies beyond the largest scale tried."""
    starting_point, inputs, left_out = prepare(settings, at, report)
    found, refused = list[ReverseScales](), list[str]()
    may_be_left_out = any(text.lower() == ALL for text in settings.stress)
    scenarios = choose_scenarios(settings.stress, settings.history, settings.data)
    for place, scenario in enumerate(scenarios):
        report(f"Scaling {scenario.title}", place / len(scenarios))
        try:
            found.append(
                reverse_scales(scenario, starting_point, inputs, lose, ScenarioOptions(fed=fed, data=settings.data))
            )
        except BacktesterError as error:
            if not may_be_left_out:
                raise
            refused.append(f"{scenario.name}: {error}")
    pair = most_fragile(found)
    written: Json = clean(
        {
            "schema": REVERSE_SCHEMA,
            "history": {"name": starting_point.history.name, "title": starting_point.history.table.title},
            "at": starting_point.last_session,
            "lose": lose,
            "strategies": stressed_recipes(inputs.recipes),
            "left_out": [*left_out, *refused],
            "most_fragile": None if pair is None else {"strategy": pair[0], "scenario": pair[1]},
            "scenarios": [_written(one) for one in found],
        }
    )
    return written


def _written(one: ReverseScales) -> Json:
    return {
        "name": one.scenario.name,
        "title": one.scenario.title,
        "sha256": one.scenario.sha256,
        "largest": one.largest,
        "loses": one.loses,
        "helps": {name: None if ends is None else list(ends) for name, ends in one.helps.items()},
    }
