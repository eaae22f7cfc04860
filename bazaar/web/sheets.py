"""A release as a file to keep.

A reader's copy is good until the release, a name in it or the day changes. PDF and XLSX take up
to seconds to draw, so the last few are kept, and of many who ask at once one draws.
"""

import hashlib
import threading
from collections.abc import Callable
from typing import Final

from flask import Response, request

from bazaar import schedules, times
from bazaar.errors import NotFound
from bazaar.models import Edition, Release
from bazaar.rotation import NoSuchRelease
from bazaar.schedules import Schedule

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRITERS: Final[dict[str, tuple[str, Callable[[Schedule], bytes]]]] = {
    "pdf": ("application/pdf", lambda schedule: schedules.pdf(schedule, now=times.now())),
    "xlsx": (XLSX, schedules.xlsx),
    "csv": ("text/csv", lambda schedule: schedules.csv(schedule).encode()),
    "json": ("application/json", lambda schedule: schedules.json(schedule).encode()),
}
KEPT: Final = 4
"""So many files are kept in each process, by tag; the oldest goes first."""

_kept: Final[dict[str, bytes]] = {}
_drawing: Final = threading.Lock()


class NoSchedule(NotFound):
    """There is no release, or not in this form."""

    text = NoSuchRelease.text


def sheet_of(edition: Edition, release: Release, kind: str) -> Response:
    """Answer a numbered release as PDF, XLSX, CSV or JSON, or that the reader's copy is good.

    Raises NoSchedule for other kinds.
    """
    if kind not in WRITERS:
        raise NoSchedule
    mimetype, write = WRITERS[kind]
    schedule = schedules.schedule(release)
    today = times.day_of(times.now(), edition.zone)
    tag = hashlib.sha256(repr((kind, today, schedule)).encode()).hexdigest()[:32]
    answer = Response(mimetype=mimetype)
    answer.set_etag(tag, weak=True)
    name = f"jadwal-{edition.slug}-terbitan-{release.number}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.make_conditional(request)
    if answer.status_code == 200:
        answer.set_data(_written(tag, write, schedule))
    return answer


def _written(tag: str, write: Callable[[Schedule], bytes], schedule: Schedule) -> bytes:
    with _drawing:
        if tag not in _kept:
            while len(_kept) >= KEPT:
                del _kept[next(iter(_kept))]
            _kept[tag] = write(schedule)
        return _kept[tag]
