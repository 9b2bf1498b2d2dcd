"""What a scenario's numbers may be, and what they are where nothing is said."""

import pytest
from pydantic import BaseModel

from backtester.stress.scenario import MOST_SESSIONS, Purchases, Replayed, Scenario, Shock, Spiral
from bounds import takes

TINY = 1e-9
BOUNDS = [
    (Replayed, "scale", TINY, 100.0, 0.0, 100.1),
    (Replayed, "slow", 1, 100, 0, 101),
    (Spiral, "kappa", 0.0, 1000.0, -TINY, 1000.1),
    (Spiral, "share", TINY, 0.999, 0.0, 1.0),
    (Purchases, "repo_offer", 0, MOST_SESSIONS, -1, MOST_SESSIONS + 1),
    (Purchases, "held_until", 0, MOST_SESSIONS, -1, MOST_SESSIONS + 1),
    (Scenario, "noise", 0.0, 5.0, -TINY, 5.1),
    (Scenario, "seed", 0, 2**32 - 1, -1, 2**32),
    (Scenario, "sessions", 1, MOST_SESSIONS, 0, MOST_SESSIONS + 1),
    (Shock, "sessions", 1, MOST_SESSIONS, 0, MOST_SESSIONS + 1),
    (Shock, "first", 1, MOST_SESSIONS, 0, MOST_SESSIONS + 1),
]


@pytest.mark.parametrize(("model", "name", "least", "most", "below", "above"), BOUNDS)
def test_bounds(model: type[BaseModel], name: str, least: object, most: object, below: object, above: object) -> None:
    """The least and the most are taken, and what is just beyond them is refused."""
    assert [takes(model, name, value) for value in (least, most)] == [True, True]
    assert [takes(model, name, value) for value in (below, above)] == [False, False]


@pytest.mark.parametrize(
    ("model", "name"), [(Replayed, "slow"), (Purchases, "repo_offer"), (Purchases, "held_until"), (Scenario, "seed")]
)
def test_whole_numbers_are_written_as_such(model: type[BaseModel], name: str) -> None:
    """True is no number, and 1.0 is not whole."""
    assert [takes(model, name, value) for value in (1, True, 1.0, "1")] == [True, False, False, False]


def test_start_values() -> None:
    """As it happened, without purchases, noise or a kappa of one's own; 78 basis points at 30 years for 64 at ten."""
    fields = {"scale": 1.0, "slow": 1, "without": (), "history": "us"}
    assert {name: Replayed.model_fields[name].default for name in fields} == fields
    assert Purchases() == Purchases(on=False, hedged=False, repo_offer=0, held_until=0)
    assert (Spiral().kappa, Spiral().share, Spiral().years) == (0.0, 0.25, {10.0: 1.0, 30.0: 1.21875})
    assert (Scenario.model_fields["noise"].default, Scenario.model_fields["seed"].default) == (0.0, 1)


@pytest.mark.parametrize(("first", "sessions", "end"), [(1, 1, 1), (1, 5, 5), (3, 4, 6)])
def test_a_shock_ends_with_its_last_session(first: int, sessions: int, end: int) -> None:
    """From the third session on four are 3, 4, 5 and 6."""
    assert Shock.model_validate({"role": "stocks", "percent": -1, "first": first, "sessions": sessions}).end == end


def test_a_shock_ends_within_its_scenario() -> None:
    """The last session is one of it, the next is not; without a number the most is the bound."""
    words = dict.fromkeys(("title", "about", "source", "calibrated_on", "differs"), "made")
    for first, sessions, fits in ((3, 5, True), (3, 4, True), (3, 3, False), (MOST_SESSIONS - 1, None, True)):
        shock = {"role": "stocks", "percent": -1, "first": first, "sessions": 2}
        asked = {**words, "shock": [shock], "sessions": sessions}
        if fits:
            assert Scenario.model_validate(asked).sessions == sessions
        else:
            with pytest.raises(ValueError, match="shock 1 ends in session 4, and the scenario has 3"):
                Scenario.model_validate(asked)


def test_where_a_shock_stands() -> None:
    """The file, else the name, and the line where it is known."""
    made = Scenario.model_construct(name="war", file="", lines=(7,))
    assert (made.where(0), made.where(1)) == ("war, line 7", "war")
    assert Scenario.model_construct(name="war", file="war.toml", lines=()).where(0) == "war.toml"
