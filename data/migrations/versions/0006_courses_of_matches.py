"""Whose intake a match was made for, so that an episode leads back to the person.

Revises: 0005
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MATCHES = sa.table(
    "match_log",
    sa.column("match_id", sa.String),
    sa.column("intake_id", sa.String),
    sa.column("decision", sa.LargeBinary),
)


def upgrade() -> None:
    op.add_column("match_log", sa.Column("intake_id", sa.String(128)))
    _fill_in()
    op.create_index("ix_match_log_intake_id", "match_log", ["intake_id"])
    op.create_index("ix_episodes_request_id", "episodes", ["request_id"])
    op.create_index("ix_care_events_match_id", "care_events", ["match_id"])


def downgrade() -> None:
    op.drop_index("ix_care_events_match_id", "care_events")
    op.drop_index("ix_episodes_request_id", "episodes")
    op.drop_index("ix_match_log_intake_id", "match_log")
    op.drop_column("match_log", "intake_id")


def _fill_in() -> None:
    """The column of the matches that are logged already, from their decisions, one by one."""
    connection = op.get_bind()
    for match_id in connection.scalars(sa.select(MATCHES.c.match_id)).all():
        is_it = MATCHES.c.match_id == match_id
        decision = connection.scalar(sa.select(MATCHES.c.decision).where(is_it))
        intake = json.loads(decision or b"{}").get("intake", {})
        change = sa.update(MATCHES).where(is_it).values(intake_id=intake.get("intake_id"))
        connection.execute(change)
