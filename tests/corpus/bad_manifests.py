"""Manifests that are wrong, and what must be said of each: edits of one that is right, and what is none at all."""

HASH = "sha256 " + "0" * 64
SOUND = f"""
[mine]
title = "Mine"

[mine.series.stocks]
kind = "total_return"
unit = "index"
source = "made for a test"
licence = "none"
file = "mine.parquet"
column = "stocks"

[mine.series.rate]
kind = "rate"
unit = "percent a year"
source = "made for a test"
licence = "none"
file = "mine.parquet"
column = "rate"
lag_sessions = 1

[mine.series.bills]
kind = "bills"
yield = "rate"
unit = "index"
source = "made for a test"
licence = "none"

[mine.files]
"mine.parquet" = "{HASH}"
"""
AT = "data/manifest.toml: "
NO_TOML = "data/manifest.toml is not TOML: "
FILE = 'file = "mine.parquet"'


def edited(*pairs: tuple[str, str]) -> bytes:
    """The sound manifest with each first text, where it first stands, replaced by the second."""
    text = SOUND
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text.encode()


def elsewhere(path: str) -> bytes:
    """The sound manifest with its stocks in another file, for which it has a hash."""
    return edited((FILE, f'file = "{path}"'), ("[mine.files]", f'[mine.files]\n"{path}" = "{HASH}"'))


def stocks(line: str) -> bytes:
    """The sound manifest with another line for its stocks."""
    return edited(('column = "stocks"', f'column = "stocks"\n{line}'))


def history(line: str) -> bytes:
    """The sound manifest with another line for the history."""
    return edited(('title = "Mine"', f'title = "Mine"\n{line}'))


