"""What tests of pace begin with."""

import pytest

from phonebank import jobs
from phonebank.settings import Settings


@pytest.fixture
def bell(redis_url):
    """A Redis of the test's own; gives its address."""
    jobs.configure(Settings(redis_url=redis_url))
    yield redis_url
    jobs.connection().close()
    jobs.configure(Settings(redis_url="redis://127.0.0.1:1/0"))
