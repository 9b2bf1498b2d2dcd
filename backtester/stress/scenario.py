"""Scenarios as files: what a TOML file may say, read and checked, with the line that is wrong."""

import re
import tomllib
from functools import cached_property
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from backtester.errors import ScenarioError, did_you_mean
from backtester.files import bundled, read_limited, sha256
from backtester.histories.table import Date
from backtester.stress.basis import Terms
from backtester.stress.path import MOST_SESSIONS
from backtester.stress.shapes import SHAPES

MAX_BYTES = 1_000_000
SHOCK = re.compile(r"\s*\[\[\s*shock\s*\]\]")
OURS = ("name", "file", "lines")  # what a file must not say itself
YIELDS = "yields"  # the whole curve, in a shock or among the roles that a replay leaves out
UNITS = {  # what a shock to each well-known role is measured in; another role takes percent, or bp of a yield or rate
    "stocks": ("percent",),
    "gold": ("percent",),
    "dollar": ("percent",),
    YIELDS: ("bp",),
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


Number = Annotated[float, BeforeValidator(_finite), Field(allow_inf_nan=False)]
Percent = Annotated[Number, AfterValidator(_above_all)]


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


Curve = Annotated[Number | dict[float, Number], BeforeValidator(_curve)]


class Shock(BaseModel):
    """A move of one role, of a size in its unit, over some sessions in some shape."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: str
    percent: Percent | None = None
    bp: Curve | None = None
    points: Number | None = None
    bn: Number | None = None
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
        if isinstance(self.bp, dict) and (self.role != YIELDS or not self.bp):
            raise ValueError(f"moves by years to maturity are for {YIELDS!r}, and at least one is needed")
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
    scale: Annotated[Number, Field(gt=0, le=100)] = 1.0
    slow: Annotated[int, Field(ge=1, le=100, strict=True)] = 1
    without: tuple[str, ...] = ()


class Spiral(Terms):
    """The basis-trade spiral under the pressure of March 2020; `years` by maturity: how far yields move for each basis
    point of the ten-year yield. Without a kappa of its own it is the one that is fitted."""

    kappa: float = Field(default=0.0, ge=0, le=1000)
    share: Annotated[Number, Field(gt=0, lt=1)] = 0.25
    years: dict[float, Number] = Field(default={10.0: 1.0, 30.0: 78 / 64})


class Purchases(BaseModel):
    """The Fed's purchases: after which session the first repo offer comes, and how many sessions of the path hold
    their effect already."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: bool = False
    hedged: bool = False
    repo_offer: Annotated[int, Field(ge=0, le=MOST_SESSIONS, strict=True)] = 0
    held_until: Annotated[int, Field(ge=0, le=MOST_SESSIONS, strict=True)] = 0


class Scenario(BaseModel):
    """A scenario as its file has it; `name` is the file's, `lines` those on which its shocks begin, and `sha256` the
    hash of all that it says."""

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
    noise: Annotated[Number, Field(ge=0, le=5)] = 0.0
    seed: Annotated[int, Field(ge=0, lt=2**32, strict=True)] = 1
    sessions: Sessions | None = None
    replay: Replayed | None = None
    shock: tuple[Shock, ...] = ()
    spiral: Spiral | None = None
    fed: Purchases = Purchases()

    @cached_property
    def sha256(self) -> str:
        """The hash of what it says, wherever its file lies; of a scenario on a base, that of the base too."""
        own = self.model_dump_json(exclude={"file", "lines"}).encode()
        return sha256(own + (read_scenario(self.base).sha256.encode() if self.base else b""))

    @model_validator(mode="after")
    def _happens_in_time(self) -> "Scenario":
        most = self.sessions or MOST_SESSIONS
        for place, shock in enumerate(self.shock):
            if shock.end > most:
                raise ValueError(f"shock {place + 1} ends in session {shock.end}, and the scenario has {most}")
        return self


def scenario_names() -> list[str]:
    """The names of the scenarios that come with the program, in order."""
    return sorted(path.stem for path in (bundled("data") / "scenarios").glob("*.toml"))


def read_scenario(text: str) -> Scenario:
    """The scenario of that name, or in that file.

    Raise ScenarioError, with the file and the line, if there is none or it says what cannot be.
    """
    name = text.lower().replace("-", "_")
    if name in scenario_names():
        return _read(bundled("data") / "scenarios" / f"{name}.toml")
    if text.endswith(".toml"):
        return _read(FilePath(text))
    raise ScenarioError(f"unknown scenario {text!r}; {did_you_mean(name, scenario_names())}")


def _read(path: FilePath) -> Scenario:
    try:
        text = read_limited(path, MAX_BYTES).decode("utf-8-sig")
        table = tomllib.loads(text)
    except OSError as error:
        raise ScenarioError(f"cannot read the scenario {path}: {error.strerror}; it is a TOML file") from error
    except (ValueError, RecursionError) as error:
        raise ScenarioError(f"{path} is not TOML: {str(error).partition(';')[0]}") from error
    try:
        _refuse_ours(path, text, table)
        lines = [number for number, line in enumerate(text.splitlines(), start=1) if SHOCK.match(line)]
        return Scenario.model_validate({**table, "name": path.stem, "file": path.name, "lines": lines})
    except ValidationError as error:
        raise ScenarioError(_mistake(path, text, error)) from error


def _refuse_ours(path: FilePath, text: str, table: dict[str, Any]) -> None:
    """Raise ScenarioError if a file says what is ours to say."""
    for key in OURS:
        if key in table:
            raise ScenarioError(f"{path}, line {line_of(text, [key])}: [{key}] unknown key; leave it out")


def _mistake(path: FilePath, text: str, error: ValidationError) -> str:
    """The file, the line and what is wrong there, an unknown key before all else: it is often why one is missing."""
    mistakes = error.errors()
    first = next((mistake for mistake in mistakes if mistake["type"] == "extra_forbidden"), mistakes[0])
    what = first["msg"].removeprefix("Value error, ")
    words = [part for part in first["loc"] if isinstance(part, int) or not set("[(") & set(part)]  # not pydantic's own
    if first["type"] == "extra_forbidden":
        models: dict[object, type[BaseModel]] = {"shock": Shock, "replay": Replayed, "spiral": Spiral, "fed": Purchases}
        fields = models.get(words[0] if len(words) > 1 else "", Scenario).model_fields
        what = f"unknown key; {did_you_mean(str(words[-1]), [name for name in fields if name not in OURS])}"
    elif first["type"] == "literal_error":
        what = f"{first['input']!r} is no shape; {did_you_mean(str(first['input']), SHAPES)}"
    where = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in words)
    return f"{path}, line {line_of(text, words)}: {f'[{where}] ' if where else ''}{what}"


