"""The outer shell: ids, limits, deadlines, sizes; by itself, on tiny applications."""

import asyncio
import json

import pytest

from api.layers import BodyLimit, Deadline, Limiter, Limits, RequestScope, header_of
from api.metering import Meters
from api.problems import TOO_LARGE, ProblemError


async def ok(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


def scope(path: str = "/v1/x", **headers: str) -> dict:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": "GET", "path": path, "headers": pairs}


class Exchange:
    """One request: what the application is sent, and what it answers."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = list(chunks)
        self.sent: list[dict] = []

    async def receive(self) -> dict:
        """The next chunk; after the last one, nothing for a long time."""
        if not self.chunks:
            await asyncio.sleep(60)
        body = self.chunks.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(self.chunks)}

    async def send(self, message: dict) -> None:
        """Keep what was answered."""
        self.sent.append(message)

    @property
    def status(self) -> int:
        """Status of the answer."""
        return self.sent[0]["status"]

    @property
    def headers(self) -> dict[bytes, bytes]:
        """Headers of the answer."""
        return dict(self.sent[0]["headers"])

    @property
    def problem(self) -> str:
        """Type of the problem document."""
        return json.loads(self.sent[1]["body"])["type"]


def exchange(app, made: dict, *chunks: bytes) -> Exchange:
    """Run one request through an application."""
    talk = Exchange(*chunks)
    made.setdefault("state", {"request_id": "r"})
    asyncio.run(app(made, talk.receive, talk.send))
    return talk


class TestRequestScope:
    def test_a_given_id_comes_back(self):
        """A usable id is kept."""
        talk = exchange(RequestScope(ok, Meters()), scope(**{"x-request-id": "abc-1"}))
        assert talk.headers[b"x-request-id"] == b"abc-1"

    @pytest.mark.parametrize("given", ["", "a b", "x" * 65, "a\nb", "<script>", "ä"])
    def test_an_unusable_id_is_replaced(self, given):
        """What could break a log line is not taken over."""
        talk = exchange(RequestScope(ok, Meters()), scope(**{"x-request-id": given}))
        made = talk.headers[b"x-request-id"].decode()
        assert len(made) == 32
        assert made != given

    def test_the_last_resort_shows_no_insides(self, quiet_logs):
        """An unforeseen error is a problem document; its message reaches nobody."""

        async def broken(_scope, _receive, _send):
            raise KeyError("Jane Doe, PHQ-9 of 23")

        talk = exchange(RequestScope(broken, Meters()), scope())
        assert (talk.status, talk.problem) == (500, "/problems/internal-error")
        assert b"Jane" not in talk.sent[1]["body"]
        assert "Jane" not in quiet_logs.getvalue()
        assert "KeyError" in quiet_logs.getvalue()

    def test_an_error_after_the_answer_began(self):
        """Half an answer is not followed by another one."""

        async def broken(given, receive, send):
            await ok(given, receive, send)
            raise ValueError

        assert len(exchange(RequestScope(broken, Meters()), scope()).sent) == 2

    def test_other_protocols_pass(self):
        """Start-up messages are none of its business."""
        for layer in (
            RequestScope(ok, Meters()),
            Limiter(ok, Limits()),
            Deadline(ok, Limits()),
            BodyLimit(ok, Limits()),
        ):
            assert exchange(layer, {"type": "lifespan"}).status == 200


class TestLimiter:
    def run(self, limits: Limits, requests: int, *, path: str = "/v1/x") -> list[Exchange]:
        """So many requests at once against work that takes 20 ms."""

        async def slow(given, receive, send):
            self.running += 1
            self.most = max(self.most, self.running)
            await asyncio.sleep(0.02)
            self.running -= 1
            await ok(given, receive, send)

        async def all_at_once():
            app = Limiter(slow, limits)
            talks = [Exchange() for _ in range(requests)]
            made = {**scope(path), "state": {"request_id": "r"}}
            await asyncio.gather(*(app(made, talk.receive, talk.send) for talk in talks))
            assert (app.running, len(app.waiting)) == (0, 0)
            return talks

        self.running = self.most = 0
        return asyncio.run(all_at_once())

    def test_no_more_than_the_limit_at_once(self):
        """Those who wait get their turn."""
        talks = self.run(Limits(in_flight=2, queue=10, queue_seconds=5), 8)
        assert [talk.status for talk in talks] == [200] * 8
        assert self.most == 2

    def test_beyond_the_queue_it_refuses_at_once(self):
        """A full queue answers 503 and says when to come back."""
        talks = self.run(Limits(in_flight=1, queue=2, queue_seconds=5), 5)
        assert sorted(talk.status for talk in talks) == [200, 200, 200, 503, 503]
        refused = next(talk for talk in talks if talk.status == 503)
        assert refused.problem == "/problems/overloaded"
        assert refused.headers[b"retry-after"] == b"1"
        assert refused.headers[b"connection"] == b"close"

    def test_nobody_waits_for_ever(self):
        """Who gets no place in time is refused, and takes no place with them."""
        talks = self.run(Limits(in_flight=1, queue=5, queue_seconds=0.005), 3)
        assert sorted(talk.status for talk in talks) == [200, 503, 503]

    def test_health_does_not_wait(self):
        """Probes pass a full house."""
        talks = self.run(Limits(in_flight=0, queue=0), 3, path="/healthz")
        assert [talk.status for talk in talks] == [200] * 3

    @pytest.mark.parametrize("is_late", [False, True])
    def test_who_goes_away_leaves_no_gap(self, is_late):
        """A client that gives up while waiting, or as its turn comes, gives its place on."""

        async def run():
            gate = asyncio.Event()

            async def held(given, receive, send):
                await gate.wait()
                await ok(given, receive, send)

            app = Limiter(held, Limits(in_flight=1, queue=5, queue_seconds=5))
            talks = [Exchange() for _ in range(3)]
            tasks = [
                asyncio.create_task(
                    app({**scope(), "state": {"request_id": "r"}}, talk.receive, talk.send)
                )
                for talk in talks
            ]
            await asyncio.sleep(0)
            if is_late:
                app.waiting[0].add_done_callback(lambda _: tasks[1].cancel())
            else:
                tasks[1].cancel()
            gate.set()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert (app.running, len(app.waiting)) == (0, 0)
            return talks

        talks = asyncio.run(run())
        assert talks[0].status == talks[2].status == 200


class TestDeadline:
    def test_an_answer_that_takes_too_long(self):
        """503 says to try again with the same key."""

        async def slow(_scope, _receive, _send):
            await asyncio.sleep(60)

        talk = exchange(Deadline(slow, Limits(seconds=0.01)), scope())
        assert (talk.status, talk.problem) == (503, "/problems/deadline-exceeded")

    def test_a_body_that_takes_too_long(self):
        """Who sends slowly is told so."""

        async def reading(_scope, receive, _send):
            while (await receive())["more_body"]:
                pass
            await receive()

        talk = exchange(Deadline(reading, Limits(seconds=0.01)), scope(), b"a")
        assert (talk.status, talk.problem) == (408, "/problems/request-timeout")

    def test_half_an_answer_is_not_replaced(self):
        """Once an answer began there is no other."""

        async def stalls(given, receive, send):
            await ok(given, receive, send)
            await asyncio.sleep(60)

        with pytest.raises(TimeoutError):
            exchange(Deadline(stalls, Limits(seconds=0.01)), scope())

    def test_bulk_operations_have_longer(self):
        """The longer time is for the paths that are named."""

        async def slow(given, receive, send):
            await asyncio.sleep(0.05)
            await ok(given, receive, send)

        limits = Limits(seconds=0.001, bulk_seconds=5)
        assert exchange(Deadline(slow, limits), scope("/v1/events")).status == 200


class TestBodyLimit:
    def run(self, *chunks: bytes, path: str = "/v1/x", **headers: str) -> Exchange:
        """Send chunks against limits of 10 and 20 bytes."""

        async def reading(given, receive, send):
            while (await receive())["more_body"]:
                pass
            await ok(given, receive, send)

        limits = Limits(body_bytes=10, bulk_bytes=20)
        return exchange(BodyLimit(reading, limits), scope(path, **headers), *chunks)

    def test_exactly_the_limit(self):
        """Ten bytes of ten are fine, in one piece or more."""
        assert self.run(b"x" * 10).status == 200
        assert self.run(b"x" * 5, b"x" * 5, b"").status == 200

    def test_a_declared_length_is_refused_unread(self):
        """The length alone is enough."""
        talk = self.run(**{"content-length": "11"})
        assert (talk.status, talk.problem) == (413, "/problems/body-too-large")
        assert self.run(**{"content-length": "9" * 5_000}).status == 413

    def test_chunks_are_counted(self):
        """A body without a length is stopped as soon as it is too long."""
        with pytest.raises(ProblemError) as refused:
            self.run(b"x" * 6, b"x" * 5, b"x" * 1_000)
        assert refused.value.problem is TOO_LARGE

    def test_bulk_operations_may_send_more(self):
        """The larger limit is for the paths that are named."""
        assert self.run(b"x" * 20, path="/v1/events").status == 200


class TestHeaderOf:
    def test_the_first_of_a_name(self):
        """Absent headers are None."""
        given = {"headers": [(b"a", b"1"), (b"a", b"2")]}
        assert header_of(given, b"a") == b"1"
        assert header_of(given, b"b") is None
