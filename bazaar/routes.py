"""THE URL MAP: one row = method, path, view, who may call it. Rows are grouped by audience.

`url_for("buyer.catalog.stall", …)`: the name is the module under `views` and the function.
"""

from bazaar.views import health
from bazaar.web import Route, Who, get

# fmt: off
ROUTES: tuple[Route, ...] = (
    # Machines
    get("/healthz", health.healthz, Who.ANYONE),
    get("/readyz", health.readyz, Who.ANYONE),
)
# fmt: on
