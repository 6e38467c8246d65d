"""The example of a care plan; the suite sends the request and holds the answer."""

from typing import Any

from api.examples import (
    MATCH_ANSWER,
    MATCH_REQUEST,
    RECOMMENDATION_ANSWER,
    RECOMMENDATION_REQUEST,
)

WISHES = ("limit", "context", "goals", "filters", "exclude", "promote")

CARE_PLAN_REQUEST: dict[str, Any] = {
    **MATCH_REQUEST,
    "content": {name: RECOMMENDATION_REQUEST[name] for name in WISHES},
}
CARE_PLAN_ANSWER: dict[str, Any] = {
    **{
        name: MATCH_ANSWER[name]
        for name in ("match_id", "pathway", "care_level", "safety", "notes", "excluded")
    },
    "recommendation_id": RECOMMENDATION_ANSWER["recommendation_id"],
    "clinicians": MATCH_ANSWER["results"],
    "content": RECOMMENDATION_ANSWER["results"],
    "relaxations": MATCH_ANSWER["relaxations"],
    "withheld": RECOMMENDATION_ANSWER["withheld"],
    "model": {**MATCH_ANSWER["model"], **RECOMMENDATION_ANSWER["model"]},
    "degraded": None,
    "language": "en",
    "texts": {
        "excluded": MATCH_ANSWER["texts"]["excluded"],
        "relaxations": MATCH_ANSWER["texts"]["relaxations"],
        "withheld": RECOMMENDATION_ANSWER["texts"]["withheld"],
        "degraded": {"matching": None, "recommender": None},
    },
    "request_id": MATCH_ANSWER["request_id"],
}
