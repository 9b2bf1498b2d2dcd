"""A strategy's record: what it is, its measures, years, P&L lines and scorecard."""

from dataclasses import asdict
from typing import Any

from backtester.analysis.attribution import account_measures, annual_lines, annual_turnover
from backtester.analysis.measures import Measures, measures
from backtester.analysis.periods import calendar_months, calendar_years
from backtester.contract.check import Check
from backtester.engine.evaluate import Evaluation
from backtester.runs.document.cards import told_card
from backtester.runs.document.values import Json, iso
from backtester.runs.run import Result


def told_strategy(result: Result, run: Evaluation, check: Check, audit: float | None) -> Json:
    """One recipe of the result; the key `audit` only where one was asked for."""
    nav, sessions = result.nav[run.recipe.name], result.market.sessions
    ruin = run.accounts.ruin
    told = {
        "name": run.recipe.name,
        "recipe": run.recipe.full,
        "rebalance": str(run.schedule),
        "band": run.book.band,
        "causal": check.causal,
        "findings": [str(finding) for finding in check.findings],
        "cuts": check.cuts,
        "ruin_date": iso(ruin) if ruin is not None else None,
        "ended": [asdict(end) | {"last": iso(end.last)} for end in run.accounts.ended],
        "measures": _measures(result, run),
        "calendar_years": calendar_years(nav),
        "calendar_months": calendar_months(nav),
        "calendar_turnover": annual_turnover(run.accounts, sessions),
        "lines": asdict(annual_lines(run.accounts, sessions)),
        "scorecard": None if run is result.evaluations[0] else told_card(result, run),
        "steps": [_step(layer.step.strategy) for layer in run.layers],
    }
    return told if audit is None else told | {"audit": {"engine": "vectorbt", "max_abs_nav_difference": audit}}


def _measures(result: Result, run: Evaluation) -> Measures:
    """All measures; those against the reference are undefined for the reference itself."""
    reference = None if run is result.evaluations[0] else result.reference
    rate = result.market.history.table.sessions_a_year
    nav, bills = result.nav[run.recipe.name], result.market.bill_returns
    own = measures(nav, bills, sessions_a_year=rate, reference=reference)
    return own | account_measures(run.accounts, result.market.sessions)


def _step(strategy: Any) -> Json:
    return {
        "name": strategy.name,
        "summary": strategy.summary,
        "sections": strategy.sections,
        "sha256": strategy.sha256,
    }
