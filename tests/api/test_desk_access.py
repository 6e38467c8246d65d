"""Who gets into the desk, for how long, and whose forms are believed."""

from datetime import timedelta
from html import unescape

import pytest

from data.clients import revoke_key
from data.desk_sessions import IDLE
from data.tables import desk_sessions, match_log

HOSTILE = "\"><script>alert(1)</script>{{9901*9901}}'"


class TestSignIn:
    def test_a_key_opens_the_desk(self, desk):
        """The browser is sent to the form, with a cookie that no script and no other site gets."""
        assert (desk.answer.status_code, desk.answer.url.path) == (200, "/desk")
        cookie = desk.answer.history[0].headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "secure" not in cookie  # this very machine, without TLS

    @pytest.mark.parametrize(
        ("host", "origin"),
        [("desk.example", None), ("127.0.0.1:8000", "https://desk.example"), ("[bad", None)],
    )
    def test_elsewhere_the_cookie_needs_tls(self, service, host, origin):
        """Any other name, or a page that says it was opened over TLS."""
        headers = {"host": host, "sec-fetch-site": "same-origin"}
        headers |= {"origin": origin} if origin else {}
        answer = service.client.post(
            "/desk/sign-in",
            data={"key": service.key("match")["Authorization"].removeprefix("Bearer ")},
            headers=headers,
            follow_redirects=False,
        )
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-rapport_desk=")
        assert "secure" in cookie.lower()
        assert "domain" not in cookie.lower()

    def test_a_planted_cookie_counts_on_this_machine_alone(self, service, sign_in):
        """What a plain connection may have set opens nothing under another name."""
        desk = sign_in("match")
        cookie = f"rapport_desk={desk.client.cookies['rapport_desk']}"
        desk.client.cookies.clear()
        for host, status in (("127.0.0.1:8000", 200), ("desk.example", 401)):
            answer = service.client.get("/desk", headers={"host": host, "cookie": cookie})
            assert answer.status_code == status

    @pytest.mark.parametrize("key", ["", "nonsense", HOSTILE, "rk_000000000000_" + "A" * 43])
    def test_what_is_no_key_is_refused_and_not_repeated(self, service, sign_in, key):
        """One sentence for all of them, no cookie, no echo."""
        answer = sign_in(key=key).answer
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
        assert not key or key not in unescape(answer.text)
        assert service.rows(desk_sessions) == []

    def test_a_key_that_may_not_match_stays_outside(self, sign_in):
        """Whatever else it may do."""
        assert sign_in("events", "models").answer.status_code == 403

    def test_the_key_is_kept_nowhere(self, desk):
        """Neither in the page, nor in the cookie, nor in the store."""
        assert desk.key not in desk.answer.text
        assert desk.key not in repr(desk.client.cookies)
        assert desk.key not in repr(desk.service.rows(desk_sessions))

    def test_it_ends_with_the_key(self, desk):
        """The click after the revocation is refused."""
        key_id = desk.key.split("_")[1]
        revoke_key(desk.service.engine, key_id, at=desk.service.now)
        assert desk.get("/desk").status_code == 401

    def test_signing_out_ends_it_here_and_in_the_store(self, desk):
        """The old cookie opens nothing afterwards."""
        cookie = f"rapport_desk={desk.client.cookies['rapport_desk']}"
        assert desk.send("/desk/sign-out").url.path == "/desk/sign-in"
        assert desk.service.rows(desk_sessions) == []
        assert desk.get("/desk", cookie=cookie).status_code == 401

    def test_it_ends_without_use(self, service, sign_in):
        """After half an hour the sign-in form answers; use keeps it open, and so does asking to stay."""
        desk = sign_in("match")
        desk.later(IDLE - timedelta(minutes=1))
        assert desk.get("/desk").status_code == 200
        desk.later(IDLE - timedelta(minutes=1))
        token = desk.form("/desk/sign-out")["fields"]["form_token"]
        assert service.client.post("/desk/stay", data={"form_token": token}).status_code == 204
        desk.later(IDLE)
        assert desk.get("/desk").status_code == 401


class TestForms:
    @pytest.mark.parametrize("token", ["", "wrong", "0" * 64])
    def test_without_the_token_nothing_is_done(self, desk, token):
        """A form of another site cannot know it."""
        desk.get("/desk")
        answer = desk.send("/desk/matches", **desk.typed, form_token=token)
        assert answer.status_code == 403
        assert desk.service.rows(match_log) == []

    def test_the_token_of_another_session_is_none(self, desk, sign_in):
        """Each session has its own."""
        desk.get("/desk")
        old = desk.form("/desk/matches")["fields"]["form_token"]
        other = sign_in("match")
        assert other.send("/desk/matches", **desk.typed, form_token=old).status_code == 403

    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"sec-fetch-site": "none"},
            {"origin": "http://elsewhere.example"},
            {"origin": "null"},
        ],
    )
    def test_what_a_browser_sends_for_another_site_is_refused(self, desk, headers):
        """Token or not, also at the door."""
        desk.get("/desk")
        form = desk.form("/desk/matches")
        answer = desk.client.post(
            "/desk/matches", data={**form["fields"], **desk.typed}, headers=headers
        )
        assert answer.status_code == 403
        door = desk.client.post("/desk/sign-in", data={"key": desk.key}, headers=headers)
        assert door.status_code == 403
        assert desk.service.rows(match_log) == []

    @pytest.mark.parametrize(
        ("content", "kind", "status"),
        [
            (b"{}", "application/json", 415),
            (b"--x--", "multipart/form-data; boundary=x", 415),
            (b"a=%ff", "application/x-www-form-urlencoded", 422),
            (b"&".join([b"a=1"] * 1_001), "application/x-www-form-urlencoded", 422),
        ],
    )
    def test_what_is_no_form_is_refused_as_a_page(self, desk, content, kind, status):
        """No failure, and a page rather than a document for programs."""
        answer = desk.client.post(
            "/desk/matches", content=content, headers={"content-type": kind}
        )
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")
