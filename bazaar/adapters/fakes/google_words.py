"""How Google answers: error bodies, and what it says of parameters and bodies it does not know.

Source: the discovery document of the YouTube Data API v3 (revision 20261104), of which a caller
brings the part that is needed, and the reference's tables of errors.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify

Schema = Mapping[str, Any]

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}

STATUS = {
    "authError": 401,
    "idRequired": 400,
    "incompatibleParameters": 400,
    "invalid": 400,
    "invalidPageToken": 400,
    "invalidScheduledStartTime": 400,
    "invalidTitle": 400,
    "liveBroadcastNotFound": 404,
    "liveChatNotFound": 404,
    "liveStreamNotFound": 404,
    "messageTextInvalid": 400,
    "messageTextRequired": 400,
    "liveChatIdRequired": 400,
    "typeRequired": 400,
    "missingRequiredParameter": 400,
    "unknownParameter": 400,
    "privacyStatusRequired": 400,
    "required": 400,
    "scheduledStartTimeRequired": 400,
    "titleRequired": 400,
    "backendError": 503,
    "internalError": 500,
}
"""HTTP statuses of reasons; all others are 403."""

DOMAINS = {
    "quotaExceeded": "youtube.quota",
    "rateLimitExceeded": "youtube.quota",
    "authError": "global",
    "required": "global",
    "unknownParameter": "global",
    "backendError": "global",
    "internalError": "global",
    "invalid": "global",
}


@dataclass
class Refused(Exception):
    """What the service says no with. Callers switch on `reason`."""

    reason: str
    message: str = ""
    domain: str = ""

    def answer(self) -> Response:
        """Return the body as Google writes it."""
        status = STATUS.get(self.reason, 403)
        domain = self.domain or DOMAINS.get(self.reason, "youtube.liveBroadcast")
        message = self.message or f"The request is refused: {self.reason}"
        one = {"message": message, "domain": domain, "reason": self.reason}
        answer = jsonify({"error": {"code": status, "message": message, "errors": [one]}})
        answer.status_code = status
        return answer


def check_parameters(method: Schema, sent: Mapping[str, str]) -> None:
    """Refuse parameters that the method does not have, and missing ones."""
    known = method["parameters"]
    for name in sent:
        if name not in known and name not in {"key", "alt", "prettyPrint"}:
            raise Refused(
                "unknownParameter", f'Unknown name "{name}": Cannot bind query parameter.'
            )
    for name, about in known.items():
        if about.get("required") and not sent.get(name):
            raise Refused("required", f"Required parameter: {name}")


def check_body(schema: Schema, defs: Mapping[str, Schema], body: object) -> None:
    """Refuse a body that holds an unknown name or a wrong type, as Google's front does."""
    for fault in _faults(schema, defs, body, ""):
        raise Refused("invalid", f"Invalid JSON payload received. {fault}")


def _faults(schema: Schema, defs: Mapping[str, Schema], value: object, where: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = defs[str(schema["$ref"]).rpartition("/")[2]]
    wanted = schema.get("type")
    if wanted is not None and not _is(value, wanted):
        yield f"Invalid value at '{where}' ({wanted}), {value!r}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"Invalid value at '{where}', \"{value}\""
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for name, part in value.items():
            if name not in known:
                yield f"Unknown name \"{name}\" at '{where}': Cannot find field."
            else:
                yield from _faults(known[name], defs, part, f"{where}.{name}".lstrip("."))
    if isinstance(value, list) and "items" in schema:
        for number, part in enumerate(value):
            yield from _faults(schema["items"], defs, part, f"{where}[{number}]")


def _is(value: object, wanted: str) -> bool:
    if isinstance(value, bool):
        return wanted == "boolean"
    return isinstance(value, TYPES[wanted])
