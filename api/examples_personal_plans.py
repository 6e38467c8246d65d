"""The example of a personal plan; the suite holds it to its model."""

from typing import Any

from api.examples import SAFETY

PERSONAL_PLAN: dict[str, Any] = {
    "plan_id": "7c1d9e2f4a5b4c6d8e7f9a0b1c2d3e4f",
    "weeks": [
        {
            "week": 1,
            "starts_at": "2026-11-24T12:00:00Z",
            "ends_at": "2026-12-01T12:00:00Z",
            "minutes": 9.5,
            "sessions": [
                {
                    "position": 1,
                    "item_id": "rest-3",
                    "title": "A steady hour to get up",
                    "minutes": 5.0,
                    "program_id": "rest",
                    "is_started": False,
                    "reasons": [
                        {"code": "next_step", "text": "The next step in Better nights"},
                        {"code": "goal", "text": "Fits what you want to work on: sleep"},
                    ],
                },
                {
                    "position": 2,
                    "item_id": "breath-1",
                    "title": "A slower breath",
                    "minutes": 4.5,
                    "program_id": None,
                    "is_started": True,
                    "reasons": [{"code": "pick_up", "text": "You have begun this"}],
                },
            ],
        }
    ],
    "programs": [
        {
            "program_id": "rest",
            "title": "Better nights",
            "steps": 3,
            "finished": 2,
            "planned": 1,
        }
    ],
    "notes": [{"code": "ends_early", "text": "There is less to do than there is time for."}],
    "left_out": {"total": 2, "by_reason": {"finished": 2}},
    "withheld": {"total": 0, "by_reason": {}},
    "safety": SAFETY,
    "model": {"recommender": "r-0123456789ab"},
    "degraded": None,
    "language": "en",
    "texts": {
        "withheld": None,
        "degraded": None,
        "left_out": [{"code": "finished", "text": "2 items are done."}],
    },
    "request_id": "4f1c2d9ab0e14c5f8a7b6c5d4e3f2a1b",
}
