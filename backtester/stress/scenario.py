"""The keys of a scenario's file, as pydantic models."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from backtester.files import sha256
from backtester.histories.keys import Date
from backtester.stress.basis import BasisTerms
from backtester.stress.path import MOST_SESSIONS

PROGRAM_KEYS = ("name", "file", "lines", "on")  # fields that the program sets, and a file must not have
WHOLE_CURVE = "yields"  # the whole curve, in a shock or among the roles that a replay leaves out
UNITS = {  # units of shocks to well-known roles; other roles take any of `ANY_UNIT`
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
    """The value as one move of all yields, or as moves by years to maturity. Raise ValueError if it is neither."""
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
    """A move of one role: its size in a unit, its sessions and its shape."""

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
    """A window of the past whose path is replayed, without the roles in `without`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: Date
    end: Date
    history: str = "us"
    scale: Annotated[FiniteNumber, Field(gt=0, le=100)] = 1.0
    slow: Annotated[int, Field(ge=1, le=100, strict=True)] = 1
    without: tuple[str, ...] = ()


class Spiral(BasisTerms):
    """The basis-trade spiral under the pressure of March 2020.

    `years` has by years to maturity the move of a yield for each basis point of the ten-year yield. A `kappa` of 0
    stands for the fitted one."""

    kappa: float = Field(default=0.0, ge=0, le=1000)
    share: Annotated[FiniteNumber, Field(gt=0, lt=1)] = 0.25
    years: dict[float, FiniteNumber] = Field(default={10.0: 1.0, 30.0: 78 / 64})


class Purchases(BaseModel):
    """The Fed's purchases: the session of the first repo offer, and how many first sessions of the path have the effect
    of purchases in them already."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: bool = False
    hedged: bool = False
    repo_offer: Annotated[int, Field(ge=0, le=MOST_SESSIONS, strict=True)] = 0
    held_until: Annotated[int, Field(ge=0, le=MOST_SESSIONS, strict=True)] = 0


class Scenario(BaseModel):
    """A scenario as its file has it. `name` is the file's, `lines` are the lines on which its shocks begin, and `on` is
    the scenario that `base` names."""

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
        """The hash of its content and of its base's, independent of the place of the file."""
        own = self.model_dump_json(exclude={"file", "lines", "on"}).encode()
        return sha256(own + (self.on.sha256.encode() if self.on else b""))

    def where(self, place: int) -> str:
        """The file, or else the name, and the line on which a shock begins, if known."""
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
