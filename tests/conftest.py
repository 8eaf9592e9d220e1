"""What all tests share: the database, which is SQLite and PostgreSQL by turns."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.store import Store
from bot.vault import Vault
from tests import postgres

MISSING = "PostgreSQL is not installed here (Debian: apt-get install postgresql), so nothing is known of it"
STORIES = Path(__file__).parent / "scenarios"
OpenStore = Callable[[], Store]
# Hypothesis times each example, and how long it takes to think of one: a machine that stands still is no fault.
settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="tell every story on PostgreSQL too")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Which databases a test that asks for `url` runs on.

    The store's contract: both. A story: SQLite, which takes half the time; both when it is marked, or with --postgres.
    """
    if "url" in metafunc.fixturenames:
        marked = {mark.name for mark in metafunc.definition.iter_markers()}
        is_story = STORIES in metafunc.definition.path.parents
        both = not is_story or "on_both" in marked or metafunc.config.getoption("--postgres")
        found = ["sqlite", "postgres"] if both and "on_sqlite" not in marked else ["sqlite"]
        metafunc.parametrize("url", ["postgres"] if "on_postgres" in marked else found, indirect=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One for all tests of this worker; where it is not installed, they are skipped."""
    if postgres.programs() is None:
        pytest.skip(MISSING)
    with postgres.served() as server:
        yield server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A skip is easily overlooked; this one is not to be."""
    if postgres.programs() is None:
        terminalreporter.write_line(f"SKIPPED: every test on PostgreSQL. {MISSING}.", red=True, bold=True)


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of a database that is new."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/waerror.db"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    with server.database() as url:
        yield url


@pytest.fixture
def open_store(url: str) -> Iterator[OpenStore]:
    """Opens the database, as one more process would."""
    with ExitStack() as stack:

        def open_() -> Store:
            store = Store(url, Vault(postgres.KEY))
            stack.callback(store.close)
            return store

        yield open_


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    return open_store()
