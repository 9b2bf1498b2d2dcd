"""Recipes read and spelled, and what is said of those that are not understood, were they written to do harm."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backtester.errors import BacktesterError, RecipeError, one_line
from backtester.plugins.loader import Library, load_library
from backtester.plugins.recipes import EXAMPLE, Step, default_recipes, parse_recipe
from builders import made_library

BUILT_IN = load_library(installed=False)
WORDS = made_library(
    base="def weights(*, label='a', legs: tuple[float, ...] = (0.5,), count: int | None = None): ...",
    over="def weights(base, *, size=0.5): ...",
)


def refusal(text: str, library: Library = WORDS) -> list[str]:
    """The lines in which a recipe is refused."""
    with pytest.raises(BacktesterError) as raised:
        parse_recipe(text, library)
    return raised.value.lines()


def test_a_recipe_is_a_base_and_its_overlays() -> None:
    """Steps come in the order written, with every setting: those stated and the defaults of the rest."""
    recipe = parse_recipe("sixty_forty + gold_overlay(size=0.15) + vol_target", BUILT_IN)
    assert [step.strategy.name for step in recipe.steps] == ["sixty_forty", "gold_overlay", "vol_target"]
    assert [step.stated for step in recipe.steps] == [(), ("size",), ()]
    assert recipe.steps[1].settings == {"size": 0.15, "fund": "bills"}
    assert recipe.steps[2].settings == {
        "target": 0.08, "window": 63, "max_leverage": 1.5, "estimate": "realised",
    }  # fmt: skip


def test_a_recipe_has_one_spelling() -> None:
    """Spaces, case, hyphens, the order of settings and the way a number is written do not change a recipe's name."""
    spellings = [
        "sixty_forty+vol_target(target=0.1,window=21)",
        "  Sixty-Forty  +  VOL-TARGET ( window = 21 , target = 1e-1, ) ",
        "sixty_forty()\n+ vol_target(\n    target=0.10,\n    window=21\n)",
    ]
    names = {parse_recipe(spelling, BUILT_IN).name for spelling in spellings}
    assert names == {"sixty_forty + vol_target(target=0.1, window=21)"}


def test_the_full_spelling_states_the_defaults() -> None:
    """The full spelling is the same recipe under any later default."""
    recipe = parse_recipe("sixty_forty + vol_target(window=21)", BUILT_IN)
    full = "vol_target(target=0.08, window=21, max_leverage=1.5, estimate='realised')"
    assert recipe.full == f"sixty_forty(stocks=0.6) + {full}"


@given(
    st.floats(0, 1),
    st.lists(
        st.one_of(
            st.floats(0, 1).map(lambda size: f"gold_overlay(size={size!r})"),
            st.floats(0, 1).map(lambda size: f"dollar-overlay(size={size!r})"),
            st.tuples(st.floats(0.01, 1), st.integers(10, 756)).map(
                lambda pair: "vol_target(target={},window={})".format(*pair)
            ),
            st.sampled_from(["fed_put", "bills_for_bonds(months=12)"]),
        ),
        max_size=4,
    ),
)
def test_both_spellings_read_back(stocks: float, overlays: list[str]) -> None:
    """A recipe's name is the recipe again, to the last digit, and so is its full spelling."""
    recipe = parse_recipe(" + ".join([f"sixty_forty(stocks={stocks!r})", *overlays]), BUILT_IN)
    assert recipe.steps[0].settings == {"stocks": stocks}
    assert parse_recipe(recipe.name, BUILT_IN) == recipe
    again = parse_recipe(recipe.full, BUILT_IN)
    assert [step.settings for step in again.steps] == [step.settings for step in recipe.steps]
    assert again.full == recipe.full


@example(label="'\")", legs=(), count=None)
@given(st.text(), st.lists(st.floats(allow_nan=False, allow_infinity=False)).map(tuple), st.none() | st.integers())
def test_values_read_back(label: str, legs: tuple[float, ...], count: int | None) -> None:
    """Text with any sign in it, tuples and None are read as they are spelled."""
    text = f"base(label={label!r}, legs={legs!r}, count={count!r}) + over"
    recipe = parse_recipe(text, WORDS)
    assert recipe.steps[0].settings == {"label": label, "legs": legs, "count": count}
    assert recipe.name == text


