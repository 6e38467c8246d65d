"""CounselChat as a clinic folder, and both real data sets as small tables to print.

The forum has questions, topics, therapists and answers; a clinic has more. What the forum does not
know is a stated constant, listed in `examples/counselchat/README.md`, or missing: there are no
bookings, visits, measures, demographics or content, and none are made up.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from data.clinic import CLINIC_TABLES
from data.exporting import write_frame
from data.frames import complete_frame
from training.real.counselchat import NAME, counselchat_table, read_answers
from training.real.results import ResultTable, find_shipped
from training.real.talking_therapies import talking_therapies_table

FIRST_DAY = datetime(2020, 1, 1, tzinfo=UTC)
"""Pseudo-time of question 0; each later question is a day on. Only the order means anything."""
REGION = "online"
PAYER = "forum"
AGE_BAND = "adult"
LANGUAGE = "en"
FORMAT = "chat"
POLICY = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTable:
    """A table as people read it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    """Source, caution and what came out; one sentence a line."""


def clinic_frames(answers: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Clinicians, intakes and offers of the forum.

    A therapist is a clinician who also treats the topics he or she answered, a question an intake
    with its topic as the concern, an answer an offer. Offers are ranked by therapist id, as the
    forum's own order follows the votes.

    Args:
        answers: As from `training.real.counselchat.read_answers`.

    Returns:
        Frames by table name.
    """
    questions = answers.drop_duplicates("question_id")
    topics = answers.groupby("therapist_id")["topic"].agg(lambda words: tuple(sorted({*words})))
    clinicians = pd.DataFrame({"clinician_id": topics.index.astype("str")})
    constants = {
        "licensed_regions": REGION,
        "payers": PAYER,
        "languages": LANGUAGE,
        "formats": FORMAT,
    }
    for name, word in constants.items():
        clinicians[name] = pd.Series([(word,)] * len(clinicians), dtype="object")
    clinicians["also_treats"] = pd.Series(topics.tolist(), dtype="object")
    intakes = pd.DataFrame(
        {
            "intake_id": [f"question-{number}" for number in questions["question_id"]],
            "patient_id": [f"asker-{number}" for number in questions["question_id"]],
            "requested_at": _times(questions["question_id"]),
            "region": REGION,
            "age_band": AGE_BAND,
            "payer": PAYER,
            "concerns": pd.Series([(topic,) for topic in questions["topic"]], dtype="object"),
        }
    )
    names = [f"question-{number}" for number in answers["question_id"]]
    offers = pd.DataFrame(
        {
            "request_id": names,
            "intake_id": names,
            "offered_at": _times(answers["question_id"]),
            "clinician_id": answers["therapist_id"],
            "rank": answers.groupby("question_id").cumcount() + 1,
            "policy": POLICY,
        }
    )
    frames = {"clinicians": clinicians, "intakes": intakes, "offers": offers}
    return {name: complete_frame(CLINIC_TABLES[name], frame) for name, frame in frames.items()}


def _times(numbers: pd.Series) -> pd.Series:
    """Pseudo-times of questions, one day apart."""
    times = pd.Timestamp(FIRST_DAY) + pd.to_timedelta(numbers, unit="D")
    return times.astype("datetime64[us, UTC]").reset_index(drop=True)


def real_clinic(folder: Path, *, source: Path | None = None) -> None:
    """Write the forum as a clinic folder of CSV files.

    Args:
        folder: Where to write; made if it is not there.
        source: Where the data stand; the shipped ones when absent.

    Raises:
        NotFoundError: The data are not in this copy.
    """
    folder.mkdir(parents=True, exist_ok=True)
    frames = clinic_frames(read_answers(source or find_shipped(NAME)))
    for name, frame in frames.items():
        write_frame(frame, CLINIC_TABLES[name], folder / f"{name}.csv")


def real_tables(*, seed: int = 0) -> tuple[ShownTable, ...]:
    """Both real data sets, each method's figures with 95 % intervals.

    Args:
        seed: Seed of folds and bootstrap.

    Raises:
        NotFoundError: The data are not in this copy.
    """
    return (show(talking_therapies_table(seed=seed)), show(counselchat_table(seed=seed)))


def show(table: ResultTable) -> ShownTable:
    """One line per test set and method, one column per metric; a dash where there is no figure."""
    metrics = tuple(dict.fromkeys(row.metric for row in table.rows))
    cells = {
        (row.test, row.method, row.metric): f"{row.value:.4f} [{row.low:.4f}, {row.high:.4f}]"
        for row in table.rows
    }
    counts: dict[tuple[str, str], int] = {}
    for row in table.rows:
        counts.setdefault((row.test, row.method), row.n)
    return ShownTable(
        title=table.title,
        header=("test", "method", *(metric.replace("_", " ") for metric in metrics), "n"),
        rows=tuple(
            (
                *line,
                *(cells.get((*line, metric), "-") for metric in metrics),
                str(count),
            )
            for line, count in counts.items()
        ),
        note="\n".join(
            (*table.notes, f"Source: {table.source}.", f"Caution: {table.caution}.")
        ),
    )
