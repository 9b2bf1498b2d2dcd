"""Sentences on the result of a study's search, for the screen and for the page."""

from backtester.batch.contest_result import ContestResult, RealityCheck
from backtester.batch.page.columns import column_format
from backtester.batch.ranking import figure_sign
from backtester.batch.search import Search
from backtester.pages.format import counted, number, percent

VOID_FINDING = "No best can be named: a strategy looks ahead, so the figures of its jobs are void."


def search_lines(search: Search) -> list[str]:
    """Sentences on how much of the best monthly Sharpe ratio is luck."""
    left = f" ({search.left_out:,} without all {search.months} months left out)" if search.left_out else ""
    return [
        f"The best of many is good partly by luck. These {search.jobs:,} jobs{left} move so much alike that they count "
        f"as about {counted(round(search.trials), 'independent trial')}.",
        f"The highest Sharpe ratio of monthly returns, {number(search.sharpe)} of {search.best}, is above what the "
        f"best of as many trials without skill would show with probability {percent(search.deflated, 1)}.",
        f"The job that is best in one half of the months is below the median in the other half in "
        f"{percent(search.overfitting.probability, 0)} of {search.overfitting.splits:,} splits.",
        *(contested_lines(search.contested) if search.contested else ()),
    ]


def finding_headline(search: Search | None) -> str:
    """The finding on the best job in a sentence."""
    contested = search and search.contested
    if not contested or contested.check is None:
        why = contested.reason if contested else "too few jobs or months to judge a search by"
        return f"Whether the best job is more than the luck of a search cannot be said: {why}."
    check, what = contested.check, column_format(contested.by)
    found = (
        f"The best of {contested.of:,} jobs has {_with_unit(contested.by, check.figure)}; allowing for its having been "
        f"chosen, the 90% interval is {what.text(check.low)} to {what.text(check.high)}"
    )
    if check.hansen is None:
        return f"{found}."
    over = figure_sign(contested.by) * (check.figure - check.benchmark) > 0
    is_clear = over and not check.low <= check.benchmark <= check.high
    return f"{found}: {'more' if is_clear else 'no more'} than the search would find by luck."


def contested_lines(contested: ContestResult) -> list[str]:
    """Sentences on the study's own figure, given that the best job was chosen by it."""
    what = column_format(contested.by)
    lines = [] if contested.check is None else [_check_line(contested, contested.check)]
    if contested.reason is not None:
        lines.append(f"The best was not resampled with the others: {contested.reason}.")
    if contested.unwalked is not None:
        lines.append(f"The choice was not walked forward: {contested.unwalked}.")
    walks = [
        f"{what.text(walk.figure)} {how} ({counted(walk.changes, 'change')} in {counted(len(walk.choices), 'choice')})"
        for how, walk in (("judged by all the past", contested.anchored), ("by three years", contested.rolling))
        if walk is not None
    ]
    if walks:
        lines.append(
            f"Choosing the best job anew every year, by its {_lower(what.label)} so far, would have had "
            f"{' or '.join(walks)}; the best with hindsight had {what.text(contested.hindsight)}{_against(contested)}."
        )
    return lines


def _check_line(contested: ContestResult, check: RealityCheck) -> str:
    what = column_format(contested.by)
    stand = (
        f"{contested.jobs:,} jobs, which stand for all {contested.of:,} (each correlates by "
        f"{contested.closeness:.4f} or more with the centre of its cluster)"
        if contested.jobs < contested.of
        else f"all {contested.of:,} jobs"
    )
    text = (
        f"By the {_lower(what.label)} the best is {check.best} with {what.text(check.figure)}. "
        f"Resampled {check.resamples:,} times together with {stand}, its interval after choosing the "
        f"best is {what.text(check.low)} to {what.text(check.high)}"
    )
    if check.hansen is None or check.white is None:
        return f"{text}."
    return (
        f"{text}; if none were truly above {what.text(check.benchmark)}, a best as good would appear with probability "
        f"{percent(check.hansen, 0)} (Hansen; {percent(check.white, 0)} by White)."
    )


def _against(contested: ContestResult) -> str:
    if not contested.benchmark:
        return ""
    return f", the reference {column_format(contested.by).text(contested.benchmark)}"


def _with_unit(column: str, value: float) -> str:
    what = column_format(column)
    unit = what.unit.removeprefix("log ").removeprefix("%").strip()
    return f"a {_lower(what.label)} of {what.text(value)}{' ' + unit if unit else ''}"


def _lower(label: str) -> str:
    """A label inside a sentence, its group in brackets."""
    name, _, group = label.partition(", ")
    own = name if name[:2].isupper() or name.startswith("Sharpe") else name[0].lower() + name[1:]
    return f"{own} ({group})" if group else own
