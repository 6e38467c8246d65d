"""Numbers for Prometheus: of every worker, and about nobody."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from api.metering import Meters


def samples(text: str) -> dict[tuple, float]:
    """Values by name and labels."""
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def read(service) -> str:
    answer = service.client.get("/metrics", headers=service.key("metrics"))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return answer.text


class TestGetMetrics:
    def test_requests_count_by_operation(self, service):
        """Two matches and a refusal; the route has names in the place of ids."""
        for _ in range(2):
            service.match()
        service.get("/v1/matches/Zq-unknown-match")
        found = samples(read(service))
        name = "rapport_requests_total"
        assert found[name, ("method", "POST"), ("route", "/v1/matches"), ("status", "200")] == 2
        place = ("route", "/v1/matches/{match_id}")
        assert found[name, ("method", "GET"), place, ("status", "404")] == 1
        assert found["rapport_request_seconds_count", ("route", "/v1/matches")] == 2

    def test_which_models_answer(self, service):
        """A fallback first, then a model; the one before is 0."""
        before = samples(read(service))
        kind = ("kind", "matching")
        assert before["rapport_degraded", kind] == 1
        version = service.promote_matching()
        service.refresh()
        after = samples(read(service))
        assert after["rapport_degraded", kind] == 0
        assert after["rapport_serving_info", kind, ("version", version)] == 1
        assert after["rapport_serving_info", kind, ("version", "fallback")] == 0

    def test_nothing_about_anybody(self, service):
        """No id, word or path that a client sent stands in it."""
        mark = "Zq-canary"
        service.match(patient_id=mark, region=mark, payer=mark)
        service.get(f"/v1/matches/{mark}")
        service.get(f"/{mark}?{mark}={mark}")
        service.client.request(mark.upper(), "/v1/matches")
        service.get("/v1/models", **{"X-Request-Id": mark, "User-Agent": mark})
        text = read(service)
        assert mark.casefold() not in text.casefold()
        assert 'route="unmatched"' in text


class TestMeters:
    @pytest.mark.parametrize("method", ["FETCH", "x" * 40, "get"])
    def test_strange_methods_are_one(self, method):
        """Whatever a client calls its method, there is one further label and no more."""
        meters = Meters()
        meters.count(method, "/v1/models", 405, 0.01)
        (key,) = (
            key for key in samples(meters.text().decode()) if key[0].endswith("requests_total")
        )
        assert ("method", "other") in key
