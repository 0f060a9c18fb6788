"""What tests of several methods share: the seeded events of the references."""

import pytest

from bench.topics.made import events


@pytest.fixture
def seeded():
    """The first n events of the references."""
    return events
