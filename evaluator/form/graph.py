"""Who depends on whom, and in what order things are worked out.

Every node needs its parent (relevance is inherited) and what its own `relevant`, `calculation` and `repeat_count`
look at. A circle among these has no order and is refused. Defaults and triggered calculations run once, so they
only prefer to come after what they look at.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Literal, TypeAlias

from evaluator.errors import DefinitionError
from evaluator.form.linking import Linked
from evaluator.form.names import dependent
from evaluator.form.nodes import Dependent, Dependents, Node
from evaluator.language import _


class Graph:
    """The needs of all nodes while a program is compiled."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = nodes
        self._needs: list[set[int]] = [set() for _node in nodes]
        self._prefers: list[set[int]] = [set() for _node in nodes]
        for node in nodes:
            if node.parent is not None:
                self._needs[node.index].add(node.parent.index)

    def need(self, node: Node, linked: Linked) -> None:
        """`node` must be worked out after everything `linked` looks at."""
        self._needs[node.index].update(_seen(target).index for target in linked.uses)

    def prefer(self, node: Node, linked: Linked) -> None:
        """`node` is worked out after everything `linked` looks at where no circle forbids it."""
        self._prefers[node.index].update(_seen(target).index for target in linked.uses)

    def circles(self) -> list[tuple[Node, ...]]:
        """Each loop once, as the nodes on it: every one needs the next, and the last the first."""
        remaining = self._unordered()
        loops: list[tuple[Node, ...]] = []
        done: set[int] = set()
        for start in sorted(remaining):
            trail: dict[int, None] = {}
            at = start
            while at not in done and at not in trail:
                trail[at] = None
                at = min(need for need in self._needs[at] if need in remaining)
            if at in trail:
                steps = list(trail)
                loops.append(tuple(self._nodes[index] for index in steps[steps.index(at) :]))
            done.update(trail)
        return loops

    def rank(self) -> tuple[Node, ...]:
        """The nodes in an order in which each comes after its needs; sets their ranks. There must be no circle."""
        hard = [len(needs) for needs in self._needs]
        soft = [len(prefers - needs) for prefers, needs in zip(self._prefers, self._needs, strict=True)]
        hard_users, soft_users = self._users(self._needs), self._users(self._prefers)
        ready = [node.index for node in self._nodes if not hard[node.index] and not soft[node.index]]
        waiting = [node.index for node in self._nodes if not hard[node.index] and soft[node.index]]
        placed: set[int] = set()
        order: list[Node] = []
        while ready or waiting:
            index = heapq.heappop(ready) if ready else heapq.heappop(waiting)
            if index in placed:
                continue
            placed.add(index)
            self._nodes[index].rank = len(order)
            order.append(self._nodes[index])
            for user in hard_users[index]:
                hard[user] -= 1
            for user in soft_users[index]:
                if index not in self._needs[user]:
                    soft[user] -= 1
            for user in (*hard_users[index], *soft_users[index]):
                if not hard[user]:
                    heapq.heappush(waiting if soft[user] else ready, user)
        return tuple(order)

    def _unordered(self) -> set[int]:
        """What is on a circle or needs something that is."""
        left = [len(needs) for needs in self._needs]
        users = self._users(self._needs)
        ready = [index for index, count in enumerate(left) if not count]
        remaining = set(range(len(self._nodes)))
        while ready:
            index = ready.pop()
            remaining.discard(index)
            for user in users[index]:
                left[user] -= 1
                if not left[user]:
                    ready.append(user)
        return remaining

    def _users(self, needs: Sequence[set[int]]) -> list[list[int]]:
        users: list[list[int]] = [[] for _node in self._nodes]
        for index, targets in enumerate(needs):
            for target in targets:
                users[target].append(index)
        return users


def circle_error(loop: Sequence[Node], file: str = "") -> DefinitionError:
    """The error for a loop, printed as a path."""
    paths: list[str] = []
    for node in (*loop, loop[0]):
        if not paths or paths[-1] != node.path or len(loop) == 1:
            paths.append(node.path)
    return DefinitionError(
        "circle",
        _("These need each other in a circle: {path}").format(path=" -> ".join(paths)),
        _("Take one of the references out"),
        file=file,
    )


Part: TypeAlias = Literal["values", "judgements", "triggers", "labels", "lists"]


def watch(node: Node, linked: Linked, part: Part) -> None:
    """Let `node` be looked at again, in the way `part` of Dependents says, when what `linked` looks at changes."""
    for target in linked.uses:
        seen = _seen(target)
        limit = len(target.repeats)
        found = dependent(seen, node, everywhere=linked.everywhere)
        if target.kind == "repeat" and found.up == 0:
            # From inside the repeat too, a reference to it is a reference to all its rows.
            found = Dependent(node, 1, node.repeats[limit:])
        _add(seen.dependents, part, found)
        first = 0 if linked.everywhere else _shared(target, node)
        for repeat in (*target.repeats, target) if target.kind == "repeat" else target.repeats:
            if len(repeat.repeats) >= first:
                up = len(repeat.repeats) - first
                _add(repeat.structure, part, Dependent(node, up, node.repeats[first:]))
    if linked.positional:
        for repeat in node.repeats:
            _add(repeat.structure, part, Dependent(node, 0, node.repeats[len(repeat.repeats) :]))


def watch_rows(node: Node, repeat: Node, part: Part) -> None:
    """Let `node` be looked at again when rows of `repeat` come, go or move."""
    found = dependent(repeat, node)
    _add(repeat.structure, part, found)


def _seen(target: Node) -> Node:
    """A reference to a repeat looks at its rows."""
    return target.row if target.row is not None else target


def _shared(target: Node, node: Node) -> int:
    count = 0
    for one, other in zip(target.repeats, node.repeats, strict=False):
        if one is not other:
            break
        count += 1
    return count


def _add(dependents: Dependents, part: Part, found: Dependent) -> None:
    entries: dict[Dependent, None] = getattr(dependents, part)
    entries[found] = None
