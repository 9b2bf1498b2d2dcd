"""LABEL, a module constant of a strategy: its name for readers, with its settings in it."""

import inspect
import re
import string

from backtester.errors import PluginError, did_you_mean, first_line
from backtester.plugins.declaration import Declaration
from backtester.plugins.guard import plugin_code

LABEL_REMEDY = "write it like LABEL = 'Gold {size:%}', settings in braces, or as a function of settings"


class LabelFormatter(string.Formatter):
    """A formatter whose format `%` writes a fraction in percent without trailing zeros: 10%, 7.5%."""

    def format_field(self, value: object, format_spec: str) -> str:
        """The value as text in the format. Raise ValueError for a width or precision that no line has room for."""
        if re.search(r"\d{3}", format_spec):
            raise ValueError(f"{format_spec!r} has a width or precision above 99")
        if format_spec == "%" and isinstance(value, int | float):
            return f"{100 * value:.6g}%"
        return format(value, format_spec)


def check_label(label: object, declaration: Declaration) -> None:
    """Raise PluginError if a LABEL names an unknown setting, or does not give a line of text for the default settings.

    None, for a strategy without a LABEL, is allowed.
    """
    if label is None:
        return
    for name in named_settings(label):
        if name not in declaration.settings:
            near = did_you_mean(name, declaration.settings) if declaration.settings else "there are none"
            raise PluginError(f"LABEL names {name!r}, which is no setting; {near}")
    label_text(label, {name: setting.default for name, setting in declaration.settings.items()})


def named_settings(label: object) -> list[str]:
    """The settings that a LABEL names: a function's parameters, or the fields in a text's braces.

    Raise PluginError if it is neither a function nor a valid format string.
    """
    if callable(label):
        return list(inspect.signature(label).parameters)
    if not isinstance(label, str):
        raise PluginError(f"LABEL is {label!r}; {LABEL_REMEDY}")
    try:
        fields = [field for _, field, _, _ in string.Formatter().parse(label) if field is not None]
    except ValueError as error:
        raise PluginError(f"LABEL is {label!r}: {error}; {LABEL_REMEDY}") from error
    return [field.partition(".")[0].partition("[")[0] for field in fields]


def label_text(label: object, settings: dict[str, object]) -> str:
    """The text that a LABEL gives for these settings. Raise PluginError if it fails, or gives no line of text."""
    named = {name: settings[name] for name in named_settings(label)}
    try:
        with plugin_code():  # a function, and how a setting's own type is written, are the plugin's code
            text = label(**named) if callable(label) else LabelFormatter().vformat(str(label), (), named)
    except Exception as error:
        raise PluginError(f"LABEL cannot be made of {named}: {first_line(error)}; {LABEL_REMEDY}") from error
    if not isinstance(text, str) or not text.strip() or not text.isprintable():
        raise PluginError(f"LABEL makes {text!r} of {named}; a line of text is needed")
    return text.strip()
