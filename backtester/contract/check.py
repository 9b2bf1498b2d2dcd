"""Checking: all rules on a recipe's last step, or the short form on a layer that a run has evaluated."""

from dataclasses import dataclass

from backtester.contract.past_only import CUTS, SHORT_CUTS, knows_only_the_past
from backtester.contract.rules import (
    Finding,
    answers_the_same_twice,
    as_finding,
    asks_for_no_unit,
    documents_itself,
    keeps_its_leverage,
    leaves_inputs_alone,
)
from backtester.engine.evaluate import Execution, Layer, evaluate
from backtester.errors import BacktesterError, PluginError
from backtester.histories.market import Market
from backtester.plugins.recipes import Recipe


@dataclass(frozen=True)
class Check:
    """What a check found; `cuts` is how many cuts the past-only rule made."""

    findings: tuple[Finding, ...]
    cuts: int

    @property
    def passed(self) -> bool:
        """Whether no rule was broken."""
        return not self.findings

    @property
    def causal(self) -> bool:
        """Whether the past-only rule held."""
        return all(finding.rule != "knows only the past" for finding in self.findings)


def check_recipe(recipe: Recipe, market: Market) -> Check:
    """Every rule on the recipe's last step."""
    documented = documents_itself(recipe.steps[-1].strategy)
    first = (documented,) if documented else ()
    try:
        layer = evaluate(recipe, market, Execution()).layers[-1]
    except BacktesterError as error:
        return Check((*first, Finding("gives weights that can be traded", str(error))), 0)
    called = check_layer(layer, market, cuts=CUTS)
    return Check((*first, *called.findings), called.cuts)


def check_layer(layer: Layer, market: Market, *, cuts: int = SHORT_CUTS) -> Check:
    """The rules on calls: inputs left alone, the same answer twice and in other units, leverage, past only."""
    findings: list[Finding] = []
    for rule in (leaves_inputs_alone, answers_the_same_twice, asks_for_no_unit, keeps_its_leverage):
        if rule is asks_for_no_unit and any(finding.rule == "answers the same twice" for finding in findings):
            continue  # it would differ in any units
        try:
            found = rule(layer, market)
        except PluginError as error:
            found = as_finding("answers the same twice", error)
        if found:
            findings.append(found)
    past = knows_only_the_past(layer, market, cuts=cuts)
    return Check((*findings, *((past.finding,) if past.finding else ())), past.cuts)
