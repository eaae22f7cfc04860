"""What buyers complain of: the longest waiting first, one answer each."""

from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from bazaar import accounts, shipments, times
from bazaar.models import ParcelProblem, Role
from bazaar.shipments import problems
from bazaar.views import photos
from bazaar.views.forms.problems import AnswerForm
from bazaar.web import page_of, see_other

PER_PAGE = 10


def index() -> ResponseReturnValue:
    return _page()


def answer(problem_id: int) -> ResponseReturnValue:
    problem = problems.get(problem_id)
    form = AnswerForm(request.form)
    if not form.validate():
        return _page(problem, form), HTTPStatus.UNPROCESSABLE_ENTITY
    text = form.answer.data or ""
    problems.answer(problem, text, actor=accounts.actor(g.person), now=times.now())
    flash(
        _(
            "Jawaban untuk %(code)s tampil di halaman pembeli. Kabari juga lewat WhatsApp.",
            code=problem.parcel.code,
        ),
        "success",
    )
    answered = url_for("committee.problems.index", _anchor=f"laporan-{problem_id}")
    return see_other(answered)


def photo(problem_id: int) -> ResponseReturnValue:
    return photos.of_problem(problems.get(problem_id))


def _page(wrong: ParcelProblem | None = None, form: AnswerForm | None = None) -> str:
    """Show what waits and what was answered last; `form` is what was typed about `wrong`."""
    done = page_of(problems.answered(), per_page=PER_PAGE)
    return render_template(
        "committee/problems.html",
        waiting=problems.waiting(),
        done=done,
        kinds=problems.KINDS,
        words={problem.id: _words(problem) for problem in done.items},
        wrong=wrong.id if wrong else None,
        form=form,
        may_act=bool(g.person.roles & {Role.DISPATCHER, Role.ADMIN}),
    )


def _words(problem: ParcelProblem) -> str:
    """Return the answer as words for the buyer, in its language."""
    notice = shipments.notices.of_answer(problem.parcel, problem)
    with force_locale(problem.parcel.order.checkout.language):
        return _(notice.text).format(**notice.facts)
