"""THE URL MAP: one row = method, path, view, who may call it; the rows stand in `bazaar/url_maps/`.

`url_for("buyer.catalog.stall", …)`: the name is the module under `views` and the function.
"""

from bazaar.url_maps.buyers import BUYERS
from bazaar.url_maps.committee import COMMITTEE
from bazaar.url_maps.machines import MACHINES
from bazaar.url_maps.overlays import OVERLAYS
from bazaar.url_maps.parcels import PARCELS
from bazaar.url_maps.sellers import SELLERS
from bazaar.web import Route

ROUTES: tuple[Route, ...] = (*BUYERS, *SELLERS, *COMMITTEE, *PARCELS, *OVERLAYS, *MACHINES)
