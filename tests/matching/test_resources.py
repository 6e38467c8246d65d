import pytest

from matching.resources import RESOURCES, country_of, resources_for


class TestCountryOf:
    @pytest.mark.parametrize(
        ("region", "country"),
        [("US-CA", "US"), ("gb_lnd", "GB"), ("UK", "GB"), ("Bayern", "AU"), ("", "AU")],
    )
    def test_prefix_or_default(self, region, country):
        """A two-letter prefix is a country; anything else is the configured one."""
        assert country_of(region, default_country="AU") == country

    def test_a_bare_state_of_the_default_country_is_a_state(self):
        """IN is Indiana to a clinic in the United States and India to any other."""
        assert country_of("IN", default_country="US") == "US"
        assert country_of("IN", default_country="GB") == "IN"
        assert country_of("US-IN", default_country="GB") == "US"


class TestResourcesFor:
    @pytest.mark.parametrize(
        ("region", "contact"),
        [
            ("US-CA", "988"),
            ("CA-ON", "988"),
            ("GB-LND", "116 123"),
            ("AU-NSW", "13 11 14"),
            ("NZ-AUK", "1737"),
            ("IE-D", "116 123"),
            ("DE-BE", "0800 1110111"),
            ("FR-75", "3114"),
            ("ES-M", "024"),
            ("IN-KA", "14416"),
            ("PL-MZ", "112"),
            ("BR-SP", "local emergency number"),
        ],
    )
    def test_first_line_of_each_country(self, region, contact):
        """The first resource holds the country's own line."""
        assert contact in resources_for(region, default_country="US")[0].contact

    def test_the_united_kingdom_has_three_lines(self):
        """Samaritans, NHS 111 option 2 and Shout are all given."""
        contacts = " ".join(entry.contact for entry in RESOURCES["GB"])
        assert all(line in contacts for line in ("116 123", "111", "option 2", "85258"))

    def test_a_region_without_a_country_gets_the_default(self):
        """Nobody is left without a line."""
        assert resources_for("north", default_country="NZ") == RESOURCES["NZ"]
