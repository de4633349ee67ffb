"""What surrounds a command fails: another process, the disk, permissions, the terminal, the reader of its output."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.cli.conftest import PASSPHRASE, PASSPHRASE_VARIABLE, Place
from tests.cli.inside import inside
from tests.journeys.program import COMMAND, environment

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals, limits and permissions")

ITEM = "gov.GOV-01"
PATIENCE = 60


def words(home: Path, *arguments: str) -> list[str]:
    return [*COMMAND, "--home", str(home), "--lang", "en", "--json", *arguments]


def note(number: int, size: int = 0) -> bytes:
    return json.dumps({"question": ITEM, "note": f"{number} {'x' * size}".strip()}).encode() + b"\n"


@contextmanager
def running(place: Place, home: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command in its own process, which is over when the block is left."""
    process = subprocess.Popen(
        words(home, *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(place.folder, **{PASSPHRASE_VARIABLE: PASSPHRASE}),
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE)
        for stream in (process.stdin, process.stdout, process.stderr):
            assert stream is not None
            with suppress(OSError):
                stream.close()


def ask(process: subprocess.Popen[bytes], line: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(line)
    process.stdin.flush()
    return process.stdout.readline()


def one_error(err: str | bytes) -> str:
    text = err.decode() if isinstance(err, bytes) else err
    assert text.count("\n") == 1, text
    assert "Traceback" not in text
    return text


@pytest.fixture
def own(place: Place, tmp_path: Path) -> Place:
    """A copy of the workspace that a test may change."""
    shutil.copytree(place.home, tmp_path / "home", ignore=shutil.ignore_patterns("reserve.bin"))
    return Place(tmp_path / "home", place.folder, place.names)


def noted(place: Place) -> str:
    """The note that `note` leaves, without what fills it up."""
    return str(place.ok("visit", "show", "{visit}")["answers"][ITEM]["note"]).partition(" ")[0]


# -- another process


def test_a_second_process_is_refused_and_told_who_holds_the_workspace(own: Place) -> None:
    with running(own, own.home, "answer", own.names["visit"], "--stdin") as holder:
        assert json.loads(ask(holder, note(1)))["ok"]
        for arguments in (("visit", "list"), ("answer", "{visit}", "--stdin"), ("doctor",)):
            ran = own.run(*arguments)
            assert (ran.code, ran.json["error"]["code"]) == (3, "workspace_held")
            assert str(holder.pid) in one_error(ran.err)
        assert json.loads(ask(holder, note(2)))["ok"]
        holder.kill()
        holder.wait(PATIENCE)
        assert noted(own) == "2"


# -- the disk


@pytest.fixture
def small_disk(own: Place, tmp_path: Path) -> Iterator[Place]:
    """The workspace on a disk of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("mounting needs root")
    done = subprocess.run([mount, "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True)
    if done.returncode != 0:
        pytest.skip(f"mounting is not permitted: {done.stderr.decode().strip()}")
    try:
        shutil.copytree(own.home, folder / "home")
        yield Place(folder / "home", own.folder, own.names)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> Path:
    hog = folder / "hog"
    with hog.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    return hog


def test_a_full_disk_stops_with_the_cause_and_loses_nothing(small_disk: Place) -> None:
    hog = fill(small_disk.home.parent)
    lines = [note(number, 50_000) for number in range(1, 200)]
    ran = small_disk.run("answer", "{visit}", "--stdin", given=b"".join(lines))
    assert ran.code == 3
    *stored, error = ran.lines
    assert all(reply["ok"] for reply in stored)
    assert len(stored) < len(lines)
    assert error["error"]["code"] == "disk_full"
    assert one_error(ran.err) == f"evaluator: {error['error']['message']}\n"

    # A full disk can be read from, and every other command says the same.
    before = small_disk.state()
    assert noted(small_disk) == (str(len(stored)) if stored else "Dilihat")
    proof = str(small_disk.folder / "bundle.zip")
    for arguments in (
        ("attach", "{visit}", ITEM, proof, "--type", "data"),
        ("visit", "finalise", "{visit}"),
        ("visit", "new", "64.07"),
        ("export", "{sealed}", "-o", str(small_disk.home.parent)),
    ):
        refused = small_disk.run(*arguments)
        assert (refused.code, refused.json["error"]["code"]) == (3, "disk_full"), (arguments, refused)
        one_error(refused.err)
    assert small_disk.state() == before

    hog.unlink()
    assert small_disk.run("answer", "{visit}", "--stdin", given=lines[len(stored)]).code == 0
    assert noted(small_disk) == str(len(stored) + 1)
    assert small_disk.run("visit", "finalise", "{visit}").code == 0
    assert small_disk.run("doctor").code == 0


def test_a_file_that_may_not_grow_stops_with_the_cause_and_loses_nothing(own: Place) -> None:
    """The same without a mount: the system refuses to let any file grow further."""
    import resource

    room = max(path.stat().st_size for path in own.home.rglob("*") if path.is_file()) + 500_000
    lines = [note(number, 50_000) for number in range(1, 200)]
    done = subprocess.run(
        words(own.home, "answer", own.names["visit"], "--stdin"),
        input=b"".join(lines),
        capture_output=True,
        env=environment(own.folder),
        timeout=PATIENCE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )
    assert done.returncode == 3, done
    *stored, error = map(json.loads, done.stdout.splitlines())
    assert stored
    assert all(reply["ok"] for reply in stored)
    assert error["error"]["code"] in ("disk_error", "disk_full")
    one_error(done.stderr)
    assert noted(own) == str(len(stored))
    assert own.run("answer", "{visit}", "--stdin", given=lines[len(stored)]).code == 0
    assert noted(own) == str(len(stored) + 1)
    assert own.run("doctor").code == 0


def test_output_that_cannot_be_written_is_told(own: Place) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full")
    for arguments in (("visit", "list"), ("visit", "show", own.names["visit"])):
        with full.open("wb") as nowhere:
            done = subprocess.run(
                words(own.home, *arguments),
                stdout=nowhere,
                stderr=subprocess.PIPE,
                env=environment(own.folder),
                timeout=PATIENCE,
            )
        assert done.returncode == 3
        one_error(done.stderr)


# -- permissions


@pytest.fixture
def mortal(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Runs commands as somebody for whom permissions count, which they do not for root with its capabilities."""
    before: list[str] = []
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("root without setpriv may do everything")
        before = [setpriv, "--bounding-set=-all", "--inh-caps=-all"]

    def run(home: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*before, *words(home, *arguments)],
            input=given,
            capture_output=True,
            env=environment(tmp_path),
            timeout=PATIENCE,
        )

    if run(tmp_path, "--version").returncode != 0:
        pytest.skip("capabilities may not be dropped here")
    return run


def test_permissions_that_are_missing_are_named(
    own: Place, tmp_path: Path, mortal: Callable[..., subprocess.CompletedProcess[bytes]]
) -> None:
    before = own.state()
    visit = own.names["visit"]
    locked = tmp_path / "kunci.pdf"
    locked.write_bytes(b"rahasia")
    locked.chmod(0)

    def refused(code: int, *arguments: str, home: Path = own.home, given: bytes = b"") -> str:
        done = mortal(home, *arguments, given=given)
        assert done.returncode == code, done
        one_error(done.stderr)
        return str(json.loads(done.stdout.splitlines()[-1])["error"]["code"])

    assert refused(2, "attach", visit, ITEM, str(locked), "--type", "data") == "file_unreadable"
    assert refused(2, "visit", "import-self", visit, str(locked)) == "file_unreadable"
    assert refused(2, "visit", "new", "64.07", "--previous", str(locked)) == "file_unreadable"
    try:
        for path in (own.home, *own.home.rglob("*")):
            path.chmod(0o500 if path.is_dir() else 0o400)
        assert refused(3, "answer", visit, "--stdin", given=note(2)) == "not_writable"
        assert refused(3, "visit", "new", "64.07") == "not_writable"
        own.home.chmod(0)
        assert refused(3, "visit", "list") == "system_error"
        made = ("init", "--name", "Sari", "--email", "sari@contoh.example", "--no-passphrase")
        assert refused(3, *made, home=own.home / "lain") == "system_error"
    finally:
        own.home.chmod(0o700)
        for path in own.home.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
    assert own.state() == before


# -- whoever started it goes away


@pytest.mark.parametrize("heard", [0, 1, 7, 40])
def test_ctrl_c_keeps_what_was_acknowledged(own: Place, heard: int) -> None:
    """While it waits for a line, and in the middle of its work."""
    with running(own, own.home, "answer", own.names["visit"], "--stdin") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        stored = [ask(process, note(1))]
        if heard:
            process.stdin.write(b"".join(note(number) for number in range(2, 400)))
            process.stdin.flush()
            stored += [process.stdout.readline() for _ in range(heard)]
        process.send_signal(signal.SIGINT)
        stored += process.stdout.read().splitlines()
        assert process.wait(PATIENCE) == 130
        one_error(process.stderr.read())
    assert all(json.loads(line)["ok"] for line in stored)
    assert len(stored) < 399
    # The last one may have been stored without being told any more.
    assert int(noted(own)) in (len(stored), len(stored) + 1)
    assert own.run("doctor").code == 0


def test_a_reader_that_leaves_stops_the_answers(own: Place) -> None:
    with running(own, own.home, "answer", own.names["visit"], "--stdin") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        ask(process, note(1))
        process.stdout.close()
        process.stdin.write(note(2) + note(3))
        process.stdin.close()
        assert process.wait(PATIENCE) == 3
        assert "2" in one_error(process.stderr.read())
    assert noted(own) == "2"


def test_a_reader_that_leaves_is_no_error_of_reading(own: Place) -> None:
    with running(own, own.home, "visit", "show", own.names["visit"]) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(PATIENCE) == 0
        assert process.stderr.read() == b""


@pytest.mark.parametrize(
    ("code", "arguments", "closed"),
    [
        (0, "visit list", "<&- >&- 2>&-"),
        (0, "visit list", ">&-"),
        (2, "visit show tidak-ada", ">&- 2>&-"),
        (0, "answer {visit} --stdin", "<&-"),
        (2, "attach {visit} gov.GOV-01 tidak-ada --type data", "<&- >&- 2>&-"),
    ],
)
def test_streams_that_are_closed_from_the_start(own: Place, code: int, arguments: str, closed: str) -> None:
    before = own.state()
    done = subprocess.run(
        [
            "/bin/sh",
            "-c",
            f'exec "$@" {closed}',
            "sh",
            *words(own.home, *arguments.format(**own.names).split()),
        ],
        capture_output=True,
        env=environment(own.folder),
        timeout=PATIENCE,
    )
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    assert own.state() == before


def test_a_command_of_its_own_process_speaks_as_inside(own: Place) -> None:
    """The commands that other tests run inside their own process do the same in one of their own."""
    for arguments in (
        ("visit", "show", "tidak-ada"),
        ("visit", "list"),
        ("answer", own.names["visit"], "--stdin"),
    ):
        given = b"rusak\n" + note(1)
        alone = subprocess.run(
            words(own.home, *arguments),
            input=given,
            capture_output=True,
            env=environment(own.folder),
            timeout=PATIENCE,
        )
        beside = inside(own.home, *arguments, given=given)
        assert (alone.returncode, alone.stderr.decode()) == (beside.code, beside.err)
        if arguments[0] != "answer":
            assert alone.stdout.decode() == beside.out
    assert sys.executable in COMMAND