def line_of(text: str, words: list[Any]) -> int:
    """The line of a TOML file on which the key of such a path stands, or the header of the table that lacks it."""
    lines, start = text.splitlines(), 0
    place = next((part for part in words if isinstance(part, int)), None)
    if words:
        header = re.compile(rf"\s*\[\[?\s*{re.escape(str(words[0]))}\s*\]\]?")
        found = [number for number, line in enumerate(lines) if header.match(line)]
        if found:
            start = found[place or 0] if (place or 0) < len(found) else found[-1]
    for word in (str(part) for part in reversed(words) if not isinstance(part, int)):
        key = re.compile(rf"\s*[\"']?{re.escape(word)}[\"']?\s*=")
        for number in range(start, len(lines)):
            if key.match(lines[number]):
                return number + 1
            if number > start and lines[number].lstrip().startswith("["):
                break
    return start + 1


def check_roles(scenario: Scenario, roles: set[str]) -> None:
    """Raise ScenarioError if a shock names neither a well-known role nor one of the history."""
    for place, shock in enumerate(scenario.shock):
        if shock.role not in UNITS and shock.role not in roles:
            raise ScenarioError(
                f"{scenario.file or scenario.name}: [shock.{place + 1}.role] unknown role {shock.role!r}; "
                f"{did_you_mean(shock.role, {*UNITS, *roles})}"
            )
