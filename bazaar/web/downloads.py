"""Lists as files: sent to be kept by the person, never by a cache, and who took one is logged."""

import structlog
from flask import Response

from bazaar.reports.workbooks import Table, as_file

log = structlog.get_logger()


def list_file(table: Table, name: str, form: str, *, by: str) -> Response:
    """Answer with the list as `<name>.csv` or `.xlsx`; `by` says who asked. Raises NoSuchForm."""
    file = as_file(table, form)
    answer = Response(file.content, content_type=file.mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.{form}")
    log.info("list taken", list=table.title, form=form, by=by, size=len(file.content))
    return answer
