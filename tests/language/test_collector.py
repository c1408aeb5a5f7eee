import gc

import pytest

from portfolioopt.language.collector import collector_paused


def test_the_collector_runs_again_after_the_outermost_pause() -> None:
    with collector_paused():
        with collector_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def fail_in_a_pause() -> None:
    with collector_paused():
        raise RuntimeError


def test_the_collector_runs_again_after_a_failure() -> None:
    with pytest.raises(RuntimeError):
        fail_in_a_pause()
    assert gc.isenabled()


def test_whoever_has_switched_it_off_finds_it_switched_off() -> None:
    gc.disable()
    try:
        with collector_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
