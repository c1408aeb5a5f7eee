"""The folder of outcomes: a file for each point, by its key, written whole or not at all as soon as it is known.

points/<two letters>/<key>.json     what holds for good; the same bytes wherever the point was computed
unsettled/<key>.json                answers in which a time limit had a say, and failures: asked again the next time
log.jsonl                           a line for each point computed: when, where, how long; not for comparing

Only whoever hands points out writes here; workers need not see the folder.
"""

import json
import os
import time
import uuid
from pathlib import Path

from portfolioopt.errors import Fault, InvalidInput
from portfolioopt.points.outcome import Outcome, outcome_from
from portfolioopt.points.point import Point

LOG = "log.jsonl"


class Store:
    """Outcomes in a folder, which is made where there is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def found(self, point: Point) -> Outcome | None:
        """What is known of a point for good; None where nothing is, or where its file cannot be read."""
        try:
            outcome = outcome_from(self._place(point).read_text(encoding="utf-8"), point.key)
        except (OSError, ValueError):
            return None
        return outcome if outcome.final else None

    def unsettled(self, point: Point) -> Outcome | None:
        """What came of a point the last time, if it holds not for good."""
        try:
            return outcome_from(self._unsettled(point).read_text(encoding="utf-8"), point.key)
        except (OSError, ValueError):
            return None

    def keep(self, point: Point, outcome: Outcome, **told: object) -> None:
        """Stores an outcome. Raises `InvalidInput` where nothing can be written."""
        place = self._place(point) if outcome.final else self._unsettled(point)
        try:
            write_whole(place, outcome.text(point.asked))
            if outcome.final:
                self._unsettled(point).unlink(missing_ok=True)
            line = {"at": round(time.time(), 3), "key": point.key, "kind": outcome.kind, **outcome.told, **told}
            with (self.folder / LOG).open("a", encoding="utf-8") as log:
                log.write(json.dumps(line) + "\n")
        except OSError as error:
            said = f"cannot be written: {error.strerror or error}"
            raise InvalidInput([Fault((), said, "what was stored before is kept", file=str(self.folder))]) from None

    def _place(self, point: Point) -> Path:
        return self.folder / "points" / point.key[:2] / f"{point.key}.json"

    def _unsettled(self, point: Point) -> Path:
        return self.folder / "unsettled" / f"{point.key}.json"


def write_whole(path: Path, text: str) -> None:
    """Writes a file so that, whatever is killed or loses power, it is there whole or as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with draft.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Has the folder itself reach the disk, where the system knows how to."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
