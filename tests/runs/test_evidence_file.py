"""What the kept table of evidence says of a run's recipes on the longer history."""

import dataclasses

import pytest

from backtester.runs import evidence_file
from backtester.runs.evidence_file import has_evidence_settings, long_history_evidence
from backtester.runs.evidence_line import EvidenceLine
from backtester.runs.folder import RunFolder, read_run, write_run
from backtester.runs.run import carry_out
from backtester.runs.settings import RunSettings
from backtester.runs.values import Json
from backtester.tearsheet.names import named_strategies
from backtester.tearsheet.parts.provenance import longer_history
from backtester.tearsheet.sections import verdict_section

OVERLAYS = ("fed_put", "gold_overlay", "vol_target(target=0.1)")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run over the whole of `us`: two rows of the table, and one with a setting of its own."""
    folder = tmp_path_factory.mktemp("kept") / "run"
    write_run(carry_out(RunSettings(recipes=tuple(f"sixty_forty + {one}" for one in OVERLAYS), resamples=0)), folder)
    return read_run(folder)


def with_settings(run: RunFolder, **settings: object) -> RunFolder:
    """The run as if it had been asked for so."""
    return dataclasses.replace(run, manifest=run.manifest | {"settings": run.manifest["settings"] | settings})


def changed(run: RunFolder, place: int, name: str) -> RunFolder:
    """The run as if the file of a step had another hash in the strategy at a place."""
    strategies = [dict(one) for one in run.document["strategies"]]
    steps = [step | {"sha256": "0" * 64} if step["name"] == name else step for step in strategies[place]["steps"]]
    strategies[place]["steps"] = steps
    document: Json = run.document | {"strategies": strategies}
    return dataclasses.replace(run, document=document)


def test_rows_of_the_table_have_their_line(run: RunFolder) -> None:
    """A strategy at its defaults has the line of `us_1962`; one with a setting of its own has none."""
    lines = long_history_evidence(run)
    assert list(lines) == ["sixty_forty + fed_put", "sixty_forty + gold_overlay"]
    fed_put, gold = lines.values()
    assert (fed_put.history, fed_put.start, fed_put.verdict) == ("us_1962", "1962-01-02", "small")
    assert (gold.verdict, gold.why_not) == (None, "needs gold")


@pytest.mark.parametrize(("place", "name"), [(1, "fed_put"), (1, "sixty_forty")])
def test_a_changed_file_has_no_line(run: RunFolder, place: int, name: str) -> None:
    """Nor has a strategy the file of whose own step, or of the one below it, is not that of the table."""
    assert "sixty_forty + fed_put" not in long_history_evidence(changed(run, place, name))


def test_a_base_needs_the_same_reference(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line of a strategy that does not lie on the reference is of the reference's file all the same."""
    line = EvidenceLine(
        "mix", "mix", "us_1962", full="mix(a=1)", sha256={"mix": "m", "sixty_forty": "s"}, verdict="small"
    )
    monkeypatch.setattr(evidence_file, "bundled_evidence", lambda: (line,))
    strategies = [
        {"name": name, "recipe": f"{name}(a=1)", "steps": [{"name": name, "sha256": sha256}]}
        for name, sha256 in (("sixty_forty", "s"), ("mix", "m"))
    ]
    assert long_history_evidence(dataclasses.replace(run, document={"strategies": strategies})) == {"mix": line}
    strategies[0]["steps"] = [{"name": "sixty_forty", "sha256": "other"}]
    assert long_history_evidence(dataclasses.replace(run, document={"strategies": strategies})) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("history", "us_1962"),
        ("data", "data"),
        ("start", "2010-01-01"),
        ("end", "2020-12-31"),
        ("rhythm", "month"),
        ("reference", "static_mix"),
        ("bonds_role", "gold"),
        ("stocks_fall", -0.1),
        ("execution", {"lag": 0}),
    ],
)
def test_other_questions_have_other_answers(run: RunFolder, name: str, value: object) -> None:
    """What asks otherwise than the table is not usual, and has neither its verdicts nor the command."""
    assert has_evidence_settings(run)
    other = with_settings(run, **{name: value})
    assert not has_evidence_settings(other)
    assert longer_history(other, ()) == ""
    assert verdict_section(other, named_strategies(other.document))["long_history"] == ""


def test_the_command_asks_for_what_is_not_known(run: RunFolder) -> None:
    """It is the run's own on the longer history, and is left out where every verdict is known."""
    names = [one["name"] for one in run.document["strategies"][1:]]
    assert longer_history(run, names[:2]) == f"{run.manifest['command']} --history us_1962"
    assert longer_history(run, names) == ""
    comparison = dataclasses.replace(run, manifest=run.manifest | {"runs": [{"run": "a"}]})
    assert not has_evidence_settings(comparison)


def test_the_verdict_stands_beside_its_own(run: RunFolder) -> None:
    """The first screen has it in small type and in the csv, and nothing where it is not known."""
    section = verdict_section(run, named_strategies(run.document))
    cells = [row.cells[-1] for row in section["table"].rows]
    known = ["", "since 1962: small at best", "us_1962: needs gold", ""]
    assert [cell.small for cell in cells] == known
    assert [cell.values[-1] for cell in cells] == [None, "small at best", "needs gold", None]
    assert section["long_history"] == "us_1962"
    assert section["longer_run"].endswith("--resamples 0 --history us_1962")
