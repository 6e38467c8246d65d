"""Who gets in: a valid key with the right scope, and nobody else."""

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.app import PAGES, PARTS
from api.security import PUBLIC, check_scopes, scopes_of
from data.clients import SCOPES, revoke_key
from data.errors import UsageError


def guarded_routes(parts) -> list[tuple[str, str, str]]:
    """Path, method and scope of every guarded route."""
    return [
        (route.path, method, scopes_of(route)[0])
        for part in parts
        for route in part.router.routes
        if route.path not in PUBLIC
        for method in sorted(route.methods)
    ]


OPERATIONS = guarded_routes(PARTS)
PAGE_OPERATIONS = guarded_routes(PAGES)


class TestCheckScopes:
    def test_every_operation_has_a_scope(self, service):
        """No path outside the short public list is open."""
        guarded = {path for path, _, _ in OPERATIONS}
        guarded |= {path for path, _, _ in PAGE_OPERATIONS}
        paths = {route.path for route in service.client.app.routes}
        assert paths == guarded | PUBLIC
        assert len(OPERATIONS) >= 7

    def test_an_open_operation_stops_the_service(self):
        """A route without a scope cannot be deployed."""
        app = FastAPI(docs_url=None, redoc_url=None)
        check_scopes(app)
        app.get("/v1/secrets")(lambda: None)
        with pytest.raises(UsageError, match="/v1/secrets"):
            check_scopes(app)

    def test_public_paths_hold_nothing_about_anybody(self):
        """The list of open paths is exactly this."""
        service_paths = {"/healthz", "/readyz", "/openapi.json"}
        desk_paths = {"/desk/sign-in", "/desk/static/{name}"}
        assert service_paths | desk_paths | {"/problems", "/problems/{slug}"} == PUBLIC


class TestRequiredScope:
    @pytest.mark.parametrize(("path", "method"), [entry[:2] for entry in OPERATIONS])
    def test_no_key(self, service, path, method):
        """Without a key every operation says how to authenticate, before it reads a body."""
        answer = service.client.request(method, path)
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthenticated")
        assert answer.headers["www-authenticate"] == 'Bearer realm="rapport"'

    @pytest.mark.parametrize(("path", "method", "scope"), OPERATIONS)
    def test_every_other_scope(self, service, path, method, scope):
        """All scopes but the right one are not enough, and the answer names it."""
        headers = service.key(*(name for name in SCOPES if name != scope))
        answer = service.client.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")
        assert f'scope="{scope}"' in answer.headers["www-authenticate"]

    @pytest.mark.parametrize(("path", "method", "scope"), OPERATIONS)
    def test_the_right_scope(self, service, path, method, scope):
        """With the one scope the request gets past the door."""
        answer = service.client.request(method, path, headers=service.key(scope))
        assert answer.status_code not in {401, 403}

    def test_a_revoked_key_ends_at_once(self, service):
        """The request after the revocation is refused."""
        headers = service.key("models")
        assert service.client.get("/v1/models", headers=headers).status_code == 200
        key_id = headers["Authorization"].split("_")[1]
        revoke_key(service.engine, key_id, at=service.client.app.state.runtime.clock())
        answer = service.client.get("/v1/models", headers=headers)
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]

    @pytest.mark.parametrize(
        "header",
        [
            "",
            "rk_{id}_{secret}",
            "Basic rk_{id}_{secret}",
            "Token rk_{id}_{secret}",
            "Bearer",
            "Bearer ",
            "Bearerrk_{id}_{secret}",
            "Bearer rk_{id}_{secret:.42}",
            "Bearer rk_{id}_{secret}x",
            "Bearer rk_{id}_{secret} rk_{id}_{secret}",
            "Bearer rk_{id}_{secret},rk_{id}_{secret}",
            "Bearer RK_{id}_{secret}",
            "Bearer rk_{id}_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "Bearer rk_000000000000_{secret}",
            "Bearer {id}_{secret}",
            "Bearer {secret}",
            "Bearer {id}",
            "Bearer null",
            "Bearer undefined",
            "Bearer *",
            "Bearer ' OR 1=1 --",
            "Bearer eyJhbGciOiJub25lIn0.eyJzY29wZSI6Im1hdGNoIn0.",
            "Bearer {secret:a<5000}",
            "Bearer \trk_{id}_{secret}",
            'Bearer "rk_{id}_{secret}"',
            "Bearer key=rk_{id}_{secret}",
            "Bearer rk_{id}_{secret}\u00a0",
        ],
    )
    def test_credentials_that_are_none(self, service, header):
        """Nothing that merely looks like a key gets in."""
        _, key_id, secret = service.key("models")["Authorization"].split("_", 2)
        value = header.format(id=key_id, secret=secret).encode("latin-1")
        answer = service.client.get("/v1/models", headers=[("Authorization", value)])
        assert answer.status_code == 401
        assert answer.json()["type"] == "/problems/unauthenticated"

    def test_two_credentials_are_none(self, service):
        """Which of two keys counts is not for us to guess."""
        pair = ("Authorization", service.headers["Authorization"])
        assert service.client.get("/v1/models", headers=[pair, pair]).status_code == 401

    def test_the_scheme_has_no_case(self, service):
        """`bearer` is `Bearer`."""
        key = service.headers["Authorization"].replace("Bearer", "bearer")
        assert (
            service.client.get("/v1/models", headers={"Authorization": key}).status_code == 200
        )

    def test_a_key_in_the_query_is_none(self, service):
        """Credentials in URLs end up in logs, so they do not count."""
        key = service.headers["Authorization"].removeprefix("Bearer ")
        assert service.client.get(f"/v1/models?access_token={key}").status_code == 401


class TestDeskScope:
    @pytest.mark.parametrize(("path", "method"), [entry[:2] for entry in PAGE_OPERATIONS])
    def test_a_key_is_no_session(self, service, path, method):
        """No page opens to a key in a header or to nothing: the sign-in form answers."""
        for headers in ({}, service.headers):
            answer = service.client.request(method, path, headers=headers)
            assert answer.status_code == 401
            assert 'name="key"' in answer.text


class TestScopesOf:
    def test_a_plain_route_has_none(self):
        """A route without the dependency has no scope."""
        assert scopes_of(APIRoute("/x", lambda: None)) == []
