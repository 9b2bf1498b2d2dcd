"""Scenario files: what they say is checked, and a mistake is shown with its line."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from backtester.errors import ScenarioError
from backtester.stress.choose import choose_scenarios
from backtester.stress.read import check_roles, read_scenario, scenario_names
from backtester.stress.scenario import Shock

HEAD = """title = "T"
about = "A"
source = "S"
calibrated_on = "C"
differs = "D"
"""
BUILT_IN = {
    *("basis_unwind", "capital_war", "dash_for_cash", "default_scare", "fed_steps_in", "flight_to_quality"),
    *("inflation_2022", "stagflation_slow", "swap_spread_unwind", "tariffs_and_inflation"),
    "term_premium",
}


def written(folder: Path, text: str) -> str:
    """The path of a scenario file with that text after its head, which has five lines."""
    path = folder / "mine.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return str(path)


def test_the_built_in_scenarios_say_what_they_are() -> None:
    """Each has a paragraph, a source, the window it is calibrated on, and what makes it different from that."""
    assert set(scenario_names()) == BUILT_IN
    for name in scenario_names():
        scenario = read_scenario(name)
        assert min(len(scenario.about), len(scenario.differs)) > 60, name
        assert "20" in scenario.calibrated_on or "19" in scenario.calibrated_on, name
        assert scenario.source, name
    assert "ROSE" in read_scenario("default-scare").differs


def test_the_hash_is_of_what_it_says(tmp_path: Path) -> None:
    """The same words in another place hash to the same; another size, or another base, does not."""
    text = '[[shock]]\nrole = "stocks"\npercent = -10\n'
    first = read_scenario(written(tmp_path, text)).sha256
    other = tmp_path / "elsewhere"
    other.mkdir()
    assert read_scenario(written(other, text)).sha256 == first
    assert read_scenario(written(other, text.replace("10", "11"))).sha256 != first
    on_base = [
        read_scenario(written(tmp_path, f'base = "{base}"\n')).sha256 for base in ("term_premium", "capital_war")
    ]
    assert on_base[0] != on_base[1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[shock]]\nrole = "stocks"\npercent = -100\n', r"line 8: \[shock.1\.?.*a loss beyond 100%"),
        ('[[shock]]\nrole = "stocks"\npercent = "ten"\n', r"line 8: \[shock\.1\.percent\] 'ten' is no number"),
        ('[[shock]]\nrole = "stocks"\nbp = 5\n', "a shock to 'stocks' has bp; it takes one of percent"),
        ('[[shock]]\nrole = "vix"\n', "line 6: .*a shock to 'vix' has no size; it takes one of points"),
        ('[[shock]]\nrole = "vix"\npoints = 5\nshape = "lin"\n', r"line 9: .*'lin' is no shape; did you mean 'line'\?"),
        (
            '[[shock]]\nrole = "gold"\npercent = 5\n\n[[shock]]\nrole = "gold"\npercnt = 5\n',
            "line 12: .*unknown key; did",
        ),
        ("nois = 1\n", r"line 6: \[nois\] unknown key; did you mean 'noise'\?"),
        ("noise = 9\n", r"line 6: \[noise\] Input should be less than or equal to 5"),
        ('[[shock]]\nrole = "yields"\nbp = { 0.25 = 5 }\n', "line 8: .*years with a decimal point stand in quotes"),
        ('[[shock]]\nrole = "yields"\nbp = { ten = 5 }\n', "line 8: .*years to maturity are needed"),
        (
            "[spiral]\nleverage = 100\n",
            r"line 6: \[spiral\] leverage 100 with haircut and margin of 1\.50% in all; at most",
        ),
        ("[replay]\nstart = 2020-03-09\n", r"line 6: \[replay\.end\] Field required"),
        (
            "sessions = 3\n[[shock]]\nrole = 'gold'\npercent = 5\nfirst = 4\n",
            "shock 1 ends in session 4, and the scenario",
        ),
        ("title = 'twice'\n", "is not TOML: .*line 6"),
        ("sessions = 5\nnoise = 1\n", r"line 1: a scenario moves something: add a \[\[shock\]\], whose size may be 0"),
    ],
)
def test_mistakes_are_shown_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    """Unknown keys, units and shapes, impossible losses and leverage: the file, the line, and what is accepted."""
    with pytest.raises(ScenarioError, match=message):
        read_scenario(written(tmp_path, text))


def test_a_zero_scenario_is_one(tmp_path: Path) -> None:
    """A file may state a shock of 0, or that the Fed buys and nothing else."""
    assert read_scenario(written(tmp_path, '[[shock]]\nrole = "stocks"\npercent = 0\n')).shock[0].percent == 0
    assert read_scenario(written(tmp_path, "[fed]\non = true\n")).fed.on


def test_an_unknown_role_gets_the_nearest(tmp_path: Path) -> None:
    """A role that is neither well known nor the history's is refused with its line; the history's own is taken."""
    scenario = read_scenario(written(tmp_path, '[[shock]]\nrole = "stoks"\npercent = 5\n'))
    message = r"mine\.toml, line 6: \[shock\.1\.role\] unknown role 'stoks'; did you mean 'stocks'\?"
    above = scenario.model_copy(update={"file": "above.toml", "shock": (), "lines": (), "base_scenario": scenario})
    for one in (scenario, above):
        with pytest.raises(ScenarioError, match=message):
            check_roles(one, {"bonds"})
    check_roles(scenario, {"stoks"})


def test_all_a_name_and_a_window_are_chosen() -> None:
    """`all` is every built-in one, a crisis goes by its name, and what is named twice stands once."""
    assert {scenario.name for scenario in choose_scenarios(["all", "term_premium"], "us")} == BUILT_IN
    crisis, window = choose_scenarios(["Black Monday", "2020-03-09..2020-03-18"], "us")
    assert (crisis.title, crisis.calibrated_on) == ("Black Monday", "crisis_1987: 1987-10-13 to 1987-10-19")
    assert window.title == "Replay of 2020-03-09 to 2020-03-18"
    with pytest.raises(ScenarioError, match=r"unknown scenario 'capital_wars'; did you mean 'capital_war'\?"):
        choose_scenarios(["capital_wars"], "us")
    with pytest.raises(ScenarioError, match=r"cannot read the scenario nowhere\.toml: No such file"):
        choose_scenarios(["nowhere.toml"], "us")


def test_forty_scenarios_stand_on_a_page() -> None:
    """Counted as they are asked for; one more is refused."""
    assert [one.name for one in choose_scenarios(["capital_war"] * 40, "us")] == ["capital_war"]
    with pytest.raises(ScenarioError, match=r"^41 scenarios; at most 40 stand on one page: leave some out$"):
        choose_scenarios(["capital_war"] * 41, "us")


@pytest.mark.parametrize("shock", [{"role": "fed_target", "bp": {"10": 5}}, {"role": "yields", "bp": {}}])
def test_moves_by_maturity_are_of_yields(shock: dict[str, object]) -> None:
    """Of nothing else, and at least one."""
    with pytest.raises(ValidationError, match="moves by years to maturity are for 'yields', and at least one is"):
        Shock.model_validate(shock)
