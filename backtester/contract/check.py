"""Checks of a strategy: the full check of a recipe's last step, and the short check of a layer in a run.

A recipe is a base strategy and the overlays on it, its steps; a layer is a step with its inputs and weights. The short
check leaves out the rules on its docstring and on what it reads, and cuts the history less often.
"""

from dataclasses import dataclass

from backtester.contract.past_only import PAST_ONLY_RULE, SHORT_CHECK_CUTS, knows_only_the_past
from backtester.contract.rules import (
    BrokenRule,
    answers_the_same_twice,
    asks_for_no_unit,
    documents_itself,
    finds_what_it_reads,
    holds_fractions,
    keeps_its_leverage,
    leaves_inputs_alone,
)
from backtester.engine.evaluate import evaluate
from backtester.engine.execution import Execution
from backtester.engine.layers import Layer
from backtester.errors import BacktesterError, PluginError
from backtester.histories.market import Market
from backtester.plugins.recipes import Recipe


@dataclass(frozen=True)
class CheckResult:
    """The findings of a check, and at how many cuts (ends of shortened histories) the past-only rule was tried.

    `checkable` is false for weights that were read from a file, which no rule can be tried on.
    """

    findings: tuple[BrokenRule, ...]
    cuts: int
    checkable: bool = True

    @property
    def passed(self) -> bool:
        """Whether no rule was broken; warnings do not count."""
        return all(finding.warning for finding in self.findings)

    @property
    def causal(self) -> bool | None:
        """Whether the past-only rule held; None if it could not be checked."""
        held = all(finding.rule != PAST_ONLY_RULE for finding in self.findings)
        return None if held and not self.checkable else held


def check_recipe(recipe: Recipe, market: Market) -> CheckResult:
    """The full check of the recipe's last step: all rules, on the whole history and on cuts of it.

    The recipe is evaluated with the default settings of trading.
    """
    layer, findings = check_calls(recipe, market)
    if layer is None:
        return CheckResult(findings, 0)
    past = knows_only_the_past(layer, market)
    return CheckResult((*findings, *past.findings), past.cuts)


def check_calls(recipe: Recipe, market: Market) -> tuple[Layer | None, tuple[BrokenRule, ...]]:
    """The recipe's last layer, None if it cannot be computed, and the findings of all rules but the past-only rule."""
    undocumented = documents_itself(recipe.steps[-1].strategy)
    findings = [undocumented] if undocumented else []
    try:
        layer = evaluate(recipe, market, Execution()).layers[-1]
    except BacktesterError as error:
        return None, (*findings, BrokenRule("gives weights that can be traded", str(error)))
    unread = finds_what_it_reads(layer, market)
    findings += [unread] if unread else []
    return layer, (*findings, *_rules_on_calls(layer, market))


def check_layer(layer: Layer, market: Market) -> CheckResult:
    """The short check of a layer: the rules on its calls, and the past-only rule at few cuts."""
    if layer.step.strategy.made_of == "weights":
        return CheckResult((), 0, checkable=False)
    past = knows_only_the_past(layer, market, cuts=SHORT_CHECK_CUTS)
    return CheckResult((*_rules_on_calls(layer, market), *past.findings), past.cuts)


def _rules_on_calls(layer: Layer, market: Market) -> tuple[BrokenRule, ...]:
    """The findings of the rules that call the strategy again on the whole history, or look at its weights."""
    findings: list[BrokenRule] = []
    for rule in (leaves_inputs_alone, answers_the_same_twice, asks_for_no_unit, keeps_its_leverage, holds_fractions):
        if rule is asks_for_no_unit and any(finding.rule == "answers the same twice" for finding in findings):
            continue  # weights that differ at each call would also differ in other units
        try:
            finding = rule(layer, market)
        except PluginError as error:  # the first call succeeded, or there would be no layer
            finding = BrokenRule("answers the same twice", str(error))
        if finding:
            findings.append(finding)
    return tuple(findings)
