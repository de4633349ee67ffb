"""The one thread in which the workspace is used, and tasks of screens that wait for it.

Database objects stay in the thread that made them, so every call of `evaluator.visits` goes through one queue:
that keeps saves in the order in which they were typed. The rules for screens:

* `await self.app.work(function, *args)` runs `function` there and gives its result or raises its error;
* a method that awaits it is marked `@task`: an error is then shown and the screen lives on;
* work that takes long calls `run_waiting` now and then, where no transaction is open, so that saves do not wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from functools import partial, update_wrapper
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

from textual.dom import DOMNode
from textual.worker import Worker

from evaluator.errors import EvaluatorError

if TYPE_CHECKING:
    from evaluator.tui.app import EvaluatorApp

P = ParamSpec("P")
T = TypeVar("T")
Node = TypeVar("Node", bound=DOMNode)


class WorkThread:
    """One thread and its queue."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="workspace", daemon=True)
        self._thread.start()
        self.waiting = 0

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `function`, called in the thread after everything asked for before.

        What was asked for is done even if the caller is cancelled meanwhile: a save is never dropped.
        """
        self.waiting += 1
        try:
            return await asyncio.shield(asyncio.wrap_future(self._ask(partial(function, *args, **kwargs))))
        finally:
            self.waiting -= 1

    def run_waiting(self) -> None:
        """Do what waits in the queue now. Only in the thread, by work that takes long."""
        while True:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return
            if job is None:  # the end, which comes after the work that is asking
                self._jobs.put(None)
                return
            job()

    def close(self, last: Callable[[], object] | None = None) -> None:
        """Finish the queue, then `last`, then the thread."""
        done = self._ask(last) if last is not None else None
        self._jobs.put(None)
        self._thread.join()
        if done is not None:
            done.result()

    def _ask(self, function: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        self._jobs.put(partial(_do, future, function))
        return future

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def _do(future: Future[T], function: Callable[[], T]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = function()
    except BaseException as error:  # noqa: BLE001  # it belongs to whoever asked
        future.set_exception(error)
    else:
        future.set_result(result)


class _HasApp(Protocol):
    @property
    def app(self) -> EvaluatorApp: ...


def task(
    method: Callable[Concatenate[Node, P], Coroutine[Any, Any, None]],
) -> Callable[Concatenate[Node, P], Worker[None]]:
    """Make an async method of a screen or widget one that returns at once and runs beside the keys.

    An `EvaluatorError` that it raises is shown by the application, any other exception is reported; the screen
    stays. It may wait for dialogs with `await self.app.push_screen_wait(...)`.
    """

    def start(self: Node, /, *args: P.args, **kwargs: P.kwargs) -> Worker[None]:
        return self.run_worker(
            _guarded(self, method(self, *args, **kwargs)), name=method.__qualname__, exit_on_error=False
        )

    update_wrapper(start, method)
    return start


async def _guarded(node: DOMNode, work: Coroutine[Any, Any, None]) -> None:
    app: EvaluatorApp = node.app  # type: ignore[assignment]  # every node here lives in our application
    try:
        await work
    except EvaluatorError as error:
        app.show_error(error)
    except Exception as error:  # noqa: BLE001  # hands over to the crash reporter
        app.show_bug(error)
