"""When stocks and bonds fell together: joint sell-offs, what made each, the pair's drawdowns, and the crises."""

from backtester.runs.folder import RunFolder
from backtester.tearsheet.figures.attribution import attribution_figure
from backtester.tearsheet.names import Named
from backtester.tearsheet.parts import attribution, crises, drawdowns, sample, selloffs
from backtester.tearsheet.sections.section import Section


def section(run: RunFolder, names: tuple[Named, ...]) -> Section:
    """The tables of all three lenses, and the attribution where the run has one."""
    document = run.document
    attributions = attribution.attribution_tables(document, names)
    figures = (attribution_figure(document, names),) if attributions and document["joint_sell_offs"] else ()
    return Section(
        "together",
        "When stocks and bonds fell together",
        {
            "sample": sample.sample_words(document),
            "joint": selloffs.joint_table(document, names),
            "after": selloffs.after_table(document, names),
            "signs": sample.sign_table(document, names),
            "attributions": attributions,
            "figures": figures,
            "drawdowns": drawdowns.drawdown_table(document, names),
            "crises": crises.crisis_tables(document, names),
            "then_and_now": crises.then_and_now(document),
            "stories": crises.stories(document),
        },
        figures,
    )
