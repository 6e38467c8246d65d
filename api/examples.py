"""The example of each request and answer; the suite sends the requests and holds the answers."""

from typing import Any

SAFETY: dict[str, Any] = {
    "tier": "green",
    "reasons": [],
    "actions": [],
    "resources": [],
    "message": None,
    "reason_texts": [],
    "action_texts": [],
}

MATCH_REQUEST: dict[str, Any] = {
    "intake": {
        "intake_id": "intake-1",
        "patient_id": "patient-1",
        "requested_at": "2026-11-24T09:30:00Z",
        "region": "US-CA",
        "age_band": "26-35",
        "payer": "aetna",
        "languages": ["en"],
        "concerns": ["anxiety", "sleep"],
        "formats": ["video"],
        "measures": [{"instrument": "phq9", "items": [1, 1, 1, 1, 1, 1, 1, 1, 0]}],
        "gad7_total": 9,
        "pref_gender": "female",
        "pref_gender_strength": "prefer",
    },
    "limit": 10,
    "language": "en",
    "audience": "patient",
    "explain": True,
    "someone_new": False,
}
MATCH_ANSWER: dict[str, Any] = {
    "match_id": "6a1f0c52d3e94b7f8a9b0c1d2e3f4a5b",
    "previous_match_id": None,
    "pathway": "routine",
    "care_level": "outpatient",
    "safety": SAFETY,
    "results": [
        {
            "rank": 1,
            "clinician_id": "clinician-17",
            "display_name": "A. Rivera",
            "band": "strong",
            "utility": 0.41,
            "p_engage": {"value": 0.71, "low": 0.64, "high": 0.77},
            "p_improve": {"value": 0.5, "low": 0.41, "high": 0.58},
            "next_available": "2026-11-27T16:00:00Z",
            "exposure_probability": 1.0,
            "reasons": [
                {
                    "code": "licensed_and_in_network",
                    "text": "Licensed where you are and in your plan's network.",
                    "contribution": 0.0,
                },
                {
                    "code": "baseline",
                    "text": "What a first visit here is worth to you on average.",
                    "contribution": 0.41,
                },
            ],
            "cautions": [],
        }
    ],
    "notes": [],
    "excluded": {"total": 760, "by_reason": {"licence": 700, "payer": 60}},
    "relaxations": [{"constraint": "format", "adds": 12}],
    "model": {
        "matching": "m-0123456789ab",
        "policy": "utility+prices+newcomers+continuity+exploration",
    },
    "degraded": None,
    "language": "en",
    "texts": {
        "excluded": [
            {"code": "licence", "text": "700 clinicians are not licensed where you are."},
            {"code": "payer", "text": "60 clinicians do not take the way you pay."},
        ],
        "relaxations": [
            {
                "code": "format",
                "text": "12 more clinicians would fit with another kind of visit.",
            }
        ],
        "degraded": None,
    },
    "request_id": "4f1c2d9ab0e14c5f8a7b6c5d4e3f2a1b",
}

REMATCH_REQUEST: dict[str, Any] = {
    "reason": "fit",
    "clinician_ids": ["clinician-17"],
    "intake": {"pref_style_directive": "collaborative", "phq9_total": 10},
    "limit": 10,
}
REMATCH_ANSWER: dict[str, Any] = {
    **MATCH_ANSWER,
    "match_id": "0c7be1c2f5b44a0f9d2f3e4a5b6c7d8e",
    "previous_match_id": MATCH_ANSWER["match_id"],
    "results": [{**MATCH_ANSWER["results"][0], "clinician_id": "clinician-23"}],
    "excluded": {
        "total": 761,
        "by_reason": {"licence": 700, "previous_clinician": 1, "payer": 60},
    },
    "texts": {
        **MATCH_ANSWER["texts"],
        "excluded": [
            {"code": "licence", "text": "700 clinicians are not licensed where you are."},
            {
                "code": "previous_clinician",
                "text": "1 clinician is left out because of an earlier match.",
            },
            {"code": "payer", "text": "60 clinicians do not take the way you pay."},
        ],
    },
}

