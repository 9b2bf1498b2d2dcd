"""What a check says of its findings, by hand."""

from types import SimpleNamespace
from typing import cast

import pytest

from backtester.contract import check as checking
from backtester.contract.check import CheckResult, check_layer
from backtester.contract.past_only import PAST_ONLY_RULE
from backtester.contract.rules import BrokenRule
from backtester.engine.layers import Layer
from backtester.errors import PluginError
from backtester.histories.market import Market

OTHER, AHEAD = BrokenRule("adds up", "to 2"), BrokenRule(PAST_ONLY_RULE, "it knew")


@pytest.mark.parametrize(
    ("findings", "checkable", "causal"),
    [
        ((), True, True),
        ((OTHER,), True, True),
        ((OTHER, AHEAD), True, False),
        ((), False, None),
        ((OTHER,), False, None),
        ((AHEAD,), False, False),
    ],
)
def test_whether_the_past_only_rule_held(
    findings: tuple[BrokenRule, ...], checkable: bool, causal: bool | None
) -> None:
    """It held where it found nothing; where it could not be checked that is not known."""
    assert CheckResult(findings, 12, checkable).causal is causal


def test_weights_of_a_file_are_not_checked() -> None:
    """No cut is made, and the check says that it could not be."""
    made = SimpleNamespace(step=SimpleNamespace(strategy=SimpleNamespace(made_of="weights")))
    assert check_layer(cast(Layer, made), cast(Market, None)) == CheckResult((), 0, checkable=False)


@pytest.mark.parametrize(("same", "asked"), [(True, 5), (False, 4)])
def test_units_are_asked_of_what_answers_the_same_twice(
    same: bool, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what does not, the answer would differ in any units; an error of a call is an answer that differs."""
    called: list[str] = []
    names = ["leaves_inputs_alone", "answers_the_same_twice", "asks_for_no_unit", "keeps_its_leverage"]
    for name in [*names, "holds_fractions"]:

        def rule(layer: Layer, market: Market, name: str = name) -> BrokenRule | None:
            called.append(name)
            if name == "answers_the_same_twice" and not same:
                raise PluginError("it broke")
            return OTHER if name == "leaves_inputs_alone" else None

        monkeypatch.setattr(checking, name, rule)
    found = checking._rules_on_calls(cast(Layer, None), cast(Market, None))
    assert len(called) == asked
    assert ("asks_for_no_unit" in called) is same
    assert [str(one) for one in found[1:]] == ([] if same else ["breaks 'answers the same twice': it broke"])
