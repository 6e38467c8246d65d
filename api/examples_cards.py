"""The example of a model card; only the first of its 31 attributes is shown."""

from typing import Any

_TRAINED = {"at": "2026-11-24T09:30:00Z", "action": "register", "reason": "trained"}
_PROMOTED = {"at": "2026-11-24T09:31:00Z", "action": "promote", "reason": "promoted by hand"}
_OVERRIDE = {
    "at": "2026-11-24T09:31:00Z",
    "action": "override",
    "reason": "improve_log_loss: the autumn cohort is small, the committee agreed",
}
MODEL_CARD: dict[str, Any] = {
    "version": "m-0123456789ab",
    "kind": "matching",
    "state": "champion",
    "created_at": "2026-11-24T09:30:00Z",
    "stamp": "TRAINED ON SYNTHETIC DATA: nothing here is evidence about real people.",
    "format": 1,
    "trained_on": "synthetic",
    "attributes": [
        {
            "number": 1,
            "group": "Details and output",
            "name": "Developer name and contact",
            "value": "The rapport project; trained by this installation. Contact: it@clinic.example.",
        }
    ],
    "data": {
        "as_of": "2026-11-24T00:00:00+00:00",
        "rows": {"intakes": 8000},
        "engine": "effects",
        "study": None,
    },
    "facts": {"serves": "effects"},
    "measured": {"engage_calibration_slope": 1.02},
    "held_out_from": "2026-06-01T00:00:00+00:00",
    "comparison": [
        {
            "model": "trained",
            "metric": "engage_log_loss_excess",
            "value": -0.02,
            "low": -0.03,
            "high": -0.01,
            "n": 900,
        }
    ],
    "people": [{"attribute": "language", "group": "vi", "n": None, "share": None}],
    "groups": [
        {
            "attribute": "language",
            "group": "es",
            "measure": "engage_gap",
            "n": 140,
            "value": 0.01,
            "low": -0.06,
            "high": 0.08,
        }
    ],
    "inputs": [{"name": "phq9_total", "why": None}],
    "governance": {
        "clinical_owner": None,
        "oversight": "Decision support: a clinician or the patient decides.",
        "safety_detector": "The text tripwire was measured on sentences of its own makers.",
    },
    "history": [_TRAINED, _OVERRIDE, _PROMOTED],
    "overrides": [_OVERRIDE],
    "request_id": "4f1c2d9ab0e14c5f8a7b6c5d4e3f2a1b",
}
