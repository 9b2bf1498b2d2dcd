"""A scenario as it is written in a TOML file: pydantic models of its tables and keys.

A role is the name under which a history has a series, such as `stocks`. `backtester.stress.shapes` has the shapes.
"""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from backtester.files import sha256
from backtester.histories.keys import Date
from backtester.stress.basis import BasisTerms
from backtester.stress.path import MOST_SESSIONS

PROGRAM_KEYS = ("name", "file", "lines", "base_scenario")  # fields that the program sets, and a file must not have
WHOLE_CURVE = "yields"  # the whole curve, in a shock or among the roles that a replay leaves out
UNITS = {  # units that shocks to well-known roles may be stated in; other roles take any of `ANY_UNIT`
    "stocks": ("percent",),
    "gold": ("percent",),
    "dollar": ("percent",),
    WHOLE_CURVE: ("bp",),
    "credit_spread": ("bp",),
    "fed_target": ("bp",),
    "fed_assets": ("bn", "percent"),
    "vix": ("points",),
    "cpi": ("points",),
}
ANY_UNIT = ("percent", "bp", "points", "bn")  # bp: basis points; bn: billions of dollars
LONG_YIELD_SHARE = 78 / 64  # basis points, 9 to 18 March 2020 (H.15): the 30-year yield's rise over the 10-year's
Shape = Literal["jump", "line", "ease_in", "spike_and_revert"]
Sessions = Annotated[int, Field(ge=1, le=MOST_SESSIONS, strict=True)]


def _no_text(value: object) -> object:
    """The value; raise ValueError if it is text or a boolean, which pydantic would turn into a number."""
    if isinstance(value, bool | str):
        raise ValueError(f"{value!r} is no number; write it bare")
    return value


def _not_a_total_loss(value: float) -> float:
    """The percentage; raise ValueError if it is a loss of everything or more."""
    if value <= -100:
        raise ValueError(f"a shock of {value:g}% is a loss beyond 100%; it must stay above -100")
    return value


FiniteNumber = Annotated[float, BeforeValidator(_no_text), Field(allow_inf_nan=False)]
Percent = Annotated[FiniteNumber, AfterValidator(_not_a_total_loss)]


def _curve(value: object) -> object:
    """One move of all yields, or a dict of moves by years to maturity, in basis points. Raise ValueError otherwise."""
    if isinstance(value, dict):
        if any(isinstance(move, dict) for move in value.values()):
            raise ValueError('years with a decimal point stand in quotes, as in { "0.25" = 10, 2 = 20 }')
        try:
            return {float(years): move for years, move in value.items()}
        except ValueError as error:
            raise ValueError("years to maturity are needed, such as { 2 = 10, 10 = 25 }") from error
    return _no_text(value)


Curve = Annotated[FiniteNumber | dict[float, FiniteNumber], BeforeValidator(_curve)]


class Shock(BaseModel):
    """A move of one role: its size, in one unit, and its shape over `sessions` sessions from session `first` (1 for the
    path's first) on.

    `bp` may be a dict of moves by years to maturity, for a shock to the whole yield curve.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: str
    percent: Percent | None = None
    bp: Curve | None = None
    points: FiniteNumber | None = None
    bn: FiniteNumber | None = None
    shape: Shape = "line"
    first: Sessions = 1
    sessions: Sessions = 1

    @model_validator(mode="after")
    def _has_one_unit(self) -> "Shock":
        stated = [unit for unit in ANY_UNIT if getattr(self, unit) is not None]
        allowed = UNITS.get(self.role, ANY_UNIT)
        if len(stated) != 1 or stated[0] not in allowed:
            what = f"has {' and '.join(stated)}" if stated else "has no size"
            raise ValueError(f"a shock to {self.role!r} {what}; it takes one of {', '.join(allowed)}")
        if isinstance(self.bp, dict) and (self.role != WHOLE_CURVE or not self.bp):
            raise ValueError(f"moves by years to maturity are for {WHOLE_CURVE!r}, and at least one is needed")
        return self

    @property
    def end(self) -> int:
        """The number of its last session, counted from 1."""
        return self.first + self.sessions - 1


class Replayed(BaseModel):
    """A window of the past whose path is replayed: dates of its first and last close, and the history it is taken from.

    Moves are multiplied by `scale` and spread over `slow` sessions each; roles in `without` are left out.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: Date
    end: Date
    history: str = "us"
    scale: Annotated[FiniteNumber, Field(gt=0, le=100)] = 1.0
    slow: Annotated[int, Field(ge=1, le=100, strict=True)] = 1
    without: tuple[str, ...] = ()


