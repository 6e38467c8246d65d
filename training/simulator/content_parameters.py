"""Rows 50 to 58 of the parameter table: self-guided content and who uses it."""

from dataclasses import dataclass

from training.simulator.rows import row

# fmt: off


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentParameters:
    """Content items, their users and what they do; extensions have no row number."""

    retention: tuple[tuple[str, tuple[float, float, float, float]], ...] = row(
        50,
        (("cold", (15, 0.039, 30, 0.033)), ("benefit", (15, 0.20, 30, 0.13)),
         ("prescribed", (15, 0.45, 30, 0.35))),
        unit="day, share, day, share", source="Baumel 2019 (cold, seen); rest assumed",
        mark="seen+assumed",
    )
    practice_retention: tuple[tuple[str, float], ...] = row(
        51, (("mindfulness", 0.047), ("breathing", 0.0), ("tracking", 0.061)),
        unit="share of cold users active on day 30, by main practice", source="Baumel 2019",
        mark="seen",
    )
    subscriber_retention: tuple[float, float, float, float] = row(
        52, (1, 0.83, 350, 0.42), unit="day, share, day, share", source="Calm, Fowers 2022",
        mark="seen",
    )
    mindful_minutes: float = row(
        53, 11.0, unit="median minutes of a mindfulness practice, log-normal",
        source="Baumel 2019 (21.5 a day, seen)", mark="seen+derived",
    )
    other_minutes: float = row(
        53, 5.0, unit="median minutes of other items", source="Baumel 2019", mark="seen+derived"
    )
    completion_guided: float = row(
        54, 0.65, unit="share who finish a program they start",
        source="van Ballegooijen 2014", mark="seen", tested=".5 to .7",
    )
    completion_unguided: float = row(
        54, 0.25, unit="share who finish a program they start", source="none retrieved",
        mark="recalled", tested=".1 to .4",
    )
    popularity_power: float = row(
        55, 1.0, unit="Zipf exponent", source="none", mark="assumed", tested=".7 to 1.3"
    )
    daypart_shares: tuple[tuple[str, float], ...] = row(
        56, (("morning", 0.30), ("midday", 0.20), ("evening", 0.30), ("late", 0.20)),
        unit="share of users by main time of day", source="shares assumed", mark="assumed",
    )
    daypart_decay: tuple[tuple[str, float], ...] = row(
        56, (("morning", 0.634), ("midday", 0.68), ("evening", 0.71), ("late", 0.745)),
        unit="fall of the daily probability over 180 days", source="Berardi 2023", mark="seen",
    )
    effect_unguided: float = row(
        57, -1.3, unit="PHQ-9 points after finishing a program", source="none", mark="assumed"
    )
    effect_guided: tuple[float, float] = row(
        57, (-0.8, 1.5), unit="further points when guided, times a factor; PHQ-9 of 10 or more",
        source="guided extra, Karyotaki 2021 (seen); factor assumed", mark="seen+assumed",
    )
    adverse: tuple[float, float, float] = row(
        58, (0.10, 0.012, 2.0),
        unit="share with any impairment from meditation, lasting a month; times this if trauma",
        source="S. Goldberg 2021 (rates seen); factor assumed", mark="seen+assumed",
    )
    minutes_spread: float = row(
        None, 0.55, unit="SD of log minutes", source="none", mark="assumed"
    )
    practice_shares: tuple[tuple[str, float], ...] = row(
        None, (("mindfulness", 0.45), ("breathing", 0.35), ("tracking", 0.20)),
        unit="share of users by main practice", source="solved from rows 50 and 51",
        mark="derived",
    )
    patient_share: float = row(
        None, 0.60, unit="share of users who are patients", source="none", mark="assumed"
    )
    patient_channels: tuple[tuple[str, float], ...] = row(
        None, (("prescribed", 0.60), ("benefit", 0.40)), unit="share", source="none",
        mark="assumed",
    )
    other_channels: tuple[tuple[str, float], ...] = row(
        None, (("cold", 0.25), ("benefit", 0.35), ("subscriber", 0.40)), unit="share",
        source="none", mark="assumed",
    )
    daily_use: tuple[float, float] = row(
        None, (0.45, 4.0), unit="mean and concentration of a person's daily probability, beta",
        source="none", mark="assumed",
    )
    further_sessions: float = row(
        None, 0.8, unit="sessions on an active day beyond the first, Poisson",
        source="21.5 minutes a day at 11 a practice", mark="derived",
    )
    replay_share: tuple[float, float] = row(
        None, (0.55, 6.0), unit="mean and concentration of a person's share of replays, beta",
        source="none; people replay meditations", mark="assumed",
    )
    taste_rank: int = row(None, 8, unit="dimensions of taste", source="none", mark="assumed")
    taste_weight: float = row(
        None, 1.2, unit="log odds of picking an item per SD of taste", source="none",
        mark="assumed",
    )
    topic_weight: float = row(
        None, 0.8, unit="SDs of taste when a topic meets a concern", source="none",
        mark="assumed",
    )
    completion_logit: tuple[float, float, float] = row(
        None, (0.7, 1.0, 0.5), unit="intercept, per SD of taste, per SD of item quality",
        source="none", mark="assumed",
    )
    view_share: float = row(
        None, 0.35, unit="share of sessions with a view first", source="none", mark="assumed"
    )
    impression_share: float = row(
        None, 0.10, unit="share of sessions from a shown list", source="none", mark="assumed"
    )
    impression_length: int = row(None, 5, unit="items shown", source="none", mark="assumed")
    feedback_share: float = row(
        None, 0.06, unit="share of sessions with a like, dislike, favourite or not_for_me",
        source="none", mark="assumed",
    )
    mood_share: float = row(
        None, 0.25, unit="share of sessions with mood before and after", source="none",
        mark="assumed",
    )
    context_share: float = row(
        None, 0.25, unit="share of sessions that state the minutes at hand", source="none",
        mark="assumed",
    )
    program_every_days: float = row(
        None, 12.0, unit="days of use per program started", source="none", mark="assumed"
    )
    least_programs: int = row(
        None, 60, unit="programs in a catalogue of 180 items or more", source="product scope",
        mark="assumed",
    )
    item_faults: tuple[tuple[str, float], ...] = row(
        None, (("expired", 0.03), ("retired", 0.03), ("late", 0.10)),
        unit="share of items with an expired review, retired, or published within the period",
        source="none", mark="assumed",
    )
    item_languages: tuple[tuple[str, float], ...] = row(
        None, (("en", 0.90), ("es", 0.10)), unit="share", source="none", mark="assumed"
    )
