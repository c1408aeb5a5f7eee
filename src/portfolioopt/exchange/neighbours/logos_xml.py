"""The elements of a LOGOS file: their words, attributes and lines; no entities, nothing fetched."""

import re
import xml.sax
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.handler import ContentHandler

from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.language.files import read_bytes

DEEPEST = 20


@dataclass(slots=True)
class Element:
    """An element, its own text, and where it begins."""

    name: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    inside: dict[str, "Element"] = field(default_factory=dict)
    again: list["Element"] = field(default_factory=list)
    """Children of a name that came before."""

    def words(self, between: str = r"[\s,]+") -> list[str]:
        """The words of its text; commas and white space part them."""
        return [word for word in re.split(between, self.text.strip()) if word]

    def line_of(self, word: int) -> int:
        """The line on which its n-th word stands."""
        found = list(re.finditer(r"[^\s,]+", self.text))
        return self.line + self.text.count("\n", 0, found[word].start()) if word < len(found) else self.line


def read_elements(path: Path) -> Element:
    """The root element of a file. Raises `InvalidInput` with the line and column of what is wrong."""
    import defusedxml
    from defusedxml.sax import parseString

    data = read_bytes(path)
    collector = _Collector(str(path))
    try:
        parseString(data, collector, forbid_dtd=True)
    except xml.sax.SAXParseException as error:
        message = f"is not XML: {error.getMessage()}"
        line, column = error.getLineNumber() or 0, (error.getColumnNumber() or 0) + 1
        raise InvalidInput([Fault((), message, "", str(path), line, column)]) from None
    except defusedxml.DefusedXmlException:
        hint = "remove <!DOCTYPE ...>: such a file is plain data"
        raise InvalidInput([Fault((), "declares a document type, which is not read", hint, str(path))]) from None
    except (LookupError, ValueError) as error:  # an encoding that there is not
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput([Fault((), f"cannot be read: {error}", "save it as UTF-8", str(path))]) from None
    if collector.root is None:
        raise InvalidInput([Fault((), "is empty", "", str(path))])
    return collector.root


class _Collector(ContentHandler):
    def __init__(self, file: str) -> None:
        super().__init__()
        self.root: Element | None = None
        self._file = file
        self._open: list[Element] = []
        self._locator: Any = None

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802 - SAX names it
        self._locator = locator

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802
        element = Element(name, self._locator.getLineNumber(), dict(attrs.items()))
        if len(self._open) > DEEPEST:
            fault = Fault((), f"elements are nested more than {DEEPEST} deep", "", self._file, element.line)
            raise InvalidInput([fault])
        if not self._open:
            self.root = element
        elif name in self._open[-1].inside:
            self._open[-1].again.append(element)
        else:
            self._open[-1].inside[name] = element
        self._open.append(element)

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802
        self._open.pop()

    def characters(self, content: str) -> None:
        self._open[-1].text += content
