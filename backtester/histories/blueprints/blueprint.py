"""Blueprints: TOML files with the series of a history and the files that their figures come from."""

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


def _bare(name: str) -> str:
    if not re.fullmatch(r"\w[\w. -]*", name):
        raise ValueError(f"{name[:40]!r} is no file's name; write it without a folder, and without * or ?")
    return name


SPREAD_FORMS = ("month_returns_percent", "session_returns_percent", "rate_percent")
MONTHLY = SPREAD_FORMS[:2]  # the forms of files with a row a month
SourceForm = Literal["level", "returns_percent", "month_returns_percent", "session_returns_percent", "rate_percent"]
FileName = Annotated[str, AfterValidator(_bare)]


class SourceFile(BaseModel):
    """Figures in one file of a provider.

    `columns` are added up (one for most); none means the only column there is. `form` says what they are: a level, or
    returns to be compounded to one. These are `returns_percent`, a return each date; or, spread over the dates of the
    file in `dates`, `month_returns_percent` (a return each month), `session_returns_percent` (the return of each
    session of a month, a row a month) or `rate_percent` (percent a year: what the rate of the date before paid, days /
    365). `plus` are sources whose returns are added to these, each from the end of the one before. Values are taken
    from `since` to `until`, and `without` are stretches of dates to leave out, both ends included.

    `url` is where the file is served; where a provider serves series by their ids, `series` is the id, unless the
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
        if (self.dates is not None) != (self.form in SPREAD_FORMS):
            raise ValueError(f"'dates' names the file whose dates a form of {', '.join(SPREAD_FORMS)} is spread over")
        if self.plus and (self.form == "level" or any(one.form == "level" or one.plus for one in self.plus)):
            raise ValueError("'plus' adds returns to returns; a level takes none, and is none")
        return self


class Release(BaseModel):
    """When values are published: so many working days after their date, or on a day of the month after, at a time.

    `until` is the last date of a value that it holds for. `late` names releases that came later than the rule, by the
    value's date.
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
        if (self.working_days is None) == (self.day_of_next_month is None):
            raise ValueError("a release needs one of 'working_days' and 'day_of_next_month'")
        return self


def _rules(release: object) -> object:
    """The rules as a list: of one rule, or of the rules with that name in `releases.toml`."""
    if not isinstance(release, str):
        return (release,) if isinstance(release, dict | Release) else release
    rules = tomllib.loads((bundled("data") / "releases.toml").read_text())
    if release not in rules:
        raise ValueError(f"no release {release!r}; {did_you_mean(release, rules)}")
    return rules[release]


class SeriesPlan(BaseModel):
    """One series: the manifest's own keys, and the sources that its figures come from, the oldest first.

    `join` says how sources are joined: by `returns` (the newer values stay, the older ones are scaled to meet them), or
    by `values` (the newer values replace the older from their first date). `release` are the rules of publication,
    the oldest first, or their name in `releases.toml`.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    sources: Annotated[tuple[SourceFile, ...], Field(alias="from")] = ()
    join: Literal["returns", "values"] = "values"
    release: Annotated[tuple[Release, ...], BeforeValidator(_rules)] = ()

    @model_validator(mode="after")
    def _has_a_known_kind(self) -> "SeriesPlan":
        find_kind(str(self.manifest_keys.get("kind", "")))
        return self

    @property
    def manifest_keys(self) -> dict[str, Any]:
        """The keys of the series' table in the manifest."""
        return dict(self.__pydantic_extra__ or {})


def _covered_or_date(until: object) -> object:
    return until if until == "covered" else as_date(until)


class Blueprint(BaseModel):
    """A history to be built.

    `until` is its last date; `covered` stands for the last on which everything that can be held has a figure.
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
        """Every source in order; those in `plus` follow the source that they are added to."""
        return [one for plan in self.series.values() for source in plan.sources for one in (source, *source.plus)]

    @model_validator(mode="after")
    def _has_the_dates_that_it_spreads_over(self) -> "Blueprint":
        dated = [source.file for source in self.sources if source.form not in MONTHLY]
        for source in self.sources:
            if source.dates is not None and source.dates not in dated:
                raise ValueError(
                    f"{source.file} is spread over the dates of {source.dates}; {did_you_mean(source.dates, dated)}"
                )
        return self


def blueprint_names() -> list[str]:
    """The blueprints that come with the program."""
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
        what = first["msg"].removeprefix("Value error, ")
        raise DataError(f"{path}: [{'.'.join(str(part) for part in first['loc'])}] {what}") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path} is not TOML: {str(error).partition(';')[0]}") from error
