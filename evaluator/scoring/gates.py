"""What evidence a level wants, and what is still lacking. A gate advises: the assessor may go past it with a
reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from evaluator.language import _


@dataclass(frozen=True, slots=True)
class GatePlan:
    """The evidence for a level. It holds from `level` up to the next gate; zero and empty ask nothing.

    `types`: at least one piece is of one of these kinds. `min_types`: so many different kinds. `verified`: so
    many verified pieces, of `types` where the gate asks for one kind only (a verified document or observation),
    of any kind where it asks for several. `years`: data of so many different years. `outside`: so many sources
    outside the responsible agency.
    """

    level: int
    min_items: int = 0
    min_types: int = 0
    types: tuple[str, ...] = ()
    verified: int = 0
    years: int = 0
    outside: int = 0


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """The evidence of one item, counted. `types` and `verified` are numbers of pieces by kind."""

    types: Mapping[str, int] = field(default_factory=dict)
    verified: Mapping[str, int] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    outside: int = 0

    @property
    def count(self) -> int:
        """All pieces."""
        return sum(self.types.values())


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that a gate asks for and does not find."""

    kind: Literal["items", "types", "min_types", "verified", "years", "outside"]
    wanted: int
    found: int
    types: tuple[str, ...] = ()


def gate_for(gates: Sequence[GatePlan], level: int) -> GatePlan | None:
    """The gate of `level`: the highest that does not lie above it."""
    return max((gate for gate in gates if gate.level <= level), key=lambda gate: gate.level, default=None)


def unmet(gates: Sequence[GatePlan], level: int, facts: EvidenceFacts) -> tuple[Demand, ...]:
    """What the gate of `level` asks for beyond the evidence there is; empty when the level is borne out."""
    gate = gate_for(gates, level)
    if gate is None:
        return ()
    kinds = frozenset(kind for kind, count in facts.types.items() if count)
    verifiable = gate.types if gate.types and gate.min_types <= 1 else tuple(facts.verified)
    verified = sum(facts.verified.get(kind, 0) for kind in verifiable)
    asked = (
        Demand("items", gate.min_items, facts.count),
        Demand("types", 1 if gate.types else 0, len(kinds.intersection(gate.types)), gate.types),
        Demand("min_types", gate.min_types, len(kinds)),
        Demand("verified", gate.verified, verified, gate.types if gate.min_types <= 1 else ()),
        Demand("years", gate.years, len(facts.years)),
        Demand("outside", gate.outside, facts.outside),
    )
    return tuple(demand for demand in asked if demand.found < demand.wanted)


def demand_text(demand: Demand, type_names: Mapping[str, str]) -> str:
    """The demand as a sentence; `type_names` are the kinds of evidence as people call them."""
    types = ", ".join(type_names.get(kind, kind) for kind in demand.types)
    if demand.kind == "types":
        return _("Attach evidence of one of these kinds: {types}").format(types=types)
    if demand.kind == "verified" and types:
        sentence = _("Verified evidence needed of these kinds: {types}; needed {wanted}, now {found}")
    else:
        sentence = {
            "items": _("Pieces of evidence: needed {wanted}, now {found}"),
            "min_types": _("Different kinds of evidence: needed {wanted}, now {found}"),
            "verified": _("Verified pieces of evidence: needed {wanted}, now {found}"),
            "years": _("Years that the data covers: needed {wanted}, now {found}"),
            "outside": _("Sources outside the responsible agency: needed {wanted}, now {found}"),
        }[demand.kind]
    return sentence.format(wanted=demand.wanted, found=demand.found, types=types)
