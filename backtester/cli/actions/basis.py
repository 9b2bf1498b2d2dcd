"""Carrying out `backtester stress basis`: the spiral of `backtester.stress.basis`, computed and printed.

Funds that hold Treasuries against futures lose when the gap between the two, the basis, widens, and sell: yields rise,
by kappa for each $100bn, and the basis widens by theta for each basis point of that. Where it tips, everything is sold.
The document is the results as JSON.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from backtester.cli.actions.screen import print_json, print_table, say
from backtester.cli.actions.stress_folder import write_stress_folder
from backtester.pages.format import number
from backtester.runs.basis_words import HEADLINE, basis_lines
from backtester.runs.stress_basis import basis_run
from backtester.stress.basis import BasisTerms
from backtester.tearsheet.stress_page import render_basis


def run_basis(params: Mapping[str, Any], out: Path | None, *, as_json: bool) -> None:
    """Compute the spiral with the values of the options, write its page and print its table and sentences.

    Raise UsageError if a value is not allowed.
    """
    if not 0 < params["share"] < 1:
        raise click.UsageError(f"--share {params['share']:g} is no share of the move; give one between 0 and 1")
    try:
        terms = BasisTerms(**{name: params[name] for name in BasisTerms.model_fields if params.get(name) is not None})
    except ValidationError as error:
        first = error.errors()[0]
        option = "".join(f"--{part} ".replace("_", "-") for part in first["loc"])
        raise click.UsageError(option + first["msg"].removeprefix("Value error, ")) from error
    document, page = write_stress_folder(
        "basis", out, lambda report: basis_run(terms, kappa=params["kappa"], share=params["share"]), render_basis
    )
    if as_json:
        print_json(document)
        return
    say(f"{HEADLINE}\n")
    for line in basis_lines(document):
        say(line)
    grid = document["map"]
    columns = {"Theta x kappa": "right"} | {f"L = {leverage:g}": "right" for leverage in grid["leverages"]}
    rows = [
        [f"{strength:g}", *("tips" if value is None else number(value) for value in values)]
        for strength, values in zip(grid["strengths"], grid["amplification"], strict=True)
    ]
    print_table(columns, rows, title="\nHow many times what is sold comes to market")
    say(f"\nPage: {page}")
