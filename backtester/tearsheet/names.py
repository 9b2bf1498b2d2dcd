"""The labels and colours that the strategies and the legs of a document have throughout the page.

The document is a run's results as JSON, and the legs are the stocks and the bonds of its pair.
"""

from dataclasses import dataclass

from backtester.histories.rhythm import Rhythm
from backtester.pages.format import date, percent
from backtester.pages.names import Flag, Named, asset_key, role_label
from backtester.pages.palette import line_dash, line_key
from backtester.runs.facts import document_rhythm, leg_labels
from backtester.runs.values import Json


@dataclass(frozen=True)
class PairWords:
    """How the page names a run's pair.

    `stocks` and `bonds` are the legs' labels in lower case, `keys` the names of their colours. `rhythm` is how often
    sessions come, daily to quarterly. `pair` is "60% stocks and 40% bonds",
    `falls` defines a joint sell-off: "stocks return −5.0% or less and bonds −0.5% or less".
    """

    stocks: str
    bonds: str
    keys: tuple[str, str]
    pair: str
    falls: str
    rhythm: Rhythm

    @property
    def within(self) -> str:
        """The time within which both legs of a joint sell-off fall: one month or quarter, if that is a session, else
        weeks."""
        return f"the same {self.rhythm.span if self.rhythm.window_sessions == 1 else 'weeks'}"

    @property
    def both(self) -> str:
        """Both legs as `stocks and bonds`."""
        return f"{self.stocks} and {self.bonds}"

    @property
    def legs(self) -> tuple[tuple[str, str, str], ...]:
        """Each leg's key in the document, label and colour."""
        return (("stocks", self.stocks, self.keys[0]), ("bonds", self.bonds, self.keys[1]))

    @property
    def labels(self) -> dict[str, str]:
        """The heads of the pair's and the legs' columns by their keys in the document."""
        return {"pair": "The pair"} | {leg: label[:1].upper() + label[1:] for leg, label, _ in self.legs}


def pair_words(document: Json) -> PairWords:
    """How the page names the run's pair."""
    settings, (stocks, bonds) = document["settings"], leg_labels(document)
    share = settings["stocks_weight"]
    return PairWords(
        stocks=stocks,
        bonds=bonds,
        keys=(asset_key(settings["stocks_role"], document), asset_key(settings["bonds_role"], document)),
        pair=f"{percent(share, 0)} {stocks} and {percent(1 - share, 0)} {bonds}",
        rhythm=document_rhythm(document),
        falls=f"{stocks} return {percent(settings['stocks_fall'])} or less and {bonds} "
        f"{percent(settings['bonds_fall'])} or less",
    )


def named_strategies(document: Json) -> tuple[Named, ...]:
    """The strategies with label, colour and flags, in the document's order, the reference first."""
    reference = document["strategies"][0]["name"]
    return tuple(
        Named(
            name=strategy["name"],
            label=strategy["label"],
            recipe=strategy["recipe"],
            key=line_key(index),
            dash=line_dash(index),
            flags=_flags(strategy, document),
            written=strategy["name"].removeprefix(f"{reference} + "),  # which most recipes begin with
        )
        for index, strategy in enumerate(document["strategies"])
    )


def _flags(strategy: Json, document: Json) -> tuple[Flag, ...]:
    """What a reader must know before trusting a strategy's numbers: look-ahead, ruin, and assets that ended."""
    flags = []
    if strategy["causal"] is None:
        flags.append(
            Flag("not checked", "its weights come from a file; no check of whether they know only the past can be made")
        )
    elif not strategy["causal"]:
        flags.append(Flag("looks ahead", "; ".join(strategy["findings"])))
    if strategy["ruin_date"]:
        flags.append(Flag("ruined", f"net asset value fell to zero on {date(strategy['ruin_date'])}"))
    for end in strategy["ended"]:
        sold = f"{percent(end['weight'], 1)} of the portfolio went to cash at its last price"
        name = f"{role_label(end['asset'], document)} ended on {date(end['last'])}"
        flags.append(Flag(name, f"{sold}, and so has its weight ever since"))
    return tuple(flags)
