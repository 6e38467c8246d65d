"""Events about care, so that each is taken once.

Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WORD = sa.String(128)
WHOLE = sa.BigInteger()


def upgrade() -> None:
    op.create_table(
        "care_events",
        sa.Column("event_id", WORD, nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("received_at", WHOLE, nullable=False),
        sa.Column("episode_id", WORD),
        sa.Column("patient_id", WORD),
        sa.Column("match_id", WORD),
        sa.Column("clinician_id", WORD),
        sa.Column("reason", WORD),
        sa.PrimaryKeyConstraint("event_id", name="pk_care_events"),
    )
    for column in ("received_at", "episode_id", "patient_id"):
        op.create_index(f"ix_care_events_{column}", "care_events", [column])


def downgrade() -> None:
    op.drop_table("care_events")
