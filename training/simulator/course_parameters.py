"""Rows 37 to 49 of the parameter table: from request to ending, and how it is logged."""

from dataclasses import dataclass

from training.simulator.rows import row

# fmt: off


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseParameters:
    """Waits, attendance, dose, recovery and missingness."""

    wait_shape: float = row(
        37, 2.0, unit="gamma shape", source="US telehealth median 14 d, Cantor 2024 (secondary)",
        mark="secondary+assumed", tested="median 4 to 21",
    )
    wait_scale_days: float = row(
        37, 5.5, unit="days, gamma scale; median 9", source="NHS 90 % within 42 d",
        mark="seen+assumed",
    )
    attend_share: float = row(
        38, 0.80, unit="probability at the median wait", source="Psychol Serv 2023",
        mark="seen", tested=".65 to .92",
    )
    attend_week_odds: float = row(
        38, 0.95, unit="odds ratio per week of wait", source="Psychol Serv 2023", mark="seen"
    )
    attend_late_logit: float = row(
        38, -0.25, unit="logit after day 7", source="Gallucci 2005", mark="seen"
    )
    accept_share: float = row(
        39, 0.90, unit="probability", source="none", mark="assumed", tested=".75 to .98"
    )
    stop_hazards: tuple[float, ...] = row(
        40, (0.27, 0.12, 0.08, 0.06, 0.05, 0.03), unit="probability after visit 1, 2, ..., 6+",
        source="34 % no return, Simon 2012 (anchor seen; hazards derived)", mark="seen+derived",
        tested="first .20 to .34",
    )
    plan_hazard_well: float = row(
        41, 0.20, unit="probability after a visit, score below the cut and visit 4 or later",
        source="good-enough-level model", mark="derived",
    )
    plan_hazard: float = row(
        41, 0.065, unit="probability after a visit, otherwise", source="good-enough-level model",
        mark="derived",
    )
    censor_hazard: float = row(
        42, 0.008, unit="probability after a visit", source="none", mark="assumed",
        tested=".003 to .02",
    )
    recovery_visits: float = row(
        43, 4.5, unit="visits, time constant of recovery", source="Hansen 2002; Howard 1986",
        mark="derived+seen", tested="3 to 7",
    )
    recovery_slope: float = row(
        43, 0.62, unit="points of recovery per point of severity", source="curve derived",
        mark="derived",
    )
    recovery_floor: float = row(
        43, 2.0, unit="points; nobody recovers further on average", source="curve derived",
        mark="derived",
    )
    recovery_spread: float = row(
        43, 7.6, unit="PHQ-9 points per SD of benefit", source="curve derived", mark="derived"
    )
    natural_share: float = row(
        44, 0.40, unit="share of recovery that comes without care",
        source="2.2 points in 8 weeks untreated against 6 treated", mark="derived+secondary",
        tested=".20 to .60",
    )
    missing_early: float = row(
        45, 0.65, unit="probability of no outcome, fewer than 4 visits", source="none",
        mark="assumed",
    )
    missing_late: float = row(
        45, 0.20, unit="probability of no outcome, otherwise", source="none", mark="assumed"
    )
    rematch_early: float = row(
        46, 0.12, unit="share of stoppers within 2 visits who ask for another clinician",
        source="none", mark="assumed",
    )
    rematch_overall: float = row(
        46, 0.06, unit="share of all who attend", source="none", mark="assumed"
    )
    plan_hazard_early: float = row(
        None, 0.012, unit="planned-ending hazard before visit 4", source="calibration run",
        mark="derived",
    )
    plan_from_visit: int = row(
        None, 4, unit="visit from which row 41 holds", source="row 41", mark="derived"
    )
    plan_cut: float = row(
        None, 8.0, unit="PHQ-9 points below which a patient is well", source="row 41",
        mark="derived",
    )
    wait_stretch: float = row(
        None, 1.15, unit="how much longer offered waits are than those booked",
        source="solved so that booked waits have the median of row 37", mark="derived",
    )
    wait_bounds_days: tuple[float, float] = row(
        None, (0.5, 28.0), unit="days; slots outside are not offered",
        source="first appointments count within 30 d", mark="assumed",
    )
    wait_persistence: float = row(
        None, 0.6, unit="share of a wait's variance that stays with the clinician",
        source="none", mark="assumed",
    )
    busy_wait: float = row(
        None, 0.40, unit="share of a wait's variance that follows how sought a clinician is",
        source="none; part of the share that stays", mark="assumed",
    )
    busy_closed: float = row(
        None, 0.80, unit="logit of having no openings per SD of how sought a clinician is",
        source="none", mark="assumed",
    )
    wait_memory: float = row(
        None, 0.8, unit="correlation of the rest from week to week", source="none",
        mark="assumed",
    )
    accept_sd: float = row(
        None, 0.40, unit="logit SD between clinicians", source="none", mark="assumed"
    )
    accept_specialty: float = row(
        None, 0.35, unit="logit when the concern is a top specialty", source="none",
        mark="assumed",
    )
    accept_unlisted: float = row(
        None, -0.70, unit="logit when the concern is on neither list", source="none",
        mark="assumed",
    )
    natural_weeks: float = row(
        None, 7.5, unit="weeks, time constant of natural improvement", source="row 44",
        mark="derived",
    )
    gad7_spread: float = row(
        None, 6.2, unit="GAD-7 points per SD of benefit", source="7.6 x 4.5/5.5",
        mark="derived",
    )
    other_spread: tuple[float, float] = row(
        None, (18.0, 8.0), unit="PCL-5 and WSAS points per SD of benefit", source="none",
        mark="assumed",
    )
    cadence_shares: tuple[float, float] = row(
        None, (0.78, 0.22), unit="share seen weekly, every two weeks", source="none",
        mark="assumed",
    )
    most_visits: int = row(
        None, 60, unit="visits", source="none", mark="assumed"
    )
    missed_visit: float = row(
        None, 0.10, unit="probability that a visit was first missed and moved", source="none",
        mark="assumed",
    )
    assessment_days: tuple[float, float] = row(
        None, (95.0, 97.0), unit="days after the first visit; weeks 12 to 16",
        source="row 45", mark="derived",
    )
    disengaged_days: float = row(
        None, 45.0, unit="days after the last visit until a stopper's episode is closed",
        source="label clocks", mark="derived",
    )
    missed_days: float = row(
        None, 14.0, unit="days after a missed first appointment until its episode is closed",
        source="none", mark="assumed",
    )
    missing_slope: float = row(
        None, 0.5, unit="logit of a missing outcome per SD of less benefit, stoppers only",
        source="none", mark="assumed",
    )
    questionnaire_share: float = row(
        None, 0.92, unit="share of questionnaires filled in at a visit", source="none",
        mark="assumed",
    )
    wsas_every: int = row(
        None, 4, unit="visits between WSAS", source="none", mark="assumed"
    )
    alliance_visits: int = row(
        None, 5, unit="first visits with an SRS", source="early alliance is visits 3 to 5",
        mark="derived",
    )
    alliance_scale: tuple[float, float, float] = row(
        None, (33.5, 3.2, 1.6), unit="SRS mean, points per SD of alliance, error SD",
        source="cut 36 of 40", mark="assumed",
    )
    censor_shares: tuple[tuple[str, float], ...] = row(
        None,
        (("insurance", 0.35), ("moved", 0.25), ("clinician_left", 0.20), ("higher_care", 0.10),
         ("censored", 0.10)),
        unit="share of row 42", source="none", mark="assumed",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskParameters:
    """The old desk that made the log, and how patients choose from its lists."""

    list_length: int = row(
        47, 5, unit="clinicians shown", source="none", mark="assumed"
    )
    examination_power: float = row(
        47, 1.0, unit="examination at rank r is r to minus this", source="none", mark="assumed",
        tested=".7 to 1.3",
    )
    availability_weight: float = row(
        48, -0.06, unit="score per day of wait", source="none", mark="assumed"
    )
    popularity_weight: float = row(
        48, 0.20, unit="score per SD of log popularity", source="none", mark="assumed"
    )
    severity_experience_weight: float = row(
        48, 0.30, unit="score per SD of severity times SD of experience", source="none",
        mark="assumed",
    )
    noise: float = row(
        48, 0.25, unit="SD of the score from unrecorded reasons", source="none", mark="assumed"
    )
    temperature: float = row(
        48, 0.5, unit="score points", source="none", mark="assumed"
    )
    exploration: float = row(
        49, 0.05, unit="share of lists in random order", source="ethically equipoise only",
        mark="assumed", tested="0 to .20",
    )
    choice_wait: float = row(
        None, -0.05, unit="choice logit per day of wait", source="none", mark="assumed"
    )
    choice_preference: float = row(
        None, 1.2, unit="choice logit when stated preferences are met", source="none",
        mark="assumed",
    )
    choice_specialty: float = row(
        None, 0.6, unit="choice logit when the concern is a top specialty", source="none",
        mark="assumed",
    )
    choice_experience: float = row(
        None, 0.02, unit="choice logit per year", source="none", mark="assumed"
    )
    choice_concordance: float = row(
        None, 0.6, unit="choice logit of concordance, where a patient asked for it",
        source="preference d .63, Cabral & Smith 2011", mark="seen+derived",
    )
    choice_intercept: float = row(
        None, 2.2, unit="choice logit of the average clinician against leaving", source="none",
        mark="assumed",
    )
    booking_days: float = row(
        None, 0.7, unit="mean days from offer to booking", source="none", mark="assumed"
    )
    answer_days: tuple[float, float] = row(
        None, (0.3, 2.5), unit="days until a second list after a refusal or a request for a "
        "change", source="none", mark="assumed",
    )
