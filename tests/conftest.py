"""What holds for all tests."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings

# A busy machine is no failure.
settings.register_profile("kinepath", deadline=None)
settings.load_profile("kinepath")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is run only when it is asked for: its environment is large."""
    if "mmpose" not in str(config.option.markexpr):
        left_out = [item for item in items if item.get_closest_marker("mmpose")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(hookwrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    """Fail if a test skipped where none may (KINEPATH_NO_SKIPS is set)."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("KINEPATH_NO_SKIPS") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("a test was skipped, and none may be", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session", autouse=True)
def no_cluster() -> Iterator[None]:
    """Let no run of Snakemake ask for a cluster's controller.

    The executor for SLURM does whenever Snakemake starts, and where SLURM is installed but no
    controller answers that takes nine seconds.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", os.devnull)
        yield