HOLD_REQUEST: dict[str, Any] = {
    "clinician_id": "clinician-17",
    "patient_id": "patient-1",
    "match_id": MATCH_ANSWER["match_id"],
    "ttl_seconds": 900,
}
HOLD_ANSWER: dict[str, Any] = {
    "hold_id": "9d3c5f0e8a7b4c6d8e9f0a1b2c3d4e5f",
    "expires_at": "2026-11-24T12:15:00Z",
    "request_id": "4f1c2d9ab0e14c5f8a7b6c5d4e3f2a1b",
}
BOOKING_REQUEST: dict[str, Any] = {"hold_id": HOLD_ANSWER["hold_id"]}
BOOKING_ANSWER: dict[str, Any] = {
    "booking_id": "1b2c3d4e5f60718293a4b5c6d7e8f901",
    "clinician_id": "clinician-17",
    "request_id": "4f1c2d9ab0e14c5f8a7b6c5d4e3f2a1b",
}

EVENTS_REQUEST: dict[str, Any] = {
    "events": [
        {
            "event_id": "event-1",
            "type": "complete",
            "user_id": "patient-1",
            "item_id": "sleep-3",
            "at": "2026-11-24T22:10:00Z",
            "fraction": 1.0,
            "context_local_hour": 22,
        },
        {
            "event_id": "event-2",
            "type": "booked",
            "episode_id": "episode-1",
            "intake_id": "intake-1",
            "clinician_id": "clinician-17",
            "at": "2026-11-24T10:00:00Z",
        },
        {"event_id": "event-3", "type": "like", "user_id": "patient-1", "at": "yesterday"},
    ]
}
EVENTS_ANSWER: dict[str, Any] = {
    "accepted": 2,
    "duplicate": 0,
    "refused": 1,
    "results": [
        {"event_id": "event-1", "status": "accepted", "error": None},
        {"event_id": "event-2", "status": "accepted", "error": None},
        {
            "event_id": "event-3",
            "status": "refused",
            "error": {
                "type": "time_format",
                "where": "at",
                "msg": "must be a time such as 2026-11-24T09:30:00Z",
            },
        },
    ],
    "request_id": "4f1c2d9ab0e14c5f8a7b6c5d4e3f2a1b",
}

RECOMMENDATION_REQUEST: dict[str, Any] = {
    "person_id": "patient-1",
    "limit": 20,
    "context": {"minutes": 10, "local_hour": 22, "mood": 3},
    "goals": ["sleep"],
    "filters": {"topics": [], "kinds": [], "language": "en", "max_minutes": 15},
    "exclude": ["sleep-1"],
    "promote": {"items": ["lesson-2"], "share": 0.1},
    "safety": {"phq9_total": 8, "gad7_total": 9},
}
RECOMMENDATION_ANSWER: dict[str, Any] = {
    "recommendation_id": "0b9f5c3e7d1a4c2b8e6f7a8b9c0d1e2f",
    "results": [
        {
            "rank": 1,
            "item_id": "sleep-3",
            "title": "A slower breath before sleep",
            "minutes": 10,
            "shelf": "again",
            "score": 0.31,
            "exposure_probability": 1.0,
            "reasons": [{"code": "used_before", "text": "Because you have used it before"}],
        }
    ],
    "withheld": {"total": 4, "by_reason": {"trauma": 4}},
    "safety": SAFETY,
    "model": {"recommender": "r-0123456789ab"},
    "degraded": None,
    "language": "en",
    "texts": {
        "withheld": "4 items are left out to be on the safe side.",
        "degraded": None,
    },
    "request_id": "4f1c2d9ab0e14c5f8a7b6c5d4e3f2a1b",
}
CONTENT_LIST: dict[str, Any] = {
    "results": [
        {
            "rank": 1,
            "item_id": "sleep-3",
            "title": "A slower breath before sleep",
            "minutes": 10,
            "score": 0.31,
        }
    ],
    "model": {"recommender": "r-0123456789ab"},
    "degraded": None,
    "texts": {"degraded": None},
    "request_id": "4f1c2d9ab0e14c5f8a7b6c5d4e3f2a1b",
}
