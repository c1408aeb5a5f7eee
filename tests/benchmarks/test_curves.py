"""What is recorded of a solve only ever gets better, and says nothing where nothing is known."""

import math
from pathlib import Path

from curves import Seen, changes, watch_highs, watch_ours, write_csv
from prepared import Prepared
from registry import CASES


def test_only_changes_and_the_end_are_kept_and_never_a_step_back() -> None:
    seen = [Seen("a", 1, -math.inf, 9), Seen("a", 2, 3, 9), Seen("a", 3, 3, 9), Seen("a", 4, 2, 8), Seen("a", 5, 3, 8)]
    assert changes(seen) == [
        Seen("a", 1, -math.inf, 9),
        Seen("a", 2, 3, 9),
        Seen("a", 4, 3, 8),
        Seen("a", 5, 3, 8),
    ]


def test_both_engines_are_watched_to_their_end(tmp_path: Path) -> None:
    prepared = Prepared(CASES["two_deals"], 1)
    ours, highs = watch_ours(prepared, 5), watch_highs(prepared, 5)
    assert math.isclose(ours[-1].value, highs[-1].value, rel_tol=1e-4)
    write_csv([*ours, Seen("none yet", 1.0, -math.inf, math.inf)], tmp_path / "curve.csv")
    lines = (tmp_path / "curve.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "engine,seconds,value,bound"
    assert lines[-1] == "none yet,1.000,,"
