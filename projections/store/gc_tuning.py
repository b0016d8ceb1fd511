"""Garbage collector tuning: full collections are rarer while much is made that stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

MUCH = (100_000, 50, 50)
"""How many objects more there are before they are looked through: a plan is loaded, or a module, without."""

_lock = Lock()
_inside = 0
_before = gc.get_threshold()


@contextmanager
def gc_tuned() -> Iterator[None]:
    """A large file, or a long history, makes a million objects that stay, and none to be collected."""
    global _inside, _before  # noqa: PLW0603 - the collector is the process's own
    with _lock:
        if not _inside:
            _before = gc.get_threshold()
            gc.set_threshold(*MUCH)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                gc.set_threshold(*_before)


@contextmanager
def starting() -> Iterator[None]:
    """What is imported, and what a service is made of, stays: nothing is looked through meanwhile, and it never is afterwards."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def collect_rarely() -> None:
    """For the rest of a process: what is there now stays and is never looked through, also at its end."""
    gc.set_threshold(*MUCH)
    gc.freeze()
