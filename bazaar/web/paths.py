"""Where a person may be sent after a step: only to pages of this site."""

from urllib.parse import unquote, urlsplit, urlunsplit

from flask import current_app, request

LONGEST = 2000


def own_path(asked: str | None, otherwise: str) -> str:
    r"""Return `asked` if it is a path on this site, else `otherwise`.

    Browsers read `//host`, `/\host` and a tab before either as another site, and some servers
    in front decode `%5c` and `%09` first; all of these are refused.
    """
    if not asked or not asked.startswith("/") or len(asked) > LONGEST:
        return otherwise
    parts = urlsplit(asked)
    path = unquote(parts.path)
    readable = asked.isprintable() and path.isprintable() and " " not in asked
    if parts.scheme or parts.netloc or not readable or "//" in path or "\\" in asked + path:
        return otherwise
    return asked


def page_of_form() -> str:
    """Return the page whose form was just sent; empty where it cannot be opened again."""
    said = urlsplit(request.referrer or "")
    if request.method != "POST" or said.netloc != request.host:
        return ""
    opens = current_app.url_map.bind(request.host).test(said.path, "GET")
    return own_path(urlunsplit(("", "", said.path, said.query, "")), "") if opens else ""
