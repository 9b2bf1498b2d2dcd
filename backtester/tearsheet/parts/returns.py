"""What pair, legs, assets and strategies returned in windows: the columns that every table of windows shares."""

from backtester.pages.format import points
from backtester.pages.names import Named, role_label
from backtester.pages.table import Cell, Head, points_cell, strategy_head, tone
from backtester.tearsheet.lenses import lens
from backtester.tearsheet.names import Json

LEGS = ("pair", "stocks", "bonds")
SHOWN_ASSETS = ("stocks", "bonds", "long_bonds", "gold", "dollar")


def asset_roles(windows: list[Json]) -> tuple[str, ...]:
    """The assets beside the pair's legs that any of the windows knows."""
    known = {role for window in windows for role in window["assets"] or {}}
    return tuple(role for role in SHOWN_ASSETS if role in known)


def return_heads(document: Json, assets: tuple[str, ...], names: tuple[Named, ...]) -> tuple[Head, ...]:
    """The heads over what `returns` gives; the legs have their own labels."""
    seen = lens(document)
    legs = (Head(seen.labels[leg], key=key, values=(leg,)) for leg, key in zip(LEGS, ("", *seen.keys), strict=True))
    others = (Head(role_label(role), key=role, values=(f"asset {role}" if role in LEGS else role,)) for role in assets)
    return (
        *legs,
        *others,
        *(strategy_head(named, "reference" if not place else "") for place, named in enumerate(names)),
    )


def returns(window: Json, assets: tuple[str, ...], names: tuple[Named, ...]) -> tuple[Cell, ...]:
    """What pair, legs, assets and strategies returned, strategies toned by their difference from the reference."""
    legs = [points_cell(window[leg]) for leg in LEGS]
    others = [points_cell((window["assets"] or {}).get(role)) for role in assets]
    known = window["strategies"] or {}
    reference = known.get(names[0].name)
    return (*legs, *others, *(_against(known.get(named.name), reference) for named in names))


def mean_of(windows: list[Json], assets: tuple[str, ...], names: tuple[Named, ...]) -> Json:
    """The mean of each column over the windows in which it is known."""

    def mean(values: list[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return sum(known) / len(known) if known else None

    return {
        **{leg: mean([window[leg] for window in windows]) for leg in LEGS},
        "assets": {role: mean([window["assets"].get(role) for window in windows]) for role in assets},
        "strategies": {
            named.name: mean([window["strategies"].get(named.name) for window in windows]) for named in names
        },
    }


def _against(value: float | None, reference: float | None) -> Cell:
    if value is None or reference is None:
        return points_cell(value)
    gap = value - reference
    told = f"{points(gap, 2, signed=True)} points against the reference" if gap else ""
    return Cell(points(value), tone(gap), told, values=(value,))
