"""The documentation as a site: `make docs`, or `python -m sphinx -W --keep-going -n docs site`.

What the code can tell is made from it while the site is built, by docs/extension: the language reference from the
schemas, the algebra from the docstrings of the functions that write the rows, the list of studies from STUDIES.
"""

import sys
from pathlib import Path

import portfolioopt

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

project = "portfolioopt"
author = "the authors of portfolioopt"
copyright = author
release = version = portfolioopt.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "docs.extension"]
exclude_patterns = ["**/__pycache__"]
myst_enable_extensions = ["deflist", "dollarmath"]
myst_heading_anchors = 3
nitpicky = True
nitpick_ignore_regex = [("py:.*", ".*")]  # types in signatures are plain text: only pages and anchors must be found
autodoc_typehints = "signature"
python_use_unqualified_type_names = True
add_module_names = False

html_theme = "furo"
html_title = "portfolioopt"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
