"""The tables of a clinic folder.

Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WORD = sa.String(128)
TEXT = sa.Text()
WHOLE = sa.BigInteger()
NUMBER = sa.Float(53)
FLAG = sa.Boolean()


def upgrade() -> None:
    _create_clinic()
    _create_content()


def downgrade() -> None:
    for name in (
        "content_events",
        "content",
        "programs",
        "demographics",
        "measures",
        "attendance",
        "episodes",
        "offers",
        "intakes",
        "clinicians",
    ):
        op.drop_table(name)


def _create_clinic() -> None:
    op.create_table(
        "clinicians",
        sa.Column("clinician_id", WORD, nullable=False),
        sa.Column("display_name", TEXT),
        sa.Column("npi", WORD),
        sa.Column("credential", WORD),
        sa.Column("taxonomy", TEXT, nullable=False),
        sa.Column("licensed_regions", TEXT, nullable=False),
        sa.Column("compact_regions", TEXT, nullable=False),
        sa.Column("payers", TEXT, nullable=False),
        sa.Column("accepts_self_pay", FLAG),
        sa.Column("fee", NUMBER),
        sa.Column("languages", TEXT, nullable=False),
        sa.Column("interpreter_ok", FLAG),
        sa.Column("specialties_top", TEXT, nullable=False),
        sa.Column("also_treats", TEXT, nullable=False),
        sa.Column("modalities", TEXT, nullable=False),
        sa.Column("formats", TEXT, nullable=False),
        sa.Column("age_bands", TEXT, nullable=False),
        sa.Column("populations", TEXT, nullable=False),
        sa.Column("gender", WORD),
        sa.Column("years_experience", NUMBER),
        sa.Column("style_directive", WORD),
        sa.Column("style_structured", NUMBER),
        sa.Column("not_accepted", TEXT, nullable=False),
        sa.Column("acuity_ceiling", WORD),
        sa.Column("accepts_new", FLAG),
        sa.Column("open_slots", WHOLE),
        sa.Column("weekly_new_slots", NUMBER),
        sa.Column("next_available", WHOLE),
        sa.Column("clinic_id", WORD),
        sa.Column("latitude", NUMBER),
        sa.Column("longitude", NUMBER),
        sa.Column("verified_at", WHOLE),
        sa.PrimaryKeyConstraint("clinician_id", name="pk_clinicians"),
    )
    op.create_table(
        "intakes",
        sa.Column("intake_id", WORD, nullable=False),
        sa.Column("patient_id", WORD, nullable=False),
        sa.Column("requested_at", WHOLE, nullable=False),
        sa.Column("region", WORD, nullable=False),
        sa.Column("age_band", WORD, nullable=False),
        sa.Column("languages", TEXT, nullable=False),
        sa.Column("needs_interpreter", FLAG),
        sa.Column("payer", WORD, nullable=False),
        sa.Column("in_network_only", FLAG),
        sa.Column("formats", TEXT, nullable=False),
        sa.Column("concerns", TEXT, nullable=False),
        sa.Column("phq9_total", WHOLE),
        sa.Column("phq9_item9", WHOLE),
        sa.Column("gad7_total", WHOLE),
        sa.Column("pcl5_total", WHOLE),
        sa.Column("wsas_total", WHOLE),
        sa.Column("cssrs", WORD),
        sa.Column("psychosis", FLAG),
        sa.Column("mania", FLAG),
        sa.Column("substance_withdrawal", FLAG),
        sa.Column("violence_risk", FLAG),
        sa.Column("prior_treatment", FLAG),
        sa.Column("medication_question", FLAG),
        sa.Column("deprivation_decile", WHOLE),
        sa.Column("pref_gender", WORD),
        sa.Column("pref_gender_strength", WORD),
        sa.Column("pref_language_strength", WORD),
        sa.Column("pref_modality", WORD),
        sa.Column("pref_style_directive", WORD),
        sa.Column("pref_style_structured", NUMBER),
        sa.Column("blocked_clinicians", TEXT, nullable=False),
        sa.Column("earliest", WHOLE),
        sa.Column("latest", WHOLE),
        sa.Column("latitude", NUMBER),
        sa.Column("longitude", NUMBER),
        sa.Column("referral_source", WORD),
        sa.PrimaryKeyConstraint("intake_id", name="pk_intakes"),
    )
    op.create_index("ix_intakes_patient_id", "intakes", ["patient_id"])
    op.create_table(
        "offers",
        sa.Column("request_id", WORD, nullable=False),
        sa.Column("intake_id", WORD, nullable=False),
        sa.Column("offered_at", WHOLE, nullable=False),
        sa.Column("clinician_id", WORD, nullable=False),
        sa.Column("rank", WHOLE, nullable=False),
        sa.Column("exposure_probability", NUMBER),
        sa.Column("policy", WORD),
        sa.PrimaryKeyConstraint("request_id", "clinician_id", name="pk_offers"),
    )
    op.create_index("ix_offers_intake_id", "offers", ["intake_id"])
    op.create_table(
        "episodes",
        sa.Column("episode_id", WORD, nullable=False),
        sa.Column("intake_id", WORD, nullable=False),
        sa.Column("clinician_id", WORD, nullable=False),
        sa.Column("request_id", WORD),
        sa.Column("booked_at", WHOLE, nullable=False),
        sa.Column("accepted", FLAG),
        sa.Column("first_attended_at", WHOLE),
        sa.Column("ended_at", WHOLE),
        sa.Column("end_reason", WORD),
        sa.PrimaryKeyConstraint("episode_id", name="pk_episodes"),
    )
    op.create_index("ix_episodes_intake_id", "episodes", ["intake_id"])
    op.create_table(
        "attendance",
        sa.Column("episode_id", WORD, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.PrimaryKeyConstraint("episode_id", "at", name="pk_attendance"),
    )
    op.create_table(
        "measures",
        sa.Column("patient_id", WORD, nullable=False),
        sa.Column("episode_id", WORD, nullable=False),
        sa.Column("instrument", WORD, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("total", NUMBER, nullable=False),
        sa.Column("item9", WHOLE),
        sa.PrimaryKeyConstraint(
            "patient_id", "episode_id", "instrument", "at", name="pk_measures"
        ),
    )
    op.create_table(
        "demographics",
        sa.Column("patient_id", WORD, nullable=False),
        sa.Column("gender", WORD),
        sa.Column("ethnicity", WORD),
        sa.Column("age_band", WORD),
        sa.Column("deprivation_decile", WHOLE),
        sa.Column("disability", WORD),
        sa.Column("language", WORD),
        sa.PrimaryKeyConstraint("patient_id", name="pk_demographics"),
    )


def _create_content() -> None:
    op.create_table(
        "programs",
        sa.Column("program_id", WORD, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("topics", TEXT, nullable=False),
        sa.Column("level", WORD),
        sa.Column("guided", FLAG),
        sa.Column("evidence_grade", WORD),
        sa.PrimaryKeyConstraint("program_id", name="pk_programs"),
    )
    op.create_table(
        "content",
        sa.Column("item_id", WORD, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("topics", TEXT, nullable=False),
        sa.Column("minutes", NUMBER, nullable=False),
        sa.Column("language", WORD),
        sa.Column("level", WORD),
        sa.Column("program_id", WORD),
        sa.Column("program_position", WHOLE),
        sa.Column("requires", TEXT, nullable=False),
        sa.Column("contraindications", TEXT, nullable=False),
        sa.Column("populations", TEXT, nullable=False),
        sa.Column("voice", WORD),
        sa.Column("summary", TEXT),
        sa.Column("reviewed_at", WHOLE, nullable=False),
        sa.Column("review_expires_at", WHOLE),
        sa.Column("published_at", WHOLE),
        sa.Column("retired_at", WHOLE),
        sa.PrimaryKeyConstraint("item_id", name="pk_content"),
    )
    op.create_table(
        "content_events",
        sa.Column("event_id", WORD, nullable=False),
        sa.Column("user_id", WORD, nullable=False),
        sa.Column("item_id", WORD, nullable=False),
        sa.Column("type", WORD, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("fraction", NUMBER),
        sa.Column("mood_before", NUMBER),
        sa.Column("mood_after", NUMBER),
        sa.Column("context_minutes", NUMBER),
        sa.Column("context_local_hour", WHOLE),
        sa.Column("recommendation_id", WORD),
        sa.Column("position", WHOLE),
        sa.PrimaryKeyConstraint("event_id", name="pk_content_events"),
    )
    op.create_index("ix_content_events_user_id_at", "content_events", ["user_id", "at"])
