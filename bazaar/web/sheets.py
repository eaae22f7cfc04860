"""A release as a file to keep."""

from collections.abc import Callable
from typing import Final

from flask import Response

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


class NoSchedule(NotFound):
    """There is no release, or not in this form."""

    text = NoSuchRelease.text


def sheet_of(edition: Edition, release: Release, kind: str) -> Response:
    """Answer a numbered release as PDF, XLSX, CSV or JSON. Raises NoSchedule for other kinds."""
    if kind not in WRITERS:
        raise NoSchedule
    mimetype, write = WRITERS[kind]
    answer = Response(write(schedules.schedule(release)), mimetype=mimetype)
    name = f"jadwal-{edition.slug}-terbitan-{release.number}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
