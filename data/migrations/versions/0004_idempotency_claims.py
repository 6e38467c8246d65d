"""Requests under an idempotency key that are under way, apart from the answers that are kept.

Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WORD = sa.String(128)


def upgrade() -> None:
    op.create_table(
        "idempotency_claims",
        sa.Column("client", WORD, nullable=False),
        sa.Column("key", WORD, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client", "key", name="pk_idempotency_claims"),
    )
    op.create_index("ix_idempotency_claims_at", "idempotency_claims", ["at"])


def downgrade() -> None:
    op.drop_table("idempotency_claims")
