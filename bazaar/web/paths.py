"""Where a person may be sent after a step: only to pages of this site."""

from urllib.parse import unquote, urlsplit


def own_path(asked: str | None, otherwise: str) -> str:
    r"""Return `asked` if it is a path on this site, else `otherwise`.

    Browsers read `//host`, `/\host` and a tab before either as another site, and some servers
    in front decode `%5c` and `%09` first; all of these are refused.
    """
    if not asked or not asked.startswith("/"):
        return otherwise
    for form in (asked, unquote(asked)):
        parts = urlsplit(form)
        odd = "\\" in form or form.startswith("//") or not form.isprintable() or " " in form
        if odd or parts.scheme or parts.netloc:
            return otherwise
    return asked
