"""Refusals as pages: what happened, and where to go on."""

from starlette.requests import Request
from starlette.responses import Response

from api.desk.pages import page
from api.desk.sessions import find_visitor
from api.desk_wording import DESK
from api.problems import NOT_READY, STORAGE, UNAUTHENTICATED, ProblemError, headers_of


async def problem_page(request: Request, error: ProblemError) -> Response:
    """The page for a refusal; whoever is not signed in is asked to do so.

    Args:
        request: What was refused.
        error: Why.
    """
    problem = error.problem
    if problem is UNAUTHENTICATED:
        found = page(request, "sign_in.html", None, status=401, notice="signed_out")
        found.headers["WWW-Authenticate"] = 'Bearer realm="rapport"'
        return found
    is_down = problem in {NOT_READY, STORAGE}
    visitor = None if is_down else await find_visitor(request)
    code = f"problem.{problem.slug}"
    is_known = DESK.speaks_of(f"desk.{code}", "clinician")
    found = page(
        request,
        "problem.html",
        visitor,
        status=problem.status,
        sentence=code if is_known else "problem.other",
        request_id=request.state.request_id,
    )
    found.headers.update(headers_of(problem))
    return found
