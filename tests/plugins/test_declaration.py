"""What signatures declare, and what is said of those that are not of the form."""

import datetime
import enum
from collections.abc import Callable
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, Field

from backtester.errors import PluginError, RecipeError
from backtester.plugins.declaration import joined_declaration, read_declaration, read_state_declaration


def example(
    stocks: object,
    vix: object,
    *,
    size: Annotated[float, Field(ge=0, le=1)] = 0.10,
    window: Annotated[int, Field(gt=1, lt=100)] = 63,
    side: Literal["long", "short"] = "long",
    legs: tuple[float, ...] = (0.5, 0.5),
    plain=2.5,
) -> None:
    """A strategy's signature."""


def refusal(function: Callable[..., object]) -> str:
    """The words in which a signature is refused."""
    with pytest.raises(PluginError) as raised:
        read_declaration(function)
    return str(raised.value)


def refused(**given: object) -> str:
    """The words in which the example's settings are refused."""
    with pytest.raises(RecipeError) as raised:
        read_declaration(example).validate(given)
    return str(raised.value)


def test_positions_are_read_and_keywords_are_settings() -> None:
    """Positional parameters are what a strategy reads, keyword-only ones are its settings, in the order written."""
    declaration = read_declaration(example)
    assert declaration.reads == ("stocks", "vix")
    assert list(declaration.settings) == ["size", "window", "side", "legs", "plain"]


def test_settings_not_given_have_their_defaults() -> None:
    """Validation returns every setting, those given in their own type."""
    settings = read_declaration(example).validate({"size": 1, "side": "short"})
    assert settings == {"size": 1.0, "window": 63, "side": "short", "legs": (0.5, 0.5), "plain": 2.5}
    assert type(settings["size"]) is float


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("size", "number, at least 0, at most 1"),
        ("window", "integer, above 1, below 100"),
        ("side", "one of 'long', 'short'"),
        ("legs", "array"),
        ("plain", "number"),
    ],
)
def test_says_what_a_setting_accepts(name: str, words: str) -> None:
    """Type and bounds are told in words."""
    assert read_declaration(example).settings[name].accepts == words


def test_says_what_a_setting_accepts_that_can_be_none() -> None:
    """Of one that can be None what it takes else, of one of several types no more than that it is a value."""

    def weights(*, size: Annotated[float, Field(ge=0)] | None = None, side: float | str = 1.0) -> None: ...

    assert [one.accepts for one in read_declaration(weights).settings.values()] == ["number, at least 0", "value"]


def test_a_setting_without_annotation_has_the_type_of_its_default() -> None:
    """Without an annotation a number stays a number."""
    assert refused(plain=[1]) == "setting plain=[1]: Input should be a valid number"


def test_refuses_a_value_out_of_bounds() -> None:
    """A value beyond its bounds is told with the bound."""
    assert refused(size=1.5) == "setting size=1.5: Input should be less than or equal to 1"
    assert refused(window=1) == "setting window=1: Input should be greater than 1"
    assert refused(side="both") == "setting side='both': Input should be 'long' or 'short'"


@pytest.mark.parametrize(("name", "value"), [("size", True), ("window", 63.0), ("size", None), ("legs", 0.5)])
def test_refuses_a_value_of_another_type(name: str, value: object) -> None:
    """Nothing is converted on the quiet: a boolean is no number, and 63.0 is no whole number of sessions."""
    assert refused(**{name: value}).startswith(f"setting {name}={value!r}: Input should be a valid ")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_refuses_a_value_that_is_not_finite(value: float) -> None:
    """NaN and infinity are refused, with bounds and without."""
    assert refused(plain=value) == f"setting plain={value}: a finite number is needed"
    assert refused(size=value).startswith(f"setting size={value}: ")


def test_refuses_an_unknown_setting() -> None:
    """A setting that is misspelled is told with the nearest name, or with all of them."""
    assert refused(sise=0.1) == "unknown setting 'sise'; did you mean 'size'?"
    assert refused(x=0.1) == "unknown setting 'x'; known: legs, plain, side, size, window"


def test_refuses_a_setting_where_there_is_none() -> None:
    """A strategy without settings says that it has none."""

    def bare(base: object) -> None: ...

    with pytest.raises(RecipeError) as raised:
        read_declaration(bare).validate({"size": 0.1})
    assert str(raised.value) == "unknown setting 'size'; none is known"


def test_annotations_may_be_strings() -> None:
    """Annotations that are written as strings are evaluated, in quotes or under `from __future__`."""

    def quoted(*, size: "Annotated[float, Field(le=1)]" = 0.1) -> None: ...

    assert read_declaration(quoted).settings["size"].accepts == "number, at most 1"


def test_refuses_annotations_that_cannot_be_read() -> None:
    """An annotation that names nothing is refused when the file is loaded."""

    def lost(*, size: "Lost" = 0.1) -> None: ...  # noqa: F821 - the name that is missing is what is tested

    assert refusal(lost) == "the annotations of weights cannot be read: name 'Lost' is not defined"


def test_refuses_a_default_before_the_star() -> None:
    """A positional parameter with a default is a setting in the wrong place."""

    def misplaced(stocks: object, size: float = 0.1) -> None: ...

    assert refusal(misplaced) == (
        "parameter 'size' has a default; put settings after '*'; a role, or base, may be '= None' where the strategy "
        "can do without it"
    )


