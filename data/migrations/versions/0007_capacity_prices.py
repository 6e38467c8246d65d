"""Prices of capacity, and a way to find the claims made since they were solved.

Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "price_lists",
        sa.Column("solved_at", sa.BigInteger, nullable=False),
        sa.Column("days", sa.Float, nullable=False),
        sa.Column("model_version", sa.String(128), nullable=False),
        sa.Column("expected_requests", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("solved_at", name="pk_price_lists"),
    )
    op.create_table(
        "capacity_prices",
        sa.Column("solved_at", sa.BigInteger, nullable=False),
        sa.Column("clinician_id", sa.String(128), nullable=False),
        sa.Column("price", sa.Float, nullable=False),
        sa.Column("openings", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("solved_at", "clinician_id", name="pk_capacity_prices"),
    )
    op.create_index("ix_slot_claims_at", "slot_claims", ["at"])


def downgrade() -> None:
    op.drop_index("ix_slot_claims_at", "slot_claims")
    op.drop_table("capacity_prices")
    op.drop_table("price_lists")
