"""How a run trades and what that costs, in words."""

from backtester.pages.format import percent
from backtester.pages.names import role_label
from backtester.tearsheet.names import Json

COSTS = {
    "trade_bps": "a unit traded of a funded asset",
    "unfunded_trade_bps": "a unit traded of an unfunded asset",
    "fixed_bps": "of the starting value for each asset traded in a session",
    "cash_spread_bps": "below bills on cash",
    "borrow_spread_bps": "above bills on borrowed cash",
    "short_fee_bps": "a year on short holdings",
    "management_fee_bps": "a year of management fee",
}
SCHEDULES = {
    "day": "every session",
    "week": "each week's last session",
    "month": "each month's last session",
    "quarter": "each quarter's last session",
    "year": "each year's last session",
    "never": "the first session only",
}


def told_rhythm(rebalance: str, band: float | None) -> str:
    """When a recipe trades: `month+5/4` and its band."""
    spelled, _, tranches = rebalance.partition("/")
    word, _, offset = spelled.partition("+")
    when = f"{f'{offset} sessions after ' if offset else ''}{SCHEDULES.get(word, spelled)}"
    split = f", in {tranches} tranches spread over the {word}" if tranches else ""
    return f"{when}{split}; {'no band' if band is None or band > 10 else f'band {percent(band, 0)}'}"


def told_rules(settings: Json) -> str:
    """What else the run says of trades; nothing where it says nothing."""
    rules = []
    if settings.get("relative_band") is not None:
        rules.append(f"also when an asset is off by {percent(settings['relative_band'], 0)} of its target")
    if settings.get("to_edge"):
        rules.append("trades that a band calls for go to its edge only")
    if settings.get("min_trade"):
        rules.append(f"an asset that is less than {percent(settings['min_trade'], 2)} off is not traded")
    return "; ".join(rules)


def told_costs(costs: Json) -> str:
    """Every cost that is not zero, those of single assets last."""
    told = [f"{costs[key]:g} bps {words}" for key, words in COSTS.items() if costs.get(key)]
    for asset, sides in (costs.get("assets") or {}).items():
        sides_told = f"{sides['buy_bps']:g} bps bought and {sides['sell_bps']:g} bps sold"
        told.append(f"{role_label(asset).lower()} {sides_told}")
    return ", ".join(told)
