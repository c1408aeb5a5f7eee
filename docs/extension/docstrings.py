"""Docstrings as they are written here, for the site: plain paragraphs, tables of names, and blocks of code.

A paragraph whose lines begin with a name and two or more blanks is a table of names, each with what it means; one that
is indented is shown as it stands. Nothing else in a docstring is markup but names between backquotes.
"""

import re

from sphinx.application import Sphinx

NAMED = re.compile(r"(\S+) {2,}(\S.*)")
MARKUP = re.compile(r"([\\*|_])")


def prepared(lines: list[str]) -> list[str]:
    """A docstring as reStructuredText."""
    made: list[str] = []
    for paragraph in re.split(r"\n\s*\n", "\n".join(lines)):
        own = [line for line in paragraph.splitlines() if line.strip()]
        if not own:
            continue
        if all(line.startswith("    ") for line in own):
            made += ["::", "", *own, ""]
        elif NAMED.match(own[0]):
            made += [*_table(own), ""]
        else:
            made += [_plain(" ".join(line.strip() for line in own)), ""]
    return made


def process(_app: Sphinx, _what: str, _name: str, _object: object, _options: object, lines: list[str]) -> None:
    """Called by autodoc for every docstring."""
    lines[:] = prepared(lines)


def _table(lines: list[str]) -> list[str]:
    items: list[list[str]] = []
    for line in lines:
        found = NAMED.match(line)
        if found and not line.startswith(" "):
            items.append([found[1], found[2]])
        else:
            items[-1].append(line.strip())
    return [part for name, *said in items for part in (f"``{name}``", f"    {_plain(' '.join(said))}")]


def _plain(text: str) -> str:
    """Text in which only backquotes mean something."""
    parts = re.split(r"`([^`]+)`", text)
    return "".join(f"``{part}``" if place % 2 else MARKUP.sub(r"\\\1", part) for place, part in enumerate(parts))
