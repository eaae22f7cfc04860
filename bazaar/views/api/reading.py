"""How programs are read and answered."""

import hashlib
from collections.abc import Mapping
from typing import Any, TypeVar

import orjson
import sqlalchemy as sa
from flask import Response, request
from pydantic import BaseModel, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from bazaar.db import db
from bazaar.web import count_of

JSON = "application/json"

Query = TypeVar("Query", bound=BaseModel)


def query_as(model: type[Query]) -> Query:
    """Return the query of the address. Raises ValidationError, also for what is given twice."""
    twice = [name for name in request.args if len(request.args.getlist(name)) > 1]
    if twice:
        raise ValidationError.from_exception_data(
            model.__name__,
            [
                InitErrorDetails(
                    type=PydanticCustomError("given_twice", "may be given once"),
                    loc=(name,),
                    input=None,
                )
                for name in twice
            ],
        )
    return model.model_validate(request.args.to_dict())


def page_facts(
    query: sa.Select[Any], page: int, per_page: int
) -> tuple[list[Any], Mapping[str, int]]:
    """Return the rows of one page and what is told of it; nothing is on a page past the last."""
    rows = db.session.scalars(query.limit(per_page).offset((page - 1) * per_page)).all()
    return list(rows), {"page": page, "per_page": per_page, "total": count_of(query)}


def told(facts: Mapping[str, Any], *, public: bool = True) -> Response:
    """Answer with facts; 304 if the program knows them. `public`: pages of any site may read it."""
    text = orjson.dumps(facts, option=orjson.OPT_UTC_Z)
    answer = Response(text, mimetype=JSON)
    answer.set_etag(hashlib.sha256(text).hexdigest()[:32])
    if public:
        answer.headers["Access-Control-Allow-Origin"] = "*"
        answer.headers["Cache-Control"] = "no-cache"
    answer.make_conditional(request)
    return answer
