"""Study files: what they may say, how grids multiply out, and how mistakes are told."""

import os
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backtester.batch.grid import Range
from backtester.batch.study import Study, expand, read_study, settings_at
from backtester.batch.study_plan import plan_study
from backtester.errors import BacktesterError, StudyError, UnknownStrategyError

GRID = '[[grid]]\nrecipe = "sixty_forty + gold_overlay(size={size})"\n'
GOOD = f'name = "s"\n{GRID}size = [0.1]\n'


def study_of(folder: Path, text: str) -> Study:
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return read_study(folder / "study.toml")


def test_smallest_study(tmp_path: Path) -> None:
    """A name and a grid are enough: the embedded history, the usual reference and terms."""
    study = study_of(tmp_path, GOOD)
    settings = study.settings(tmp_path)
    assert (settings.history, settings.reference, settings.data, settings.plugins) == ("us", "sixty_forty", None, ())
    assert expand(study) == [("sixty_forty + gold_overlay(size=0.1)", {"size": 0.1}, {})]


def test_paths_start_from_the_studys_folder(tmp_path: Path) -> None:
    """Relative data and plugins lie beside the file, absolute ones where they say."""
    settings = study_of(tmp_path, f'data = "d"\nplugins = ["p.py", "/q.py"]\n{GOOD}').settings(tmp_path)
    assert settings.data == tmp_path / "d"
    assert settings.plugins == (tmp_path / "p.py", Path("/q.py"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "colour = 1\n" + GOOD,
            "[colour] unknown key; known: bonds_fall, bonds_role, data, end, execution, ",
        ),
        ("referense = 'x'\n" + GOOD, "[referense] unknown key; did you mean 'reference'?"),
        (
            f'name = "s"\n{GRID}siez = [1]',
            "[grid.0] recipe has {size}, which the grid gives no values; did you mean 'si",
        ),
        (GOOD + "target = [1]", "[grid.0] the grid has values for 'target', but the recipe has no {target}"),
        ('name = "s"', "[grid] Field required"),
        ('name = "s"\ngrid = []', "[grid] List should have at least 1 item"),
        (f'name = "s"\n{GRID}size = []', "[grid.0.size.list] List should have at least 1 item"),
        (
            f'name = "s"\n{GRID}size = 3',
            "[grid.0.size] neither a list of values nor { from = 0.0, to = 0.2, step = 0.1",
        ),
        (f'name = "s"\n{GRID}size = [[1]]', "[grid.0.size.list.0] [1] is no value of a setting; numbers, text, true "),
        (f'name = "s"\n{GRID}size = {{from = 0, to = 1}}', "[grid.0.size.range.step] Field required"),
        (
            f'name = "s"\n{GRID}size = {{from = 0, to = 1, step = 0}}',
            "[grid.0.size.range.step] Input should be greater",
        ),
        (
            f'name = "s"\n{GRID}size = {{from = 0, to = 1, stop = 1}}',
            "[grid.0.size.range.stop] unknown key; did you mean ",
        ),
        (
            f'name = "s"\n{GRID}size = {{from = 0, to = inf, step = 1}}',
            "[grid.0.size.range.to] Input should be a finite",
        ),
        (GRID + "size = [1]", "[name] Field required"),
        (
            f'name = "../s"\n{GRID}size = [1]',
            "[name] '../s' is no name; letters, digits, spaces, '.', '-' and '_' make",
        ),
        ('rank_by = "sharp"\n' + GOOD, "[rank_by] no column 'sharp'; did you mean 'sharpe'?"),
        ("start = 2020\n" + GOOD, "[start] "),
        (
            "bonds_fall = -0.5\n" + GOOD,
            "[bonds_fall] -0.5 is a fall of 50%, deeper than any; -0.005 is one of 0.5%",
        ),
        ("stocks_fall = 5\n" + GOOD, "[stocks_fall] 5 is no fall; a fall is a negative fraction: -0.05 for 5%"),
        ('bonds_role = "stocks"\n' + GOOD, "both legs are 'stocks'; a pair has two"),
        (GOOD + "[execution]\nlaag = 1", "[execution.laag] unknown key; did you mean 'lag'?"),
        (
            GOOD + "[execution]\nband = 5",
            "[execution.band] 5 is no band; give a fraction of 1 such as 0.05, or infinity",
        ),
        (GOOD + "[execution]\nlag = -1", "[execution.lag] Input should be greater than or equal to 0"),
        (
            f'name = "s"\n{GRID}size = {{from = "0", to = 1, step = 1}}',
            "[grid.0.size.range.from] '0' is no number; wri",
        ),
        (
            f'name = "s"\n{GRID}size = {{from = 0, to = true, step = 1}}',
            "[grid.0.size.range.to] True is no number; wri",
        ),
        ('name = "s"\n[grid]\nrecipe = "sixty_forty"', "[grid] a list in square brackets is needed; a grid begins wi"),
        ('plugins = "mine"\n' + GOOD, "[plugins] a list in square brackets is needed, such as ["),
        ("plugins = [3]\n" + GOOD, '[plugins.0] a path in quotes is needed, such as "folder"'),
        ("execution = [1]\n" + GOOD, "[execution] a table of keys and values is needed"),
        (GOOD + "[execution]\nlag = true", "[execution.lag] Input should be a valid integer"),
        (GOOD + '[execution]\nto_edge = "yes"', "[execution.to_edge] Input should be a valid boolean"),
        (GOOD + '[execution]\nband = "0.05"', "[execution.band] Input should be a valid number"),
        (GOOD + '[execution.costs]\ntrade_bps = "5"', "[execution.costs.trade_bps] Input should be a valid number"),
        (GOOD + "[execution.costs]\ntrade_bp = 1", "[execution.costs.trade_bp] unknown key; did you mean 'trade_bps'?"),
    ],
)
def test_mistake_is_told_with_its_key(tmp_path: Path, text: str, message: str) -> None:
    """One line: the file, the key, and what is wrong with it."""
    with pytest.raises(StudyError) as caught:
        study_of(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'study.toml'}: {message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe", b"a = " + b"[" * 2000])
def test_file_that_is_not_toml_is_told(tmp_path: Path, content: bytes) -> None:
    """Broken TOML, bytes that are no text and brackets without end are one error."""
    (tmp_path / "study.toml").write_bytes(content)
    with pytest.raises(StudyError, match=r"study\.toml is not TOML: "):
        read_study(tmp_path / "study.toml")


def test_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(StudyError) as caught:
        read_study(tmp_path / "no.toml")
    assert str(caught.value) == (
        f"cannot read the study {tmp_path / 'no.toml'}: No such file or directory; a study is a TOML file"
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files there")
@pytest.mark.parametrize("name", ["pipe", "/dev/zero"])
def test_what_never_ends_is_told(tmp_path: Path, name: str) -> None:
    """A pipe or a device in the place of a study is not waited for, nor read."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StudyError, match=r"^cannot read the study .*: Not a regular file; a study is a TOML file$"):
        read_study(tmp_path / name)


@pytest.mark.parametrize("axis", ["{from = 1, to = 0, step = 0.1}", "{from = 0.2, to = 0.15, step = 0.1}"])
def test_range_that_runs_backwards_is_told(tmp_path: Path, axis: str) -> None:
    """A range whose end comes before its beginning has no values, not even the first."""
    with pytest.raises(StudyError) as caught:
        study_of(tmp_path, f'name = "s"\n{GRID}size = {axis}')
    words = axis.strip("{}").replace(" =", "").replace(",", "").replace("step", "by")
    assert str(caught.value).endswith(f"[grid.0.size.range] a range {words} has no values; swap its ends")


@pytest.mark.parametrize(
    ("axis", "value"),
    [
        ("[1, 9223372036854775808]", "9223372036854775808"),
        ("[-9223372036854775809]", "-9223372036854775809"),
        ("{from = 0, to = 1" + "0" * 30 + ", step = 1" + "0" * 29 + "}", "1" + "0" * 30),
    ],
)
def test_whole_numbers_beyond_64_bits_are_told(tmp_path: Path, axis: str, value: str) -> None:
    """What the table of results cannot hold is refused before any job has run; at the very edge it can."""
    with pytest.raises(StudyError, match=f"{value} is beyond the whole numbers of 64 bits; give it as text"):
        study_of(tmp_path, f'name = "s"\n{GRID}size = {axis}')
    study_of(tmp_path, f'name = "s"\n{GRID}size = [-9223372036854775808, 9223372036854775807]')


def test_too_many_jobs_are_refused(tmp_path: Path) -> None:
    """Axes of 2,000 values, one range of a billion, nine values of forty names: told without making any of them."""
    axis = "{from = 1, to = 2000, step = 1}"
    text = f'name = "s"\n[[grid]]\nrecipe = "a(x={{x}}, y={{y}})"\nx = {axis}\ny = {axis}'
    with pytest.raises(StudyError, match=r"^study 's': 4,000,000 jobs, more than 1,000,000; make the grids coarser$"):
        expand(study_of(tmp_path, text))
    with pytest.raises(StudyError, match=r"^study 's': 1,000,000,000,001 jobs, more than 1,000,000; make the grids"):
        expand(study_of(tmp_path, f'name = "s"\n{GRID}size = {{from = 0, to = 1e9, step = 0.001}}'))
    with pytest.raises(StudyError, match=r"^study 's': 1e\+600 jobs, more than 1,000,000"):
        expand(study_of(tmp_path, f'name = "s"\n{GRID}size = {{from = 0, to = 1e300, step = 1e-300}}'))
    names = [f"x{number}" for number in range(40)]
    recipe = ", ".join(f"{name}={{{name}}}" for name in names)
    values = "\n".join(f"{name} = [1, 2, 3, 4, 5, 6, 7, 8, 9]" for name in names)
    with pytest.raises(StudyError, match=r"^study 's': 1e\+38 jobs, more than 1,000,000; make the grids coarser$"):
        expand(study_of(tmp_path, f'name = "s"\n[[grid]]\nrecipe = "a({recipe})"\n{values}'))


def test_grids_add_up_to_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two grids of five jobs are ten, which is not more than ten."""
    text = f'name = "s"\n{GRID}size = {{from = 1, to = 5, step = 1}}\n{GRID}size = [6, 7, 8, 9, 10]'
    monkeypatch.setattr("backtester.batch.study.MAX_JOBS", 10)
    assert [point["size"] for _, point, _ in expand(study_of(tmp_path, text))] == list(range(1, 11))
    monkeypatch.setattr("backtester.batch.study.MAX_JOBS", 9)
    with pytest.raises(StudyError, match="10 jobs, more than 9; make the grids coarser"):
        expand(study_of(tmp_path, text))


def test_ranges_count_in_decimals() -> None:
    """0 to 0.3 by 0.1 is 0, 0.1, 0.2, 0.3: not 0.30000000000000004, and its end is there."""
    assert Range.model_validate({"from": 0.0, "to": 0.3, "step": 0.1}).values() == [0.0, 0.1, 0.2, 0.3]


def test_range_stops_short_of_an_end_it_does_not_meet() -> None:
    """0 to 1 by 0.4 is 0, 0.4, 0.8."""
    assert Range.model_validate({"from": 0, "to": 1, "step": 0.4}).values() == [0.0, 0.4, 0.8]


@given(st.integers(-500, 500), st.integers(0, 60), st.integers(1, 250), st.sampled_from([1, 2, 3, 4]))
def test_range_is_exact(first: int, steps: int, step: int, digits: int) -> None:
    """Any decimal range has exactly the values that it would have in whole numbers of its last digit."""
    unit = Decimal(10) ** -digits
    ends = {"from": float(first * unit), "to": float((first + steps * step) * unit), "step": float(step * unit)}
    expected = [float((first + place * step) * unit) for place in range(steps + 1)]
    assert Range.model_validate(ends).values() == expected


def test_grids_multiply_out_in_order(tmp_path: Path) -> None:
    """The last name varies fastest, grids follow each other, types stay as they were written."""
    text = (
        'name = "s"\n[[grid]]\nrecipe = "a(x={x}, y={y})"\nx = [1, 0.5]\ny = [true, "b"]\n'
        '[[grid]]\nrecipe = "{name}"\nname = ["c", "d"]\n[[grid]]\nrecipe = "e"\n'
    )
    assert [point[:2] for point in expand(study_of(tmp_path, text))] == [
        ("a(x=1, y=True)", {"x": 1, "y": True}),
        ("a(x=1, y=b)", {"x": 1, "y": "b"}),
        ("a(x=0.5, y=True)", {"x": 0.5, "y": True}),
        ("a(x=0.5, y=b)", {"x": 0.5, "y": "b"}),
        ("c", {"name": "c"}),
        ("d", {"name": "d"}),
        ("e", {}),
    ]
    assert isinstance(expand(study_of(tmp_path, text))[0][1]["x"], int)


def test_range_of_whole_numbers_stays_whole() -> None:
    """A range whose three numbers are whole gives whole numbers, as an integer setting needs."""
    assert Range.model_validate({"from": 21, "to": 63, "step": 21}).values() == [21, 42, 63]
    assert all(isinstance(value, int) for value in Range.model_validate({"from": 0, "to": 2, "step": 1}).values())
    assert Range.model_validate({"from": 0, "to": 1, "step": 0.5}).values() == [0.0, 0.5, 1.0]


SWEEPABLE_SETTINGS = """
name = "s"
[[grid]]
recipe = "sixty_forty(stocks={x})"
linked = [["x", "lag"]]
x = [0.5, 0.6]
rebalance = ["month", "month+5"]
lag = [1, 2]
trade_bps = [5]
bonds_role = ["gold"]
"""


def test_settings_of_the_run_vary_and_linked_names_vary_together(tmp_path: Path) -> None:
    """What the recipe does not name is a setting of the run; two linked names make two points, not four."""
    study = study_of(tmp_path, SWEEPABLE_SETTINGS)
    points = expand(study)
    assert [tuple(point.values.values()) for point in points] == [
        (0.5, "month", 1, 5, "gold"),
        (0.5, "month+5", 1, 5, "gold"),
        (0.6, "month", 2, 5, "gold"),
        (0.6, "month+5", 2, 5, "gold"),
    ]
    assert points[3].swept == {"rebalance": "month+5", "lag": 2, "trade_bps": 5, "bonds_role": "gold"}
    settings = settings_at(study.settings(tmp_path), points[3].swept)
    assert (settings.execution.rebalance, settings.execution.lag) == ("month+5", 2)
    assert (settings.execution.costs.trade_bps, settings.bonds_role) == (5, "gold")
    assert settings.execution.band is None


@pytest.mark.parametrize(
    ("linked", "message"),
    [
        ('[["x", "y"]]', "linked names 'y', which the grid gives no values; "),
        ('[["x", "lag"], ["lag", "rebalance"]]', "linked names 'lag' twice; a name varies with one group"),
        ('[["x", "trade_bps"]]', "linked names have as many values each; these have x 2, trade_bps 1"),
    ],
)
def test_links_that_do_not_fit_are_refused(tmp_path: Path, linked: str, message: str) -> None:
    """A name without values, in two groups, or with another number of values is named."""
    with pytest.raises(StudyError) as caught:
        study_of(tmp_path, SWEEPABLE_SETTINGS.replace('[["x", "lag"]]', linked))
    assert message in str(caught.value)


def test_a_setting_of_the_run_has_its_own_bounds(tmp_path: Path) -> None:
    """A value that a setting of the run cannot have is refused with its key."""
    settings = study_of(tmp_path, GOOD).settings(tmp_path)
    with pytest.raises(StudyError, match=r"^a grid's settings of the run: \[execution\.lag\] Input should be greater"):
        settings_at(settings, {"lag": -1})
    with pytest.raises(StudyError, match=r"\[bonds_fall\] 5 is no fall; a fall is a negative fraction"):
        settings_at(settings, {"bonds_fall": 5})


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("start = 2090-01-01\n{}", "the period holds 0 sessions; history 'small' covers "),
        ('bonds_role = "bondz"\n{}', "history 'small' has no funded asset 'bondz' for the pair; did you mean 'bonds'?"),
        ('{}bonds_role = ["bonds", "bondz"]', "history 'small' has no funded asset 'bondz' for the pair"),
        ('{}rebalance = ["month", "monthly"]', "unknown schedule 'monthly'; did you mean 'month'?"),
        ("{}[execution.costs.assets]\nplatinum = 5", "costs name 'platinum', which cannot be held; known: "),
    ],
)
def test_what_no_job_could_keep_is_refused_at_once(tmp_path: Path, small: Path, more: str, message: str) -> None:
    """A window, leg, schedule or cost that the history does not have is an error of the study; no folder is made."""
    path = tmp_path / "study.toml"
    path.write_text(f'history = "small"\ndata = "{small}"\n' + more.format(GOOD))
    with pytest.raises(BacktesterError) as caught:
        plan_study(path)
    assert str(caught.value).startswith(message)
    assert [one.name for one in tmp_path.iterdir()] == ["study.toml"]


def test_a_study_says_where_strategies_are_named(tmp_path: Path) -> None:
    """Of an unknown strategy it says the nearest name, and the study's own key for files of one's own."""
    path = tmp_path / "study.toml"
    path.write_text('name = "s"\nhistory = "us"\n[[grid]]\nrecipe = "sixty_fort"\n')
    with pytest.raises(UnknownStrategyError) as caught:
        plan_study(path)
    assert caught.value.lines() == [
        "unknown strategy 'sixty_fort'; did you mean 'sixty_forty'?",
        "in the recipe 'sixty_fort'",
        f"in {path}, whose `plugins` can name strategy files of your own",
    ]


@pytest.mark.parametrize(
    ("counts", "said"),
    [([10**15 - 1], "999,999,999,999,999 jobs"), ([10**15], "1e+15 jobs"), ([10**6, 1], "1,000,001 jobs")],
)
def test_how_many_jobs_are_too_many(counts: list[int], said: str) -> None:
    """A number that nobody would read to its end is rounded."""
    many = SimpleNamespace(name="many", grid=[SimpleNamespace(count=count) for count in counts])
    with pytest.raises(StudyError) as caught:
        expand(cast(Study, many))
    assert str(caught.value) == f"study 'many': {said}, more than 1,000,000; make the grids coarser"
