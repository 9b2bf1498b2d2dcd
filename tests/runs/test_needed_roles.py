"""What a run reads of its history (backtester/runs/needed_roles.py)."""

import datetime
from pathlib import Path

import numpy as np
import pytest

from backtester.errors import BacktesterError, DataError
from backtester.histories.manifest import find_history
from backtester.histories.market import load_market
from backtester.plugins.loader import load_library
from backtester.plugins.recipes import Recipe, parse_recipe
from backtester.runs.document import document
from backtester.runs.needed_roles import needed_market, roles_read
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from folders import built, listed, made_folder, weekdays

HEDGED = '''
"""Hold puts before meetings, and sell bonds by futures."""


def weights(base, calendar):
    near = (calendar["sessions_to_fomc"] <= 5).astype(float)
    return base.assign(put=near, bonds_future=-0.2)
'''
PLUGINS = {
    "holder": 'def weights(s007, *, other: str = "s009"):\n    return {"s007": 0.5, other: 0.5}\n',
    "taker": 'def weights():\n    return {"s011": 1.0}\n',
    "hider": 'def weights():\n    return {f"s{11:03d}": 1.0}\n',
    "ranker": "def weights(returns):\n    return (returns > 0) / len(returns.columns)\n",
}


def recipes(folder: Path, *texts: str) -> list[Recipe]:
    """The recipes, of built-in strategies and of those above."""
    for name, source in PLUGINS.items():
        (folder / f"{name}.py").write_text(f'"""Made for a test."""\n{source}')
    library = load_library([folder / f"{name}.py" for name in PLUGINS])
    return [parse_recipe(text, library) for text in texts]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history of more assets than a run reads unasked, with bills and two observables."""
    noise = np.random.default_rng(5)
    assets = ["stocks", "bonds", "gold", *(f"s{number:03d}" for number in range(80))]
    columns = {name: 100 * np.exp(np.cumsum(noise.normal(0, 0.01, 700))) for name in assets}
    rates = {name: noise.uniform(1, 5, 700) for name in ("rate", "vix")}
    series = {name: listed("total_return", name) for name in assets}
    series |= {
        "rate": listed("rate", "rate"),
        "vix": listed("level", "vix"),
        "bills": built("bills", **{"yield": "rate"}),
    }
    folder = tmp_path_factory.mktemp("many")
    return made_folder(folder, {"date": weekdays("2018-01-01", 700), **columns, **rates}, series)


def test_of_a_history_of_few_assets_all_are_read(tmp_path: Path) -> None:
    """Every asset is read, since a strategy may hold any and tables show them; of observables those that are named."""
    read = roles_read(recipes(tmp_path, "sixty_forty", "sixty_forty + fed_put"), find_history("us"))
    assert {"stocks", "bonds", "long_bonds", "gold", "dollar", "fed_assets", "inflation"} <= set(read)
    assert not {"vix", "sofr", "yield_30y"} & set(read)
    assert "fomc" in read  # with the calendar
    assert not {"put", "call", "linkers", "short_bonds", "bonds_future"} & set(read)


def test_what_is_not_shown_is_read_where_a_strategy_names_it(tmp_path: Path) -> None:
    """A hedge written out in the file is read and what it is computed from, a schedule with the calendar; no more."""
    (tmp_path / "hedged.py").write_text(HEDGED)
    recipe = parse_recipe("sixty_forty + hedged", load_library([tmp_path / "hedged.py"]))
    us = find_history("us")
    read = roles_read([recipe], us)
    assert {"put", "bonds_future", "fomc"} <= set(read)
    assert not {"call", "linkers", "short_bonds"} & set(read)
    result = carry_out(RunSettings(recipes=("sixty_forty + hedged",), plugins=(tmp_path / "hedged.py",), resamples=0))
    assert {"vix", "yield_3m"} <= set(result.full_market.observables)
    shown = document(result)["history"]["assets"]
    assert list(shown) == ["stocks", "bonds", "long_bonds", "gold", "dollar", "bonds_future", "put"]
    assert (shown["put"]["label"], shown["bonds_future"]["label"]) == ("Put 95%", "10-year future")
    assert {"put", "bonds_future"} <= set(result.joint_rows[0]["assets"])
    assert result.strategies[1].check.causal


@pytest.mark.parametrize(
    ("texts", "read"),
    [
        (["sixty_forty"], []),
        (["holder"], ["s007", "s009"]),
        (["holder(other='s030')", "sixty_forty"], ["s007", "s009", "s030"]),
        (["taker"], ["s011"]),
        (["hider"], []),
        (["sixty_forty + gold_overlay"], ["gold", "bills"]),  # which its file names as what pays
    ],
)
def test_of_a_history_of_many_those_that_are_named(
    many: Path, tmp_path: Path, texts: list[str], read: list[str]
) -> None:
    """Beside the pair and bills, only what signatures, settings and the files of strategies name is read."""
    found = roles_read(recipes(tmp_path, *texts), find_history("made", many), also=["stocks", "bonds"])
    assert found == ["stocks", "bonds", *read]


def test_returns_are_of_every_asset(many: Path, tmp_path: Path) -> None:
    """A strategy that reads `returns` has them all."""
    history = find_history("made", many)
    assert roles_read(recipes(tmp_path, "ranker"), history) == history.assets


def test_a_run_reads_no_more_than_that(many: Path, tmp_path: Path) -> None:
    """The market of a run has only the columns read, and the history's own hash; the figures are those of the whole."""
    made = recipes(tmp_path, "holder")
    settings = RunSettings(recipes=("holder",), history="made", data=many, plugins=(tmp_path / "holder.py",))
    result = carry_out(settings)
    whole = load_market("made", many)
    assert result.full_market.levels.columns.to_list() == ["stocks", "bonds", "s007", "s009", "bills"]
    assert result.full_market.observables.columns.to_list() == ["rate"]
    assert result.full_market.history.sha256 == whole.history.sha256
    assert result.full_market.levels.equals(whole.levels[result.full_market.levels.columns])
    assert needed_market(settings, made).assets == ["stocks", "bonds", "s007", "s009"]


