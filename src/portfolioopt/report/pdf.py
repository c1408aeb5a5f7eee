"""A page as PDF, printed by a browser that is already there: it alone knows how a page breaks over sheets of paper."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from portfolioopt.errors import Fault, InvalidInput

ASKED = "PORTFOLIOOPT_BROWSER"
"""Environment variable that names the browser to use."""
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
TO_GET_ONE = (
    f"a PDF is printed by Chromium, Chrome or Edge, and none is found: install one, name one in {ASKED}, "
    "or open the page in any browser and print it there"
)
SECONDS = 120


def find_browser() -> str | None:
    """The browser that the environment names, or one that is installed; None where there is none."""
    asked = os.environ.get(ASKED)
    if asked:
        return shutil.which(asked)
    found = (shutil.which(name) for name in (*NAMES, *PLACES))
    return next((path for path in found if path is not None), None)


def write_pdf(page: Path, target: Path, browser: str) -> None:
    """Prints a page; raises `InvalidInput` where the browser cannot."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        printed = Path(work) / "page.pdf"
        command = [
            browser,
            "--headless=new",
            "--disable-gpu",
            "--no-first-run",
            "--disable-extensions",
            "--disable-background-networking",
            "--no-pdf-header-footer",
            f"--user-data-dir={work}/profile",
            f"--print-to-pdf={printed}",
            *(["--no-sandbox"] if _is_root() else []),
            page.resolve().as_uri(),
        ]
        try:
            ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _refused(target, f"{Path(browser).name} could not print it: {error}") from None
        if not printed.is_file():
            said = ended.stderr.strip().splitlines()[-1:] or ["no reason given"]
            raise _refused(target, f"{Path(browser).name} could not print it: {said[0]}")
        try:
            shutil.move(printed, target)
        except OSError as error:
            raise _refused(target, f"cannot be written: {error.strerror or error}") from None


def _is_root() -> bool:
    """Chromium starts for root only without its sandbox; the page it prints is ours and fetches nothing."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _refused(target: Path, message: str) -> InvalidInput:
    return InvalidInput([Fault((), message, "open the page in any browser and print it there", file=str(target))])
