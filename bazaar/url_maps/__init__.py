"""The rows of the URL map, one file an audience. `bazaar.routes` joins them."""