BAD_MANIFESTS: dict[str, tuple[bytes, str]] = {
    # what is no TOML
    "binary": (
        bytes(range(256)),
        NO_TOML + "'utf-8' codec can't decode byte 0x80 in position 128: invalid start byte",
    ),
    "utf-16": (
        SOUND.encode("utf-16"),
        NO_TOML + "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
    ),
    "latin-1": (
        edited(("Mine", "Hélène")).decode().encode("latin-1"),
        NO_TOML + "'utf-8' codec can't decode byte 0xe9 in position 18: invalid continuation byte",
    ),
    "cut off": (SOUND.encode()[:-40], NO_TOML + "Unterminated string (at end of document)"),
    "json": (b'{"mine": {"title": "Mine"}}', NO_TOML + "Invalid statement (at line 1, column 1)"),
    "yaml": (
        b"mine:\n  title: Mine\n",
        NO_TOML + "Expected '=' after a key in a key/value pair (at line 1, column 5)",
    ),
    "a table twice": (
        edited(("[mine.series.bills]", "[mine.series.rate]")),
        NO_TOML + "Cannot declare ('mine', 'series', 'rate') twice (at line 22, column 18)",
    ),
    "a key twice": (history('title = "Two"'), NO_TOML + "Cannot overwrite a value (at line 4, column 14)"),
    "a million brackets": (b"a = " + b"[" * 1_000_000, NO_TOML),
    "a number without end": (
        history("sessions_a_year = " + "9" * 5000),
        NO_TOML,
    ),
    "a date that is none": (history("until = 2024-02-30"), NO_TOML + "Invalid date or datetime (at line 4, column 9)"),
    # what is no history
    "a number": (b"mine = 5", AT + "[mine] a table is needed"),
    "a list": (b"mine = [1, 2]", AT + "[mine] a table is needed"),
    "tables in a list": (b'[[mine]]\ntitle = "Mine"', AT + "[mine] a table is needed"),
    "no title": (edited(('title = "Mine"', "")), AT + "[mine.title] Field required"),
    "no series": (b'[mine]\ntitle = "Mine"\n[mine.files]', AT + "[mine.series] Field required"),
    "series in a list": (b'[mine]\ntitle = "Mine"\nseries = []\n[mine.files]', AT + "[mine.series] a table is needed"),
    "no files": (SOUND[: SOUND.index("[mine.files]")].encode(), AT + "[mine.files] Field required"),
    "files in a list": (
        SOUND[: SOUND.index("[mine.files]")].encode() + b"[[mine.files]]",
        AT + "[mine.files] a table is needed",
    ),
    "an unknown key": (history("sessions = 252"), AT + "[mine.sessions] unknown key; did you mean 'sessions_a_year'?"),
    "infinitely many sessions": (
        history("sessions_a_year = inf"),
        AT + "[mine.sessions_a_year] Input should be less than or equal to 366",
    ),
    "sessions that are no number": (
        history("sessions_a_year = nan"),
        AT + "[mine.sessions_a_year] Input should be greater than 0",
    ),
    "sessions that are true": (
        history("sessions_a_year = true"),
        AT + "[mine.sessions_a_year] true is no number; write it bare",
    ),
    "sessions in quotes": (
        history('sessions_a_year = "252"'),
        AT + "[mine.sessions_a_year] '252' is no number; write it bare",
    ),
    "a level that stands for ever": (
        stocks("carry_days = 100000"),
        AT + "[mine.series.stocks.carry_days] Input should be less than or equal to 400",
    ),
    "a level that stands for no day": (
        stocks("carry_days = 0"),
        AT + "[mine.series.stocks.carry_days] Input should be greater than or equal to 1",
    ),
    "a lag that is true": (
        edited(("lag_sessions = 1", "lag_sessions = true")),
        AT + "[mine.series.rate.lag_sessions] true is no number; write it bare",
    ),
    "funded by a number": (stocks("funded = 1"), AT + "[mine.series.stocks.funded] Input should be a valid boolean"),
    "funded by a word": (stocks('funded = "yes"'), AT + "[mine.series.stocks.funded] Input should be a valid boolean"),
    "a close in words": (
        history('close = "4 pm"'),
        AT + "[mine.close] '4 pm' is not as it should be; write a time like 16:00",
    ),
    "a close that is no time": (
        history('close = "24:00"'),
        AT + "[mine.close] '24:00' is not as it should be; write a time like 16:00",
    ),
    "an end that is a number": (
        history("until = 20240131"),
        AT + "[mine.until] 20240131 is no date; write it like 2020-01-31",
    ),
    "an end in words": (
        history('until = "last year"'),
        AT + "[mine.until] 'last year' is no date; write it like 2020-01-31",
    ),
    # series
    "an unknown kind": (
        edited(('kind = "total_return"', 'kind = "returns"')),
        AT + "[mine.series.stocks] unknown kind 'returns'; did you mean 'total_return'?",
    ),
    "a title in a list": (
        edited(('title = "Mine"', 'title = ["Mine"]')),
        AT + "[mine.title] Input should be a valid string",
    ),
    "no licence": (edited(('licence = "none"', "")), AT + "[mine.series.stocks.licence] Field required"),
    "a misspelt key": (stocks("fundd = true"), AT + "[mine.series.stocks.fundd] unknown key; did you mean 'funded'?"),
    "a lag before the fact": (
        edited(("lag_sessions = 1", "lag_sessions = -1")),
        (AT + "[mine.series.rate.lag_sessions] Input should be greater than or equal to 0"),
    ),
    "a lag of ages": (
        edited(("lag_sessions = 1", "lag_sessions = 1000000000000000000000")),
        (AT + "[mine.series.rate.lag_sessions] Input should be less than or equal to 1000"),
    ),
    "half a lag": (
        edited(("lag_sessions = 1", "lag_sessions = 0.5")),
        (AT + "[mine.series.rate.lag_sessions] Input should be a valid integer, got a number with a fractional part"),
    ),
    "a stretch that ends before it begins": (
        stocks("absent = [[2024-02-01, 2024-01-01]]"),
        (
            AT + "[mine.series.stocks.absent.0] the stretch ends on 2024-01-01, before "
            "it begins on 2024-02-01; swap the two"
        ),
    ),
    "half a stretch": (stocks("absent = [[2024-02-01]]"), AT + "[mine.series.stocks.absent.0.1] Field required"),
    "a stretch of numbers": (
        stocks("absent = [[1, 2]]"),
        AT + "[mine.series.stocks.absent.0.0] 1 is no date; write it like 2020-01-31",
    ),
    "a role in capitals": (
        edited(("[mine.series.stocks]", "[mine.series.Stocks]")),
        (
            AT + "[mine.series.Stocks.[key]] 'Stocks' is not as it should be; a role "
            "has small letters, digits and _, a letter first"
        ),
    ),
    "a role that colours the terminal": (
        edited(("[mine.series.stocks]", '[mine.series."\\u001b[31m\\nred"]')),
        AT + "[mine.series.\\x1b[31m\\nred.[key]] '\\x1b[31m\\nred' is not as it should be; "
        "a role has small letters, digits and _, a letter first",
    ),
    "a reserved role": (
        edited(("[mine.series.stocks]", "[mine.series.returns]")),
        (
            AT
            + "[mine.series.returns] takes a reserved name; a role is not one of returns, base, portfolio, calendar, "
            "sessions_a_year, state, date, pair, cash"
        ),
    ),
    "a role of two words": (
        edited(("[mine.series.stocks]", '[mine.series."my stocks"]')),
        (
            AT + "[mine.series.my stocks.[key]] 'my stocks' is not as it should be; a "
            "role has small letters, digits and _, a letter first"
        ),
    ),
    "bills of nothing": (
        edited(('yield = "rate"', 'yield = "rates"')),
        (AT + "[mine.series.bills] is built from 'rates', which has no figures of its own here; did you mean 'rate'?"),
    ),
    "bills of bills": (
        edited(('yield = "rate"', 'yield = "bills"')),
        (AT + "[mine.series.bills] is built from 'bills', which has no figures of its own here; known: rate, stocks"),
    ),
    "bills of stocks": (
        edited(('yield = "rate"', 'yield = "stocks"')),
        (
            AT + "[mine.series.bills] is built from 'stocks', which is of kind "
            "'total_return'; it needs a yield or a rate"
        ),
    ),
    "a put of nothing": (
        stocks('[mine.series.put]\nkind = "rolling_put"'),
        AT + "[mine.series.put.unit] Field required",
    ),
    # files
    "no hash": (
        edited((f'"mine.parquet" = "{HASH}"', "")),
        (AT + "[mine.series.stocks] names 'mine.parquet', which has no hash; add it to [mine.files]"),
    ),
    "another kind of hash": (
        edited(("sha256 0", "md5 0")),
        (
            AT + "[mine.files.mine.parquet] 'md5 000000000000000000000000000000000000' "
            "is not as it should be; write 'sha256 ' and 64 digits from 0 to 9 and a to f"
        ),
    ),
    "a hash cut off": (
        edited(("0" * 64, "0" * 63)),
        (
            AT + "[mine.files.mine.parquet] 'sha256 000000000000000000000000000000000' "
            "is not as it should be; write 'sha256 ' and 64 digits from 0 to 9 and a to f"
        ),
    ),
    "a path that climbs out": (
        elsewhere("../secret.parquet"),
        (AT + "[mine.series.stocks] names '../secret.parquet', outside the data folder; paths stay inside it"),
    ),
    "a path that climbs out half way": (
        elsewhere("in/../../secret.parquet"),
        (AT + "[mine.series.stocks] names 'in/../../secret.parquet', outside the data folder; paths stay inside it"),
    ),
    "a path from the root": (
        elsewhere("/etc/passwd"),
        (AT + "[mine.series.stocks] names '/etc/passwd', outside the data folder; paths stay inside it"),
    ),
    "a home": (
        elsewhere("~/secret.parquet"),
        (
            "history 'mine': cannot read data/~/secret.parquet: No such file or directory; restore the "
            "file or build 'mine' again"
        ),
    ),
    "a null character": (
        elsewhere("mine\\u0000.parquet"),
        (AT + "[mine.series.stocks] names 'mine\\x00.parquet', outside the data folder; paths stay inside it"),
    ),
    "an endless name": (
        elsewhere("a" * 300),
        f"history 'mine': cannot read data/{'a' * 300}: File name too long; restore the file or build 'mine' again",
    ),
    "the folder itself": (
        elsewhere("."),
        "history 'mine': cannot read data: Is a directory; restore the file or build 'mine' again",
    ),
    "no name at all": (
        elsewhere(""),
        "history 'mine': cannot read data: Is a directory; restore the file or build 'mine' again",
    ),
    "an address": (
        elsewhere("https://example.org/mine.parquet"),
        (
            "history 'mine': cannot read data/https:/example.org/mine.parquet: No such file or "
            "directory; restore the file or build 'mine' again"
        ),
    ),
    "another system's path": (
        elsewhere("..\\\\secret.parquet"),
        (
            "history 'mine': cannot read data/..\\secret.parquet: No such file or directory; restore "
            "the file or build 'mine' again"
        ),
    ),
    "a file that is not there": (
        SOUND.encode(),
        (
            "history 'mine': cannot read data/mine.parquet: No such file or directory; restore the "
            "file or build 'mine' again"
        ),
    ),
}
