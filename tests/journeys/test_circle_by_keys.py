"""The whole circle with assessor and reviewer in real terminals, by keys alone: nothing but a folder between them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evaluator.language import _
from evaluator.reviews.facts import decision_name
from tests.journeys.person import Person, at_the_keyboard, speaking
from tests.journeys.program import stock
from tests.journeys.test_circle import demo, hashes

COMMENTS = {"GOV-Q3": "Berapa jumlah sebenarnya?", "GOV-03": "Sebut nomor peraturannya"}
REPLIES = {"GOV-Q3": "Empat puluh", "GOV-03": "Perbup 41/2022"}
SUMMARY = "Dua hal belum jelas"
LIST = r"^›Kab\. "
THANKS = "Terima kasih"


@contextmanager
def at_the_list(home: Path) -> Iterator[Person]:
    """Somebody before the list of visits, who quits at the end."""
    with at_the_keyboard(home) as person:
        person.read(LIST)
        yield person
        person.press("ctrl+q")
        assert person.terminal.exit_code() == 0


def exchange(person: Person, result: str) -> None:
    """From the list of visits: one exchange that shows `result`, and back."""
    person.press("s")
    person.see("Begin")
    person.press("enter")
    person.see("Done in {time}", time="")
    person.read(result)
    person.press("escape")
    person.read(LIST)


def open_sealed_visit(person: Person) -> None:
    """The visit of last year. Only a dialog over the list shows that the filter was left."""
    person.press("/")
    person.see("Region, code, round or state")
    person.press("2025", "enter")
    person.terminal.wait(lambda screen: "2026" not in screen)
    person.press("f1")
    person.asked("Help")
    person.close()
    person.press("enter")
    person.see("Form")


def go_to(person: Person, code: str) -> None:
    """To a question by its code."""
    person.press("g")
    person.choose("Go to", code)
    person.read(rf"^▌. {code}(?!\w)")


def decide(person: Person, decision: str, summary: str) -> None:
    """A decision with its summary, signed and queued."""
    person.press("f")
    person.asked("Type to narrow the list")
    person.press(decision_name(decision), "enter")
    person.asked("Summary: {decision}", decision=decision_name(decision))
    person.press(summary, "ctrl+s")
    person.asked("Yes")
    person.press("enter")
    person.asked("The review is signed")
    person.press("enter")


def comment(person: Person, code: str) -> None:
    go_to(person, code)
    person.press("n")
    person.asked("Comment at {question}", question=code)
    person.press(COMMENTS[code], "ctrl+s")
    person.see("Your comment: {text}", text=COMMENTS[code])


def test_the_circle_by_keys(tmp_path: Path) -> None:
    homes = demo(tmp_path)
    office, assessor = homes["office"].home, homes["assessor_1"].home
    with speaking("id"):
        with at_the_list(assessor) as person:
            exchange(person, r"↑ visit-.*-r01\.zip")
        with at_the_keyboard(office) as person:
            person.see("Nothing was received yet. Press s to look into the shared folder.")
            exchange(person, r"↓ ")
            return_with_two_comments(person)
            exchange(person, r"↑ ")
            person.press("ctrl+q")
            assert person.terminal.exit_code() == 0
        with at_the_list(assessor) as person:
            exchange(person, r"↓ .*Kutai Kartanegara.*")
            open_sealed_visit(person)
            correct(person)
            exchange(person, r"↑ visit-.*-r02\.zip")
        with at_the_list(office) as person:
            exchange(person, r"↓ .*2")
            approve(person)
            exchange(person, r"↑ ")
        with at_the_list(assessor) as person:
            exchange(person, r"↓ ")
            open_sealed_visit(person)
            person.see(
                "Revision {revision}: {decision}, {when}",
                revision=2,
                decision=decision_name("approved"),
                when="",
            )
    everybody_agrees(office, assessor, homes["remote"].home)


def return_with_two_comments(person: Person) -> None:
    """The reviewer reads the banner, comments on two questions and sends the visit back."""
    person.press("enter")
    person.see("The signer is enrolled here")
    person.see("Received by the office on {when}", when="")
    person.press("1")
    person.read(r"^▌✓ GOV-01")
    person.press("4")  # nothing here changes an answer
    for code in COMMENTS:
        comment(person, code)
    decide(person, "has_issues", SUMMARY)
    person.see(SUMMARY)
    person.press("escape")
    person.read(rf"^›.*{_('returned')}")


def correct(person: Person) -> None:
    """The assessor reads what was said, opens the visit again, corrects and answers both comments, and seals."""
    person.see(SUMMARY)
    person.press("o")
    person.asked(SUMMARY)
    person.press("enter")
    person.see("The visit is open again")
    for number, code in enumerate(("GOV-Q3", "GOV-03")):
        person.press("v")
        person.read(rf"^▌✓ {code}")
        person.see(COMMENTS[code])
        if not number:
            person.press("enter", "end", "ctrl+u", "40", "ctrl+s")
            person.see("Saved {time}", time="")
        person.press("b")
        person.asked("Reply to {author}", author="")
        person.press(REPLIES[code], "ctrl+s")
        person.see("Reply: {text}", text=REPLIES[code])
    person.press("escape")
    person.see("v {open}/{count} comments open", count=2, open=0)
    person.press("f")
    person.see("Ready to be signed")
    person.press("s")
    person.asked("Sign revision {revision}", revision=2)
    person.press("enter")
    person.see("Revision {revision} is sealed", revision=2)
    person.press("escape")
    person.see("Failed checks")
    person.press("escape")
    person.read(LIST)


def approve(person: Person) -> None:
    """The reviewer sees what changed and what was written back, and approves."""
    person.press("enter")
    person.see("Opened again because: {reason}", reason=SUMMARY)
    person.press("d")
    person.read(r"^▌✓ GOV-Q3")
    person.see("In revision {revision}: {old}", revision=1, old="")
    person.see("Reply: {text}", text=REPLIES["GOV-Q3"])
    person.press("v")
    person.read(r"^▌✓ GOV-03")
    person.see("Reply: {text}", text=REPLIES["GOV-03"])
    decide(person, "approved", THANKS)
    person.see(THANKS)
    person.press("escape")
    person.read(rf"^›.*{_('approved')}")


def everybody_agrees(office: Path, assessor: Path, remote: Path) -> None:
    outbox, inbox = hashes(assessor / "outbox", "*.zip"), hashes(office / "inbox", "*.zip")
    assert len(outbox) == 2
    assert outbox == inbox
    said = [json.loads(path.read_bytes()) for path in sorted(remote.glob("in/*/*.json"))]
    assert [(one["schema"].split("/")[0].removeprefix("evaluator-"), one["revision"]) for one in said] == [
        ("receipt", 1), ("review", 1), ("receipt", 2), ("review", 2),
    ]  # fmt: skip
    (first, last) = (one for one in said if "decision" in one)
    assert (first["decision"], last["decision"]) == ("has_issues", "approved")
    assert {entry["text"] for entry in first["comments"]} == set(COMMENTS.values())
    if shutil.which("ssh-keygen"):
        for path in remote.glob("in/*/*.json"):
            name = str(json.loads(path.read_bytes())["schema"]).partition("/")[0]
            words = ("ssh-keygen", "-Y", "check-novalidate", "-n", name, "-s", f"{path}.sig")
            assert stock(*words, given=path.read_bytes()).returncode == 0


def test_a_bundle_is_opened_from_the_command_line(tmp_path: Path) -> None:
    """In a terminal `open` is the reviewer's screen; a damaged bundle is looked at, and ends with 1."""
    homes = demo(tmp_path)
    office = homes["office"].home
    (bundle,) = (homes["assessor_1"].home / "outbox").glob("*.zip")
    bad = tmp_path / "bad.zip"
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    bad.write_bytes(data)
    with speaking("id"):
        with at_the_keyboard(office, "open", str(bundle)) as person:
            person.see("The signer is enrolled here")
            person.see("Not received by this office")
            person.press("1")
            person.read(r"^▌✓ GOV-01")
            person.press("ctrl+q")
            assert person.terminal.exit_code() == 0
        with at_the_keyboard(office, "open", str(bad)) as person:
            person.read(r"^›✗ ")
            person.press("f")
            person.press("ctrl+q")
            assert person.terminal.exit_code() == 1
        with at_the_keyboard(office, "open", str(tmp_path / "none.zip")) as person:
            assert person.terminal.exit_code() == 2
