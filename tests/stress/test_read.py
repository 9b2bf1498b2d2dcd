"""Scenario files read: the line of a mistake, names that are near, and scenarios on others."""

from pathlib import Path

import pytest

from backtester.errors import ScenarioError
from backtester.stress import read
from backtester.stress.read import check_roles, line_of, read_scenario, scenario_names

TEXT = """
title = "T"

[[shock]]
role = "stocks"
"percent" = 1

  [[ shock ]]
role="bonds"
[replay]
window = "x"
[fed]
[fed.more]
on = true
"""


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ([], 1),
        (["title"], 2),
        (["missing"], 1),
        (["shock"], 4),
        (["shock", 0, "role"], 5),
        (["shock", 0, "percent"], 6),
        (["shock", 0], 4),
        (["shock", 1], 8),
        (["shock", 1, "role"], 9),
        (["shock", 1, "percent"], 8),
        (["shock", 2, "role"], 9),
        (["shock", 0, "first"], 4),
        (["replay", "window"], 11),
        (["replay", "scale"], 10),
        (["fed", "on"], 12),
        (["fed"], 12),
    ],
)
def test_the_line_of_a_key(words: list[object], line: int) -> None:
    """Where it stands in its own table, not in the next; else the header of the table that lacks it, else the first."""
    assert line_of(TEXT, words) == line
    assert line_of('[[shock]]\nrole = "gold"\n', ["shock", 5, "role"]) == 2


HEAD = """title = "T"
about = "A"
source = "S"
calibrated_on = "C"
differs = "D"
"""


def written(folder: Path, text: str, name: str = "mine") -> str:
    """The path of a scenario file with that text after its head, which has five lines."""
    (folder / f"{name}.toml").write_text(HEAD + text, encoding="utf-8")
    return str(folder / f"{name}.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[shock]]\nrole = "gold"\nperzent = 1\n', r"line 8: [shock.1.perzent] unknown key; did you mean 'percent'?"),
        ("perzent = 1\n", "line 6: [perzent] unknown key; "),
        ('[[shock]]\nrolle = "gold"\npercent = 1\n', "line 7: [shock.1.rolle] unknown key; did you mean 'role'?"),
        ("[fed]\non = true\nwhen = 1\n", "line 8: [fed.when] unknown key; "),
        ("[fed]\nrepo_ofer = 1\n", "line 7: [fed.repo_ofer] unknown key; did you mean 'repo_offer'?"),
        ('[[shock]]\nrole = "gold"\npercent = 1\nshape = "jumb"\n', "'jumb' is no shape; did you mean 'jump'?"),
        ('[[shock]]\nrole = "gold"\npercent = 1\n[[shock]]\nrole = "oil"\npercent = "x"\n', "line 11: [shock.2"),
        ("sessions = 0\n", "line 6: [sessions] "),
        ('name = "x"\nlines = [1]\n', "line 6: [name] unknown key; leave it out"),
        ("title = 2\n", "is not TOML: Cannot overwrite a value"),
    ],
)
def test_mistakes_with_their_lines(tmp_path: Path, text: str, message: str) -> None:
    """Unknown keys first, with the nearest name; numbers of shocks count from 1."""
    with pytest.raises(ScenarioError) as caught:
        read_scenario(written(tmp_path, text))
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "mine.toml"))
    assert "Value error" not in str(caught.value)


def test_a_file_says_where_its_shocks_stand(tmp_path: Path) -> None:
    """By name, file and lines, counted from 1; a file of the largest size is read, a byte more is not."""
    shocks = '[[shock]]\nrole = "gold"\npercent = 1\n [[ shock ]]\nrole = "stocks"\npercent = 1\n'
    found = read_scenario(written(tmp_path, shocks))
    assert (found.name, found.file, list(found.lines)) == ("mine", "mine.toml", [6, 9])
    filled = shocks + "#" * (read.MAX_SCENARIO_BYTES - len(HEAD + shocks))
    assert read_scenario(written(tmp_path, filled)).name == "mine"
    with pytest.raises(
        ScenarioError, match=r"^cannot read the scenario .*mine\.toml: More than 1 MB; it is a TOML file$"
    ):
        read_scenario(written(tmp_path, filled + "#"))
    assert read.MAX_SCENARIO_BYTES == 1_000_000


def test_names_of_scenarios(tmp_path: Path) -> None:
    """In whatever case, with hyphens too; the nearest is named where there is none."""
    assert read_scenario("Capital-War").name == "capital_war"
    assert scenario_names() == sorted(scenario_names())
    with pytest.raises(ScenarioError, match=r"^unknown scenario 'capital_wat'; did you mean 'capital_war'\?$"):
        read_scenario("capital_wat")
    with pytest.raises(ScenarioError, match=r"^cannot read the scenario .*no\.toml: No such file or directory; it is"):
        read_scenario(str(tmp_path / "no.toml"))


@pytest.mark.parametrize(("count", "is_read"), [(5, True), (6, False)])
def test_scenarios_on_scenarios(tmp_path: Path, count: int, is_read: bool) -> None:
    """Five below the first are read, each with the one it is on; of six the last is one too many."""
    paths = [str(tmp_path / f"s{place}.toml") for place in range(count + 1)]
    for place in range(count):
        written(tmp_path, f'base = "{paths[place + 1]}"\n', f"s{place}")
    written(tmp_path, '[[shock]]\nrole = "gold"\npercent = 1\n', f"s{count}")
    if not is_read:
        with pytest.raises(
            ScenarioError, match=r"s5\.toml has itself as a base, or more than 5 others below it; leave"
        ):
            read_scenario(paths[0])
        return
    found, depth = read_scenario(paths[0]), 0
    while found.base_scenario is not None:
        found, depth = found.base_scenario, depth + 1
    assert (depth, found.name) == (count, f"s{count}")


def test_roles_of_shocks(tmp_path: Path) -> None:
    """One that is well known, or of the history, is taken; also below a scenario each shock is looked at."""
    base = written(
        tmp_path, '[[shock]]\nrole = "stocks"\npercent = 1\n[[shock]]\nrole = "my_fund"\npercent = 1\n', "base"
    )
    found = read_scenario(written(tmp_path, f'base = "{base}"\n'))
    check_roles(found, {"my_fund"})
    with pytest.raises(ScenarioError, match=r"base\.toml, line 9: \[shock\.2\.role\] unknown role 'my_fund'; did you"):
        check_roles(found, {"my_funds"})