def test_plus_signs_inside_brackets_and_quotes_stay() -> None:
    """Only a plus sign between steps parts them."""
    recipe = parse_recipe("base(label='a + b (c', legs=(1e+3, +2.0)) + over(size=+1.0)", WORDS)
    assert recipe.steps[0].settings["label"] == "a + b (c"
    assert recipe.steps[0].settings["legs"] == (1000.0, 2.0)
    assert len(recipe.steps) == 2
    [step] = parse_recipe("base(label=')+(')", WORDS).steps
    assert step.settings["label"] == ")+("


@pytest.mark.parametrize("text", ["", "  ", "+", "base +", "+ base", "base + + over", "base ++ over"])
def test_refuses_an_empty_part(text: str) -> None:
    """A plus sign with nothing beside it is told with an example."""
    assert refusal(text) == [f"recipe {text!r} has an empty part; {EXAMPLE}"]


@pytest.mark.parametrize(
    "part", ["base(size=1", "base)", "base()()x", "60_40", "base over", "base[size=1]", "../base.py", "ba.se"]
)
def test_refuses_a_part_that_is_no_strategy(part: str) -> None:
    """A part that is not a name, with or without brackets, is told as it was read, with the whole recipe."""
    text = f"{part} + over" if part.count("(") == part.count(")") else part
    assert refusal(text) == [
        f"recipe part {part!r} is not a strategy with settings; {EXAMPLE}",
        f"in the recipe {text!r}",
    ]


def test_refuses_an_overlay_with_nothing_below() -> None:
    """An overlay cannot stand first."""
    assert refusal("over + over") == [f"recipe 'over + over': over is an overlay; put a strategy below it: {EXAMPLE}"]


def test_refuses_a_base_on_top() -> None:
    """A strategy that reads nothing of what is below it would throw it away."""
    assert refusal("base + base") == [
        "recipe 'base + base': base after '+' reads neither base nor portfolio, so it would throw away "
        "what is before it; only overlays follow a '+'"
    ]


def test_refuses_an_unknown_strategy() -> None:
    """A name that no strategy has is told with the nearest one and the recipe."""
    assert refusal("base + ovr") == ["unknown strategy 'ovr'; did you mean 'over'?", "in the recipe 'base + ovr'"]


def test_refuses_a_wrong_setting() -> None:
    """What is wrong with a setting is told with its strategy and the recipe."""
    assert refusal("base + over(sise=1)") == [
        "over: unknown setting 'sise'; did you mean 'size'?",
        "in the recipe 'base + over(sise=1)'",
    ]
    assert refusal("base + over(size='big')")[0].startswith("over: setting size='big': Input should be a valid number")
    assert refusal("base + over(size=1e999)")[0] == "over: setting size=inf: a finite number is needed"


@pytest.mark.parametrize(
    "inside",
    [
        "0.5",
        "**{}",
        "*[]",
        "size",
        "size==1",
        "size=",
        "size=nan",
        "size=x",
        "size:=1",
        "size=1 #",
        "size=10**10**10",
        "size='a' * 10**9",
        "size=[x for x in 'ab']",
        "size=f'{1}'",
        "size=().__class__",
        "size=lambda: 1",
        "size=\0",
        "size='\ud800'",
        "size=" + "9" * 5000,
        "size=" + "(" * 500 + "1" + ")" * 500,
        "size=" + "[" * 100_000 + "]" * 100_000,
        "size=" + "-" * 5000 + "1",
        "size=1)(size=2",
        "size=1).real(size=2",
        "size=1)[0](size=2",
        "size=1) or _(size=2",
        "{[]}",
        "size={[]}",
        "size={**1}",
    ],
    ids=lambda inside: inside[:20].encode("ascii", "backslashreplace").decode(),
)
def test_refuses_settings_that_are_no_plain_values(inside: str) -> None:
    """Settings are names with plain values, each once, in one pair of brackets; nothing is computed or dropped."""
    text = f"base + over({inside})"
    assert refusal(text) == [
        one_line(f"over: settings ({inside}) are not name=value pairs of plain values; {EXAMPLE}"),
        one_line(f"in the recipe {text!r}"),
    ]


def test_a_setting_comes_once() -> None:
    """One that is given twice, whatever it is, is refused by name."""
    text = "base + over(size=1, size=1)"
    assert refusal(text) == ["over: setting 'size' comes twice; give it once", one_line(f"in the recipe {text!r}")]


