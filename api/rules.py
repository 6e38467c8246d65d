"""What each kind of validation error means, in words that hold nothing of the input."""

from collections.abc import Mapping

RULES: Mapping[str, str] = {
    "hold_or_place": "gives both a hold and a place: one is enough",
    "place_missing": "needs a hold, or a clinician and a patient",
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "less_than_equal": "is above the largest allowed value",
    "less_than": "is above the largest allowed value",
    "greater_than_equal": "is below the smallest allowed value",
    "greater_than": "is below the smallest allowed value",
    "finite_number": "must be a finite number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "string_type": "must be a string",
    "string_too_short": "is too short",
    "string_too_long": "is too long",
    "string_pattern_mismatch": "holds a character that is not allowed",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "too_long": "has too many entries",
    "too_short": "has too few entries",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "literal_error": "is not one of the allowed words",
    "enum": "is not one of the allowed words",
    "datetime_type": "must be a time such as 2026-11-24T09:30:00Z",
    "datetime_parsing": "must be a time such as 2026-11-24T09:30:00Z",
    "timezone_aware": "must name its UTC offset, such as Z",
    "time_format": "must be a time such as 2026-11-24T09:30:00Z",
    "time_range": "must lie between 1900 and 2200",
    "total_mismatch": "does not agree with the items",
    "items_count": "does not have as many entries as the questionnaire has items",
    "total_missing": "needs a total, or enough items to compute one",
    "duplicate_instrument": "is given twice",
    "total_range": "is outside the range of the instrument",
    "items_unknown": "is only taken for PHQ-9 and GAD-7",
    "status_mismatch": "does not agree with the type",
    "unknown_type": "is not a known type of event",
    "unknown_episode": "is not known: send the booking first, or name intake and clinician",
    "episode_conflict": "is another than that of the stored episode",
    "cursor": "is not a cursor of this list: take `next_cursor` of a page",
    "union_tag_invalid": "is not a known type",
    "union_tag_not_found": "is required",
}
"""What each kind of validation error means, in fixed words that hold nothing of the input."""


def rule_text(kind: str) -> str:
    """What a kind of validation error means, in words that hold nothing of the input."""
    return RULES.get(kind, "is not valid")
