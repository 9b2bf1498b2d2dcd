"""What a verdict rests on: the reference's own falls, and how much evidence so many windows are."""

from backtester.pages.format import counted, date, percent, period
from backtester.pages.names import Named
from backtester.tearsheet.names import Json
from backtester.tearsheet.reading import FEWEST

SMALL_SAMPLE = 50  # windows below it are a small sample, even were they independent


def reference_words(document: Json, named: Named) -> str:
    """What the reference lost in the joint sell-offs, on average and in the worst."""
    falls = [(window["strategies"][named.name], window) for window in document["joint_sell_offs"]]
    known = [(value, window) for value, window in falls if value is not None]
    if not known:
        return f"{named.spoken} has no return in the joint sell-offs."
    worst, window = min(known, key=lambda fall: fall[0])
    mean = sum(value for value, _ in known) / len(known)
    span = document["window"]
    return (
        f"{named.spoken}, the reference, returned {percent(mean)} on average in the "
        f"{counted(len(falls), 'joint sell-off')} between {date(span['start'])} and {date(span['end'])}, "
        f"{percent(worst)} in the worst ({period(window['start'], window['end'])})."
    )


def size_words(document: Json) -> str:
    """How much evidence so many windows are."""
    total = len(document["joint_sell_offs"])
    if total < FEWEST:
        return (
            f"{counted(total, 'window').capitalize()} are too few for an interval of any payoff: each is shown below."
        )
    small = "are a small sample" if total < SMALL_SAMPLE else "are fewer independent looks than that"
    return f"{total} windows, many in clusters, {small}: each is shown below."
