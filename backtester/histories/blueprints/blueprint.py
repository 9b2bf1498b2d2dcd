"""Blueprints: TOML files that list the series of a history and the providers' files from which they are built."""

import datetime
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NaiveDatetime,
    StringConstraints,
    ValidationError,
    model_validator,
)

from backtester.errors import DataError, did_you_mean
from backtester.files import bundled, read_limited
from backtester.histories.keys import BARE_NUMBER, Date, DateRange, as_date
from backtester.histories.kinds import find_kind
from backtester.histories.manifest import MAX_MANIFEST_BYTES
from backtester.histories.manifest_schema import RhythmName, Role


def _without_folder(name: str) -> str:
    """The name as it is. Raise ValueError if it is no name of a file, or has a folder in it."""
    if not re.fullmatch(r"\w[\w. -]*", name):
        raise ValueError(f"{name[:40]!r} is no file's name; write it without a folder, and without * or ?")
    return name


SPREAD_FORMS = ("month_returns_percent", "session_returns_percent", "rate_percent")  # onto dates of another file
MONTHLY_FORMS = SPREAD_FORMS[:2]  # of files with a row a month
SourceForm = Literal["level", "returns_percent", "month_returns_percent", "session_returns_percent", "rate_percent"]
FileName = Annotated[str, AfterValidator(_without_folder)]


class SourceFile(BaseModel):
    """Figures in the `file` of a `provider`; `csv` stands for any provider that the others are not.

    `columns` are added up; without names, the only column is taken. `form` says what the figures are:

    - `level`: used as they are;
    - `returns_percent`: the return of each date, compounded to a level, as those of all other forms;
    - `month_returns_percent`: the return of each month, spread evenly over its dates in the file `dates`;
    - `session_returns_percent`: a row a month with the return of each date of that month in the file `dates`;
    - `rate_percent`: percent a year; at each date in the file `dates`, the rate of the date before is paid, days / 365.

    The returns of the sources `plus` are added to these; each source applies from the end of the one before. Values
    are taken from `since` to `until`, but for the date ranges `without`; both ends are included.

    `url` is the address of the file. Where a provider serves series by their ids, `series` is the id; without it, the
    file's name is. Sources of one id that differ in nothing else are pieces of one file to download. `date_format`,
    `decimal` and `sep` say how a csv is written, if it can be read in two ways.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: Literal["fred", "french", "cboe", "yahoo", "lbma", "csv"]
    file: FileName
    columns: tuple[str, ...] = ()
    form: SourceForm = "level"
    dates: FileName | None = None
    plus: tuple["SourceFile", ...] = ()
    since: Date | None = None
    until: Date | None = None
    without: tuple[DateRange, ...] = ()
    url: str | None = None
    series: Annotated[str | None, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,60}$")] = None
    date_format: str | None = None
    decimal: Literal[".", ","] | None = None
    sep: Literal[",", ";", "\t", "|"] | None = None

    @model_validator(mode="after")
    def _has_the_keys_of_its_form(self) -> "SourceFile":
        """The source. Raise ValueError if `dates` or `plus` does not go with its form."""
        if (self.dates is not None) != (self.form in SPREAD_FORMS):
            raise ValueError(f"'dates' names the file whose dates a form of {', '.join(SPREAD_FORMS)} is spread over")
        if self.plus and (self.form == "level" or any(other.form == "level" or other.plus for other in self.plus)):
            raise ValueError("'plus' adds returns to returns; a level takes none, and is none")
        return self


class Release(BaseModel):
    """A rule for the time at which a value is published: `working_days` after its date, or on a day of the next month.

    `time` is the time of day; `closed` are days, besides weekends and federal holidays, that are no working days.
    `until` is the date of the last value to which the rule applies. `late` has the times of values that were published
    later than by the rule, by the value's date.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    time: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    working_days: Annotated[int | None, BARE_NUMBER, Field(ge=0, le=60)] = None
    closed: tuple[Date, ...] = ()
    day_of_next_month: Annotated[int | None, BARE_NUMBER, Field(ge=1, le=28)] = None
    until: Date | None = None
    late: dict[Date, NaiveDatetime] = {}

    @model_validator(mode="after")
    def _has_one_rule(self) -> "Release":
        """The release. Raise ValueError unless it says in one way when values are published."""
        if (self.working_days is None) == (self.day_of_next_month is None):
            raise ValueError("a release needs one of 'working_days' and 'day_of_next_month'")
        return self


