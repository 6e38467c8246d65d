"""The database schema as SQLAlchemy tables.

The ten clinic tables are derived from `data.clinic`; the application's own tables are written out.
References between clinic tables are soft: logs come from other systems, in any order, and
`rapport check` counts what dangles. The application's own tables use foreign keys.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from data.clinic import CLINIC_TABLES
from data.columns import ID_LENGTH, Kind, TableSpec

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)

STORAGE: dict[Kind, TypeEngine[Any]] = {
    Kind.ID: String(ID_LENGTH),
    Kind.WORD: String(ID_LENGTH),
    Kind.TEXT: Text(),
    Kind.INTEGER: BigInteger(),
    Kind.NUMBER: Float(53),
    Kind.FLAG: Boolean(),
    Kind.TIME: BigInteger(),
    Kind.WORDS: Text(),
}
"""Storage type of each kind; times are microseconds since 1970, lists are JSON arrays."""


def clinic_table(spec: TableSpec, target: MetaData) -> Table:
    """The table that stores one clinic table.

    A list is never NULL (an absent list is the empty one), and a missing value in a key is stored
    as the empty string, so that keys compare on every database.
    """
    columns: list[Column[Any]] = []
    for column in spec.columns:
        never_null = column.is_required or column.kind is Kind.WORDS or column.name in spec.key
        columns.append(
            Column(
                column.name,
                STORAGE[column.kind],
                primary_key=column.name in spec.key,
                nullable=not never_null,
                autoincrement=False,
            )
        )
    return Table(spec.name, target, *columns)


CLINIC: dict[str, Table] = {
    name: clinic_table(spec, metadata) for name, spec in CLINIC_TABLES.items()
}
"""The ten clinic tables by name."""

Index(None, CLINIC["intakes"].c.patient_id)
Index(None, CLINIC["offers"].c.intake_id)
Index(None, CLINIC["episodes"].c.intake_id)
Index(None, CLINIC["episodes"].c.request_id)
Index(None, CLINIC["content_events"].c.user_id, CLINIC["content_events"].c.at)

revisions = Table(
    "revisions",
    metadata,
    Column("name", String(ID_LENGTH), primary_key=True),
    Column("number", BigInteger, nullable=False),
)
"""How often each named part of the store (`directory`, `catalogue`, `models`, `prices`) has changed."""

match_log = Table(
    "match_log",
    metadata,
    Column("match_id", String(ID_LENGTH), primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("patient_id", String(ID_LENGTH), nullable=False, index=True),
    Column("matching_version", String(ID_LENGTH)),
    Column("policy", String(ID_LENGTH), nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("decision", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("intake_id", String(ID_LENGTH), index=True),
)
"""Append-only: each match request with its whole candidate set (`decision`, JSON) and the bytes
that were answered."""

recommendation_log = Table(
    "recommendation_log",
    metadata,
    Column("recommendation_id", String(ID_LENGTH), primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("person_id", String(ID_LENGTH), nullable=False, index=True),
    Column("recommender_version", String(ID_LENGTH)),
    Column("seed", BigInteger, nullable=False),
    Column("decision", LargeBinary, nullable=False),
)
"""Append-only: each recommendation as served."""

model_versions = Table(
    "model_versions",
    metadata,
    Column("version", String(ID_LENGTH), primary_key=True),
    Column("kind", String(32), nullable=False, index=True),
    Column("state", String(32), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("trained_on", String(32), nullable=False),
    Column("bundle_hash", String(64), nullable=False),
    Column("metrics", Text, nullable=False),
)
"""Every trained model; its files stand in `$RAPPORT_HOME/models/VERSION`."""

ONE_CHAMPION = model_versions.c.state == "champion"
Index(
    "uq_model_versions_champion",
    model_versions.c.kind,
    unique=True,
    sqlite_where=ONE_CHAMPION,
    postgresql_where=ONE_CHAMPION,
)

registry_audit = Table(
    "registry_audit",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("action", String(32), nullable=False),
    Column("version", String(ID_LENGTH), ForeignKey("model_versions.version"), nullable=False),
    Column("replaced", String(ID_LENGTH), ForeignKey("model_versions.version")),
    Column("reason", Text, nullable=False),
)
"""Append-only: who served when, and why it changed."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", String(32), primary_key=True),
    Column("name", String(ID_LENGTH), nullable=False),
    Column("secret_sha256", String(64), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)
