"""A small clinic with known effects, as frames."""

import numpy as np
import pandas as pd
import pytest

START = pd.Timestamp("2025-01-06T09:00:00Z")
CONCERNS = ("anxiety", "depression", "trauma", "ocd")


def _times(days) -> pd.Series:
    return pd.Series(START + pd.to_timedelta(days, unit="D")).astype("datetime64[us, UTC]")


def _clinicians(dice: np.random.Generator, count: int) -> pd.DataFrame:
    top = np.empty(count, dtype=object)
    for row in range(count):
        top[row] = tuple(dice.choice(CONCERNS, 2, replace=False).tolist())

    def alike(*words: str) -> pd.Series:
        return pd.Series([words] * count, dtype="object")

    return pd.DataFrame(
        {
            "clinician_id": [f"Dr {row:03d}" for row in range(count)],
            "licensed_regions": alike("US-CA"),
            "payers": alike("aetna"),
            "languages": alike("en"),
            "formats": alike("video"),
            "specialties_top": pd.Series(top, dtype="object"),
        }
    )


def _visits(firsts: pd.Series, engaged) -> pd.DataFrame:
    rows = [
        {
            "episode_id": f"e{row}",
            "at": first + pd.Timedelta(days=7 * visit),
            "status": "attended",
        }
        for row, first in firsts.dropna().items()
        for visit in range(4 if engaged[row] else 1)
    ]
    frame = pd.DataFrame(rows, columns=["episode_id", "at", "status"])
    frame["at"] = pd.to_datetime(frame["at"], utc=True).astype("datetime64[us, UTC]")
    return frame


@pytest.fixture(scope="session")
def make_clinic():
    """A clinic whose clinicians shift engagement and improvement by normal logits.

    Everyone is accepted nine times in ten and attends eight times in ten; engagement has odds of
    one and improvement of one with an average clinician.
    """

    def make(*, intakes: int, clinicians: int, spread: float, seed: int) -> dict:
        dice = np.random.default_rng(seed)
        who = dice.integers(0, clinicians, intakes)
        skill = dice.normal(0.0, spread, (2, clinicians))
        days = np.sort(dice.uniform(0, 700, intakes))
        accepted = dice.random(intakes) < 0.9
        attended = accepted & (dice.random(intakes) < 0.8)
        chances = 1 / (1 + np.exp(-skill[:, who]))
        engaged = attended & (dice.random(intakes) < chances[0])
        improved = engaged & (dice.random(intakes) < chances[1])
        firsts = _times(days + 10).where(pd.Series(attended))
        ids = pd.Series([f"i{row}" for row in range(intakes)])
        people = pd.Series([f"p{row}" for row in range(intakes)])
        concerns = np.empty(intakes, dtype=object)
        for row in range(intakes):
            concerns[row] = (str(dice.choice(CONCERNS)),)
        measured = np.flatnonzero(engaged)
        return {
            "clinicians": _clinicians(dice, clinicians),
            "intakes": pd.DataFrame(
                {
                    "intake_id": ids,
                    "patient_id": people,
                    "requested_at": _times(days),
                    "region": "US-CA",
                    "age_band": "26-35",
                    "payer": "aetna",
                    "concerns": pd.Series(concerns, dtype="object"),
                    "phq9_total": pd.array([16] * intakes, dtype="Int64"),
                }
            ),
            "episodes": pd.DataFrame(
                {
                    "episode_id": [f"e{row}" for row in range(intakes)],
                    "intake_id": ids,
                    "clinician_id": [f"Dr {row:03d}" for row in who],
                    "booked_at": _times(days + 1),
                    "accepted": pd.array(accepted, dtype="boolean"),
                    "first_attended_at": firsts,
                }
            ),
            "attendance": _visits(firsts, engaged),
            "measures": pd.DataFrame(
                {
                    "patient_id": people[measured].to_numpy(),
                    "instrument": "phq9",
                    "at": _times(days[measured] + 10 + 84),
                    "total": np.where(improved[measured], 8.0, 15.0),
                }
            ),
        }

    return make
