"""What strategies and legs are called on a page, by hand."""

import pytest

from backtester.tearsheet.names import named_strategies, pair_words
from documents import document, strategy


@pytest.mark.parametrize(
    ("rhythm", "a_year", "within"),
    [("daily", 252, "the same weeks"), ("weekly", 52, "the same weeks"), ("monthly", 12, "the same month"),
     ("quarterly", 4, "the same quarter")],
)  # fmt: skip
def test_the_time_in_which_both_fell(rhythm: str, a_year: int, within: str) -> None:
    """Weeks, or the one session that a window is."""
    made = document()
    made["history"] |= {"rhythm": rhythm, "sessions_a_year": a_year}
    assert pair_words(made).within == within


def test_legs_by_label_and_colour() -> None:
    """In small letters in a sentence, with a capital over a column; shares without decimals."""
    made = document(bonds_role="long_bonds", stocks_weight=0.55)
    made["history"]["assets"] = {"stocks": {"colour": "a"}, "long_bonds": {"colour": "b"}}
    seen = pair_words(made)
    assert seen.legs == (("stocks", "stocks", "a"), ("bonds", "long bonds", "b"))
    assert seen.labels == {"pair": "The pair", "stocks": "Stocks", "bonds": "Long bonds"}
    assert (seen.both, seen.pair) == ("stocks and long bonds", "55% stocks and 45% long bonds")


def test_flags_of_a_strategy() -> None:
    """Unchecked or looking ahead, ruined, and each asset that ended; none without a reason."""
    end = {"asset": "gold", "last": "2020-03-04", "weight": 0.1234}
    found = [strategy(name) for name in "abc"]
    found[0] |= {"causal": None}
    found[1] |= {"causal": False, "findings": ["x is 1", "y is 2"]}
    found[2] |= {"ruin_date": "2020-03-05", "ended": [end]}
    reference, *others = named_strategies(document(*found))
    assert (reference.flags, reference.written, others[0].written) == ((), "sixty_forty", "a")
    assert [[(flag.text, flag.reason) for flag in one.flags] for one in others] == [
        [("not checked", "its weights come from a file; no check of whether they know only the past can be made")],
        [("looks ahead", "x is 1; y is 2")],
        [
            ("ruined", "net asset value fell to zero on 5 Mar 2020"),
            (
                "Gold ended on 4 Mar 2020",
                "12.3% of the portfolio went to cash at its last price, and so has its weight ever since",
            ),
        ],
    ]
