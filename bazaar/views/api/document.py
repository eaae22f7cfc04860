"""The OpenAPI document: one row an operation, made of the models that read and answer.

flask-openapi3 writes it, but serves nothing: docs/decisions/0009-the-api-document.md.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, request
from pydantic import BaseModel

from bazaar.partners import Scope
from bazaar.views.api import bodies, shapes
from bazaar.views.api.reading import JSON
from bazaar.web import problems, services

BASE = "/api/v1"
VERSION = "1.0.0"

ALWAYS = (400, 401, 403, 404, 405, 422, 429, 503)
"""What any operation may answer: a wrong key, too often, the database away."""

WORDS = {
    400: "The request cannot be read",
    401: "No such key, or it was revoked",
    403: "The key is not good for this",
    404: "There is no such thing",
    405: "Not with this method",
    409: "Not as things stand: sold out, another sum, too late; or the same request is still running",
    413: "Too large",
    415: "Not application/json",
    422: "What was sent cannot be used",
    429: "Too often; Retry-After tells when to come back",
    503: "Away for a moment; Retry-After tells when to come back",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One row: what a program may ask, and of what shape question and answer are."""

    method: str
    path: str
    name: str
    summary: str
    answer: type[BaseModel]
    scope: Scope | None = None
    given: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    header: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    status: int = 200
    also: tuple[int, ...] = ()


# fmt: off
OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/openapi.json", "document", "This document", shapes.Document),
    Operation("GET", "/state", "state", "What is on air now and next", shapes.State, Scope.CATALOGUE_READ),
    Operation("GET", "/stalls", "stalls", "Stalls, by name", shapes.Stalls, Scope.CATALOGUE_READ, query=bodies.StallsQuery),
    Operation("GET", "/stalls/{slug}", "stall", "A stall", shapes.Stall, Scope.CATALOGUE_READ, given=bodies.StallPath),
    Operation("GET", "/products", "products", "What is on offer", shapes.Products, Scope.CATALOGUE_READ, query=bodies.ProductsQuery),
    Operation("GET", "/products/{code}", "product", "A product", shapes.Product, Scope.CATALOGUE_READ, given=bodies.ProductPath),
    Operation("POST", "/orders", "placeOrder", "Place an order", shapes.Placed, Scope.ORDERS_CREATE,
              header=bodies.OrderHeader, body=bodies.OrderBody, status=201, also=(409, 413, 415)),
    Operation("GET", "/orders/{token}", "order", "How an order stands", shapes.OrderStatus, Scope.ORDERS_READ, given=bodies.OrderPath),
    Operation("POST", "/orders/{token}/cancel", "cancelOrder", "Cancel what is not paid yet", shapes.OrderStatus, Scope.ORDERS_CANCEL,
              given=bodies.OrderPath, also=(409, 413)),
)
# fmt: on


def show() -> Response:
    text = _written(services().settings.public_url)
    answer = Response(text, mimetype=JSON)
    answer.set_etag(hashlib.sha256(text).hexdigest()[:32])
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cache-Control"] = "no-cache"
    answer.make_conditional(request)
    return answer


@lru_cache(maxsize=2)
def _written(public_url: str) -> bytes:
    return orjson.dumps(write(public_url))


def write(public_url: str) -> dict[str, Any]:
    """Return the document for the installation at this address."""
    # Here, not above: 0.1 s, for this page alone.
    from flask_openapi3.models.info import Info  # noqa: PLC0415
    from flask_openapi3.models.server import Server  # noqa: PLC0415
    from flask_openapi3.openapi import OpenAPI  # noqa: PLC0415

    writer = OpenAPI(
        "bazaar-api",
        info=Info(
            title="Pasar Virtual",
            version=VERSION,
            description="Catalogue, what is on air, and orders. Amounts are whole rupiah,"
            " instants are UTC, problems are told as RFC 9457.",
        ),
        servers=[Server(url=f"{public_url}{BASE}")],
        security_schemes={
            "key": {
                "type": "http",
                "scheme": "bearer",
                "description": "A partner's key. Without one everybody may do what buyers may.",
            }
        },
        validation_error_model=shapes.Problem,
        doc_ui=False,
    )
    for operation in OPERATIONS:
        _add(writer, operation)
    document: dict[str, Any] = _settled(writer.api_doc)
    return document


def _add(writer: Any, operation: Operation) -> None:
    """Let the writer take down one operation, from a function that has its shapes and no more."""

    def view() -> None:
        """Tell the writer, by annotations, what the operation takes."""

    parts = {
        "path": operation.given,
        "query": operation.query,
        "header": operation.header,
        "body": operation.body,
    }
    view.__annotations__ = {name: model for name, model in parts.items() if model}
    view.__name__ = operation.name
    add = writer.get if operation.method == "GET" else writer.post
    rule = re.sub(r"\{(\w+)\}", r"<\1>", operation.path)
    add(
        rule,
        summary=operation.summary,
        description=f"Scope of a key: `{operation.scope.value}`." if operation.scope else "",
        operation_id=operation.name,
        security=[{}, {"key": []}],
        responses=_answers(operation),
    )(view)


def _answers(operation: Operation) -> dict[str, Any]:
    answers: dict[str, Any] = {str(operation.status): operation.answer}
    if operation.method == "GET":
        answers["304"] = {"description": "As before (If-None-Match)"}
    for status in sorted({*ALWAYS, *operation.also}):
        problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
        answers[str(status)] = {
            "description": WORDS[status],
            "content": {problems.TYPE: problem},
        }
    return answers


def _settled(document: Mapping[str, Any]) -> Any:
    """Return the document with its `$defs` taken out: every model stands among the components."""
    text = orjson.dumps(document).replace(b"#/$defs/", b"#/components/schemas/")
    settled = orjson.loads(text)
    for schema in settled["components"]["schemas"].values():
        schema.pop("$defs", None)
    for path in settled["paths"].values():
        for operation in path.values():
            status = next(code for code in operation["responses"] if code.startswith("20"))
            operation["responses"][status]["description"] = HTTPStatus(int(status)).phrase
    return settled
