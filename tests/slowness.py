"""How slow the machine is now, for tests that promise a time.

A promise ("the page follows within 5 s") is about our code on a machine that has room for it.
Where others keep the cores busy everything takes as many times longer, and the promise with it.
"""

import os


def times_slower() -> float:
    """Return how many wish to run for each core, at least 1: on a quiet machine promises stand."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def within(seconds: float) -> float:
    """Return the seconds that a promise of so many allows now."""
    return seconds * times_slower()


def within_ms(milliseconds: float) -> float:
    """Return the milliseconds that a promise of so many allows now."""
    return milliseconds * times_slower()