class Spiral(BasisTerms):
    """The basis-trade spiral under the selling pressure of March 2020.

    `kappa`, the basis points that yields rise for each $100bn sold, is fitted to March 2020 if it is 0. `share` is the
    part of the rise in yields then that the fit attributes to the funds. `years` has by years to maturity the move of
    a yield for each basis point of the 10-year yield.
    """

    kappa: float = Field(default=0.0, ge=0, le=1000)
    share: Annotated[FiniteNumber, Field(gt=0, lt=1)] = 0.25
    years: dict[float, FiniteNumber] = Field(default={10.0: 1.0, 30.0: LONG_YIELD_SHARE})


class Purchases(BaseModel):
    """The Fed's purchases of Treasuries.

    `hedged`: it sells futures against them. `repo_offer` is the session of its first repo offer, some days before the
    first purchase. `held_until`: up to this session the moves of the path include the effect of purchases already.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: bool = False
    hedged: bool = False
    repo_offer: Annotated[int, Field(ge=0, le=MOST_SESSIONS, strict=True)] = 0
    held_until: Annotated[int, Field(ge=0, le=MOST_SESSIONS, strict=True)] = 0


class Scenario(BaseModel):
    """A scenario with the keys of its file, and what the program adds: the file's name without and with its ending, the
    `lines` on which its shocks begin, and the `base_scenario` that `base` names, to which its moves are added.

    `about`, `source`, `calibrated_on` (the window that its numbers are from) and `differs` (what is unlike that window)
    are for readers. `noise` multiplies residuals of the history, drawn by `seed`; a path that ends before `sessions`
    goes on to it without moves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""
    file: str = ""
    lines: tuple[int, ...] = ()
    title: str
    about: str
    source: str
    calibrated_on: str
    differs: str
    base: str | None = None
    base_scenario: "Scenario | None" = None
    noise: Annotated[FiniteNumber, Field(ge=0, le=5)] = 0.0
    seed: Annotated[int, Field(ge=0, lt=2**32, strict=True)] = 1
    sessions: Sessions | None = None
    replay: Replayed | None = None
    shock: tuple[Shock, ...] = ()
    spiral: Spiral | None = None
    fed: Purchases = Purchases()

    @cached_property
    def sha256(self) -> str:
        """The hash of its content and of its base's content, wherever the file is."""
        own = self.model_dump_json(exclude={"file", "lines", "base_scenario"}).encode()
        return sha256(own + (self.base_scenario.sha256.encode() if self.base_scenario else b""))

    @property
    def replaying(self) -> "Scenario | None":
        """The scenario that replays a window: this one, or its base; None if neither does."""
        return next((one for one in (self, self.base_scenario) if one and one.replay), None)

    def where(self, number: int) -> str:
        """The file, or else the name, and the line on which shock `number` (from 0) begins, if known: for errors."""
        return f"{self.file or self.name}{f', line {self.lines[number]}' if number < len(self.lines) else ''}"

    @model_validator(mode="after")
    def _moves_something(self) -> "Scenario":
        if not (self.shock or self.replay or self.spiral or self.base or self.fed.on):
            raise ValueError(
                "a scenario moves something: add a [[shock]], whose size may be 0, or a [replay], a [spiral] or a base"
            )
        return self

    @model_validator(mode="after")
    def _happens_in_time(self) -> "Scenario":
        most = self.sessions or MOST_SESSIONS
        for number, shock in enumerate(self.shock, start=1):
            if shock.end > most:
                raise ValueError(f"shock {number} ends in session {shock.end}, and the scenario has {most}")
        return self
