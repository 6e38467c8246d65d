"""The sections of a report, by kind of model: words, a drawing, a table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.bundles import Bundle
from data.database import Engine
from data.instants import micros_of
from data.settings import Settings
from training import matching_contest, recommender_job
from training.evaluation.held_out_said import held_out_said
from training.matching_cases import Cases
from training.report import measures, pictures
from training.tuning.study import list_losses

Row = Mapping[str, Any]

GAINS = (
    (
        "gain_share",
        "share of the achievable gain over a random choice",
        "a random eligible clinician",
    ),
    (
        "engage_log_loss_excess",
        "log-loss of engagement over that of its base rate",
        "the base rate",
    ),
    (
        "improve_log_loss_excess",
        "log-loss of improvement over that of its base rate",
        "the base rate",
    ),
)
"""Metrics of matching that are drawn where they were measured: name, axis, and what 0 is."""
SEGMENTS = (
    ("all", "whole lists"),
    ("repeat", "what the person had used before"),
    ("new", "what was new to them"),
)
GAPS = (
    ("engage_gap", "predicted less observed engagement", 0.0),
    ("improve_gap", "predicted less observed improvement", 0.0),
    ("ndcg@10", "NDCG@10 of the group's lists", None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the page."""

    title: str
    words: str
    drawings: tuple[str, ...] = ()
    """SVG."""
    table: tuple[Row, ...] = ()


def matching_sections(
    settings: Settings, engine: Engine, bundle: Bundle, card: Row, seed: int
) -> list[Section]:
    """Everything about a matching model, measured anew on the held-out intakes.

    Args:
        settings: The home.
        engine: Its database.
        bundle: The model.
        card: Its card.
        seed: Of the intervals.
    """
    contest = matching_contest.build_contest(settings, engine, [bundle], seed)
    document = matching_contest.compare(contest, seed)
    version = bundle.manifest.version
    scorer, since = contest.scorers[version], micros_of(contest.split)
    cases = Cases.build(contest.frames)
    held = held_out_said(scorer, cases, since=since)
    return [
        _gains(document, version),
        Section(
            title="Reliability",
            words="Held-out courses in bins of equal size; on the line what was said is what happened. 95 % intervals.",
            drawings=_drawn(pictures.reliability, measures.reliability_panels(held)),
        ),
        group_section(card),
        Section(
            title="Exposure of clinicians",
            words="How evenly places among the first three are spread over the clinicians who could be shown, beside "
            "what was booked and beside chance. Prices of capacity are left out.",
            drawings=_exposure(scorer, cases, since, seed),
        ),
        Section(
            title="Effects of clinicians",
            words="What each clinician adds, adjusted and shrunk, with 90 % intervals; rules know no such effects. "
            "Nobody is named; it is not for patients, nor for rating clinicians.",
            drawings=_drawn(pictures.caterpillar, measures.effect_panels(scorer, cases)),
        ),
        *study_section(settings, "matching", "mean log-loss of later outcomes"),
    ]


def recommender_sections(
    settings: Settings, engine: Engine, bundle: Bundle, card: Row, seed: int
) -> list[Section]:
    """Everything about a recommender; arguments as for `matching_sections`."""
    document = recommender_job.evaluate(settings, engine, [bundle], seed)
    ours = frozenset({recommender_job.TRAINED})
    drawings = []
    for segment, words in SEGMENTS:
        rows = [
            row
            for row in document["rows"]
            if (row["segment"], row["metric"]) == (segment, "ndcg@10")
            and row["value"] is not None
        ]
        if rows:
            drawings.append(pictures.interval_dots(rows, ours=ours, label=f"NDCG@10, {words}"))
    gain = Section(
        title="Gain against baselines",
        words=f"Whole catalogue, 95 % intervals over people. {_notes(document)}",
        drawings=tuple(drawings),
        table=tuple(row for row in document["rows"] if row["model"] in ours),
    )
    return [gain, group_section(card), *study_section(settings, "recommender", "loss")]


def _gains(document: Row, version: str) -> Section:
    drawings = []
    for metric, label, zero in GAINS:
        rows = [
            row
            for row in document["rows"]
            if row["metric"] == metric and row["value"] is not None
        ]
        if rows:
            drawings.append(
                pictures.interval_dots(
                    rows,
                    ours=frozenset({version}),
                    label=label,
                    zero=zero,
                    is_loss="loss" in metric,
                )
            )
    return Section(
        title="Gain against baselines",
        words=f"All in one run on the same people, with 95 % intervals. The best stands on top; of losses that is the least. {_notes(document)}",
        drawings=tuple(drawings),
        table=tuple(row for row in document["rows"] if row["model"] == version),
    )


def group_section(card: Row) -> Section:
    """Figures by group of people, as the card has them from training."""
    rows: Sequence[Row] = card["groups"]
    drawings = []
    for measure, label, centre in GAPS:
        told = [row for row in rows if row["measure"] == measure and row["value"] is not None]
        if told:
            drawings.append(pictures.group_dots(told, label=label, centre=centre))
    hidden = {(row["attribute"], row["group"]) for row in rows if row["value"] is None}
    words = "Measured at training, 95 % intervals over people."
    if hidden:
        words += f" {len(hidden)} groups have a figure that fewer than 20 people stand behind; it is not shown."
    if not drawings:
        words += " There is no group of at least 20 people with a known outcome."
    return Section(title="Groups of people", words=words, drawings=tuple(drawings))


def study_section(settings: Settings, kind: str, label: str) -> Iterable[Section]:
    """How the newest study of hyperparameters went; nothing where there is none."""
    losses = list_losses(settings.studies, kind)
    if losses:
        yield Section(
            title="Study",
            words=f"The newest study of `tune`, {len(losses)} trials that were judged to the end.",
            drawings=(pictures.history(losses, label=label),),
        )


def _exposure(scorer: Any, cases: Cases, since: int, seed: int) -> tuple[str, ...]:
    lines = measures.exposure_lines(scorer, cases, since=since, seed=seed)
    known = {name: amounts for name, amounts in lines.items() if amounts.sum() > 0}
    return _drawn(lambda found: pictures.shares(found, label="clinicians"), known)


def _drawn(draw: Callable[[Any], str], parts: Mapping[str, Any]) -> tuple[str, ...]:
    return (draw(parts),) if parts else ()


def _notes(document: Row) -> str:
    return f"Notes: {'; '.join(document['notes'])}."
