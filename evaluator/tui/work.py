"""The one thread in which the workspace is used, and tasks of screens that wait for it.

Database objects stay in the thread that made them, so every call of `evaluator.visits` goes through one queue:
that keeps saves in the order in which they were typed. The rules for screens:

* `await self.app.work(function, *args)` runs `function` there and gives its result or raises its error;
* a method that awaits it is marked `@task`: an error is then shown and the screen lives on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from functools import update_wrapper
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
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="workspace")
        self.waiting = 0

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `function`, called in the thread after everything asked for before.

        What was asked for is done even if the caller is cancelled meanwhile: a save is never dropped.
        """
        self.waiting += 1
        future: Future[T] = self._executor.submit(function, *args, **kwargs)
        try:
            return await asyncio.shield(asyncio.wrap_future(future))
        finally:
            self.waiting -= 1

    def close(self, last: Callable[[], object] | None = None) -> None:
        """Finish the queue, then `last`, then the thread."""
        if last is not None:
            self._executor.submit(last).result()
        self._executor.shutdown(wait=True)


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
