"""The defaults of costs and the limits on them."""

import pytest
from pydantic import ValidationError

from backtester.engine.costs import NO_COSTS, Costs, Sides, parse_costs, spell_costs
from backtester.errors import RecipeError


def test_defaults() -> None:
    """By default a trade costs 2 basis points, 1 for unfunded assets; borrowing 50 a year over bills, a short 30."""
    assert Costs().model_dump() == {
        "trade_bps": 2.0,
        "unfunded_trade_bps": 1.0,
        "assets": {},
        "fixed_bps": 0.0,
        "cash_spread_bps": 0.0,
        "borrow_spread_bps": 50.0,
        "short_fee_bps": 30.0,
        "management_fee_bps": 0.0,
    }


def test_no_costs_is_free_of_all_of_them() -> None:
    """`NO_COSTS` has no cost above zero, whatever the defaults are."""
    assert set(NO_COSTS.model_dump(exclude={"assets"}).values()) == {0.0}
    assert NO_COSTS.assets == {}


@pytest.mark.parametrize("value", [-1.0, 5001.0, float("nan"), float("inf")])
@pytest.mark.parametrize("name", [name for name in Costs.model_fields if name != "assets"])
def test_refuses_what_is_no_cost(name: str, value: float) -> None:
    """A cost below zero, above half of what is traded, or not finite is refused."""
    with pytest.raises(ValidationError, match=name):
        Costs.model_validate({name: value})


def test_refuses_an_unknown_cost() -> None:
    """A cost that is misspelled is refused instead of ignored."""
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Costs.model_validate({"trade_bp": 1.0})


def test_an_asset_has_one_cost_or_one_a_side() -> None:
    """A number is what either side costs; an asset without its own pays the common cost of its kind."""
    costs = Costs.model_validate({"trade_bps": 3, "assets": {"gold": 5, "stocks": {"buy_bps": 50, "sell_bps": 0}}})
    assert costs.sides("gold", funded=True) == Sides(buy_bps=5, sell_bps=5)
    assert costs.sides("stocks", funded=True) == Sides(buy_bps=50, sell_bps=0)
    assert costs.sides("bonds", funded=True) == Sides(buy_bps=3, sell_bps=3)
    assert costs.sides("put", funded=False) == Sides(buy_bps=1, sell_bps=1)


WORDS = ["5", "unfunded=0.5", "fixed=0.1", "cash=10", "borrow=80", "short=25", "fee=75", "gold=10", "stocks=50/0"]


def test_costs_are_read_from_words() -> None:
    """Each word states one cost; a word without a name is that of funded assets, an unknown name is an asset's."""
    assert parse_costs(WORDS) == Costs(
        trade_bps=5,
        unfunded_trade_bps=0.5,
        fixed_bps=0.1,
        cash_spread_bps=10,
        borrow_spread_bps=80,
        short_fee_bps=25,
        management_fee_bps=75,
        assets={"gold": Sides(buy_bps=10, sell_bps=10), "stocks": Sides(buy_bps=50, sell_bps=0)},
    )
    assert parse_costs([]) == Costs()


def test_costs_are_spelled_as_read() -> None:
    """The words of costs are those that they were read from; defaults need none."""
    assert spell_costs(parse_costs(WORDS)) == WORDS
    assert spell_costs(Costs()) == []


@pytest.mark.parametrize(
    ("word", "rest"),
    [
        ("-1", "costs '-1': Input should be greater than or equal to 0; 0 to 5000 basis points"),
        ("gold=6000", "costs 'gold=6000': Input should be less than or equal to 5000; 0 to 5000 basis points"),
        (
            "gold=0.0002",
            "costs 'gold=0.0002': 0.0002 basis points are less than any cost, 2 basis points a fraction of 0.0002; 0 "
            "to 5000 basis points",
        ),
        ("gold=5/nan", "costs 'gold=5/nan': Input should be a finite number; 0 to 5000 basis points"),
        ("five", "costs 'five' are not understood; give basis points such as 5, gold=10, gold=10/5 "),
        ("gold=", "costs 'gold=' are not understood; "),
        ("gold=1/2/3", "costs 'gold=1/2/3' are not understood; "),
        ("borrow=5/6", "costs 'borrow=5/6' are not understood; "),
        ("5/6", "costs '5/6' are not understood; "),
    ],
)
def test_refuses_words_that_are_no_costs(word: str, rest: str) -> None:
    """What is no cost is told with what one looks like."""
    with pytest.raises(RecipeError) as raised:
        parse_costs([word])
    assert str(raised.value).startswith(rest)


@pytest.mark.parametrize(("rate", "is_cost"), [(0, True), (0.01, True), (0.0099, False), (5000, True), (5000.1, False)])
def test_the_least_and_the_most_that_a_trade_can_cost(rate: float, is_cost: bool) -> None:
    """Nothing, or a hundredth of a basis point to half of what is traded, of all assets or of one."""
    for stated in ({"trade_bps": rate}, {"assets": {"gold": rate}}):
        if is_cost:
            Costs.model_validate(stated)
        else:
            with pytest.raises(ValidationError):
                Costs.model_validate(stated)


@pytest.mark.parametrize("value", [True, "5", None])
def test_only_a_number_is_a_cost(value: object) -> None:
    """Neither yes nor a text."""
    for stated in ({"trade_bps": value}, {"assets": {"gold": value}}):
        with pytest.raises(ValidationError):
            Costs.model_validate(stated)


@pytest.mark.parametrize("words", [["5", "6"], ["gold=1", "gold=2"], ["borrow=1", "fee=2", "borrow=1"]])
def test_each_cost_is_stated_once(words: list[str]) -> None:
    """Another of the same is refused by its word."""
    with pytest.raises(RecipeError, match=f"^costs {words[-1]!r} come after others of the same; state each once$"):
        parse_costs(words)
