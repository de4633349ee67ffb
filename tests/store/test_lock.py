from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evaluator.errors import WorkspaceHeldError
from evaluator.store import lock

_HOLD = """
import sys, time
from pathlib import Path
from evaluator.store.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def _holder(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", _HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_refusal_says_who_holds_the_workspace_and_since_when(tmp_path: Path) -> None:
    path = tmp_path / "home" / "instance.lock"
    with _holder(path) as process:
        try:
            with pytest.raises(WorkspaceHeldError) as raised, lock.hold(path):
                pytest.fail("held twice")
            assert raised.value.exit_code == 3
            said = lock.holder(path)
            assert said["pid"] == str(process.pid)
            for name in ("pid", "host", "since"):
                assert said[name] in raised.value.message
        finally:
            process.kill()


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "instance.lock"
    with _holder(path) as process:
        process.send_signal(signal.SIGKILL)
    with lock.hold(path):
        assert lock.holder(path)["pid"] == str(os.getpid())
    with lock.hold(path):
        pass


def test_a_lock_file_full_of_rubbish_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "instance.lock"
    path.write_bytes(b"\xff[1,2" * 1000)
    with lock.hold(path):
        assert lock.holder(path)["pid"] == str(os.getpid())
    path.write_text("[]")
    assert lock.holder(path) == {}


def test_asking_for_the_lock_imports_no_database() -> None:
    script = (
        "import sys, evaluator.store.lock, evaluator.store.files; "
        "print([name for name in ('sqlalchemy', 'sqlmodel', 'alembic') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
