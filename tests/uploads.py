"""Files as browsers send them."""

import io
from collections.abc import Mapping

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

Files = Mapping[str, tuple[str, bytes]]


def send(
    client: FlaskClient, path: str, files: Files, fields: Mapping[str, str] | None = None
) -> TestResponse:
    """POST a form with files, each as (its name, content) by its input."""
    parts = {
        key: FileStorage(io.BytesIO(content), filename=name)
        for key, (name, content) in files.items()
    }
    # Encoded here: the client would write what is large to a file and leave it open.
    boundary, body = encode_multipart({**(fields or {}), **parts})
    return client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")
