"""Text out of a file as a page or a picture may hold it."""

import re

NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Control characters, marks that turn the direction of writing, halves of characters."""


def harmless(text: str) -> str:
    """The same with a question mark for whatever is no text: it could break the file, or hide what it says."""
    return NOT_TEXT.sub("?", text)
