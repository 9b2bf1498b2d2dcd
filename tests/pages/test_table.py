"""Tones, and bars that share a scale."""

import pytest

from backtester.pages.table import (
    Bars,
    Head,
    Table,
    group_row,
    interval_cell,
    interval_text,
    leg_bars,
    mean_of_known,
    number_cell,
    points_cell,
    tone,
)


def test_tones() -> None:
    """The tone of a difference has its sign and three steps."""
    assert [tone(0.002), tone(-0.02), tone(0.05), tone(0.0005), tone(None)] == ["gain t1", "loss t2", "gain t3", "", ""]


def test_bars_share_a_scale() -> None:
    """Bars of a column run from the lowest to the highest value of all, from one zero line."""
    first, second = leg_bars([{"stocks": -0.3}, {"stocks": 0.1}], (("stocks", "equities", "s1"),))
    assert first.zero == second.zero == pytest.approx(75)
    assert first.drawn[0] == ("s1", pytest.approx(0), pytest.approx(75))
    assert second.drawn[0] == ("s1", pytest.approx(75), pytest.approx(25))
    assert Bars((("stocks", 0.0),), 0.0, 0.0).drawn == (("stocks", 0.0, 0.0),)


@pytest.mark.parametrize(
    ("gap", "text"),
    [
        (0.0, ""), (0.00099, ""), (0.001, "gain t1"), (0.00999, "gain t1"), (0.01, "gain t2"), (0.0299, "gain t2"),
        (0.03, "gain t3"), (-0.001, "loss t1"), (-0.01, "loss t2"), (-0.03, "loss t3"),
    ],
)  # fmt: skip
def test_the_steps_of_a_tone(gap: float, text: str) -> None:
    """A tenth of a point, one and three; each counts from itself on, and others can be named."""
    assert tone(gap) == text
    assert [tone(gap * one, (0.1, 0.2, 0.4)) for one in (0.0, 0.5)] == ["", ""]


def test_bars_begin_at_nothing() -> None:
    """Where all values rise, zero is the left end; where all fall, the right one. What is unknown has no width."""
    legs = (("stocks", "equities", "s1"), ("bonds", "Treasuries", "s2"))
    rise, unknown = leg_bars(
        [{"stocks_moved": 0.2, "bonds_moved": 0.1}, dict.fromkeys(("stocks_moved", "bonds_moved"))], legs, "_moved"
    )
    assert (rise.low, rise.high, unknown.low, unknown.high) == (0.0, 0.2, 0.0, 0.2)
    assert rise.drawn == (("s1", 0.0, 100.0), ("s2", 0.0, 50.0))
    assert unknown.drawn == (("s1", 0.0, 0.0), ("s2", 0.0, 0.0))
    [fall] = leg_bars([{"stocks": -0.4}], legs[:1])
    assert (fall.low, fall.high, fall.zero, fall.drawn) == (-0.4, 0.0, 100.0, (("s1", 0.0, 100.0),))


def test_cells_and_what_the_csv_has_of_them() -> None:
    """Percent with one decimal and numbers with two, unless others are asked for; values at full precision."""
    assert [points_cell(0.12345).text, points_cell(0.12345, 2, signed=True).text, points_cell(None).text] == [
        "12.3", "+12.35", "n/a",
    ]  # fmt: skip
    assert (points_cell(0.12345).values, points_cell(None).values) == ((0.12345,), (None,))
    assert (number_cell(1.2345).text, number_cell(1.2345, 3).text, number_cell(1.2345).values) == (
        "1.23", "1.234", (1.2345,),
    )  # fmt: skip
    assert interval_text((-0.002, 0.008), 2) == "\N{MINUS SIGN}0.20 to +0.80"
    assert (interval_text((-0.002, 0.008), 1, signed=False), interval_text(None, 1)) == ("\N{MINUS SIGN}0.2 to 0.8", "")
    assert interval_cell("a", 1.0, (0.5, 2.0), "b").values == (1.0, 0.5, 2.0)
    assert interval_cell("a", 1.0, None, "").values == (1.0, None, None)
    assert (mean_of_known([1.0, None, 2.0]), mean_of_known([None]), mean_of_known([])) == (1.5, None, None)
    assert (group_row("a").kind, group_row("a").cells) == ("group", ())


def test_a_table_is_of_rows_unless_it_says_so() -> None:
    """Without a note, names for its first column, or cards."""
    made = Table("a", "b", "c", (), ())
    assert (made.note, made.index, made.cards) == ("", (), False)


def test_headings_over_neighbouring_columns() -> None:
    """One for as many columns as follow each other, however often; none where no column has one."""
    heads = tuple(Head(text, group=group) for text, group in zip("abcdef", ("x", "x", "", "x", "y", "y"), strict=True))
    table = Table("t", "caption", "corner", heads, ())
    assert (table.groups, table.cards) == ((("x", 2), ("", 1), ("x", 1), ("y", 2)), False)
    assert Table("t", "caption", "corner", (Head("a"), Head("b")), ()).groups == ()
