"""The C-SSRS screener: answers to a triage level.

Q1 wish to be dead, Q2 suicidal thoughts, Q3 thoughts with method, Q4 intent, Q5 plan with intent,
Q6 behaviour. Source: C-SSRS triage sheet.
"""


def level(  # noqa: PLR0913 - the screener has seven answers
    *,
    wish: bool,
    thoughts: bool,
    method: bool,
    intent: bool,
    plan: bool,
    behaviour_ever: bool,
    behaviour_recent: bool,
) -> str:
    """The triage level of the answers; `recent` is within the last three months.

    Returns:
        `none`, `low`, `moderate` or `high`.

    Example:
        >>> level(wish=True, thoughts=False, method=False, intent=False, plan=False,
        ...       behaviour_ever=True, behaviour_recent=False)
        'moderate'
    """
    if intent or plan or behaviour_recent:
        return "high"
    if method or behaviour_ever:
        return "moderate"
    return "low" if wish or thoughts else "none"
