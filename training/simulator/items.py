"""Self-guided content: items, programs and their steps (rows 53 and 55)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.clinic import CONTENT, CONTENT_KINDS, CONTENT_LEVELS, PROGRAMS
from data.domain import Condition
from training.simulator.columns import (
    DAY,
    MISSING,
    NO_TIME,
    Floats,
    Mask,
    Rows,
    complete,
    flags,
    ids_at,
    integers,
    lists,
    numbers,
    times,
    words_at,
)
from training.simulator.parameters import World
from training.simulator.streams import Streams
from training.simulator.words import Words

TOPICS = ("sleep", "stress", "anxiety", "coping", "depression", "self_compassion", "grounding",
          "focus", "gratitude", "relationship", "sleep_hygiene", "grief", "anger", "trauma",
          "panic", "safety_planning", "pain", "substance", "ocd", "perinatal", "body_scan",
          "eating")  # fmt: skip
"""Topics of items; those that are concerns draw people who have them. Coping, grounding, sleep
hygiene and safety planning are what the gating table leaves to people with suicidal thoughts."""
SINGLE_KINDS = (("meditation", 0.36), ("sleep", 0.20), ("breathing", 0.14), ("lesson", 0.15),
                ("exercise", 0.15))  # fmt: skip
"""Kinds of items outside programs; assumed."""
STEP = CONTENT_KINDS.index("program_step")
MINDFUL = ("meditation", "sleep")
VOICES = ("alder", "birch", "cedar", "elm", "fir")
GRADES = ("a", "b", "c")
LEVEL_SHARES = (0.55, 0.25, 0.20)
GUIDED_SHARE = 0.30
STEPS_FROM_ITEMS = 180
"""Catalogues of this size have the full number of programs; smaller ones every third item's."""
STEP_SHARE = 2.0 / 3.0
TITLES = {
    "meditation": "Sitting with",
    "sleep": "Winding down:",
    "breathing": "A breath for",
    "lesson": "Understanding",
    "exercise": "Practising",
    "program_step": "Step",
}
LONG_MINUTES = 10.0
"""Longer meditations are withheld from people in acute states."""
BY_TOPIC = {
    "body_scan": (Condition.TRAUMA, Condition.EATING_DISORDER),
    "trauma": (Condition.TRAUMA,),
    "substance": (Condition.SUBSTANCE,),
    "eating": (Condition.EATING_DISORDER,),
    "panic": (Condition.PANIC,),
}
"""States in which items on a topic are withheld."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Items:
    """The catalogue; arrays of shape (items,) unless said."""

    kind: Rows
    """Position in `CONTENT_KINDS`."""
    topics: Mask
    """Shape (items, topics)."""
    minutes: Floats
    language: Rows
    level: Rows
    program: Rows
    """Row of the program, `MISSING` outside programs."""
    position: Rows
    """Place in the program from 1, 0 outside."""
    guided: Mask
    """By program; shape (programs,)."""
    popularity: Floats
    """Zipf weight."""
    quality: Floats
    """Standard units."""
    taste: Floats
    """Shape (items, dimensions)."""
    published_at: Rows
    retired_at: Rows
    expired: Mask

    def __len__(self) -> int:
        return len(self.kind)

    def steps_of(self) -> Rows:
        """Items of each program in order, `MISSING` after the last; shape (programs, steps)."""
        table = np.full((len(self.guided), max(int(self.position.max(initial=0)), 1)), MISSING)
        steps = np.flatnonzero(self.program != MISSING)
        table[self.program[steps], self.position[steps] - 1] = steps
        return table


def draw_items(world: World, streams: Streams, count: int, anchor: int) -> Items:
    """A catalogue of programs with steps, and single items.

    Args:
        world: The configuration.
        streams: Randomness.
        count: How many items.
        anchor: End of the log, microseconds since 1970 UTC.
    """
    given = world.content
    program, position, programs = _programs(world, count)
    is_step = program != MISSING
    shares = np.array([share for _, share in SINGLE_KINDS])
    single = streams.pick("kind", shares, count)
    kinds = np.array([CONTENT_KINDS.index(word) for word, _ in SINGLE_KINDS])
    kind = np.where(is_step, STEP, kinds[single])
    mindful = np.isin(kind, [CONTENT_KINDS.index(word) for word in MINDFUL])
    median = np.where(mindful, given.mindful_minutes, given.other_minutes)
    minutes = median * np.exp(given.minutes_spread * streams.normal("minutes", count))
    faults = dict(given.item_faults)
    draws = streams.uniform("faults", count, 4)
    begin = anchor - (world.period_days + 90) * DAY
    late = draws[:, 0] < faults["late"]
    age = (draws[:, 1] * world.period_days * DAY).astype(np.int64)
    retired = (draws[:, 2] < faults["retired"]) & ~is_step
    return Items(
        kind=kind,
        topics=_topics(streams, program, programs, count),
        minutes=np.clip(minutes, 1.0, 90.0).round(1),
        language=streams.pick(
            "item language", tuple(share for _, share in given.item_languages), count
        ),
        level=streams.pick("level", LEVEL_SHARES, count),
        program=program,
        position=position,
        guided=streams.uniform("guided", programs) < GUIDED_SHARE,
        popularity=_popularity(world, streams, is_step),
        quality=streams.normal("quality", count),
        taste=streams.normal("item taste", count, given.taste_rank),
        published_at=np.where(late & ~is_step, anchor - age, begin),
        retired_at=np.where(retired, anchor - (draws[:, 3] * 180 * DAY).astype(int), NO_TIME),
        expired=streams.uniform("expired", count) < faults["expired"],
    )


def _popularity(world: World, streams: Streams, is_step: Mask) -> Floats:
    """Zipf weights (row 55) over the ranks of single items, and over those of steps."""
    draws = streams.uniform("popularity", len(is_step))
    weights = np.empty(len(is_step))
    for group in (np.flatnonzero(is_step), np.flatnonzero(~is_step)):
        ranks = np.argsort(np.argsort(draws[group], kind="stable"), kind="stable") + 1
        weights[group] = np.power(ranks, -world.content.popularity_power)
    return weights


def _programs(world: World, count: int) -> tuple[Rows, Rows, int]:
    """Program and place of each item; two thirds of the items are steps."""
    steps = int(count * STEP_SHARE)
    wanted = world.content.least_programs
    programs = max(wanted, count // 12) if count >= STEPS_FROM_ITEMS else steps // 3
    number = np.arange(count)
    program = np.where(number < steps, number % max(programs, 1), MISSING)
    program = program if programs else np.full(count, MISSING)
    position = np.where(program != MISSING, number // max(programs, 1) + 1, 0)
    return program, position, programs


def _topics(streams: Streams, program: Rows, programs: int, count: int) -> Mask:
    """One or two topics; the steps of a program share theirs."""
    size = len(TOPICS)
    alone = streams.uniform("topic", count, 2)
    shared = streams.uniform("program topic", max(programs, 1), 2)
    draws = np.where((program != MISSING)[:, None], shared[program], alone)
    topics = np.zeros((count, size), dtype=np.bool_)
    rows = np.arange(count)
    topics[rows, (draws[:, 0] ** 1.4 * size).astype(np.int64)] = True
    second = draws[:, 1] < 0.6
    topics[rows[second], (draws[second, 1] / 0.6 * size).astype(np.int64)] = True
    return topics


def concern_topics(words: Words) -> Mask:
    """Which concern each topic meets; shape (concerns, topics)."""
    return np.array([[topic == concern for topic in TOPICS] for concern in words.concerns])


def content_frame(world: World, streams: Streams, items: Items, anchor: int) -> pd.DataFrame:
    """The table `content` in the order of the arrays."""
    count = len(items)
    ids = streams.ids("item", count)
    steps = items.steps_of()
    before = np.full(count, MISSING)
    later = items.position > 1
    before[later] = steps[items.program[later], items.position[later] - 2]
    names = list(ids_at(ids, np.arange(count)))
    requires = [() if row == MISSING else (names[row],) for row in before]
    reviewed = anchor - (streams.uniform("reviewed", count) * 300 * DAY).astype(np.int64)
    reviewed = np.minimum(reviewed, anchor - DAY)
    expires = np.where(items.expired, anchor - 10 * DAY, reviewed + 730 * DAY)
    reviewed = np.where(items.expired, anchor - 400 * DAY, reviewed)
    columns = {
        "item_id": ids_at(ids, np.arange(count)),
        "title": pd.Series(_titles(items), dtype="str"),
        "kind": words_at(CONTENT_KINDS, items.kind),
        "topics": lists([_topic_words(line) for line in items.topics]),
        "minutes": numbers(items.minutes),
        "language": words_at([w for w, _ in world.content.item_languages], items.language),
        "level": words_at(CONTENT_LEVELS, items.level),
        "program_id": ids_at(streams.ids("program", len(items.guided)), items.program),
        "program_position": integers(items.position, items.position == 0),
        "requires": lists(requires),
        "contraindications": lists([_withheld(items, row) for row in range(count)]),
        "voice": words_at(VOICES, streams.pick("voice", np.ones(len(VOICES)), count)),
        "reviewed_at": times(reviewed),
        "review_expires_at": times(expires),
        "published_at": times(items.published_at),
        "retired_at": times(items.retired_at),
    }
    return complete(CONTENT, columns)


def _topic_words(line: Mask) -> tuple[str, ...]:
    return tuple(word for word, has in zip(TOPICS, line, strict=True) if has)


def _titles(items: Items) -> list[str]:
    """Kind, topics and a number, so that no two items share a title."""
    titles = []
    for row in range(len(items)):
        kind = CONTENT_KINDS[items.kind[row]]
        about = " and ".join(_topic_words(items.topics[row])).replace("_", " ")
        place = f" {items.position[row]}:" if kind == "program_step" else ""
        number = items.program[row] if kind == "program_step" else row
        titles.append(f"{TITLES[kind]}{place} {about} ({number + 1})")
    return titles


def _withheld(items: Items, row: int) -> tuple[str, ...]:
    """States in which an item is not for a person."""
    states = {
        state.value
        for topic in _topic_words(items.topics[row])
        for state in BY_TOPIC.get(topic, ())
    }
    kind = CONTENT_KINDS[items.kind[row]]
    if kind == "meditation" and items.minutes[row] > LONG_MINUTES:
        states |= {Condition.SUICIDALITY, Condition.PSYCHOSIS_MANIA, Condition.TRAUMA}
    if kind == "program_step" and not items.guided[items.program[row]]:
        states.add(Condition.SEVERE)
    return tuple(sorted(states))


def programs_frame(streams: Streams, items: Items) -> pd.DataFrame:
    """The table `programs`."""
    count = len(items.guided)
    first = items.steps_of()[:, 0] if count else np.empty(0, dtype=np.int64)
    topics = [_topic_words(items.topics[row]) for row in first]
    titles = [
        f"Program {number}: {' and '.join(words)}".replace("_", " ")
        for number, words in enumerate(topics, start=1)
    ]
    columns = {
        "program_id": ids_at(streams.ids("program", count), np.arange(count)),
        "title": pd.Series(titles, dtype="str"),
        "topics": lists(topics),
        "level": words_at(CONTENT_LEVELS, items.level[first]),
        "guided": flags(items.guided),
        "evidence_grade": words_at(GRADES, streams.pick("grade", np.ones(len(GRADES)), count)),
    }
    return complete(PROGRAMS, columns)
