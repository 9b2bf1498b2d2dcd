"""Sentences on how much of a study's best result is luck, for the terminal and for the page.

The contest compares jobs, recipes with their settings, by the figure that ranks the study: in resamples, and in a walk
forward, which chooses the best one every year by what was known then. Its result has that figure `by`, and the `jobs`
that were compared, each standing for others of all `of` jobs; where a part is missing, `reason` and `unwalked` say why.
"""

from backtester.batch.contest_result import ContestResult, RealityCheck
from backtester.batch.page.columns import column_format
from backtester.batch.ranking import figure_sign
from backtester.batch.search import Search
from backtester.pages.format import counted, number, percent

VOID_FINDING = "No best can be named: a strategy looks ahead, so the figures of its jobs are void."


def search_lines(search: Search) -> list[str]:
    """Sentences on how much of the best monthly Sharpe ratio is luck, and on the contest if one was held."""
    left_out = f" ({search.left_out:,} without all {search.months} months left out)" if search.left_out else ""
    return [
        f"The best of many is good partly by luck. These {search.jobs:,} jobs{left_out} move so much alike that they "
        f"count as about {counted(round(search.trials), 'independent trial')}.",
        f"The highest Sharpe ratio of monthly returns, {number(search.sharpe)} of {search.best}, is above what the "
        f"best of as many trials without skill would show with probability {percent(search.deflated, 1)}.",
        f"The job that is best in one half of the months is below the median in the other half in "
        f"{percent(search.overfitting.probability, 0)} of {search.overfitting.splits:,} splits.",
        *(contested_lines(search.contested) if search.contested else ()),
    ]


def finding_headline(search: Search | None) -> str:
    """A sentence on the best job: its figure, the interval that allows for its having been chosen, and the verdict."""
    result = search and search.contested
    if not result or result.check is None:
        reason = result.reason if result else "too few jobs or months to judge a search by"
        return f"Whether the best job is more than the luck of a search cannot be said: {reason}."
    check, column = result.check, column_format(result.by)
    sentence = (
        f"The best of {result.of:,} jobs has {_with_unit(result.by, check.figure)}; allowing for its having been "
        f"chosen, the 90% interval is {column.text(check.low)} to {column.text(check.high)}"
    )
    if check.hansen is None:  # the figure has no benchmark to be above
        return f"{sentence}."
    is_above = figure_sign(result.by) * (check.figure - check.benchmark) > 0
    is_clear = is_above and not check.low <= check.benchmark <= check.high
    return f"{sentence}: {'more' if is_clear else 'no more'} than the search would find by luck."


def contested_lines(result: ContestResult) -> list[str]:
    """Sentences on the contest: the best job given that it was chosen, and the walk forward."""
    column = column_format(result.by)
    lines = [] if result.check is None else [_check_line(result, result.check)]
    if result.reason is not None:
        lines.append(f"The best was not resampled with the others: {result.reason}.")
    if result.unwalked is not None:
        lines.append(f"The choice was not walked forward: {result.unwalked}.")
    walks = [
        f"{column.text(walk.figure)} {by} ({counted(walk.changes, 'change')} in {counted(len(walk.choices), 'choice')})"
        for by, walk in (("judged by all the past", result.anchored), ("by three years", result.rolling))
        if walk is not None
    ]
    if walks:
        lines.append(
            f"Choosing the best job anew every year, by its {_lower(column.label)} so far, would have had "
            f"{' or '.join(walks)}; the best with hindsight had {column.text(result.hindsight)}{_reference(result)}."
        )
    return lines


def _check_line(result: ContestResult, check: RealityCheck) -> str:
    """The sentence on the best job, its interval and the probabilities."""
    column = column_format(result.by)
    resampled_jobs = (
        f"{result.jobs:,} jobs, which stand for all {result.of:,} (each correlates by "
        f"{result.closeness:.4f} or more with the centre of its cluster)"
        if result.jobs < result.of
        else f"all {result.of:,} jobs"
    )
    text = (
        f"By the {_lower(column.label)} the best is {check.best} with {column.text(check.figure)}. "
        f"Resampled {check.resamples:,} times together with {resampled_jobs}, its interval after choosing the "
        f"best is {column.text(check.low)} to {column.text(check.high)}"
    )
    if check.hansen is None or check.white is None:
        return f"{text}."
    return (
        f"{text}; if none were truly above {column.text(check.benchmark)}, a best as good would appear with "
        f"probability {percent(check.hansen, 0)} (Hansen; {percent(check.white, 0)} by White)."
    )


def _reference(result: ContestResult) -> str:
    """The reference's figure as the end of a sentence; empty if the figure is a difference already."""
    if not result.benchmark:  # None, or 0 for a difference
        return ""
    return f", the reference {column_format(result.by).text(result.benchmark)}"


def _with_unit(name: str, value: float) -> str:
    """A figure in a sentence, such as `a CAGR of 5.0% a year`."""
    column = column_format(name)
    unit = column.unit.removeprefix("log ").removeprefix("%").strip()
    return f"a {_lower(column.label)} of {column.text(value)}{' ' + unit if unit else ''}"


def _lower(label: str) -> str:
    """A label as part of a sentence: in lower case but for abbreviations and names, its group in brackets."""
    name, _, group = label.partition(", ")
    lower = name if name[:2].isupper() or name.startswith("Sharpe") else name[0].lower() + name[1:]
    return f"{lower} ({group})" if group else lower
