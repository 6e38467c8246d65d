"""API keys: shown once, kept as a hash, ended at once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from data.clients import KEY, SCOPES, create_key, find_client, list_keys, revoke_key
from data.database import reading
from data.errors import NotFoundError, UsageError
from data.tables import api_keys

START = datetime(2026, 1, 1, tzinfo=UTC)


def make(engine, name="desk", scopes=("match",)):
    """A new key."""
    return create_key(engine, name, scopes, at=START)


class TestCreateKey:
    def test_its_shape(self, engine):
        """rk, the id, 43 characters of 256 random bits."""
        made = make(engine)
        assert KEY.fullmatch(made.key)
        assert made.key.split("_", 2)[:2] == ["rk", made.key_id]
        assert len(made.key.split("_", 2)[2]) == 43

    def test_the_secret_is_not_stored(self, engine):
        """Neither the key nor its secret part stands anywhere in the row."""
        made = make(engine)
        with reading(engine) as connection:
            row = connection.execute(select(api_keys)).one()
        assert made.key.split("_", 2)[2] not in str(row)
        assert len(row.secret_sha256) == 64

    def test_the_secret_is_not_printed(self, engine):
        """A careless log line shows nothing."""
        made = make(engine)
        assert made.key not in repr(made)

    def test_two_keys_differ(self, engine):
        """Even with the same name and time."""
        assert make(engine).key != make(engine).key

    def test_scopes_once_and_in_order(self, engine):
        """However they were given."""
        assert make(engine, scopes=["events", "match", "events"]).scopes == ("match", "events")

    @pytest.mark.parametrize("scopes", [[], ["admin"], ["match", "MATCH"]])
    def test_other_scopes_are_refused(self, engine, scopes):
        """A key without or with an unknown scope is not made."""
        with pytest.raises(UsageError, match="scopes out of match"):
            make(engine, scopes=scopes)
        assert list_keys(engine) == []

    @pytest.mark.parametrize("name", ["", "  ", "x" * 129, "a\nb"])
    def test_other_names_are_refused(self, engine, name):
        """A name is for people."""
        with pytest.raises(UsageError, match="name"):
            make(engine, name=name)


class TestFindClient:
    def test_a_good_key(self, engine):
        """Who it is and what it may do."""
        made = make(engine, scopes=SCOPES)
        found = find_client(engine, made.key)
        assert (found.key_id, found.name, found.scopes) == (
            made.key_id,
            "desk",
            frozenset(SCOPES),
        )

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
            lambda key: key[:-1],
            lambda key: key + "A",
            lambda key: key.upper(),
            lambda key: " " + key,
            lambda key: key + "\n",
            lambda key: key.replace(key[3:15], "0" * 12),
            lambda _: "",
            lambda _: "rk_" + "é" * 56,
        ],
        ids=["digit", "short", "long", "upper", "blank", "line", "id", "empty", "letters"],
    )
    def test_any_other_key_is_nobody(self, engine, spoil):
        """One wrong character is enough."""
        assert find_client(engine, spoil(make(engine).key)) is None

    def test_the_secret_of_another_key_is_nobody(self, engine):
        """Id and secret belong together."""
        one, other = make(engine), make(engine)
        assert find_client(engine, other.key.replace(other.key_id, one.key_id)) is None

    def test_a_revoked_key_ends_at_once(self, engine):
        """The next request is refused; other keys go on."""
        one, other = make(engine), make(engine)
        revoke_key(engine, one.key_id, at=START)
        assert find_client(engine, one.key) is None
        assert find_client(engine, other.key) is not None


class TestListKeys:
    def test_all_with_their_end(self, engine):
        """Oldest first."""
        late = create_key(engine, "late", ["events"], at=START + timedelta(days=1))
        early = make(engine, name=" early ")
        revoke_key(engine, early.key_id, at=START + timedelta(days=2))
        found = list_keys(engine)
        assert [(key.name, key.scopes) for key in found] == [
            ("early", ("match",)),
            ("late", ("events",)),
        ]
        assert [key.revoked_at for key in found] == [START + timedelta(days=2), None]
        assert [key.key_id for key in found] == [early.key_id, late.key_id]
        assert found[0].created_at == START


class TestRevokeKey:
    def test_the_first_end_stays(self, engine):
        """Ending it again does not move the time."""
        made = make(engine)
        for days in (1, 2):
            revoke_key(engine, made.key_id, at=START + timedelta(days=days))
        assert list_keys(engine)[0].revoked_at == START + timedelta(days=1)

    def test_an_unknown_key_is_refused(self, engine):
        """And says where to look."""
        with pytest.raises(NotFoundError, match="keys list"):
            revoke_key(engine, "nobody", at=START)
