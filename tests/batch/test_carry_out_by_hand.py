"""What a study's jobs are counted as, where its folder is, and whose checks are not repeated, by hand."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest

from backtester.batch import carry_out
from backtester.batch.carry_out import Batch
from backtester.batch.grid import Grid
from backtester.batch.jobs import Job
from backtester.batch.study import Study
from backtester.batch.study_plan import StudyPlan, folder_of
from backtester.batch.workers import AnswerTasks, Failure
from backtester.contract.past_only import PAST_ONLY_RULE
from backtester.contract.rules import BrokenRule
from backtester.errors import StudyError
from backtester.runs.settings import RunSettings

AHEAD, OTHER = BrokenRule(PAST_ONLY_RULE, "it knew"), BrokenRule("adds up", "to 2")


def answering(found: dict[Any, Any], asked: list[Any]) -> AnswerTasks:
    """Workers that know these answers by the first word of a task."""

    def answers(function: object, following: Callable[[], Any]) -> Iterator[tuple[Any, Any]]:
        while (task := following()) is not None:
            asked.append(task)
            yield task, found[task[0] if isinstance(task, tuple) else task]

    return cast(AnswerTasks, answers)


def test_jobs_that_failed_are_counted() -> None:
    """Rows with an error; and who looks ahead is named, other broken rules are not."""
    table = pa.table({"error": pa.array([None, "broke", None, "broke", "broke"])})
    made = Batch(cast(Study, None), table, None, 0, [("a", AHEAD), ("b", OTHER)], [], Path(), {}, [], {})
    assert (made.failed, made.looks_ahead) == (3, ["a"])


def test_where_a_study_goes() -> None:
    """Beside its file where it says so, else below `studies`."""
    study = Study(name="one", grid=[Grid.model_validate({"recipe": "a"})])
    assert folder_of(study, Path("x/one.toml")) == Path("studies/one")
    assert folder_of(study.model_copy(update={"out": Path("there")}), Path("x/one.toml")) == Path("x/there")


def test_jobs_are_counted_as_they_are_done() -> None:
    """Of all, from none on, with the errors of the last."""
    seen: list[Any] = []
    tally = carry_out._tally(lambda *given: seen.append(given), 9)
    tally(2)
    tally(0)
    tally(3, ["no"])
    assert seen == [(2, 9, ()), (2, 9, ()), (5, 9, ["no"])]


def test_jobs_that_failed_are_not_stressed() -> None:
    """Those of earlier calls did not."""
    jobs = [cast(Job, SimpleNamespace(key=key)) for key in "abc"]
    made = [pa.table({"key": [*"ab"], "error": pa.array([None, "broke"])})]
    assert [job.key for job in carry_out._sound(jobs, made)] == ["a", "c"]


def test_a_reference_that_cannot_be_carried_out() -> None:
    """One task says so, before any job."""
    asked: list[Any] = []
    settings = RunSettings(reference="sixty_forty")
    carry_out._check_reference(settings, answering({"sixty_forty": None}, asked))
    assert asked == ["sixty_forty"]
    with pytest.raises(StudyError, match="the reference 'sixty_forty' cannot be carried out: it broke"):
        carry_out._check_reference(settings, answering({"sixty_forty": Failure("it broke")}, asked))


@pytest.mark.parametrize(
    ("found", "findings", "noted"),
    [
        ({"a": (), "b": ()}, [], True),
        ({"a": (AHEAD, OTHER), "b": ()}, [("a", AHEAD), ("a", OTHER)], False),
        ({"a": Failure("died"), "b": (OTHER,)}, [("b", OTHER)], False),
    ],
)
def test_strategies_are_checked_once(
    found: dict[str, Any], findings: list[Any], noted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In their order; where all were sound that is noted, and they are not checked again."""
    sound: list[Any] = []
    monkeypatch.setattr(carry_out, "check_key", lambda recipes, market, spelled: "the key")
    monkeypatch.setattr(carry_out, "has_passed", lambda folder, key: (folder, key) in sound)
    monkeypatch.setattr(carry_out, "record_pass", lambda folder, key: sound.append((folder, key)))
    strategies = [Named(name) for name in "ab"]
    plan = SimpleNamespace(
        recipes={one: f"recipe {one.name}" for one in strategies}, market=None, settings=RunSettings()
    )
    asked: list[Any] = []
    for again in (False, True):
        made = carry_out._check(cast(StudyPlan, plan), answering(found, asked), Path("out"))
        assert made == ([] if again and noted else findings)
    assert asked[:2] == [("a", "recipe a"), ("b", "recipe b")]
    assert len(asked) == (2 if noted else 4)


class Named:
    """A strategy of a name."""

    def __init__(self, name: str) -> None:
        """With that name."""
        self.name = name


@pytest.mark.parametrize(("place", "opened"), [(3, "three here"), ("tcp://there:1", "those there")])
def test_workers_here_or_of_a_scheduler(place: int | str, opened: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number is of this machine's, a text an address."""
    from backtester.batch import cluster  # it is asked for late, as Dask may not be there

    monkeypatch.setattr(carry_out, "open_workers", lambda parcel, count, limits, meter: "three here")
    monkeypatch.setattr(cluster, "open_cluster", lambda parcel, address, limits: "those there")
    assert carry_out._opened(cast(Any, None), place, cast(Any, None), cast(Any, None)) == opened
