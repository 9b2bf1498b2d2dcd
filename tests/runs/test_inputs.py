"""What a run reads besides its history: series and weights of a file, in any form, and what it says of them."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from backtester.errors import BacktesterError, RecipeError
from backtester.files import sha256
from backtester.histories.market import load_market
from backtester.plugins.recipes import Recipe
from backtester.runs.inputs import RunInputs, distinct, read_inputs
from backtester.runs.needed_roles import needed_market
from backtester.runs.settings import RunSettings, SeriesFile


@pytest.fixture(scope="module")
def gold(small: Path) -> "pd.Series[float]":
    """Levels that do not come by the sessions of `small` alone: the gold of its history, twice."""
    return 2 * load_market("small", small).levels["gold"]


def given(small: Path, file: Path, text: str, *, recipes: tuple[str, ...] = (), **words: object) -> RunInputs:
    """The inputs of a run with a series `fund` from a file with that text."""
    file.write_text(text)
    series = {"fund": SeriesFile(file=file, **{key: words.pop(key) for key in ("form", "column") if key in words})}
    return read_inputs(RunSettings(history="small", data=small, recipes=recipes, series=series, **words))


def levels(inputs: RunInputs) -> "pd.Series[float]":
    """The fund's levels in the market of the run."""
    return needed_market(RunSettings(), inputs.recipes, inputs.history).levels["fund"].dropna()


def test_levels_are_added_as_they_are(small: Path, gold: "pd.Series[float]", tmp_path: Path) -> None:
    """The fund is an asset beside the others; its file's name and hash are in the history's table."""
    inputs = given(small, tmp_path / "fund.csv", gold.to_csv())
    np.testing.assert_allclose(levels(inputs), gold, rtol=1e-15)
    digest = sha256((tmp_path / "fund.csv").read_bytes())
    assert inputs.history.table.files["fund.csv"] == f"sha256 {digest}"
    assert inputs.history.series["fund"].source == "fund.csv"
    assert inputs.notes[0] == "fund: 589 levels, 2019-06-03 to 2021-09-30, from fund.csv"
    assert load_market("small", small).assets == ["stocks", "bonds", "gold"]


def test_returns_are_told_apart_and_compounded(small: Path, gold: "pd.Series[float]", tmp_path: Path) -> None:
    """Returns of 2020 in fractions, or in percent, make the levels they came from, from the last session of 2019."""
    part = gold.loc["2019-12-31":"2020-12-31"]
    for factor, word in ((1, "returns, fractions of 1"), (100, "returns in percent")):
        text = (factor * part.pct_change().dropna()).to_csv()
        inputs = given(small, tmp_path / "fund.csv", text)
        np.testing.assert_allclose(levels(inputs), part / part.iloc[0], rtol=1e-12)
        assert inputs.notes[0] == f"fund: 253 {word}, 2020-01-02 to 2020-12-31, from fund.csv"
        assert inputs.notes[1] == (
            "fund ends on 2020-12-31 and is cash from then on; --end 2020-12-31 measures only what it has"
        )


def test_a_form_and_a_column_can_be_said(small: Path, gold: "pd.Series[float]", tmp_path: Path) -> None:
    """Of several columns the one that is named is read in the form that is named; else the adjusted close."""
    table = pd.DataFrame({"Close": gold + 1, "Adj Close": gold, "pct": 100 * gold.pct_change()})
    asked = given(small, tmp_path / "fund.csv", table.to_csv(), column="pct", form="percent")
    np.testing.assert_allclose(levels(asked), gold / gold.iloc[0], rtol=1e-12)
    chosen = given(small, tmp_path / "fund.csv", table.to_csv())
    np.testing.assert_allclose(levels(chosen), gold, rtol=1e-15)
    assert "column 'Adj Close' (adjusted for dividends, as a total return needs)" in chosen.notes[0]


def test_the_reading_of_the_file_can_be_said(small: Path, gold: "pd.Series[float]", tmp_path: Path) -> None:
    """Semicolons, decimal commas and slashes, which import takes, are taken here too; what was worked out is a note."""
    text = gold.rename_axis("Datum").to_csv(sep=";", decimal=",", date_format="%d/%m/%Y")
    inputs = given(small, tmp_path / "fund.csv", text)
    np.testing.assert_allclose(levels(inputs), gold, rtol=1e-15)
    assert inputs.notes[0].startswith("fund: fund.csv: dates are read as day/month/year")
    inputs = given(small, tmp_path / "fund.csv", text, date_format="%d/%m/%Y", decimal=",", sep=";")
    np.testing.assert_allclose(levels(inputs), gold, rtol=1e-15)


def test_without_recipes_what_was_given_is_run(small: Path, gold: "pd.Series[float]", tmp_path: Path) -> None:
    """A series stands alone and as a tenth of the reference, weights by themselves."""
    (tmp_path / "w.csv").write_text("date,stocks,gold\n2020-01-02,0.5,0.5\n")
    inputs = given(small, tmp_path / "fund.csv", gold.to_csv(), weights={"Mine": tmp_path / "w.csv"})
    assert [recipe.name for recipe in inputs.recipes] == [
        "sixty_forty",
        "mine",
        "hold(asset='fund')",
        "sixty_forty + hold(asset='fund', size=0.1, fund='prorata')",
    ]
    said = "mine: 1 row of weights, 2020-01-02 to 2020-01-02, from w.csv; whether they look ahead cannot be checked"
    assert said in inputs.notes


def test_the_command_repeats_what_was_given(small: Path, gold: "pd.Series[float]", tmp_path: Path) -> None:
    """Each file, column, form and dialect is an option of it, an absolute path by its last name."""
    inputs = given(
        small, tmp_path / "fund.csv", gold.to_csv(), form="levels", column="gold", date_format="%Y-%m-%d", sep=","
    )
    options = "--series fund=fund.csv --column fund=gold --form fund=levels --date-format %Y-%m-%d --sep ,"
    assert inputs.command == f"backtester run --history small --data small {options}"


