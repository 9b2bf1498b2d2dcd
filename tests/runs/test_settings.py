"""The settings of a run: their bounds, their start values, and what they compare."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from backtester.errors import RecipeError
from backtester.runs.settings import RunSettings, SeriesFile, no_report, refuse_too_many


@pytest.mark.parametrize(
    ("name", "taken", "refused"),
    [("resamples", [0, 100, 1_000_000], [-1, 1, 99, 1_000_001]), ("seed", [0, 2**32 - 1], [-1, 2**32])],
)
def test_bounds(name: str, taken: list[int], refused: list[int]) -> None:
    """A hundred resamples or more, or none; a seed of 32 bits."""
    assert [getattr(RunSettings.model_validate({name: value}), name) for value in taken] == taken
    for value in refused:
        with pytest.raises(ValidationError, match=name):
            RunSettings.model_validate({name: value})


def test_few_resamples_are_told_from_none() -> None:
    """What would do is said."""
    with pytest.raises(ValidationError, match="99 are too few for an interval; give 100 or more, or 0 for none"):
        RunSettings(resamples=99)


def test_start_values() -> None:
    """60/40 on the embedded history, a thousand resamples, nothing audited."""
    usual = RunSettings()
    assert (usual.reference, usual.history, usual.rhythm, usual.resamples, usual.seed) == (
        "sixty_forty",
        "us",
        None,
        1000,
        1,
    )
    assert (usual.audit, usual.as_of, usual.period_starts, usual.stress, usual.compared) == (
        False,
        False,
        False,
        (),
        (),
    )


def test_what_is_compared() -> None:
    """The recipes that are named; else what was given, an asset alone and as a tenth."""
    given = RunSettings(series={"fund": SeriesFile(file=Path("a.csv"))}, weights={"mine": Path("b.csv")})
    assert given.compared == (
        "mine",
        "hold(asset='fund')",
        "sixty_forty + hold(asset='fund', size=0.1, fund='prorata')",
    )
    assert given.model_copy(update={"recipes": ("cash",)}).compared == ("cash",)


def test_twelve_stand_beside_the_reference() -> None:
    """Not thirteen."""
    refuse_too_many(12)
    with pytest.raises(RecipeError, match="13 strategies beside the reference; up to 12 stand side by side"):
        refuse_too_many(13)
    no_report("nothing is shown")


def test_settings_are_not_changed() -> None:
    """Neither is an unknown one taken."""
    with pytest.raises(ValidationError, match="seeds"):
        RunSettings.model_validate({"seeds": 1})
    with pytest.raises(ValidationError, match="columns"):
        SeriesFile.model_validate({"file": "a.csv", "columns": "x"})