def test_nothing_in_a_recipe_is_executed(tmp_path: Path) -> None:
    """Code in a setting's place is refused unrun, wherever it stands."""
    touched = tmp_path / "touched"
    code = f"__import__('pathlib').Path({str(touched)!r}).touch()"
    for text in (
        f"base(label={code})",
        f"base({code})",
        f"base(**{{'label': {code}}})",
        f"base(label={{{code}: 1}})",
        code,
    ):
        assert refusal(text)
    assert not touched.exists()


@settings(max_examples=300)
@given(
    st.text(max_size=40)
    | st.lists(
        st.sampled_from(
            [
                "base",
                "over",
                "(",
                ")",
                "[",
                "]",
                "{",
                "}",
                "'",
                '"',
                "\\",
                "+",
                "=",
                ",",
                "size",
                "label",
                "1",
                " ",
                "\n",
                "*",
            ]
        ),
        max_size=14,
    ).map("".join)
)
def test_any_text_is_a_recipe_or_is_refused(text: str) -> None:
    """No text makes the reader fail in another way than to say what it does not understand."""
    try:
        recipe = parse_recipe(text, WORDS)
    except BacktesterError:
        return
    assert parse_recipe(recipe.name, WORDS) == recipe


def test_each_error_tells_its_own_recipe() -> None:
    """Notes do not pile up where the same mistake is made in several recipes."""
    broken = Library(WORDS.strategies, {"bad": RecipeError("strategy 'bad' (bad.py): line 1: no")})
    assert refusal("bad", broken) == ["strategy 'bad' (bad.py): line 1: no", "in the recipe 'bad'"]
    assert refusal("base + bad", broken) == ["strategy 'bad' (bad.py): line 1: no", "in the recipe 'base + bad'"]


BASE, OVERLAY = "def weights(*, size=0.5): ...", "def weights(base, *, size=0.5): ..."


def test_what_a_run_shows_by_itself_stands_in_the_strategies() -> None:
    """An overlay's own recipe stands on the reference, a base's is as it is written; one without says nothing."""
    library = made_library(
        alone=f"DEFAULT_RECIPE = 'alone(size=0.2)'\n{BASE}",
        over=f"DEFAULT_RECIPE = 'over(size=0.1) + over'\n{OVERLAY}",
        silent=BASE,
    )
    assert default_recipes(library, "silent(size=0.3)") == [
        "alone(size=0.2)",
        "silent(size=0.3) + over(size=0.1) + over",
    ]


def test_the_built_in_ones_are_five() -> None:
    """Of the strategies that come with the program, in order of their names."""
    names = ["bills_for_bonds", "dollar_overlay", "fed_put", "gold_overlay", "vol_target"]
    assert default_recipes(load_library(installed=False), "x") == [f"x + {name}" for name in names]


def test_more_than_six_are_too_many() -> None:
    """The message counts them, names them and says what to do."""
    library = made_library(**{f"s{number}": f"DEFAULT_RECIPE = 's{number}'\n{BASE}" for number in range(7)})
    with pytest.raises(RecipeError) as told:
        default_recipes(library, "s0")
    assert str(told.value) == (
        "7 strategies have a DEFAULT_RECIPE: s0, s1, s2, s3, s4, s5, s6; a run without recipes shows 6 at most: name "
        "recipes, or take it out of some"
    )


def test_a_default_recipe_is_a_text() -> None:
    """A number in its place is refused with the strategy's name."""
    with pytest.raises(RecipeError, match=r"^DEFAULT_RECIPE of strategy 'odd' is 5; write it like"):
        default_recipes(made_library(odd=f"DEFAULT_RECIPE = 5\n{BASE}"), "odd")


def test_known_steps_are_parsed_once() -> None:
    """Two recipes that share their first step share one object; a step whose setting can be changed is not kept."""
    library = made_library(
        base='"""Base."""\ndef weights(*, size: float = 0.6):\n    return {"stocks": size}\n',
        over='"""Over."""\ndef weights(base, *, shares: list[float] = [0.1], size: float = 0.1):\n    return base\n',
        plain='"""Plain."""\ndef weights(base, *, size: float = 0.1):\n    return base\n',
    )
    known: dict[str, Step] = {}
    one = parse_recipe("base + plain(size=0.2)", library, known=known)
    two = parse_recipe("base + over + plain(size=0.2)", library, known=known)
    assert two.steps[0] is one.steps[0]
    assert two.steps[2] is one.steps[1]
    assert sorted(part.strip() for part in known) == ["base", "plain(size=0.2)"]