ROWS = "date,x\n2020-01-31,100\n2020-02-28,101\n2020-03-31,99\n2020-04-30,103\n"
FEW = "date,x\n2020-01-02,1\n2020-01-03,0.001\n2020-01-06,1\n2020-01-07,-1\n"


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        (
            ROWS,
            {},
            "fund.csv is monthly, and the sessions of history 'small' are daily; measure everything at the ends",
        ),
        ("date,x,y\n2020-01-02,1,2\n", {}, "fund.csv has columns x, y; say which"),
        ("date,x,y\n2020-01-02,1,2\n", {"column": "z"}, "fund.csv has no column 'z'"),
        (
            "date,x\n2020-01-02,.\n",
            {},
            "fund.csv has no value in its column 'x'; take another with --column fund=COLUMN",
        ),
        (FEW, {"form": "levels"}, "series 'fund': -1.0 on 2020-01-07 is not above zero"),
        (FEW, {"form": "returns"}, "fund.csv: -1 on 2020-01-07 is a loss of all, or more; say --form NAME=FORM"),
        ("date,x\n01/02/2020,1\n02/03/2020,2\n", {}, "say which is the day: --date-format"),
    ],
)
def test_what_a_file_leaves_open_is_refused(
    small: Path, tmp_path: Path, text: str, words: dict[str, str], message: str
) -> None:
    """Each refusal names the file or the series, and what can be said."""
    with pytest.raises(BacktesterError) as caught:
        given(small, tmp_path / "fund.csv", text, **words)
    assert message in " ".join(caught.value.lines())


@pytest.mark.parametrize(
    ("option", "name", "file", "message"),
    [
        ("series", "gold", "x.csv", "history 'small' has a series 'gold' already; give the one of x.csv another name"),
        ("series", "Fund", "x.csv", "'Fund' is no name for a history or role"),
        ("series", "fund", "no.csv", "cannot read no.csv: No such file or directory"),
        ("weights", "hold", "w.csv", "--weights hold=w.csv: there is a strategy 'hold' already; take another name"),
        ("weights", "my w", "w.csv", "--weights my w=w.csv: 'my w' is no name for a strategy; take letters, digits, _"),
        ("weights", "mine", "percent.csv", "percent.csv: the weights of 2020-01-02 add up to 100"),
    ],
)
def test_names_that_are_taken_and_files_that_are_none(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, name: str, file: str, message: str
) -> None:
    """Each is refused before anything is simulated."""
    monkeypatch.chdir(tmp_path)
    Path("x.csv").write_text("date,x\n" + "".join(f"2020-01-{day:02},{100 + day}\n" for day in range(6, 11)))
    Path("w.csv").write_text("date,stocks\n2020-01-02,0.5\n")
    Path("percent.csv").write_text("date,stocks,bonds\n2020-01-02,60,40\n")
    given_file = {"file": file} if option == "series" else file
    with pytest.raises(BacktesterError) as caught:
        read_inputs(RunSettings.model_validate({"history": "small", "data": small, option: {name: given_file}}))
    assert message in " ".join(caught.value.lines())


def test_what_does_not_load_is_named(tmp_path: Path) -> None:
    """A run without recipes says which strategy it does without; one that names its recipes does not need it."""
    (tmp_path / "mine.py").write_text("1 / 0\n")
    note = "mine is left out: 'strategies show mine' says why it does not load"
    assert note in read_inputs(RunSettings(plugins=(tmp_path,))).notes
    assert read_inputs(RunSettings(plugins=(tmp_path,), recipes=("sixty_forty + gold_overlay",))).notes == ()


def test_the_reference_is_first_wherever_it_is_named_again() -> None:
    """A recipe that is given twice stands where it was given first."""
    gold = "sixty_forty + gold_overlay"
    for recipes in ((gold, "sixty_forty"), ("sixty_forty", gold), (gold, "sixty_forty(stocks=0.6)", gold)):
        found = read_inputs(RunSettings(recipes=recipes)).recipes
        assert [recipe.name for recipe in found] == ["sixty_forty", gold]


@pytest.mark.parametrize(("count", "is_refused"), [(13, False), (14, True)])
def test_twelve_stand_beside_the_reference(count: int, is_refused: bool) -> None:
    """More are refused, each counted once."""
    recipes = [cast(Recipe, SimpleNamespace(full=f"r{place}", name=f"r{place}")) for place in range(count)]
    if is_refused:
        with pytest.raises(RecipeError, match="13 strategies beside the reference; up to 12 stand side by side"):
            distinct([*recipes, *recipes])
    else:
        assert distinct([*recipes, *recipes]) == recipes


def test_a_fund_is_absent_from_its_end_or_that_of_the_run(
    small: Path, gold: "pd.Series[float]", tmp_path: Path
) -> None:
    """One that goes on to the last session that is measured has not ended; of a file with one column none is named."""
    text = gold[:"2021-08-31"].to_csv()
    said = "fund ends on 2021-08-31 and is cash from then on"
    for end, is_said in ((None, True), ("2021-12-31", True), ("2021-09-11", True), ("2021-09-10", False)):
        inputs = given(small, tmp_path / "fund.csv", text, end=end)
        assert any(note.startswith(said) for note in inputs.notes) is is_said, end
        assert inputs.notes[0].endswith("from fund.csv")
    two = given(small, tmp_path / "fund.csv", gold.to_frame("Close").assign(Volume=1.0).to_csv(), column="Close")
    assert ", column 'Close'" in two.notes[0]
