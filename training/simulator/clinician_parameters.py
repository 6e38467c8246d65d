"""Rows 16 to 25 of the parameter table: who gives care."""

from dataclasses import dataclass

from training.simulator.rows import row

# fmt: off


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicianParameters:
    """Clinicians, what they offer and how busy they are; extensions have no row number."""

    credential_shares: tuple[tuple[str, float], ...] = row(
        16,
        (("LCSW", 0.33), ("LPC", 0.32), ("LMFT", 0.13), ("PsyD", 0.13), ("PMHNP", 0.06),
         ("MD", 0.03)),
        unit="share", source="none", mark="assumed",
    )
    female_share: float = row(
        17, 0.72, unit="share", source="2.1 women per man among psychologists, APA 2013",
        mark="seen", tested=".65 to .80",
    )
    ethnicity_shares: tuple[tuple[str, float], ...] = row(
        18,
        (("white", 0.78), ("hispanic", 0.09), ("black", 0.07), ("asian", 0.04), ("other", 0.02)),
        unit="share", source="APA psychologists 2021", mark="secondary", tested="W .70 to .83",
    )
    no_insurance_share: float = row(
        19, 0.33, unit="share", source=".34 APA 2024; about 1/3 Zhu 2024", mark="seen",
        tested=".2 to .5",
    )
    payer_acceptance: tuple[tuple[str, float], ...] = row(
        20, (("commercial", 0.58), ("medicare", 0.36), ("medicaid", 0.17)),
        unit="share of all clinicians", source="APA 2024", mark="seen",
    )
    no_openings_share: float = row(
        21, 0.40, unit="share at any time", source=".53 APA 2024 (seen); platform assumed",
        mark="seen+assumed",
    )
    caseload_median: float = row(
        22, 32.0, unit="active patients", source="log-normal", mark="assumed"
    )
    weekly_new_slots: float = row(
        22, 1.2, unit="places per week, Poisson", source="none", mark="assumed"
    )
    licence_count_shares: tuple[float, ...] = row(
        23, (0.70, 0.20, 0.10), unit="share licensed in 1, 2 to 3, 4 or more regions",
        source="none", mark="assumed",
    )
    compact_share: float = row(
        23, 0.12, unit="share of psychologists with compact authority", source="none",
        mark="assumed",
    )
    top_specialties: int = row(
        24, 3, unit="concerns", source="directory profiles", mark="recalled"
    )
    also_treats: tuple[int, int] = row(
        24, (15, 22), unit="issues on a profile; cut to the known concerns that are left",
        source="directory profiles", mark="recalled",
    )
    cases_median: float = row(
        25, 30.0, unit="historical cases, log-normal; sets relative popularity",
        source="trial floor 15, Constantino 2021", mark="seen+assumed",
    )
    newcomer_share: float = row(
        25, 0.25, unit="share with 0 to 5 cases", source="none", mark="assumed"
    )
    spread: float = row(
        None, 0.6, unit="SD of log cases and log caseload", source="none", mark="assumed"
    )
    newcomer_days: float = row(
        None, 120.0, unit="most days since a newcomer joined", source="none", mark="assumed"
    )
    experience: tuple[float, float] = row(
        None, (12.0, 8.0), unit="mean and SD of years, gamma", source="none", mark="assumed"
    )
    eap_share: float = row(
        None, 0.60, unit="share of insurance takers in the EAP network", source="none",
        mark="assumed",
    )
    self_pay_share: float = row(
        None, 0.90, unit="share of insurance takers who also take self-pay", source="none",
        mark="assumed",
    )
    fee: tuple[float, float] = row(
        None, (143.0, 35.0), unit="mean and SD, dollars", source="Zhu 2024 (mean)",
        mark="seen+assumed",
    )
    language_shares: tuple[tuple[str, float], ...] = row(
        None, (("es", 0.10), ("zh", 0.03), ("vi", 0.02), ("ar", 0.015)),
        unit="share who also speak it", source="about 5.5 % Spanish among psychologists",
        mark="recalled+assumed",
    )
    interpreter_share: float = row(
        None, 0.25, unit="share who work with interpreters", source="none", mark="assumed"
    )
    format_shares: tuple[tuple[str, float], ...] = row(
        None, (("video", 0.92), ("phone", 0.50), ("in_person", 0.45), ("chat", 0.15)),
        unit="share", source="none", mark="assumed",
    )
    modality_shares: tuple[tuple[str, float], ...] = row(
        None,
        (("cbt", 0.60), ("act", 0.30), ("emdr", 0.20), ("cpt", 0.10), ("erp", 0.12),
         ("dbt", 0.18), ("cbt-i", 0.10), ("psychodynamic", 0.25), ("mi", 0.20)),
        unit="share who practise it", source="none", mark="assumed",
    )
    style_shares: tuple[tuple[str, float], ...] = row(
        None, (("directive", 0.35), ("collaborative", 0.40), ("exploratory", 0.25)),
        unit="share", source="none", mark="assumed",
    )
    green_only_share: float = row(
        None, 0.15, unit="share with a green acuity ceiling", source="none", mark="assumed"
    )
    senior_share: float = row(
        None, 0.80, unit="share who also see 65+", source="none", mark="assumed"
    )
    declines: tuple[tuple[str, float], ...] = row(
        None, (("substance", 0.10), ("eating", 0.10), ("bipolar", 0.08), ("psychosis", 0.15)),
        unit="share who decline the concern", source="none", mark="assumed",
    )
    skill_to_specialty: float = row(
        None, 0.5, unit="log odds of claiming a specialty per SD of domain skill",
        source="none; claims are mostly cheap talk", mark="assumed",
    )
    clinicians_per_clinic: int = row(
        None, 10, unit="clinicians", source="40 clinics for 400 in the calibration run",
        mark="derived",
    )
    closed_weeks: float = row(
        None, 8.0, unit="mean weeks without openings", source="none", mark="assumed"
    )
