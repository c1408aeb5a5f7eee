import pytest

from portfolioopt.report.making import write_report
from portfolioopt.runs import write_exhibit
from report_samples import (
    automaker_run,
    big_run,
    browser_here,
    exhibits,
    five_deals_run,
    hostile_run,
    huge_run,
    idle_run,
    infeasible_run,
    lone_run,
    other_run,
    read_result,
    soft_run,
    two_deals_run,
)


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """Run folders by name, made when first asked for."""
    makers = {
        "two": two_deals_run, "other": other_run, "soft": soft_run, "five": five_deals_run, "idle": idle_run,
        "infeasible": infeasible_run, "hostile": hostile_run, "lone": lone_run, "big": big_run, "huge": huge_run,
        "automaker": automaker_run,
    }  # fmt: skip
    base = tmp_path_factory.mktemp("runs")
    made = {}

    def run(name):
        if name not in made:
            if name == "exhibits":
                made[name] = two_deals_run(base / name)
                for each, exhibit in exhibits(read_result(made[name]).input_hash).items():
                    write_exhibit(made[name], each.replace("/", "-"), exhibit)
                write_exhibit(made[name], "foreign", exhibits("of another input")["tornado"])
            else:
                made[name] = makers[name](base / name)
        return made[name]

    return run


@pytest.fixture(scope="session")
def pages(runs, tmp_path_factory):
    """Pages by the names of their runs, written when first asked for."""
    base = tmp_path_factory.mktemp("pages")
    written = {}

    def page(*names):
        if names not in written:
            target = base / f"{'-'.join(names)}.html"
            written[names] = write_report([runs(name) for name in names], target).page
        return written[names]

    return page


@pytest.fixture(scope="session")
def texts(pages):
    """The same as text."""
    return lambda *names: pages(*names).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """A Chromium that is installed here; the one that a download would bring is not asked for."""
    return {**browser_type_launch_args, "executable_path": browser_here()}
