"""The command line: which commands there are. Each loads what it needs only when it runs."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from portfolioopt import __version__
from portfolioopt.command.alternatives import alternatives_command
from portfolioopt.command.cases import cases_command
from portfolioopt.command.compare import compare_command
from portfolioopt.command.diagnose import diagnose_command
from portfolioopt.command.explain import explain_command
from portfolioopt.command.exporting import export_command
from portfolioopt.command.frontier import frontier_command
from portfolioopt.command.hedge import hedge_command
from portfolioopt.command.importing import import_command
from portfolioopt.command.init import init_command
from portfolioopt.command.math import math_command
from portfolioopt.command.models import models_command
from portfolioopt.command.price_deals import price_deals_command
from portfolioopt.command.price_limits import price_limits_command
from portfolioopt.command.price_rights import price_rights_command
from portfolioopt.command.price_terms import price_terms_command
from portfolioopt.command.report import report_command
from portfolioopt.command.rolling import rolling_command
from portfolioopt.command.runs import runs
from portfolioopt.command.saved import show_command
from portfolioopt.command.schema import schema_command
from portfolioopt.command.security import security_command
from portfolioopt.command.solve import solve_command
from portfolioopt.command.stability import stability_command
from portfolioopt.command.stress import stress_command
from portfolioopt.command.sweep import sweep_command
from portfolioopt.command.talk import data
from portfolioopt.command.validate import validate_command
from portfolioopt.command.value_of_information import value_of_information_command
from portfolioopt.command.whatif import whatif_command


class Commands(TyperGroup):
    """The commands. Ctrl-C that none of them hears itself ends as it does elsewhere: typer alone would say nothing."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise typer.Abort from None


app = typer.Typer(
    name="portfolioopt",
    cls=Commands,
    no_args_is_help=True,
    # plain help: colours would cost a third of the time it takes
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        data(f"portfolioopt {__version__}")
        raise typer.Exit


@app.callback()
def _portfolioopt(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an unexpected error comes from.")] = False,
) -> None:
    """Which partnerships to form, expand, restructure, keep or exit, and when."""


app.command("validate")(validate_command)
app.command("solve")(solve_command)
app.command("hedge")(hedge_command)
app.command("show")(show_command)
app.add_typer(runs, name="runs")
app.command("whatif")(whatif_command)
app.command("compare")(compare_command)
app.command("cases")(cases_command)
app.command("report")(report_command)
app.command("models")(models_command)
app.command("schema")(schema_command)
app.command("math")(math_command)
app.command("init")(init_command)
app.command("alternatives")(alternatives_command)
app.command("diagnose")(diagnose_command)
app.command("stability")(stability_command)
app.command("frontier")(frontier_command)
app.command("rolling")(rolling_command)
app.command("stress")(stress_command)
app.command("sweep")(sweep_command)
app.command("export")(export_command)
app.command("import")(import_command)
app.command("explain")(explain_command)
app.command("security")(security_command)
app.command("value-of-information")(value_of_information_command)
app.command("information", hidden=True)(value_of_information_command)

price = typer.Typer(no_args_is_help=True, help="What deals, limits, terms and rights are worth, by solving again.")
price.command("deals")(price_deals_command)
price.command("limits")(price_limits_command)
price.command("rights")(price_rights_command)
price.command("terms")(price_terms_command)
app.add_typer(price, name="price")
