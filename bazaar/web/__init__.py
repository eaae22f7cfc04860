"""The edge: who may call what, transactions around views, refusals as pages, safe answers."""

from bazaar.web.answers import see_other
from bazaar.web.paging import Page, count_of, page_among, page_of
from bazaar.web.paths import own_path
from bazaar.web.routing import Route, Who, get, post, register
from bazaar.web.services import DESK, Services, charging_of, cookie_name, desk, services

__all__ = [
    "DESK",
    "Page",
    "Route",
    "Services",
    "Who",
    "charging_of",
    "cookie_name",
    "count_of",
    "desk",
    "get",
    "own_path",
    "page_among",
    "page_of",
    "post",
    "register",
    "see_other",
    "services",
]
