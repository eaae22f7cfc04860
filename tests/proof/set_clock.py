"""`flask clock` in processes whose wall clock the test sets; they are born of one that has read it all.

This program reads the bazaar once. Then it is asked, by a line of JSON each, for clocks (`start`: a
file that says how wrong the wall clock is, where to log, the environment; it answers with the
number of the process) and how one has ended (`wait`). A clock is a process of its own in every
way; it only need not read the code again. `careless` ones take themselves for the leader, to see
what the lock and the unique key are good for.

The file holds the seconds by which the wall clock is wrong, as a double. APScheduler and the house
see the wrong time; monotonic time and waiting are as they are.
"""

import json
import mmap
import os
import struct
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import apscheduler.job
import apscheduler.schedulers.base
import apscheduler.triggers.date
import apscheduler.triggers.interval
from flask.cli import main

from bazaar import app as _everything
from bazaar import scheduler, times

DOUBLE = struct.Struct("d")
ENDS_WITHIN_S = 30
assert _everything


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


def asked_for(life: tuple[int, int]) -> dict | None:
    """Do what is asked; return, in a child, what it is to be, and None when nobody asks any more."""
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            answer(how_it_ended(asked["wait"]))
            continue
        child = os.fork()
        if child == 0:
            os.close(life[1])
            return asked["start"]
        answer(child)
    return None


def answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def how_it_ended(child: int) -> int:
    until = time.monotonic() + ENDS_WITHIN_S
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    raise SystemExit(f"{child} does not end")


def end_with(end: int) -> None:
    """However the test ends, so does the one who asks, and then the other end closes."""
    os.read(end, 1)
    os._exit(1)


def be(clock: dict, end: int) -> None:
    threading.Thread(target=end_with, args=(end,), daemon=True).start()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    log = os.open(clock["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(clock["environment"])
    set_by(Path(clock["file"]))
    if clock["careless"]:
        vars(scheduler)["lead_of"] = lambda _: Careless()
    sys.argv = ["flask", "--app", "bazaar", "clock"]
    main()


if __name__ == "__main__":
    life = os.pipe()
    if wanted := asked_for(life):
        be(wanted, life[0])
