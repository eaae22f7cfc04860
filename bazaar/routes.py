"""THE URL MAP: one row = method, path, view, who may call it. Rows are grouped by audience.

`url_for("buyer.catalog.stall", …)`: the name is the module under `views` and the function.
"""

from bazaar.views import account, health
from bazaar.web import Route, Who, get, post

# fmt: off
ROUTES: tuple[Route, ...] = (
    # Members of the committee: in and out
    get("/masuk", account.sign_in, Who.ANYONE),
    post("/masuk", account.give_password, Who.ANYONE),
    get("/masuk/kode", account.second_factor, Who.PASSWORD),
    post("/masuk/kode", account.give_code, Who.PASSWORD),
    get("/masuk/pasang-kode", account.enrolment, Who.PASSWORD),
    post("/masuk/pasang-kode", account.enrol, Who.PASSWORD),
    get("/undangan/<token>", account.invitation, Who.LINK),
    post("/undangan/<token>", account.accept_invitation, Who.LINK),
    post("/keluar", account.sign_out, Who.ANYONE),
    get("/akun", account.mine, Who.COMMITTEE),
    post("/akun/sandi", account.change_password, Who.COMMITTEE),
    post("/akun/sesi/<int:session_id>/akhiri", account.end_session, Who.COMMITTEE),
    post("/akun/keluar-semua", account.sign_out_everywhere, Who.COMMITTEE),

    # Machines
    get("/healthz", health.healthz, Who.ANYONE),
    get("/readyz", health.readyz, Who.ANYONE),
)
# fmt: on
