"""What the site's build adds to Sphinx: parts made from the code, and mathematics as MathML.

A page holds a comment `<!-- made: NAME -->` where a part made from the code goes; `PARTS` says what makes it.
"""

import re
from collections.abc import Callable

from sphinx.application import Sphinx

from docs.extension.algebra import algebra, symbols
from docs.extension.api import api
from docs.extension.docstrings import process
from docs.extension.language import case_keys, instance_keys, model_keys
from docs.extension.mathml import visit_block, visit_inline
from docs.extension.studies import studies

PARTS: dict[str, Callable[[], str]] = {
    "studies": studies,
    "instance_keys": instance_keys,
    "model_keys": model_keys,
    "case_keys": case_keys,
    "algebra": algebra,
    "symbols": symbols,
    "api": api,
}
"""By name: what makes the Markdown of the part."""
PLACE = re.compile(r"^<!-- made: (\w+) -->$", re.MULTILINE)


def fill(text: str) -> str:
    """The page with its made parts in their places."""
    return PLACE.sub(lambda found: PARTS[found[1]](), text)


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", _read)
    app.connect("autodoc-process-docstring", process)
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _read(_app: Sphinx, _page: str, source: list[str]) -> None:
    source[0] = fill(source[0])
