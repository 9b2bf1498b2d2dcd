"""Other definitions of a joint sell-off: what of a payoff hangs on the choice."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from backtester.analysis.period import joint_falls
from backtester.analysis.selloffs import Legs, Rule, joint_selloffs
from backtester.arrays import Integers

FALLS = ((-0.03, -0.005), (-0.05, -0.005), (-0.05, -0.01), (-0.05, -0.02), (-0.07, -0.005))


@dataclass(frozen=True)
class Definition:
    """A definition by a name such as `falls -3% and -0.5%`, and the windows (W, 2) that it finds among legs."""

    name: str
    find: Callable[[Legs], Integers]


def other_definitions(rule: Rule) -> tuple[Definition, ...]:
    """Other falls, windows of half and of twice the length, and drawdowns of the pair in which bonds fell."""
    falls = [(stocks, bonds) for stocks, bonds in FALLS if (stocks, bonds) != (rule.stocks_fall, rule.bonds_fall)]
    lengths = (rule.max_sessions // 2, 2 * rule.max_sessions)
    rules = {
        f"falls {_percent(one)} and {_percent(two)}": rule._replace(stocks_fall=one, bonds_fall=two)
        for one, two in falls
    }
    rules |= {f"windows of {length} sessions": rule._replace(max_sessions=length) for length in lengths if length}
    return (
        *(Definition(name, partial(joint_selloffs, rule=other)) for name, other in rules.items()),
        Definition("joint drawdowns of the pair", joint_falls),
    )


def own_definition(rule: Rule) -> str:
    """The name of a run's own rule."""
    return (
        f"falls {_percent(rule.stocks_fall)} and {_percent(rule.bonds_fall)}, windows of {rule.max_sessions} sessions"
    )


def _percent(fall: float) -> str:
    return f"{100 * fall:g}%".replace("-", "\N{MINUS SIGN}")
