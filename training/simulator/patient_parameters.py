"""Rows 1 to 15 of the parameter table: who asks for care."""

from dataclasses import dataclass

from training.simulator.rows import row

# fmt: off


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Where patients live and clinicians are licensed."""

    code: str
    """Country and subdivision, such as `US-CA`."""
    share: float
    """Share of patients and of home licences."""
    latitude: float
    longitude: float
    """Centre of the population, degrees north and east."""


REGIONS = (
    Region(code="US-CA", share=0.40, latitude=34.1, longitude=-118.2),
    Region(code="US-TX", share=0.25, latitude=29.8, longitude=-95.4),
    Region(code="US-NY", share=0.20, latitude=40.7, longitude=-74.0),
    Region(code="US-WA", share=0.15, latitude=47.6, longitude=-122.3),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientParameters:
    """People who ask for care; extensions have no row number."""

    phq9_mean: float = row(
        1, 13.0, unit="points", source="gives 8/20/32/26/14 % by band", mark="derived+secondary",
        tested="11 to 15.5",
    )
    phq9_sd: float = row(
        1, 5.6, unit="points", source="clipped to 0..27; cases 15.4 (5.5), NHS 2022-23",
        mark="derived+secondary",
    )
    gad7_mean: float = row(
        2, 11.5, unit="points", source="cases 14.0 (4.5), NHS 2022-23", mark="secondary",
        tested="10 to 14",
    )
    gad7_sd: float = row(
        2, 5.0, unit="points", source="clipped to 0..21; NHS 2022-23", mark="secondary"
    )
    phq9_gad7_correlation: float = row(
        3, 0.68, unit="correlation", source="literature about .65 to .75", mark="recalled",
        tested=".60 to .75",
    )
    phq9_error: float = row(
        4, 2.2, unit="points (SD)", source="NHS reliable change 6", mark="derived",
        tested="+-20 %",
    )
    gad7_error: float = row(
        4, 1.5, unit="points (SD)", source="NHS reliable change 4", mark="derived",
        tested="+-20 %",
    )
    pcl5_error: float = row(
        4, 6.0, unit="points (SD)", source="RCI 15 to 18, Marx 2022", mark="derived+secondary",
        tested="+-20 %",
    )
    item9_shares: tuple[float, ...] = row(
        5, (0.74, 0.17, 0.06, 0.03), unit="share of answers 0..3",
        source="at most 10 % answer 2 or more, quoted in Simon 2013 (seen); rest assumed",
        mark="seen+assumed", tested="P(2 or more) .04 to .10",
    )
    item9_correlation: float = row(
        5, 0.5, unit="correlation with the PHQ-9", source="none", mark="assumed"
    )
    attempt_risk_by_item9: tuple[float, ...] = row(
        6, (0.004, 0.012, 0.025, 0.04), unit="probability in a year, by answer",
        source="Simon 2013 (ends); kept for documentation, never simulated or predicted",
        mark="seen+assumed",
    )
    cssrs_shares: tuple[tuple[str, float], ...] = row(
        7, (("high", 0.015), ("moderate", 0.035), ("low", 0.10)), unit="share of intakes",
        source="about 9 % of iCBT applicants unsuitable, Hadjistavropoulos 2021",
        mark="assumed+derived", tested="high .005 to .03",
    )
    gender_shares: tuple[tuple[str, float], ...] = row(
        8, (("female", 0.70), ("male", 0.28), ("nonbinary", 0.02)), unit="share",
        source="65 % Delgadillo 2022; 76.5 % Darnell 2022", mark="seen", tested="F .65 to .77",
    )
    age_shares: tuple[tuple[str, float], ...] = row(
        9, (("18-25", 0.22), ("26-35", 0.42), ("36-49", 0.24), ("50+", 0.12)), unit="share",
        source="Darnell 2022 (seen), flattened (assumed)", mark="seen+assumed",
        tested="50+ .04 to .20",
    )
    concern_shares: tuple[tuple[str, float], ...] = row(
        10,
        (
            ("anxiety", 0.24), ("depression", 0.21), ("relationship", 0.11), ("trauma", 0.09),
            ("stress", 0.09), ("grief", 0.04), ("ocd", 0.03), ("panic", 0.04),
            ("social_anxiety", 0.03), ("substance", 0.03), ("adhd", 0.03), ("sleep", 0.015),
            ("eating", 0.015), ("bipolar", 0.015), ("perinatal", 0.01), ("identity", 0.01),
            ("anger", 0.01), ("other", 0.02),
        ),
        unit="share as primary concern; scaled to sum to 1",
        source="shaped on IAPT descriptors and CCMH / Psychology Today rankings",
        mark="assumed", tested="+-30 %",
    )
    concern_count_shares: tuple[float, ...] = row(
        11, (0.35, 0.33, 0.32), unit="share with 1, 2, 3 or more",
        source="NCS-R .55/.22/.23 for disorders, Kessler 2005 (recalled); concerns are more",
        mark="recalled+assumed",
    )
    payer_shares: tuple[tuple[str, float], ...] = row(
        12,
        (("commercial", 0.55), ("medicaid", 0.15), ("medicare", 0.06), ("self_pay", 0.16),
         ("eap", 0.08)),
        unit="share", source="none", mark="assumed",
    )
    non_english_share: float = row(
        13, 0.07, unit="share", source="none", mark="assumed", tested=".03 to .15"
    )
    female_states_gender: float = row(
        14, 0.45, unit="share of women", source="none retrieved", mark="recalled"
    )
    female_wants_female: float = row(
        14, 0.90, unit="share of those women", source="none retrieved", mark="recalled"
    )
    male_states_gender: float = row(
        14, 0.25, unit="share of men and others, split evenly", source="none retrieved",
        mark="recalled",
    )
    cultural_preference_share: float = row(
        15, 0.20, unit="share", source="preference d .63, Cabral & Smith 2011 (seen)",
        mark="seen+assumed", tested=".1 to .5",
    )
    cultural_preference_minority: float = row(
        15, 0.40, unit="share of minority patients", source="level assumed", mark="assumed"
    )
    regions: tuple[Region, ...] = row(
        None, REGIONS, unit="regions with shares", source="a clinic in four states",
        mark="assumed",
    )
    senior_share: float = row(
        None, 0.25, unit="share of 50+ who are 65+", source="none", mark="assumed"
    )
    fourth_concern_share: float = row(
        None, 0.30, unit="share of 3+ with 4", source="none", mark="assumed"
    )
    ethnicity_shares: tuple[tuple[str, float], ...] = row(
        None,
        (("white", 0.66), ("hispanic", 0.14), ("black", 0.11), ("asian", 0.06), ("other", 0.03)),
        unit="share", source="none; audit only", mark="assumed",
    )
    disability_share: float = row(
        None, 0.15, unit="share; audit only", source="none", mark="assumed"
    )
    other_languages: tuple[tuple[str, float], ...] = row(
        None, (("es", 0.70), ("zh", 0.12), ("vi", 0.10), ("ar", 0.08)),
        unit="share of non-English", source="none", mark="assumed",
    )
    interpreter_share: float = row(
        None, 0.35, unit="share of non-English who need one", source="none", mark="assumed"
    )
    bilingual_share: float = row(
        None, 0.45, unit="share of non-English who also name English", source="none",
        mark="assumed",
    )
    language_must_share: float = row(
        None, 0.40, unit="share of non-English", source="none", mark="assumed"
    )
    gender_must_share: float = row(
        None, 0.25, unit="share of stated gender preferences", source="none", mark="assumed"
    )
    style_share: float = row(
        None, 0.30, unit="share who state a style", source="none", mark="assumed"
    )
    structure_share: float = row(
        None, 0.20, unit="share who state how structured", source="none", mark="assumed"
    )
    modality_preference_share: float = row(
        None, 0.12, unit="share who name a therapy", source="none", mark="assumed"
    )
    in_network_share: float = row(
        None, 0.85, unit="share of insured who stay in network", source="none", mark="assumed"
    )
    format_shares: tuple[tuple[str, float], ...] = row(
        None, (("video", 0.85), ("phone", 0.40), ("in_person", 0.35), ("chat", 0.15)),
        unit="share who can use it", source="none", mark="assumed",
    )
    prior_treatment_share: float = row(
        None, 0.45, unit="share", source="none", mark="assumed"
    )
    medication_question_share: float = row(
        None, 0.05, unit="share", source="none", mark="assumed"
    )
    risk_flag_share: float = row(
        None, 0.003, unit="share per flag: psychosis, mania, withdrawal, violence",
        source="none", mark="assumed",
    )
    pcl5: tuple[float, float, float] = row(
        None, (40.0, 13.0, 0.5), unit="mean, SD, correlation with the PHQ-9, trauma only",
        source="none", mark="assumed",
    )
    wsas: tuple[float, float, float] = row(
        None, (17.0, 8.0, 0.6), unit="mean, SD, correlation with the PHQ-9", source="none",
        mark="assumed",
    )
    wsas_error: float = row(
        None, 2.5, unit="points (SD)", source="reliable change 8", mark="derived"
    )
    answered: tuple[tuple[str, float], ...] = row(
        None,
        (("phq9", 0.97), ("item9", 0.95), ("gad7", 0.95), ("pcl5", 0.85), ("wsas", 0.60),
         ("cssrs", 0.85), ("deprivation", 0.90), ("demographics", 0.80)),
        unit="share who answer at intake", source="none", mark="assumed",
    )
    referral_shares: tuple[tuple[str, float], ...] = row(
        None, (("self", 0.55), ("physician", 0.20), ("insurer", 0.15), ("employer", 0.10)),
        unit="share", source="none", mark="assumed",
    )
    repeat_share: float = row(
        None, 0.04, unit="share of patients who ask a second time", source="none",
        mark="assumed",
    )
    repeat_gap_days: tuple[float, float] = row(
        None, (150.0, 400.0), unit="days until the second request", source="none",
        mark="assumed",
    )
    weekday_shares: tuple[float, ...] = row(
        None, (0.20, 0.18, 0.17, 0.16, 0.13, 0.07, 0.09), unit="share, Monday to Sunday",
        source="none", mark="assumed",
    )
