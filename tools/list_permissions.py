"""Write docs/permissions.md: the URL map as a table for people. Run after a change of routes."""

from itertools import groupby
from pathlib import Path

from bazaar.routes import ROUTES
from bazaar.web import Who
from bazaar.web.routing import NEEDS_ROLE, Route

PAGE = Path(__file__).resolve().parent.parent / "docs" / "permissions.md"

HEAD = """# Who may call what

This is `bazaar/routes.py` as a table (`python tools/list_permissions.py` writes it, a test compares).
Another test calls every row as nobody, as a member whose second factor is still to come, as a
member without a role and as a member with each role.

| who | what that means |
| --- | --- |
| anyone | no sign-in; forms are protected by the origin check |
| holder of the unguessable link in the path | the link is the key; a wrong one is not found, and after 30 wrong ones a minute an address waits |
| a machine that proves itself in the view | no form, no cookie; the view checks a signature |
| a program | the JSON API ([api.md](api.md)): open like the shop; a key that is sent must be known and good for it |
| committee member whose second factor is still to come | the password was right; only the code or the enrolment opens |
| any committee member | password and code given; reading is for all of them |
| a role | a committee member with this role, or an admin |

A guest is led to the sign-in, a member without the role gets 403, and what belongs to somebody
else is not found.
"""


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for title, routes in groupby(ROUTES, key=_title):
        parts.append(f"\n## {title}\n\n| method | path | who |\n| --- | --- | --- |")
        parts += [f"| {r.method} | `{r.path}` | {r.who.value} |" for r in routes]
        parts.append("")
    return "\n".join(parts)


def _title(route: Route) -> str:
    if route.path.startswith("/u/"):
        return "Sellers"
    if route.path.startswith("/panitia"):
        return "Committee"
    if route.who in {Who.PASSWORD, Who.COMMITTEE, *NEEDS_ROLE} or "account" in route.endpoint:
        return "Members' own account"
    return "Machines" if route.path.endswith("z") else "Buyers and everybody"


if __name__ == "__main__":
    PAGE.write_text(page())
