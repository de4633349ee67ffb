"""How an exchange is painted: what waits, how far it is, what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.content import Content

from evaluator.language import _, number
from evaluator.tui.content import fitted
from evaluator.tui.marks import DONE, progress_bar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from evaluator.office.ingest import Outcome
    from evaluator.sync.values import Progress
    from evaluator.sync.waiting import Waiting
    from evaluator.tui.sync.run import SyncRun

_UNITS = ("B", "kB", "MB", "GB")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list; a heading has no sign."""

    text: str
    sign: str = ""
    style: str = ""


def size_text(size: float) -> str:
    """`1,2 MB`, in steps of a thousand."""
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    places = 1 if unit > 1 and value < 100 else 0
    return f"{number(f'{value:.{places}f}', places)} {_UNITS[unit]}"


def time_text(seconds: float) -> str:
    """`4:05`, or `1:02:03`."""
    whole = int(seconds + 0.5)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def step_name(step: str) -> str:
    """What is being done, in words."""
    return {"receive": _("Receiving"), "publish": _("Publishing"), "send": _("Sending")}.get(step, step)


def state_words(run: SyncRun | None) -> str:
    """How the exchange stands, in words."""
    if run is None:
        return _("Not begun")
    if run.state == "running" and run.stopping:
        return _("Stopping")
    if run.state == "running":
        return step_name(run.progress.step) if run.progress else _("Looking at the shared folder")
    seconds = time_text(run.seconds)
    if run.state == "done":
        return _("Done in {time}").format(time=seconds)
    return _("Stopped after {time}").format(time=seconds)


def bars(run: SyncRun | None, width: int) -> Content:
    """Three lines: the state; the bar over all with bytes, speed and time left; the file that is being sent."""
    sign = f"{DONE} " if run is not None and run.state == "done" else ""
    lines = [fitted(sign + state_words(run), width, "bold")]
    progress = run.progress if run is not None else None
    if run is None or progress is None or not progress.total:
        return Content("\n").join([*lines, Content(""), Content("")])
    lines.append(_bar(progress.done, progress.total, _over_all(run, progress), width))
    if run.state == "running" and progress.file_total:
        name = progress.label.rpartition(" ")[2]  # the name of the bundle before it is long and says nothing
        words = f"{size_text(progress.file_done)} / {size_text(progress.file_total)} · {name}"
        lines.append(_bar(progress.file_done, progress.file_total, words, width))
    else:
        lines.append(Content(""))
    return Content("\n").join(lines)


def _over_all(run: SyncRun, progress: Progress) -> str:
    if progress.step == "receive":
        return _("{done} of {total} statements").format(done=progress.done, total=progress.total)
    words = f"{size_text(progress.done)} / {size_text(progress.total)}"
    if run.state != "running":
        return words
    if run.speed:
        words += " · " + _("{size} a second").format(size=size_text(run.speed))
    left = run.seconds_left
    return words if left is None else words + " · " + _("{time} left").format(time=time_text(left))


def _bar(done: int, total: int, words: str, width: int) -> Content:
    cells = min(30, max(10, width // 4))
    percent = f" {done * 100 // total:>3} %  "
    return Content.assemble(
        progress_bar(done, total, cells), percent, fitted(words, max(10, width - cells - len(percent)))
    )


def entries(waiting: Iterable[Waiting], run: SyncRun | None, regions: Mapping[str, str]) -> tuple[Entry, ...]:
    """What came of the exchange, or is about to go out; `regions` are the names by visit."""
    lines = list(_result(run, regions)) if run is not None and run.state != "running" else []
    going = [_waiting(found) for found in waiting if not found.sent]
    there = [_waiting(found) for found in waiting if found.sent]
    if going:
        lines += [Entry(_("Going out: {count}").format(count=len(going))), *going]
    elif run is None:
        lines.append(Entry(_("Nothing waits to go out; an exchange fetches what the office says")))
    if there:
        lines += [Entry(_("Sent, no receipt yet: {count}").format(count=len(there))), *there]
    return tuple(lines)


def _waiting(found: Waiting) -> Entry:
    words = _("{what}: {region}, revision {revision}, {size}").format(
        what=kind_name(found.kind), region=found.region, revision=found.revision, size=size_text(found.bytes)
    )
    return Entry(words, "↑" if found.sent else "○")


def kind_name(kind: str) -> str:
    """What is sent, in words."""
    return {"bundle": _("Bundle"), "receipt": _("Receipt"), "review": _("Review")}.get(kind, kind)


def _result(run: SyncRun, regions: Mapping[str, str]) -> Iterator[Entry]:
    problems = list(_problems(run))
    if problems:
        yield Entry(_("Problems: {count}").format(count=len(problems)), style="bold $error")
        yield from problems
    result = run.result
    came = [_taken(outcome, regions) for outcome in run.taken if outcome.verdict == "stored"]
    came += [_received(said, regions) for said in result.received] if result else []
    if came:
        yield Entry(_("Came in: {count}").format(count=len(came)))
        yield from came
    if result is not None and result.sent:
        yield Entry(
            _("Went out: {count}, {size}").format(count=len(result.sent), size=size_text(result.sent_bytes))
        )
        yield from (Entry(_sent(said), "↑") for said in result.sent)
    if run.state == "done" and not problems and not came and result is not None and not result.sent:
        yield Entry(_("Nothing new"), "·")


def _problems(run: SyncRun) -> Iterator[Entry]:
    if run.error is not None:
        yield Entry(str(run.error), "✗" if run.state == "failed" else "·", "bold $error")
    for outcome in run.taken:
        if outcome.verdict != "stored":
            yield Entry(f"{outcome.source}: {outcome.reason}", "✗", "$error")
    for problem in run.result.problems if run.result else ():
        yield Entry(f"{problem.message} [{problem.code}]", "✗", "$error")


def _taken(outcome: Outcome, regions: Mapping[str, str]) -> Entry:
    region = regions.get(outcome.visit or "", outcome.visit)
    words = _("Bundle: {region}, revision {revision}").format(region=region, revision=outcome.revision)
    return Entry(words if outcome.new else f"{words} · {_('known already')}", "↓")


def _received(said: Mapping[str, Any], regions: Mapping[str, str]) -> Entry:
    region = regions.get(said["visit"], said["visit"])
    if said["kind"] == "review":
        from evaluator.reviews.facts import decision_name

        words = _("Review: {region}, revision {revision}: {decision}, {count} comments. {summary}").format(
            region=region,
            revision=said["revision"],
            decision=decision_name(said["decision"]),
            count=said["comments"],
            summary=said["summary"],
        )
        return Entry(words, "↓", "bold")
    if said["verdict"] == "stored":
        words = _("Receipt: the office has {region}, revision {revision}").format(
            region=region, revision=said["revision"]
        )
        return Entry(words, "↓")
    words = _("Receipt: the office put {region}, revision {revision} aside: {reason}").format(
        region=region, revision=said["revision"], reason=said["reason"]
    )
    return Entry(words, "!", "bold $error")


def _sent(said: Mapping[str, Any]) -> str:
    if said["kind"] == "bundle":
        return f"{said['file']} ({size_text(said['bytes'])})"
    return _("{what} about bundle {bundle}").format(
        what=kind_name(said["kind"]), bundle=said["bundle_id"][:16]
    )
