"""Pages of statements, which the committee and sellers share: each with accounts of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import statements, times
from bazaar.audit import Actor
from bazaar.models import StatementImport, StatementState
from bazaar.rules.sheets import Fault
from bazaar.rules.statements import MAX_BYTES, ROLES, Profile, Statement, Unknown
from bazaar.statements import Fate
from bazaar.views.forms import statements as forms
from bazaar.views.forms.cells import say, sent_file
from bazaar.web import page_among, page_of, see_other
from bazaar.web.answers import sentence

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
BUSY = (StatementState.QUEUED, StatementState.RUNNING, StatementState.UNDOING)
UNREAD = "tak-terbaca"
KEPT = "tersisa"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who looks: `audience` is committee or seller; a seller sees its own accounts only."""

    audience: str
    actor: Actor
    seller_id: int | None = None
    path: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def link(self, name: str, **values: Any) -> str:
        """Return the address of a page of statements."""
        return url_for(f"{self.audience}.statements.{name}", **self.path, **values)

    def render(self, template: str, **facts: Any) -> str:
        """Return a page in the frame of this audience."""
        return render_template(
            f"statements/{template}.html",
            frame=f"{self.audience}/layout.html",
            for_seller=self.seller_id is not None,
            link=self.link,
            say=say,
            Fate=Fate,
            **self.facts,
            **facts,
        )


def index(desk: Desk, errors: dict[str, str] | None = None) -> str:
    """Return the form for a file, and the imports so far."""
    accounts = statements.accounts(desk.seller_id)
    return desk.render(
        "index",
        accounts=accounts,
        chosen=request.values.get("account", str(accounts[0].id) if len(accounts) == 1 else ""),
        page=page_of(statements.imports(desk.seller_id), per_page=20),
        errors=errors or {},
    )


def upload(desk: Desk) -> ResponseReturnValue:
    """Keep the file that was sent and lead to its preview."""
    errors: dict[str, str] = {}
    file = sent_file("file")
    account_id = request.form.get("account", "")
    if not (account_id.isascii() and account_id.isdigit() and len(account_id) < 10):
        errors["account"] = _("Pilih rekening asal mutasi ini.")
    if file is None:
        errors["file"] = _("Pilih berkas mutasinya.")
    if errors or file is None:
        return index(desk, errors), WRONG
    account = statements.get_account(int(account_id), desk.seller_id)
    data = file.stream.read(MAX_BYTES + 1)
    try:
        row = statements.take_in(
            account, file.filename or "", data, actor=desk.actor, now=times.now()
        )
    except statements.OtherAccount as refusal:
        return index(desk, {"file": sentence(refusal)}), WRONG
    if isinstance(row, Fault):
        return index(desk, {"file": say(row)}), WRONG
    return see_other(desk.link("show", import_id=row.id))


def show(desk: Desk, import_id: int) -> ResponseReturnValue:
    """Return the page of an import: columns, preview, progress or result, as far as it is."""
    row = statements.get(import_id, desk.seller_id)
    if row.state is not StatementState.READ:
        return desk.render("import", row=row, busy=row.state in BUSY, **_result(row))
    found = statements.read(row)
    if isinstance(found, Statement) and "kolom" not in request.args:
        return _preview(desk, row, found)
    return _mapping(desk, row, found, {})


def status(desk: Desk, import_id: int) -> ResponseReturnValue:
    """Answer how far an import is; once it is over the page is to be loaded again."""
    row = statements.get(import_id, desk.seller_id)
    answer = Response(render_template("statements/_progress.html", row=row))
    if row.state not in BUSY:
        answer.headers["X-Reload"] = "1"
    return answer


def map_columns(desk: Desk, import_id: int) -> ResponseReturnValue:
    """Remember what the columns of the account's files are, and lead to the preview."""
    row = statements.get(import_id, desk.seller_id)
    columns = statements.columns(row)
    if isinstance(columns, Fault):
        return _mapping(desk, row, columns, {}), WRONG
    form = forms.read_mapping(columns.header, request.form)
    errors = dict(form.errors)
    if form.profile is not None:
        try:
            fault = statements.remember(row, form.profile, actor=desk.actor, now=times.now())
        except statements.OtherAccount as refusal:
            errors["columns"] = sentence(refusal)
        else:
            if fault is None:
                return see_other(desk.link("show", import_id=row.id))
            errors["columns"] = say(fault)
    return _mapping(desk, row, columns, errors, form.roles), WRONG


def confirm(desk: Desk, import_id: int) -> ResponseReturnValue:
    """Queue the import; a second press changes nothing."""
    row = statements.get(import_id, desk.seller_id)
    if row.state is StatementState.READ:
        unknown = desk.seller_id is None and bool(request.form.get("unknown"))
        statements.confirm(row, record_unknown=unknown, actor=desk.actor, now=times.now())
    return see_other(desk.link("show", import_id=import_id))


def try_again(desk: Desk, import_id: int) -> ResponseReturnValue:
    """Queue an import that failed once more."""
    row = statements.get(import_id, desk.seller_id)
    statements.try_again(row, actor=desk.actor, now=times.now())
    return see_other(desk.link("show", import_id=import_id))


def undo(desk: Desk, import_id: int) -> ResponseReturnValue:
    """Have an import undone."""
    row = statements.get(import_id, desk.seller_id)
    statements.undo(row, actor=desk.actor, now=times.now())
    return see_other(desk.link("show", import_id=import_id))


def adopt(desk: Desk, import_id: int, number: int) -> ResponseReturnValue:
    """Hand an unmatched line to the treasurer, as money that nobody knows."""
    row = statements.get(import_id, desk.seller_id)
    statements.adopt(row, number, actor=desk.actor, now=times.now())
    flash(_("Baris %(number)s dicatat sebagai uang yang belum dikenal.", number=number), "success")
    return see_other(desk.link("show", import_id=import_id, hasil=Fate.UNMATCHED.value))


def _preview(desk: Desk, row: StatementImport, found: Statement) -> str:
    preview = statements.preview(row, found, now=times.now())
    wanted = request.args.get("hasil", "")
    lines = [shown for shown in preview.lines if not wanted or shown.fate.value == wanted]
    refused: Sequence[Any] = [*preview.wrong, *preview.left_out]
    return desk.render(
        "preview",
        row=row,
        preview=preview,
        wanted=wanted,
        page=page_among(refused if wanted == UNREAD else lines),
    )


def _mapping(
    desk: Desk,
    row: StatementImport,
    found: Statement | Unknown | Fault,
    errors: dict[str, str],
    roles: dict[int, str] | None = None,
) -> str:
    columns = found if isinstance(found, Unknown | Fault) else statements.columns(row)
    guess: Profile | None = found.profile if isinstance(found, Statement) else None
    if isinstance(columns, Unknown):
        guess = guess or columns.guess
        roles = roles or forms.roles_of(columns.header, guess)
    return desk.render(
        "columns",
        row=row,
        columns=columns if isinstance(columns, Unknown) else None,
        fault=columns if isinstance(columns, Fault) else None,
        roles=roles or {},
        words=ROLES,
        errors=errors,
    )


def _result(row: StatementImport) -> dict[str, Any]:
    wanted = request.args.get("hasil", "")
    fates = {fate.value: fate for fate in Fate}
    query = statements.lines_of(row.id, fates.get(wanted))
    if wanted == KEPT:
        query = statements.kept_lines(row.id)
    return {
        "wanted": wanted,
        "sums": statements.outcome_sums(row),
        "page": page_of(query),
        "reason_kept": statements.reason_kept,
    }