def test_holding_what_was_not_read_is_told(many: Path, tmp_path: Path) -> None:
    """A strategy that holds an asset of many without spelling it out is told how to have it read."""
    recipes(tmp_path, "hider")
    settings = RunSettings(recipes=("hider",), history="made", data=many, plugins=(tmp_path / "hider.py",))
    with pytest.raises(BacktesterError) as told:
        carry_out(settings)
    assert str(told.value) == (
        f"strategy 'hider' ({tmp_path / 'hider.py'}): weights name 's011', which was not read; a run reads the assets "
        "that the manifest shows and those that strategies spell out: write 's011' in the file of this one"
    )


def test_settings_of_any_depth_are_searched(many: Path, tmp_path: Path) -> None:
    """A list or a table in a setting names roles too."""
    source = 'def weights(*, held: dict[str, list[str]] = {"a": ["s001"]}):\n    return {"s001": 1.0}\n'
    (tmp_path / "deep.py").write_text(f'"""Made for a test."""\n{source}')
    recipe = parse_recipe("deep(held={'s002': ['s003']})", load_library([tmp_path / "deep.py"]))
    read = roles_read([recipe], find_history("made", many))
    assert read == ["s001", "s002", "s003"]


def test_an_end_before_the_history_says_what_there_is(many: Path) -> None:
    """The message has the history's whole range."""
    settings = RunSettings(history="made", data=many, end=datetime.date(2001, 1, 1))
    with pytest.raises(DataError) as told:
        needed_market(settings)
    assert str(told.value) == (
        "nothing is left up to 2001-01-01; history 'made' covers 2018-01-01 to 2020-09-04: choose --start and --end "
        "inside it"
    )


def test_the_last_year_of_all_is_an_end() -> None:
    """An end from which no year can be counted on leaves nothing out."""
    whole, cut = (needed_market(RunSettings(end=end)) for end in (None, datetime.date.max))
    assert cut.sessions.equals(whole.sessions)


@pytest.mark.parametrize(("start", "is_refused"), [("2020-01-02", False), ("2020-01-03", True)])
def test_a_start_after_the_end_is_refused(many: Path, start: str, is_refused: bool) -> None:
    """One on it is a period of one session, and the first session can be the end."""
    end = datetime.date(2020, 1, 2)
    settings = RunSettings(history="made", data=many, start=datetime.date.fromisoformat(start), end=end)
    if is_refused:
        with pytest.raises(DataError, match="the start 2020-01-03 is after the end 2020-01-02; swap them"):
            needed_market(settings)
    else:
        assert str(needed_market(settings).sessions[-1].date()) == end.isoformat()
    first = RunSettings(history="made", data=many, end=datetime.date(2018, 1, 1))
    with pytest.raises(DataError, match="at least two are needed"):
        needed_market(first)
