"""Rows 26 to 36 of the parameter table: what makes outcomes differ between pairs."""

from dataclasses import dataclass

from training.simulator.rows import row

# fmt: off


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeParameters:
    """Shares of case-mix-adjusted outcome variance, and fixed effects in outcome SDs."""

    clinician_share: float = row(
        26, 0.05, unit="share of outcome variance",
        source="Saxon, Firth & Barkham 2016; Mahon 2023; Johns 2019", mark="seen",
        tested=".03 to .08",
    )
    clinic_share: float = row(
        27, 0.01, unit="share of outcome variance", source="1.13 %, Mahon 2023", mark="seen",
        tested="0 to .02",
    )
    match_share: float = row(
        28, 0.02, unit="share of outcome variance, clinician by domain",
        source="Boyd 2025 against Constantino 2021", mark="assumed", tested="0 to .04",
    )
    skill_correlation: float = row(
        29, 0.60, unit="correlation of a clinician's skill across domains",
        source="contested: Kraus 2011 (seen), Nissen-Lie 2016 (recalled)", mark="seen+recalled",
        tested=".2 to .9",
    )
    share_by_severity: tuple[float, float] = row(
        30, (0.01, 0.10), unit="clinician share at low and at high severity",
        source="Saxon & Barkham 2012", mark="seen",
    )
    stop_sd: float = row(
        31, 0.69, unit="logit SD between clinicians, unplanned stop",
        source="12.6 %, Saxon 2017 (share seen, SD derived)", mark="seen+derived",
        tested="+-30 %",
    )
    deterioration_sd: float = row(
        31, 0.61, unit="logit SD between clinicians, deterioration; uncorrelated with stopping",
        source="10.1 %, Saxon 2017 (share seen, SD derived)", mark="seen+derived",
        tested="+-30 %",
    )
    preference_benefit: float = row(
        32, 0.15, unit="outcome SD when stated preferences are met",
        source=".28, Swift 2018, shrunk for selection", mark="seen+assumed", tested="0 to .28",
    )
    preference_stop_odds: float = row(
        32, 0.65, unit="odds ratio of an unplanned stop when met",
        source="1/1.79, Swift 2018, shrunk", mark="seen+assumed", tested=".56 to 1",
    )
    alliance_correlation: float = row(
        33, 0.28, unit="correlation of measured alliance and outcome", source="Flueckiger 2018",
        mark="seen", tested=".2 to .3",
    )
    alliance_stop: float = row(
        33, -0.30, unit="logit of an unplanned stop per SD of alliance", source="none retrieved",
        mark="recalled",
    )
    concordance_benefit: float = row(
        34, 0.05, unit="outcome SD of race concordance, where a patient asked for it",
        source=".09, Cabral & Smith 2011", mark="seen", tested="0 to .15",
    )
    gender_benefit: float = row(
        35, 0.0, unit="outcome SD of gender concordance; negative control",
        source="Lambert 2016", mark="seen",
    )
    experience_benefit: float = row(
        35, -0.005, unit="outcome SD per year; negative control", source="Goldberg 2016",
        mark="seen",
    )
    modality_benefit: float = row(
        35, 0.0, unit="outcome SD of practising CBT; negative control",
        source="Saxon, Firth & Barkham 2016", mark="seen",
    )
    fit_benefit: float = row(
        36, 0.25, unit="outcome SD when the therapy suits the problem", source="none retrieved",
        mark="recalled", tested="0 to .4",
    )
    fits: tuple[tuple[str, tuple[str, ...]], ...] = row(
        36, (("ocd", ("erp",)), ("trauma", ("emdr", "cpt")), ("sleep", ("cbt-i",)),
             ("personality", ("dbt",))),
        unit="problem domain and therapies", source="none retrieved", mark="recalled",
    )
    observed_share: float = row(
        None, 0.65, unit="share of latent benefit variance that reaches measured outcomes; "
        "rows 26 to 28 speak of measured ones",
        source="solved so that the refitted share is that of row 26", mark="derived",
    )
    alliance_loading: float = row(
        None, 0.42, unit="correlation of latent alliance and latent benefit",
        source="solved so that measured alliance and change correlate as in row 33",
        mark="derived",
    )
    severity_range: tuple[float, float] = row(
        None, (5.0, 21.0), unit="true PHQ-9 at which row 30 starts and ends", source="none",
        mark="assumed",
    )
    usual_accommodation: float = row(
        None, 0.55, unit="share of stated preferences met by usual practice; effects are centred",
        source="calibration run", mark="derived",
    )
    usual_concordance: float = row(
        None, 0.30, unit="share concordant by usual practice; the effect is centred",
        source="none", mark="assumed",
    )
    deprivation_benefit: float = row(
        None, 0.03, unit="outcome SD per decile of less deprivation",
        source="recovery 52.4 % against 40.5 %, NHS 2024-25", mark="derived+secondary",
    )
    prior_benefit: float = row(
        None, -0.15, unit="outcome SD of earlier treatment (chronicity)", source="none",
        mark="assumed",
    )
    comorbidity_benefit: float = row(
        None, -0.15, unit="outcome SD of 3 or more concerns", source="none", mark="assumed"
    )
    older_stop: float = row(
        None, -0.40, unit="logit of an unplanned stop from age 50",
        source="OR .43, Hanevik 2023, shrunk", mark="seen+assumed",
    )
    deprivation_attend: float = row(
        None, 0.06, unit="logit of attending per decile of less deprivation", source="none",
        mark="assumed",
    )
    setback_share: float = row(
        None, 0.03, unit="probability of a deteriorating course", source="solved from 2.2",
        mark="assumed",
    )
    setback_points: float = row(
        None, 8.0, unit="PHQ-9 points lost at the end of such a course", source="none",
        mark="assumed",
    )
