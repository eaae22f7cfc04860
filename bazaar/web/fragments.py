"""Pages that follow the server: the same address answers the whole page, or only its living part."""

import hashlib
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue


def living_page(page: str, part: str, /, **facts: Any) -> ResponseReturnValue:
    """Render the template `page`; asked by static/js/refresh.js, only `part` (304 if it knows it).

    `page` includes `part` in a live region whose address is the page's own.
    """
    if "X-Fragment" not in request.headers:
        return render_template(page, **facts)
    body = render_template(part, **facts)
    answer = Response(body, mimetype="text/html")
    answer.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    return answer.make_conditional(request)
