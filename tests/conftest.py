"""What holds for all tests."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

# A busy machine is no failure.
settings.register_profile("kinepath", deadline=None)
settings.load_profile("kinepath")


@pytest.hookimpl(hookwrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    """Fail if a test skipped where none may (KINEPATH_NO_SKIPS is set)."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("KINEPATH_NO_SKIPS") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("a test was skipped, and none may be", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
