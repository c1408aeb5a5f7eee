"""When to stop: seconds, or work where that is what counts."""

import math
import time

from portfolioopt.solution.stop import Stop


def test_stop_within_is_never_later_and_shares_the_wish_to_stop() -> None:
    stop = Stop(time.perf_counter() + 100)
    sooner = stop.within(1)
    assert sooner.left <= 1
    assert Stop(time.perf_counter() + 1).within(50).left <= 1
    stop.asked.set()
    assert sooner.due
    assert sooner.reason == "interrupted"
    assert Stop().left == math.inf


def test_where_work_counts_what_is_left_is_work_and_parts_share_the_meter() -> None:
    stop = Stop(time.perf_counter() + 100, most_work=10)
    part = stop.within(0.3 * stop.left)
    assert (stop.left, part.left) == (10, 3)
    part.work.add(4)
    assert (stop.left, part.left, part.due, stop.due) == (6, 0, True, False)
    assert part.reason == "work limit"
    stop.work.add(7)
    assert stop.due
    assert stop.within(5).left == 0


def test_time_ends_a_search_whose_work_counts_too_and_is_named_first() -> None:
    late = Stop(time.perf_counter() - 1, most_work=10)
    assert (late.due, late.reason, late.left) == (True, "time limit", 10)
    late.work.add(20)
    assert late.reason == "time limit"


def test_work_is_not_counted_against_a_stop_without_a_limit_of_it() -> None:
    stop = Stop()
    stop.work.add(1e9)
    assert not stop.due
