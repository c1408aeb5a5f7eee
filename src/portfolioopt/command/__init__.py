"""The command line. `main` is its only entry, and the one place where an error becomes an exit code."""

import gc
import os
import sys
from collections.abc import Sequence

from portfolioopt.command.exits import FAULT, INTERRUPTED, INVALID, OK, USAGE
from portfolioopt.command.talk import faults, talk

DEBUG = "--debug"
ALLOCATIONS = 200_000
"""Between two runs of the collector: a command lives for seconds, and a tenth of them would go into looking for rubbish
among the modules just imported."""


def main() -> None:
    """Runs the command line and exits."""
    gc.set_threshold(ALLOCATIONS)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit code."""
    from portfolioopt.errors import InvalidInput, MissingExtra, PortfolioError, UnknownOption, WrongProcesses

    # wherever it stands: whoever has just seen an error adds it at the end
    debug = DEBUG in arguments or os.environ.get("PORTFOLIOOPT_DEBUG", "") not in ("", "0")
    try:
        code = _invoke([argument for argument in arguments if argument != DEBUG])
        sys.stdout.flush()
    except InvalidInput as invalid:
        faults(invalid.faults)
        return INVALID
    except (UnknownOption, MissingExtra, WrongProcesses) as usage:
        talk(f"portfolioopt: {usage}")
        return USAGE
    except KeyboardInterrupt:
        talk("portfolioopt: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    except Exception as error:
        if callable(show := getattr(error, "show", None)):  # an error of usage, which typer words itself
            show()
            return USAGE
        if debug:
            raise
        if isinstance(error, OSError):  # a full disk, a lost network: nobody's fault in here
            talk(f"portfolioopt: {error}")
            return FAULT
        said = str(error) if isinstance(error, PortfolioError) else f"{type(error).__name__}: {error}"
        talk(f"portfolioopt: our fault, not yours: {said}")
        talk("Please report it with the command and its input where you got portfolioopt from; --debug shows more.")
        return FAULT
    return code


def _invoke(arguments: Sequence[str]) -> int:
    """The exit code of a command."""
    import typer

    from portfolioopt.command.app import app

    try:
        code = app(args=list(arguments), prog_name="portfolioopt", standalone_mode=False)
    except SystemExit as stop:
        if isinstance(stop.__context__, BrokenPipeError):  # typer takes it for an error of its own
            raise stop.__context__ from None
        return stop.code if isinstance(stop.code, int) else FAULT
    except typer.Abort:
        raise KeyboardInterrupt from None
    return code if isinstance(code, int) else OK


def _reader_left() -> int:
    """Whoever read our output wanted no more of it, as `| head` does: nothing is wrong, and nothing more is said."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return OK
