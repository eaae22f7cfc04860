"""`flask clock` in a process whose wall clock the test sets: `set_clock.py FILE [alone|careless]`.

FILE holds the seconds by which the wall clock is wrong, as a double. APScheduler and the house see
the wrong time; monotonic time and waiting are as they are. `careless` takes every process for the
leader, to see what the lock and the unique key are good for.
"""

import mmap
import os
import struct
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import apscheduler.job
import apscheduler.schedulers.base
import apscheduler.triggers.date
import apscheduler.triggers.interval
from flask.cli import main

from bazaar import scheduler, times

DOUBLE = struct.Struct("d")


class Careless:
    """Always leads."""

    def hold(self):
        return True

    def drop(self):
        pass


def set_by(file: Path) -> None:
    with file.open("r+b") as opened:
        shared = mmap.mmap(opened.fileno(), DOUBLE.size)
    right = times.now

    def now():
        return right() + timedelta(seconds=DOUBLE.unpack(shared[: DOUBLE.size])[0])

    class Wrong(datetime):
        @classmethod
        def now(cls, tz=None):
            return now().astimezone(tz)

    times.now = now
    for module in (
        apscheduler.job,
        apscheduler.schedulers.base,
        apscheduler.triggers.date,
        apscheduler.triggers.interval,
    ):
        module.datetime = Wrong


def end_with_the_test() -> None:
    """However the test ends, its end of our standard input closes."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=end_with_the_test, daemon=True).start()
    set_by(Path(sys.argv[1]))
    if "careless" in sys.argv[2:]:
        vars(scheduler)["lead_of"] = lambda _: Careless()
    sys.argv = ["flask", "--app", "bazaar", "clock"]
    main()
