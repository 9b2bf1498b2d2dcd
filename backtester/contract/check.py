"""The check of a strategy: all rules on a recipe's last step, or the short form on a layer of a run."""

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
    """The findings of a check, and the number of cuts of the past-only rule; weights of a file are not `checkable`."""

    findings: tuple[BrokenRule, ...]
    cuts: int
    checkable: bool = True

    @property
    def passed(self) -> bool:
        """Whether no rule was broken."""
        return all(finding.warning for finding in self.findings)

    @property
    def causal(self) -> bool | None:
        """Whether the past-only rule held; None if it could not be checked."""
        held = all(finding.rule != PAST_ONLY_RULE for finding in self.findings)
        return None if held and not self.checkable else held


def check_recipe(recipe: Recipe, market: Market) -> CheckResult:
    """The findings of all rules on the recipe's last step, run on the whole history and on parts of it."""
    layer, findings = check_calls(recipe, market)
    if layer is None:
        return CheckResult(findings, 0)
    past = knows_only_the_past(layer, market)
    return CheckResult((*findings, *past.findings), past.cuts)


def check_calls(recipe: Recipe, market: Market) -> tuple[Layer | None, tuple[BrokenRule, ...]]:
    """The recipe's last layer, None if it fails, and the findings of the rules that need only the whole history."""
    documented = documents_itself(recipe.steps[-1].strategy)
    first = (documented,) if documented else ()
    try:
        layer = evaluate(recipe, market, Execution()).layers[-1]
    except BacktesterError as error:
        return None, (*first, BrokenRule("gives weights that can be traded", str(error)))
    found = finds_what_it_reads(layer, market)
    return layer, (*first, *((found,) if found else ()), *_rules_on_calls(layer, market))


def check_layer(layer: Layer, market: Market) -> CheckResult:
    """The short check: inputs unchanged, the same weights twice and in other units, leverage, past only."""
    if layer.step.strategy.made_of == "weights":
        return CheckResult((), 0, checkable=False)
    past = knows_only_the_past(layer, market, cuts=SHORT_CHECK_CUTS)
    return CheckResult((*_rules_on_calls(layer, market), *past.findings), past.cuts)


def _rules_on_calls(layer: Layer, market: Market) -> tuple[BrokenRule, ...]:
    findings: list[BrokenRule] = []
    for rule in (leaves_inputs_alone, answers_the_same_twice, asks_for_no_unit, keeps_its_leverage, holds_fractions):
        if rule is asks_for_no_unit and any(finding.rule == "answers the same twice" for finding in findings):
            continue  # it would differ in any units
        try:
            found = rule(layer, market)
        except PluginError as error:
            found = BrokenRule("answers the same twice", str(error))
        if found:
            findings.append(found)
    return tuple(findings)