def _rules(release: object) -> object:
    """The rules of a release as a sequence: one rule alone, or those under a name in `releases.toml`.

    Raise ValueError if there is no such name; anything else is returned for pydantic to judge.
    """
    if not isinstance(release, str):
        return (release,) if isinstance(release, dict | Release) else release
    rules = tomllib.loads((bundled("data") / "releases.toml").read_text())
    if release not in rules:
        raise ValueError(f"no release {release!r}; {did_you_mean(release, rules)}")
    return rules[release]


class SeriesPlan(BaseModel):
    """One series: the keys of its table in the manifest, such as `kind`, and the sources of its figures, oldest first.

    `join` says how two sources are joined: by `returns` (older values are scaled to meet the newer ones), or by
    `values` (newer values replace older ones from their first date on). `release` are the rules of publication, the
    oldest first, or their name in `releases.toml`.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    sources: Annotated[tuple[SourceFile, ...], Field(alias="from")] = ()
    join: Literal["returns", "values"] = "values"
    release: Annotated[tuple[Release, ...], BeforeValidator(_rules)] = ()

    @model_validator(mode="after")
    def _has_a_known_kind(self) -> "SeriesPlan":
        """The plan. Raise ValueError if its kind is not known."""
        find_kind(str(self.manifest_keys.get("kind", "")))
        return self

    @property
    def manifest_keys(self) -> dict[str, Any]:
        """The keys of the series' table in the manifest."""
        return dict(self.__pydantic_extra__ or {})


def _covered_or_date(until: object) -> object:
    """The word `covered`, or a date. Raise ValueError if it is neither."""
    return until if until == "covered" else as_date(until)


class Blueprint(BaseModel):
    """A history to be built.

    `until` is its last date, or "covered": the last date on which all assets have a value. `series` are by role, the
    name of a series in the history. Other keys are as in the manifest: see `manifest_schema.HistoryTable`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    rhythm: RhythmName | None = None
    sessions_a_year: Annotated[float | None, BARE_NUMBER, Field(gt=0, le=366)] = None
    calendar: str | None = None
    close: str = "16:00"
    until: Annotated[datetime.date | Literal["covered"] | None, BeforeValidator(_covered_or_date)] = None
    series: dict[Role, SeriesPlan]

    @property
    def sources(self) -> list[SourceFile]:
        """Every source in order; those in `plus` follow the source to which they are added."""
        main_sources = [source for plan in self.series.values() for source in plan.sources]
        return [source for main in main_sources for source in (main, *main.plus)]

    @model_validator(mode="after")
    def _has_the_dates_that_it_spreads_over(self) -> "Blueprint":
        """The blueprint. Raise ValueError if `dates` of a source names a file that is none of its daily sources."""
        dated = [source.file for source in self.sources if source.form not in MONTHLY_FORMS]
        for source in self.sources:
            if source.dates is not None and source.dates not in dated:
                raise ValueError(
                    f"{source.file} is spread over the dates of {source.dates}; {did_you_mean(source.dates, dated)}"
                )
        return self


def blueprint_names() -> list[str]:
    """The names of the blueprints that come with the program."""
    return sorted(path.stem for path in (bundled("data") / "blueprints").glob("*.toml"))


def read_blueprint(name: str) -> tuple[str, Blueprint]:
    """A history's name and blueprint: an embedded one by its name, or a TOML file by its path.

    Raise DataError if there is none, or it cannot be read.
    """
    path = Path(name)
    if path.suffix != ".toml":
        if name not in blueprint_names():
            raise DataError(f"no blueprint {name!r}; {did_you_mean(name, blueprint_names())} (or name a .toml file)")
        path = bundled("data") / "blueprints" / f"{name}.toml"
    try:
        return path.stem, Blueprint.model_validate(
            tomllib.loads(read_limited(path, MAX_MANIFEST_BYTES).decode("utf-8-sig"))
        )
    except OSError as error:
        raise DataError(f"cannot read the blueprint {path}: {error.strerror}") from error
    except ValidationError as error:
        first, *_ = error.errors()
        key, message = ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
        raise DataError(f"{path}: [{key}] {message}") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path} is not TOML: {str(error).partition(';')[0]}") from error
