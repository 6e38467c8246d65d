"""Slots that are held or booked, and clinicians whom a person has left.

Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WORD = sa.String(128)
WHOLE = sa.BigInteger()


def upgrade() -> None:
    op.create_table(
        "slot_claims",
        sa.Column("claim_id", WORD, nullable=False),
        sa.Column("clinician_id", WORD, nullable=False),
        sa.Column("slot", WHOLE),
        sa.Column("counted", sa.String(64), nullable=False),
        sa.Column("patient_id", WORD, nullable=False),
        sa.Column("match_id", WORD),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("expires_at", WHOLE),
        sa.Column("booking_id", WORD),
        sa.PrimaryKeyConstraint("claim_id", name="pk_slot_claims"),
        sa.UniqueConstraint("clinician_id", "counted", "slot", name="uq_slot_claims_slot"),
        sa.UniqueConstraint("booking_id", name="uq_slot_claims_booking_id"),
    )
    op.create_index("ix_slot_claims_patient_id", "slot_claims", ["patient_id"])
    op.create_table(
        "left_clinicians",
        sa.Column("match_id", WORD, nullable=False),
        sa.Column("clinician_id", WORD, nullable=False),
        sa.Column("root_match_id", WORD, nullable=False),
        sa.Column("patient_id", WORD, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("match_id", "clinician_id", name="pk_left_clinicians"),
    )
    op.create_index("ix_left_clinicians_patient_id", "left_clinicians", ["patient_id"])


def downgrade() -> None:
    op.drop_table("left_clinicians")
    op.drop_table("slot_claims")
