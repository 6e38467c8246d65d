"""The ten tables of a clinic folder, column by column.

This is the contract of files and database in one place. `docs/data-dictionary.md` is printed from
it and a test holds the two together.
"""

from data.columns import TableSpec, flag, identifier, integer, number, text, time, word, words

FORMATS = ("video", "phone", "in_person", "chat")
TIERS_ACCEPTED = ("green", "amber")
STRENGTHS = ("must", "prefer")
CSSRS_LEVELS = ("none", "low", "moderate", "high")
END_REASONS = (
    "planned",
    "dropout",
    "rematch_fit",
    "insurance",
    "moved",
    "clinician_left",
    "higher_care",
    "censored",
)
ATTENDANCE_STATUSES = ("attended", "no_show", "late_cancel", "cancelled")
CONTENT_KINDS = ("meditation", "sleep", "breathing", "lesson", "exercise", "program_step")
CONTENT_LEVELS = ("universal", "mild", "moderate")
CONTENT_EVENT_TYPES = (
    "view",
    "start",
    "progress",
    "complete",
    "like",
    "dislike",
    "favourite",
    "skip",
    "not_for_me",
)

CLINICIANS = TableSpec(
    name="clinicians",
    key=("clinician_id",),
    doc="One row per clinician who may be offered to a patient.",
    columns=(
        identifier("clinician_id", required=True),
        text("display_name", "Name shown to patients and staff."),
        word("npi", doc="US National Provider Identifier, 10 digits."),
        word("credential", doc="Licence or degree, such as LCSW, PsyD, PMHNP."),
        words("taxonomy", doc="NUCC provider taxonomy codes."),
        words(
            "licensed_regions", doc="Regions with an active licence, as `US-CA`.", required=True
        ),
        words("compact_regions", doc="Regions covered by compact authority today."),
        words("payers", doc="Payers billed in network.", required=True),
        flag("accepts_self_pay"),
        number("fee", 0, doc="Fee of one visit, in the currency of the settings' country."),
        words("languages", doc="BCP-47 tags, best first.", required=True),
        flag("interpreter_ok", "Works with an interpreter."),
        words("specialties_top", doc="The few concerns this clinician is known for."),
        words("also_treats", doc="Other concerns taken on."),
        words("modalities", doc="Therapies practised, such as CBT or EMDR."),
        words("formats", *FORMATS, required=True),
        words("age_bands", doc="Age bands seen; empty means all adult bands."),
        words("populations", doc="Populations served, such as veteran or perinatal."),
        word("gender"),
        number("years_experience", 0, 80, doc="Years in practice."),
        word("style_directive", doc="Self-described directiveness."),
        number("style_structured", 0, 1, doc="0 is unstructured, 1 fully structured."),
        words("not_accepted", doc="Concerns or flags this clinician declines."),
        word("acuity_ceiling", *TIERS_ACCEPTED, doc="Highest safety tier accepted."),
        flag("accepts_new"),
        integer("open_slots", 0, doc="Places free for new patients now."),
        number("weekly_new_slots", 0, doc="New places that open per week."),
        time("next_available", "First free appointment."),
        identifier("clinic_id"),
        number("latitude", -90, 90, doc="Degrees north."),
        number("longitude", -180, 180, doc="Degrees east."),
        time("verified_at", "When licence and sanctions were last checked."),
    ),
)

INTAKES = TableSpec(
    name="intakes",
    key=("intake_id",),
    doc="One row per request for care.",
    columns=(
        identifier("intake_id", required=True),
        identifier("patient_id", required=True),
        time("requested_at", required=True),
        word("region", doc="Where the patient will be during care.", required=True),
        word("age_band", doc="Such as `26-35`.", required=True),
        words("languages", doc="BCP-47 tags, best first."),
        flag("needs_interpreter"),
        word("payer", doc="Payer of the patient, or `self_pay`.", required=True),
        flag("in_network_only"),
        words("formats", *FORMATS, doc="Formats the patient can use; empty means any."),
        words("concerns", doc="Most pressing first.", required=True),
        integer("phq9_total", 0, 27, doc="PHQ-9 total."),
        integer("phq9_item9", 0, 3, doc="PHQ-9 item 9."),
        integer("gad7_total", 0, 21, doc="GAD-7 total."),
        integer("pcl5_total", 0, 80, doc="PCL-5 total."),
        integer("wsas_total", 0, 40, doc="WSAS total."),
        word("cssrs", *CSSRS_LEVELS, doc="C-SSRS screener triage level."),
        flag("psychosis"),
        flag("mania"),
        flag("substance_withdrawal"),
        flag("violence_risk"),
        flag("prior_treatment"),
        flag("medication_question"),
        integer("deprivation_decile", 1, 10, doc="1 is most deprived."),
        word("pref_gender"),
        word("pref_gender_strength", *STRENGTHS),
        word("pref_language_strength", *STRENGTHS),
        word("pref_modality"),
        word("pref_style_directive"),
        number("pref_style_structured", 0, 1),
        words("blocked_clinicians", doc="Clinician ids that must never be offered."),
        time("earliest", "First acceptable appointment."),
        time("latest", "Last acceptable first appointment."),
        number("latitude", -90, 90, doc="Degrees north."),
        number("longitude", -180, 180, doc="Degrees east."),
        word("referral_source"),
    ),
)

