"""Sessions of the page: as long as they are used, no longer than a day's work, and only while the key is good."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from data.clients import Client, create_key, find_client, revoke_key
from data.database import reading
from data.desk_sessions import IDLE, LONGEST, begin_session, end_session, find_session, note_use
from data.tables import desk_sessions

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def client(engine, *scopes: str) -> Client:
    """Somebody with a key."""
    return find_client(engine, create_key(engine, "desk", scopes or ("match",), at=START).key)


class TestFindSession:
    def test_it_leads_to_the_key(self, engine):
        """Name and scopes are those of the key; another token leads nowhere."""
        who = client(engine, "match", "events")
        token = begin_session(engine, who, at=START)
        assert find_session(engine, token, at=START).client == who
        assert find_session(engine, token[:-1], at=START) is None
        assert find_session(engine, "", at=START) is None

    def test_it_ends_without_use(self, engine):
        """Half an hour from the last use that was noted, and not a second more."""
        token = begin_session(engine, client(engine), at=START)
        assert find_session(engine, token, at=START + IDLE - SECOND)
        assert find_session(engine, token, at=START + IDLE) is None
        note_use(engine, token, at=START + IDLE - SECOND)
        assert find_session(engine, token, at=START + 2 * IDLE - 2 * SECOND)

    def test_use_does_not_make_it_last_for_ever(self, engine):
        """After ten hours somebody signs in anew."""
        token = begin_session(engine, client(engine), at=START)
        note_use(engine, token, at=START + LONGEST - SECOND)
        assert find_session(engine, token, at=START + LONGEST - SECOND)
        assert find_session(engine, token, at=START + LONGEST) is None

    def test_it_ends_with_the_key(self, engine):
        """Revoked is revoked, signed in or not."""
        who = client(engine)
        token = begin_session(engine, who, at=START)
        revoke_key(engine, who.key_id, at=START)
        assert find_session(engine, token, at=START) is None

    def test_use_is_noted_once_a_minute(self, engine):
        """A page that is looked at twice does not write twice."""
        token = begin_session(engine, client(engine), at=START)
        session = find_session(engine, token, at=START)
        assert not session.is_stale(START + timedelta(seconds=59))
        assert session.is_stale(START + timedelta(seconds=60))


class TestBeginSession:
    def test_the_token_is_not_stored(self, engine):
        """What stands in the store opens nothing."""
        token = begin_session(engine, client(engine), at=START)
        with reading(engine) as connection:
            row = connection.execute(select(desk_sessions)).one()
        assert token not in repr(row)
        assert find_session(engine, row.token_sha256, at=START) is None

    def test_what_is_over_is_dropped(self, engine):
        """The table holds no more than a day's sessions."""
        who = client(engine)
        begin_session(engine, who, at=START)
        begin_session(engine, who, at=START + LONGEST)
        with reading(engine) as connection:
            assert connection.scalar(select(func.count()).select_from(desk_sessions)) == 1


class TestEndSession:
    def test_it_ends_at_once_and_no_other(self, engine):
        """Signing out here leaves the next desk signed in; twice is as good as once."""
        who = client(engine)
        token, other = (begin_session(engine, who, at=START) for _ in range(2))
        end_session(engine, token)
        end_session(engine, token)
        assert find_session(engine, token, at=START) is None
        assert find_session(engine, other, at=START)
