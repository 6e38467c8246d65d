"""Certificates of erasure, which name nobody.

Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("certificate_id", sa.String(128), nullable=False),
        sa.Column("erased_at", sa.BigInteger, nullable=False),
        sa.Column("rows", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("certificate_id", name="pk_erasures"),
    )


def downgrade() -> None:
    op.drop_table("erasures")
