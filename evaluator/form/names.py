"""What a name in an expression means: `${x}` looks in its own row, then in its form.

`${KNJ-TIM.nama}` is qualified by the groups or repeats around it, `${gov.GOV-01}` by its form.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evaluator.errors import DefinitionError
from evaluator.form.nodes import Dependent, Node, Reference
from evaluator.language import _


class Names:
    """All names of an instrument, ready to be resolved."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._by_path: dict[str, Node] = {}
        self._by_name: dict[tuple[str, str], list[Node]] = {}
        for node in nodes:
            if node.kind in ("question", "group", "repeat"):
                self._by_path[node.path] = node
                self._by_name.setdefault((node.form, node.name), []).append(node)

    def find(self, path: str) -> Node | None:
        """The node with exactly this path."""
        return self._by_path.get(path)

    def resolve(self, name: str, form: str, repeats: tuple[Node, ...], parent: Node | None = None) -> Node:
        """The node that `name` means inside `repeats` of `form`.

        Among several the one of the innermost row wins, then one beside it in the same group. Raises
        DefinitionError if there is none, or more than one.
        """
        exact = self._by_path.get(name)
        found = [exact] if exact is not None else self._candidates(name, form)
        if not found:
            raise DefinitionError(
                "reference_unknown",
                _("${{{name}}} refers to nothing").format(name=name),
                _("Name a question of this form, or FORM.QUESTION for one of another form"),
            )
        visible = [node for node in found if node.repeats == repeats[: len(node.repeats)]]
        if visible:
            depth = max(len(node.repeats) for node in visible)
            found = [node for node in visible if len(node.repeats) == depth]
        if len(found) > 1 and parent is not None:
            found = [node for node in found if node.parent is parent] or found
        if len(found) > 1:
            raise DefinitionError(
                "reference_ambiguous",
                _("${{{name}}} may be {paths}").format(name=name, paths=", ".join(n.path for n in found)),
                _("Write the group or repeat before the name, such as ${KNJ-TIM.nama}"),
            )
        return found[0]

    def _candidates(self, name: str, form: str) -> list[Node]:
        found = self._by_name.get((form, name))
        if found is None and "." in name:
            last = self._by_name.get((form, name.rsplit(".", 1)[1]), [])
            found = [node for node in last if node.path.endswith(f".{name}")]
        return found or []


def reference(target: Node, repeats: Sequence[Node]) -> Reference:
    """How `target` is seen from inside `repeats`."""
    common = _common(target.repeats, repeats)
    down = target.repeats[common:]
    if target.kind == "repeat":
        down = (*down, target)
    return Reference(target, len(repeats) - common, down)


def dependent(target: Node, looking: Node, *, everywhere: bool = False) -> Dependent:
    """Which slots of `looking` a change of `target` concerns: those in the same row, or all with `everywhere`."""
    common = 0 if everywhere else _common(target.repeats, looking.repeats)
    return Dependent(looking, len(target.repeats) - common, looking.repeats[common:])


def _common(left: Sequence[Node], right: Sequence[Node]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one is not other:
            break
        count += 1
    return count
