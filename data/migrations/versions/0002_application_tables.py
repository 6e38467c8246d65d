"""Logs, clients, idempotency keys and the registry of models.

Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WORD = sa.String(128)
TEXT = sa.Text()
WHOLE = sa.BigInteger()
BYTES = sa.LargeBinary()
IS_CHAMPION = sa.text("state = 'champion'")


def upgrade() -> None:
    _create_logs()
    _create_registry()


def downgrade() -> None:
    for name in (
        "registry_audit",
        "model_versions",
        "idempotency_keys",
        "api_keys",
        "revisions",
        "recommendation_log",
        "match_log",
    ):
        op.drop_table(name)


def _create_logs() -> None:
    op.create_table(
        "match_log",
        sa.Column("match_id", WORD, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("patient_id", WORD, nullable=False),
        sa.Column("matching_version", WORD),
        sa.Column("policy", WORD, nullable=False),
        sa.Column("seed", WHOLE, nullable=False),
        sa.Column("decision", BYTES, nullable=False),
        sa.Column("answer", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("match_id", name="pk_match_log"),
    )
    op.create_index("ix_match_log_at", "match_log", ["at"])
    op.create_index("ix_match_log_patient_id", "match_log", ["patient_id"])
    op.create_table(
        "recommendation_log",
        sa.Column("recommendation_id", WORD, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("person_id", WORD, nullable=False),
        sa.Column("recommender_version", WORD),
        sa.Column("seed", WHOLE, nullable=False),
        sa.Column("decision", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("recommendation_id", name="pk_recommendation_log"),
    )
    op.create_index("ix_recommendation_log_at", "recommendation_log", ["at"])
    op.create_index("ix_recommendation_log_person_id", "recommendation_log", ["person_id"])
    op.create_table(
        "revisions",
        sa.Column("name", WORD, nullable=False),
        sa.Column("number", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_revisions"),
    )
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("name", WORD, nullable=False),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("scopes", TEXT, nullable=False),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.Column("revoked_at", WHOLE),
        sa.PrimaryKeyConstraint("key_id", name="pk_api_keys"),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("client", WORD, nullable=False),
        sa.Column("key", WORD, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("status", WHOLE),
        sa.Column("answer", BYTES),
        sa.PrimaryKeyConstraint("client", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_at", "idempotency_keys", ["at"])


def _create_registry() -> None:
    op.create_table(
        "model_versions",
        sa.Column("version", WORD, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("created_at", WHOLE, nullable=False),
        sa.Column("trained_on", sa.String(32), nullable=False),
        sa.Column("bundle_hash", sa.String(64), nullable=False),
        sa.Column("metrics", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_model_versions"),
    )
    op.create_index("ix_model_versions_kind", "model_versions", ["kind"])
    op.create_index("ix_model_versions_state", "model_versions", ["state"])
    op.create_index(
        "uq_model_versions_champion",
        "model_versions",
        ["kind"],
        unique=True,
        sqlite_where=IS_CHAMPION,
        postgresql_where=IS_CHAMPION,
    )
    op.create_table(
        "registry_audit",
        sa.Column("sequence", WHOLE, autoincrement=False, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("version", WORD, nullable=False),
        sa.Column("replaced", WORD),
        sa.Column("reason", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["replaced"],
            ["model_versions.version"],
            name="fk_registry_audit_replaced_model_versions",
        ),
        sa.ForeignKeyConstraint(
            ["version"],
            ["model_versions.version"],
            name="fk_registry_audit_version_model_versions",
        ),
        sa.PrimaryKeyConstraint("sequence", name="pk_registry_audit"),
    )