def test_what_is_read_can_be_missing() -> None:
    """A role read `= None` is one that the strategy can do without; the others it needs."""

    def patient(stocks: object, vix: object = None) -> None: ...

    declaration = read_declaration(patient)
    assert (declaration.reads, declaration.needs) == (("stocks", "vix"), ("stocks",))
    assert declaration.optional == {"vix"}


def test_refuses_parameters_that_take_anything() -> None:
    """What a strategy reads and takes is named, one by one."""

    def many(*series: object) -> None: ...

    def any_settings(**settings: object) -> None: ...

    assert refusal(many) == "parameter 'series' takes any argument; name each series and each setting"
    assert refusal(any_settings) == "parameter 'settings' takes any argument; name each series and each setting"


def test_refuses_a_setting_without_a_default() -> None:
    """Every setting can be left out of a recipe."""

    def needy(*, size: float) -> None: ...

    assert refusal(needy) == "setting 'size' has no default; give it one"


def test_refuses_an_annotation_that_cannot_be_checked() -> None:
    """A type for which there is no validator is refused by its name."""

    def odd(*, span: slice = slice(1)) -> None: ...

    def vague(*, spans: "list['Later']" = ()) -> None: ...  # noqa: F821 - the name that is missing is what is tested

    assert refusal(odd) == "setting 'span' has an annotation that cannot be checked: <class 'slice'>"
    assert refusal(vague).startswith("the default of setting spans=(): ")


def test_validates_defaults_too() -> None:
    """A default that its own annotation refuses is an error when the file is loaded."""

    def wide(*, size: Annotated[float, Field(le=1)] = 2.0) -> None: ...

    def empty(*, size: float = None) -> None: ...  # noqa: RUF013 - the slip that is tested

    def endless(*, size: float = float("inf")) -> None: ...

    assert refusal(wide) == "the default of setting size=2.0: Input should be less than or equal to 1"
    assert refusal(empty) == "the default of setting size=None: Input should be a valid number"
    assert refusal(endless) == "the default of setting size=inf: a finite number is needed"


def test_a_validator_may_fail_in_any_way() -> None:
    """What a plugin's own validator raises is told as a refusal with its kind, and in one line."""

    def picky(value: int) -> int:
        if value > 1:
            raise RuntimeError("no\nmore")
        return value

    def choosy(*, size: Annotated[int, AfterValidator(picky)] = 1) -> None: ...

    with pytest.raises(RecipeError) as raised:
        read_declaration(choosy).validate({"size": 2})
    assert str(raised.value) == "setting size=2: RuntimeError: no"


def test_values_of_types_that_a_recipe_cannot_spell_otherwise() -> None:
    """An enum by its value and dates in a tuple by their words are what they stand for."""

    class Side(enum.Enum):
        LONG = "long"

    def weights(*, side: Side = Side.LONG, days: tuple[datetime.date, ...] = ()) -> None: ...

    declaration = read_declaration(weights)
    assert declaration.validate({"days": ("2020-03-23",)})["days"] == (datetime.date(2020, 3, 23),)
    assert declaration.validate({"side": Side.LONG})["side"] is Side.LONG
    assert declaration.validate({"side": "long"})["side"] is Side.LONG
    with pytest.raises(RecipeError, match="setting side='short': Input should be 'long'"):
        declaration.validate({"side": "short"})


@pytest.mark.parametrize(
    ("name", "is_optional"), [("base", True), ("vix", True), ("portfolio", False), ("returns", False)]
)
def test_what_there_always_is_cannot_be_missing(name: str, is_optional: bool) -> None:
    """A role or the base can be done without; whatever else has a name of its own is always there."""
    scope: dict[str, Any] = {}
    exec(f"def weights({name}=None): ...", scope)
    if is_optional:
        assert read_declaration(scope["weights"]).needs == ()
    else:
        with pytest.raises(PluginError, match=f"parameter '{name}' has a default"):
            read_declaration(scope["weights"])


def test_what_a_state_reads_stands_in_its_place() -> None:
    """Both can do without what neither needs; a setting of both is that of `weights`."""

    def weights(stocks: object, state: object, gold: object = None, *, size: float = 0.5) -> None: ...

    def acts(vix: object, gold: object, oil: object = None, *, size: float, window: int = 5) -> None: ...

    whole = read_declaration(weights)
    state = read_state_declaration(acts, whole)
    both = joined_declaration(whole, state)
    assert (both.reads, both.needs) == (("stocks", "gold", "vix", "oil"), ("stocks", "gold", "vix"))
    assert {name: setting.default for name, setting in both.settings.items()} == {"size": 0.5, "window": 5}
    with pytest.raises(PluginError, match="weights reads 'state', but there is no function 'state'"):
        joined_declaration(whole, None)
    plain = read_declaration(example)
    assert joined_declaration(plain, None) is plain


def test_a_state_that_is_no_function_of_what_weights_reads() -> None:
    """A value, its own answer, and what `weights` neither reads nor can be set to are refused."""

    def itself(state: object) -> None: ...

    def other(gold: object) -> None: ...

    def unset(stocks: object, *, sise: float = 1.0) -> None: ...

    whole = read_declaration(example)
    for function, words in (
        (3, "'state' is of type int; it is a function that says when the strategy acts"),
        (itself, "state takes 'state', which is what it returns; leave it out"),
        (other, "state takes 'gold', which weights does not; known: stocks, vix"),
        (unset, "state takes 'sise', which weights does not; did you mean 'size'?"),
    ):
        with pytest.raises(PluginError) as refusal:
            read_state_declaration(function, whole)
        assert str(refusal.value) == words
