"""Scenarios: what a file of one may say."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from backtester.files import sha256
from backtester.histories.keys import Date
from backtester.stress.basis import BasisTerms
from backtester.stress.path import MOST_SESSIONS

OURS = ("name", "file", "lines", "on")  # what a file must not say itself
WHOLE_CURVE = "yields"  # the whole curve, in a shock or among the roles that a replay leaves out
UNITS = {  # what a shock to each well-known role is measured in; another role takes percent, or bp of a yield or rate
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
ANY_UNIT = ("percent", "bp", "points", "bn")
Shape = Literal["jump", "line", "ease_in", "spike_and_revert"]
Sessions = Annotated[int, Field(ge=1, le=MOST_SESSIONS, strict=True)]


def _finite(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError(f"{value!r} is no number; write it bare")
    return value


def _above_all(value: float) -> float:
    """The percentage; raise ValueError if it is a loss of everything or more."""
    if value <= -100:
        raise ValueError(f"a shock of {value:g}% is a loss beyond 100%; it must stay above -100")
    return value


FiniteNumber = Annotated[float, BeforeValidator(_finite), Field(allow_inf_nan=False)]
Percent = Annotated[FiniteNumber, AfterValidator(_above_all)]


def _curve(value: object) -> object:
    """A move of all yields, or moves by years to maturity."""
    if isinstance(value, dict):
        if any(isinstance(move, dict) for move in value.values()):
            raise ValueError('years with a decimal point stand in quotes, as in { "0.25" = 10, 2 = 20 }')
        try:
            return {float(years): move for years, move in value.items()}
        except ValueError as error:
            raise ValueError("years to maturity are needed, such as { 2 = 10, 10 = 25 }") from error
    return _finite(value)


Curve = Annotated[FiniteNumber | dict[float, FiniteNumber], BeforeValidator(_curve)]


class Shock(BaseModel):
    """A move of one role, of a size in its unit, over some sessions in some shape."""

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
        given = [unit for unit in ANY_UNIT if getattr(self, unit) is not None]
        known = UNITS.get(self.role, ANY_UNIT)
        if len(given) != 1 or given[0] not in known:
            what = f"has {' and '.join(given)}" if given else "has no size"
            raise ValueError(f"a shock to {self.role!r} {what}; it takes one of {', '.join(known)}")
        if isinstance(self.bp, dict) and (self.role != WHOLE_CURVE or not self.bp):
            raise ValueError(f"moves by years to maturity are for {WHOLE_CURVE!r}, and at least one is needed")
        return self

    @property
    def end(self) -> int:
        """Its last session."""
        return self.first + self.sessions - 1


class Replayed(BaseModel):
    """A window of the past whose path is taken, without the roles named."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: Date
    end: Date
    history: str = "us"
    scale: Annotated[FiniteNumber, Field(gt=0, le=100)] = 1.0
    slow: Annotated[int, Field(ge=1, le=100, strict=True)] = 1
    without: tuple[str, ...] = ()


class Spiral(BasisTerms):
    """The basis-trade spiral under the pressure of March 2020; `years` by maturity: how far yields move for each basis
    point of the ten-year yield. Without a kappa of its own it is the one that is fitted."""

    kappa: float = Field(default=0.0, ge=0, le=1000)
    share: Annotated[FiniteNumber, Field(gt=0, lt=1)] = 0.25
    years: dict[float, FiniteNumber] = Field(default={10.0: 1.0, 30.0: 78 / 64})


class Purchases(BaseModel):
    """The Fed's purchases: after which session the first repo offer comes, and how many sessions of the path hold
    their effect already."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: bool = False
    hedged: bool = False
    repo_offer: Annotated[int, Field(ge=0, le=MOST_SESSIONS, strict=True)] = 0
    held_until: Annotated[int, Field(ge=0, le=MOST_SESSIONS, strict=True)] = 0


class Scenario(BaseModel):
    """A scenario as its file has it; `name` is the file's, `lines` those on which its shocks begin, `on` the
    scenario that its base names, and `sha256` the hash of all that it says."""

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
    on: "Scenario | None" = None
    noise: Annotated[FiniteNumber, Field(ge=0, le=5)] = 0.0
    seed: Annotated[int, Field(ge=0, lt=2**32, strict=True)] = 1
    sessions: Sessions | None = None
    replay: Replayed | None = None
    shock: tuple[Shock, ...] = ()
    spiral: Spiral | None = None
    fed: Purchases = Purchases()

    @cached_property
    def sha256(self) -> str:
        """The hash of what it says, wherever its file lies; of a scenario on a base, that of the base too."""
        own = self.model_dump_json(exclude={"file", "lines", "on"}).encode()
        return sha256(own + (self.on.sha256.encode() if self.on else b""))

    def where(self, place: int) -> str:
        """Its file, or its name, and the line on which that shock begins, where it has one."""
        return f"{self.file or self.name}{f', line {self.lines[place]}' if place < len(self.lines) else ''}"

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
        for place, shock in enumerate(self.shock):
            if shock.end > most:
                raise ValueError(f"shock {place + 1} ends in session {shock.end}, and the scenario has {most}")
        return self
