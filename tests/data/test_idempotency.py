"""One effect per key, for as long as a key is kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from data.database import transaction
from data.errors import ConflictError, StorageError
from data.idempotency import (
    CLAIM_SECONDS,
    KEPT_SECONDS,
    Claim,
    KeyedRequest,
    answer_write,
    claim_key,
    keep_answer,
    release_key,
)
from data.log_writer import LogWriter

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def request(*, client="c", key="k", fingerprint="f", after=0.0) -> KeyedRequest:
    at = NOW + timedelta(seconds=after)
    return KeyedRequest(client=client, key=key, fingerprint=fingerprint, at=at)


def claim(engine, **given) -> Claim:
    return claim_key(engine, request(**given))


def keep(engine, answer: bytes, **given) -> None:
    with transaction(engine) as connection:
        keep_answer(connection, request(**given), status=200, answer=answer)


class TestClaimKey:
    def test_first_claims_second_waits(self, engine):
        """While there is no answer, a repeat is told to wait."""
        assert claim(engine).state == "claimed"
        assert claim(engine).state == "in_flight"

    def test_another_request_is_told_apart(self, engine):
        """The same key for another request is refused, answered or not."""
        claim(engine)
        assert claim(engine, fingerprint="other").state == "reused"
        keep(engine, b"x")
        assert claim(engine, fingerprint="other").state == "reused"

    def test_keys_belong_to_clients(self, engine):
        """Two clients may use the same key."""
        claim(engine)
        assert claim(engine, client="d").state == "claimed"

    def test_a_dead_claim_is_free_again(self, engine):
        """A process that died holds a key for a while only, and one other takes it over."""
        claim(engine)
        assert claim(engine, after=CLAIM_SECONDS - 1).state == "in_flight"
        assert claim(engine, after=CLAIM_SECONDS + 1).state == "claimed"
        assert claim(engine, after=CLAIM_SECONDS + 2).state == "in_flight"

    def test_an_answer_is_forgotten_after_a_day(self, engine):
        """A kept answer ends with its time."""
        claim(engine)
        keep(engine, b"one")
        assert claim(engine, after=KEPT_SECONDS - 1).state == "answered"
        assert claim(engine, after=KEPT_SECONDS + 1).state == "claimed"

    def test_many_at_once_claim_once(self, engine):
        """Of twenty parallel claims one wins."""
        with ThreadPoolExecutor(8) as pool:
            states = list(pool.map(lambda _: claim(engine).state, range(20)))
        assert states.count("claimed") == 1
        assert states.count("in_flight") == 19


class TestKeepAnswer:
    def test_the_same_bytes_come_back(self, engine):
        """A repeat gets status and bytes of the first answer."""
        claim(engine)
        keep(engine, b'{"a":1}')
        assert claim(engine) == Claim("answered", 200, b'{"a":1}')

    def test_a_second_effect_cannot_commit(self, engine):
        """A process that took over while the first was only slow fails at its commit."""
        claim(engine)
        keep(engine, b"first")
        with pytest.raises(ConflictError):
            keep(engine, b"second", after=CLAIM_SECONDS + 1)
        assert claim(engine).answer == b"first"


class TestAnswerWrite:
    def test_the_log_writer_keeps_it_once(self, engine):
        """The row goes with the rows of the work, and a second one takes them all down."""
        claim(engine)
        with LogWriter(engine) as writer:
            writer.submit([answer_write(request(), status=200, answer=b"a")]).result(10)
            again = writer.submit([answer_write(request(), status=200, answer=b"b")])
            with pytest.raises(StorageError):
                again.result(10)
        assert claim(engine).answer == b"a"


class TestReleaseKey:
    def test_after_a_failure_the_key_is_free(self, engine):
        """Work without effect leaves no claim."""
        claim(engine)
        release_key(engine, request())
        assert claim(engine).state == "claimed"

    def test_an_answer_stays(self, engine):
        """An answered key cannot be released."""
        claim(engine)
        keep(engine, b"x")
        release_key(engine, request())
        assert claim(engine).state == "answered"

    def test_another_s_claim_stays(self, engine):
        """Who lost a claim to another cannot give it back for them."""
        claim(engine)
        claim(engine, after=CLAIM_SECONDS + 1)
        release_key(engine, request())
        assert claim(engine, after=CLAIM_SECONDS + 2).state == "in_flight"