"""Clients of the API; only the hash of a 256-bit random secret is kept."""

desk_sessions = Table(
    "desk_sessions",
    metadata,
    Column("token_sha256", String(64), primary_key=True),
    Column("key_id", String(32), ForeignKey("api_keys.key_id"), nullable=False),
    Column("begun_at", BigInteger, nullable=False, index=True),
    Column("used_at", BigInteger, nullable=False),
)
"""Who is signed in to the desk's page, by the hash of a 256-bit random token; nothing about patients."""

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("client", String(ID_LENGTH), primary_key=True),
    Column("key", String(ID_LENGTH), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("status", BigInteger),
    Column("answer", LargeBinary),
)
"""Append-only: answers kept for `Idempotency-Key`, written in the transaction of the work."""

care_events = Table(
    "care_events",
    metadata,
    Column("event_id", String(ID_LENGTH), primary_key=True),
    Column("type", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False, index=True),
    Column("episode_id", String(ID_LENGTH), index=True),
    Column("patient_id", String(ID_LENGTH), index=True),
    Column("match_id", String(ID_LENGTH), index=True),
    Column("clinician_id", String(ID_LENGTH)),
    Column("reason", String(ID_LENGTH)),
)
"""Append-only: each event about care that was taken, once by its id; what it changed stands in
`episodes`, `attendance` and `measures`. An override is kept here alone."""

idempotency_claims = Table(
    "idempotency_claims",
    metadata,
    Column("client", String(ID_LENGTH), primary_key=True),
    Column("key", String(ID_LENGTH), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
)
"""Requests with an `Idempotency-Key` that are under way."""


slot_claims = Table(
    "slot_claims",
    metadata,
    Column("claim_id", String(ID_LENGTH), primary_key=True),
    Column("clinician_id", String(ID_LENGTH), nullable=False),
    Column("slot", BigInteger),
    Column("counted", String(64), nullable=False),
    Column("patient_id", String(ID_LENGTH), nullable=False, index=True),
    Column("match_id", String(ID_LENGTH)),
    Column("at", BigInteger, nullable=False, index=True),
    Column("expires_at", BigInteger),
    Column("booking_id", String(ID_LENGTH), unique=True),
    UniqueConstraint("clinician_id", "counted", "slot", name="uq_slot_claims_slot"),
)
"""Places of clinicians that are held, until `expires_at`, or booked. No two claims have the same place
of the same count of a clinician's places; one that was given back has none. `counted` names the count,
see `data.capacity`."""

price_lists = Table(
    "price_lists",
    metadata,
    Column("solved_at", BigInteger, primary_key=True, autoincrement=False),
    Column("days", Float, nullable=False),
    Column("model_version", String(ID_LENGTH), nullable=False),
    Column("expected_requests", Float, nullable=False),
)
"""When prices of capacity were solved, for how long, in whose utilities; the newest counts."""

capacity_prices = Table(
    "capacity_prices",
    metadata,
    Column("solved_at", BigInteger, primary_key=True, autoincrement=False),
    Column("clinician_id", String(ID_LENGTH), primary_key=True),
    Column("price", Float, nullable=False),
    Column("openings", BigInteger, nullable=False),
)
"""The prices of a list, and the places that were free when it was solved."""

left_clinicians = Table(
    "left_clinicians",
    metadata,
    Column("match_id", String(ID_LENGTH), primary_key=True),
    Column("clinician_id", String(ID_LENGTH), primary_key=True),
    Column("root_match_id", String(ID_LENGTH), nullable=False),
    Column("patient_id", String(ID_LENGTH), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("reason", String(32), nullable=False),
)
"""Append-only: whom a person has left, with each rematch (`match_id`) that asked for somebody else."""

erasures = Table(
    "erasures",
    metadata,
    Column("certificate_id", String(ID_LENGTH), primary_key=True),
    Column("erased_at", BigInteger, nullable=False),
    Column("rows", Text, nullable=False),
)
"""Append-only: when somebody was erased, and how many rows of which tables (JSON); never who."""