OFFERS = TableSpec(
    name="offers",
    key=("request_id", "clinician_id"),
    doc="One row per clinician shown for an intake.",
    columns=(
        identifier("request_id", required=True),
        identifier("intake_id", required=True),
        time("offered_at", required=True),
        identifier("clinician_id", required=True),
        integer("rank", 1, doc="1 is the top of the list.", required=True),
        number("exposure_probability", 0, 1, doc="Chance of being shown at this rank."),
        word("policy", doc="What ordered the list."),
    ),
)

EPISODES = TableSpec(
    name="episodes",
    key=("episode_id",),
    doc="One row per booking of a patient with a clinician and the course that followed.",
    columns=(
        identifier("episode_id", required=True),
        identifier("intake_id", required=True),
        identifier("clinician_id", required=True),
        identifier("request_id"),
        time("booked_at", required=True),
        flag("accepted", "Whether the clinician took the referral."),
        time("first_attended_at"),
        time("ended_at"),
        word("end_reason", *END_REASONS),
    ),
)

ATTENDANCE = TableSpec(
    name="attendance",
    key=("episode_id", "at"),
    doc="One row per scheduled visit.",
    columns=(
        identifier("episode_id", required=True),
        time("at", required=True),
        word("status", *ATTENDANCE_STATUSES, required=True),
    ),
)

MEASURES = TableSpec(
    name="measures",
    key=("patient_id", "episode_id", "instrument", "at"),
    doc="One row per completed questionnaire.",
    columns=(
        identifier("patient_id", required=True),
        identifier("episode_id"),
        word("instrument", doc="phq9, gad7, pcl5, wsas, srs or any other.", required=True),
        time("at", required=True),
        number("total", doc="Total score, within the instrument's range.", required=True),
        integer("item9", 0, 3, doc="PHQ-9 item 9."),
    ),
)

DEMOGRAPHICS = TableSpec(
    name="demographics",
    key=("patient_id",),
    doc="Self-reported demographics: for the fairness audit only, never a model input.",
    columns=(
        identifier("patient_id", required=True),
        word("gender"),
        word("ethnicity"),
        word("age_band"),
        integer("deprivation_decile", 1, 10, doc="1 is most deprived."),
        word("disability"),
        word("language"),
    ),
)

CONTENT = TableSpec(
    name="content",
    key=("item_id",),
    doc="One row per content item.",
    columns=(
        identifier("item_id", required=True),
        text("title", required=True),
        word("kind", *CONTENT_KINDS, required=True),
        words("topics"),
        number("minutes", 0, 1_440, doc="Length in minutes.", required=True),
        word("language", doc="BCP-47 tag."),
        word("level", *CONTENT_LEVELS),
        identifier("program_id"),
        integer("program_position", 0, doc="Place within the program."),
        words("requires", doc="Item ids to finish first."),
        words("contraindications", doc="Safety states in which the item is withheld."),
        words("populations"),
        word("voice"),
        text("summary"),
        time("reviewed_at", "When a clinician last reviewed the item.", required=True),
        time("review_expires_at"),
        time("published_at"),
        time("retired_at"),
    ),
)

PROGRAMS = TableSpec(
    name="programs",
    key=("program_id",),
    doc="One row per program.",
    columns=(
        identifier("program_id", required=True),
        text("title", required=True),
        words("topics"),
        word("level", *CONTENT_LEVELS),
        flag("guided", "Whether a person supports the program."),
        word("evidence_grade"),
    ),
)

CONTENT_EVENTS = TableSpec(
    name="content_events",
    key=("event_id",),
    doc="One row per thing a person did with an item.",
    columns=(
        identifier("event_id", required=True),
        identifier("user_id", "The `patient_id` where a person has both.", required=True),
        identifier("item_id", required=True),
        word("type", *CONTENT_EVENT_TYPES, required=True),
        time("at", required=True),
        number("fraction", 0, 1, doc="Share of the item played."),
        number("mood_before", 0, 10),
        number("mood_after", 0, 10),
        number("context_minutes", 0, 1_440, doc="Minutes the person had."),
        integer("context_local_hour", 0, 23),
        identifier("recommendation_id"),
        integer("position", 0, doc="Rank shown."),
    ),
)

CLINIC_TABLES: dict[str, TableSpec] = {
    spec.name: spec
    for spec in (
        CLINICIANS,
        INTAKES,
        OFFERS,
        EPISODES,
        ATTENDANCE,
        MEASURES,
        DEMOGRAPHICS,
        PROGRAMS,
        CONTENT,
        CONTENT_EVENTS,
    )
}
"""All tables by name, in the order in which they are imported."""
