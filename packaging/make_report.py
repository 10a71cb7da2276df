#!/usr/bin/env python3
"""Write resources/samples/company-report.md: the annual report of a company that does not exist.

    python3 packaging/make_report.py

Group > region > country > state, each with tables whose sums agree and a text of its own, so that a question
about the whole has something to recurse into and its answer can be checked. The same numbers come out every time.
"""

from __future__ import annotations

import random
import string
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import report_words as words

TARGET = Path(__file__).resolve().parent.parent / "resources" / "samples" / "company-report.md"
COMPANY = "Northlight Instruments"


@dataclass
class Figures:
    """Money in thousands of euro; `lines` and `quarters` add up to `revenue`."""

    before: int = 0
    revenue: int = 0
    staff_before: int = 0
    staff: int = 0
    customers_before: int = 0
    customers: int = 0
    lines: list[int] = field(default_factory=lambda: [0] * len(words.LINES))
    quarters: list[int] = field(default_factory=lambda: [0] * 4)

    @property
    def change(self) -> float:
        """Growth in percent."""
        return 100 * (self.revenue - self.before) / self.before


@dataclass
class Place:
    """The group, a region, a country or a state."""

    name: str
    figures: Figures
    parts: list[Place] = field(default_factory=list)


class Chance:
    """Random choices that are the same in every version of Python, without near repeats."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._decks: dict[tuple[str, ...], list[str]] = {}

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self._random.random() * (high - low + 1))

    def draw(self, pool: tuple[str, ...]) -> str:
        """The next card of the shuffled pool, which is shuffled anew when it is used up."""
        deck = self._decks.setdefault(pool, [])
        if not deck:
            deck.extend(pool)
        return deck.pop(int(self._random.random() * len(deck)))

    def share(self, total: int, parts: int, spread: int = 60) -> list[int]:
        """`total` in `parts` uneven pieces that add up."""
        weights = [100 + self.between(-spread, spread) for _ in range(parts)]
        pieces = [total * weight // sum(weights) for weight in weights]
        pieces[0] += total - sum(pieces)
        return pieces


def add(places: Iterable[Place]) -> Figures:
    total = Figures()
    for figures in (place.figures for place in places):
        for name in ("before", "revenue", "staff_before", "staff", "customers_before", "customers"):
            setattr(total, name, getattr(total, name) + getattr(figures, name))
        total.lines = [a + b for a, b in zip(total.lines, figures.lines, strict=True)]
        total.quarters = [a + b for a, b in zip(total.quarters, figures.quarters, strict=True)]
    return total


def make_state(name: str, chance: Chance) -> Place:
    before = chance.between(2_400, 41_000)
    revenue = before * (1000 + chance.between(-140, 230)) // 1000
    staff = max(6, before // chance.between(210, 290))
    customers = max(9, before // chance.between(60, 130))
    return Place(
        name,
        Figures(
            before=before,
            revenue=revenue,
            staff_before=staff,
            staff=max(5, staff + chance.between(-staff // 8, staff // 6)),
            customers_before=customers,
            customers=max(8, customers + chance.between(-customers // 10, customers // 5)),
            lines=chance.share(revenue, len(words.LINES), spread=85),
            quarters=chance.share(revenue, 4, spread=18),
        ),
    )


def make_group(chance: Chance) -> Place:
    regions: list[Place] = []
    for region, countries in words.REGIONS.items():
        made = []
        for country, states in countries.items():
            parts = [make_state(state, chance) for state in states]
            made.append(Place(country, add(parts), parts))
        regions.append(Place(region, add(made), made))
    return Place(COMPANY, add(regions), regions)


# -- text ----------------------------------------------------------------------------------------------------


def person(chance: Chance) -> str:
    return f"{chance.draw(words.FIRST_NAMES)} {chance.draw(words.LAST_NAMES)}"


def customer(chance: Chance) -> str:
    return f"{chance.draw(words.CUSTOMER_HEADS)} {chance.draw(words.CUSTOMER_TAILS)}"


GAPS: dict[str, Callable[[Chance], str]] = {
    "leader": person,
    "colleague": person,
    "customer": customer,
    "line": lambda chance: chance.draw(words.LINES[:-1]).lower(),
    "month": lambda chance: chance.draw(words.MONTHS),
    "weeks": lambda chance: str(chance.between(3, 19)),
    "number": lambda chance: str(chance.between(3, 48)),
    "percent": lambda chance: str(chance.between(3, 28)),
    "order": lambda chance: f"{chance.between(120, 2_900):,}",
    "fault": lambda chance: chance.draw(words.FAULTS),
    "small": lambda chance: str(chance.between(18, 240)),
    "few": lambda chance: str(chance.between(2, 9)),
    "more": lambda chance: str(chance.between(50, 110)),
    "share": lambda chance: str(chance.between(22, 39)),
    "hours": lambda chance: str(chance.between(3, 23)),
    "promise": lambda chance: chance.draw(("24", "36", "48")),
    "high": lambda chance: str(chance.between(91, 98)),
    "low": lambda chance: str(chance.between(82, 90)),
    "grade": lambda chance: f"{chance.between(72, 95) / 10:.1f}",
    "year": lambda chance: str(chance.between(2014, 2024)),
    "theme": lambda chance: chance.draw(words.THEMES),
}


def fill(sentence: str, chance: Chance, **known: str) -> str:
    """The sentence with names and numbers in its gaps; `known` are those that must agree with other sentences."""
    gaps = [gap for _, gap, _, _ in string.Formatter().parse(sentence) if gap]
    return sentence.format(**{gap: known.get(gap) or GAPS[gap](chance) for gap in gaps})


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    marks = ["---", *(["---:"] * (len(head) - 1))]
    return [f"| {' | '.join(row)} |" for row in (head, marks, *rows)]


def figures_row(name: str, figures: Figures) -> list[str]:
    return [
        name,
        f"{figures.before:,}",
        f"{figures.revenue:,}",
        f"{figures.change:+.1f}%",
        f"{figures.staff:,}",
        f"{figures.customers:,}",
    ]


def parts_table(place: Place, kind: str) -> list[str]:
    head = [kind, "Revenue 2024", "Revenue 2025", "Change", "Staff 2025", "Customers 2025"]
    rows = [figures_row(part.name, part.figures) for part in place.parts]
    return table(head, [*rows, figures_row(f"**{place.name}**", place.figures)])


def lines_table(figures: Figures) -> list[str]:
    rows = [
        [name, f"{value:,}", f"{100 * value / figures.revenue:.1f}%"]
        for name, value in zip(words.LINES, figures.lines, strict=True)
    ]
    return table(["Product line", "Revenue 2025", "Share"], rows)


def state_section(place: Place, country: str, chance: Chance) -> list[str]:
    names = {"leader": person(chance), "customer": customer(chance)}
    rose = place.figures.revenue >= place.figures.before
    reasons = words.PLUS if rose else words.MINUS
    quarters = [["Revenue", *(f"{value:,}" for value in place.figures.quarters)]]
    risks = [f"- {fill(chance.draw(words.RISKS), chance)}" for _ in range(chance.between(2, 3))]
    return [
        f"#### {place.name}, {country}",
        "",
        f"{summary(place)} {chance.draw(words.MARKETS)}",
        "",
        " ".join(
            [
                f"The office is led by {names['leader']}.",
                fill(chance.draw(reasons), chance, **names),
                fill(chance.draw(reasons), chance, leader=names["leader"]),
                fill(chance.draw(words.EVENTS), chance, place=place.name),
            ]
        ),
        "",
        *table(["Quarter", "Q1", "Q2", "Q3", "Q4"], quarters),
        "",
        strongest(place.figures),
        "",
        *lines_table(place.figures),
        "",
        *orders_table(place.figures, chance),
        "",
        f"Largest customers in {place.name}:",
        "",
        *customers_table(place.figures, names["customer"], chance),
        "",
        " ".join(fill(chance.draw(pool), chance, **names) for pool in (words.SERVICE, words.SERVICE)),
        "",
        " ".join(
            fill(chance.draw(pool), chance, **names) for pool in (words.PEOPLE, words.PEOPLE, words.INVESTMENTS)
        ),
        "",
        f"Risks in {place.name}:",
        "",
        *risks,
        "",
        f"Outlook: {fill(chance.draw(words.OUTLOOKS), chance, **names)}",
        "",
    ]


def summary(place: Place) -> str:
    """Revenue, staff and customers in words."""
    figures = place.figures
    direction = "rose" if figures.revenue >= figures.before else "fell"
    staff = figures.staff - figures.staff_before
    staff_text = "did not change" if staff == 0 else f"{'grew' if staff > 0 else 'shrank'} by {abs(staff)}"
    won = figures.customers - figures.customers_before
    customers = (
        "as many customers as" if won == 0 else f"{abs(won)} customers {'more' if won > 0 else 'fewer'} than"
    )
    return (
        f"Revenue in {place.name} {direction} by {abs(figures.change):.1f}%, from EUR {figures.before:,} thousand "
        f"to EUR {figures.revenue:,} thousand. The staff {staff_text}, to {figures.staff} people, and at the end "
        f"of the year there were {customers} a year before, {figures.customers:,} in all."
    )


def strongest(figures: Figures) -> str:
    """The best and the worst quarter in words."""
    best = max(figures.quarters)
    worst = min(figures.quarters)
    return (
        f"The strongest quarter was Q{figures.quarters.index(best) + 1}, with {100 * best / figures.revenue:.1f}% "
        f"of the year's revenue, the weakest Q{figures.quarters.index(worst) + 1}, with "
        f"{100 * worst / figures.revenue:.1f}%."
    )


def orders_table(figures: Figures, chance: Chance) -> list[str]:
    """Orders received and waiting, and how long a delivery takes."""
    received = figures.revenue * chance.between(88, 119) // 100
    waiting = figures.revenue * chance.between(9, 34) // 100
    rows = [[f"{received:,}", f"{waiting:,}", f"{chance.between(3, 14)} weeks", f"{chance.between(12, 160)}"]]
    return table(["Orders received 2025", "Order book at year end", "Delivery time", "Tenders won"], rows)


def customers_table(figures: Figures, largest: str, chance: Chance) -> list[str]:
    """The four largest customers, with what they bought."""
    names = [largest, *(customer(chance) for _ in range(3))]
    shares = sorted((chance.between(30, 140) for _ in names), reverse=True)
    rows = [
        [name, f"{figures.revenue * share // 1000:,}", f"{share / 10:.1f}%", str(chance.between(1996, 2024))]
        for name, share in zip(names, shares, strict=True)
    ]
    return table(["Customer", "Revenue 2025", "Share", "Customer since"], rows)


def best_and_worst(place: Place) -> str:
    ordered = sorted(place.parts, key=lambda part: part.figures.change)
    worst, best = ordered[0], ordered[-1]
    return (
        f"{best.name} did best, with {best.figures.change:+.1f}%, and {worst.name} came last, with "
        f"{worst.figures.change:+.1f}%."
    )


def country_section(place: Place, chance: Chance) -> list[str]:
    met = place.figures.change >= 4
    text = fill(chance.draw(words.COUNTRY_TEXTS), chance, met="met" if met else "missed")
    lines = [f"### {place.name}", "", f"{text} {best_and_worst(place)}", "", *parts_table(place, "State"), ""]
    for state in place.parts:
        lines += state_section(state, place.name, chance)
    return lines


def region_section(place: Place, chance: Chance) -> list[str]:
    lines = [
        f"## {place.name}",
        "",
        f"The region {place.name} has {len(place.parts)} countries and sold instruments and service for EUR "
        f"{place.figures.revenue:,} thousand in 2025, {place.figures.change:+.1f}% against the year before. "
        f"{best_and_worst(place)} {chance.draw(words.MARKETS)}",
        "",
        *parts_table(place, "Country"),
        "",
        *lines_table(place.figures),
        "",
    ]
    for country in place.parts:
        lines += country_section(country, chance)
    return lines


def report() -> str:
    """The whole report."""
    chance = Chance(20251231)
    group = make_group(chance)
    states = sum(len(country.parts) for region in group.parts for country in region.parts)
    lines = [
        f"# {COMPANY}: annual report 2025",
        "",
        f"*{COMPANY} does not exist. This report was made by a program, as a sample document for RLM Desktop: "
        "every person, customer, event and number in it is invented, and the sums agree.*",
        "",
        "## The year in brief",
        "",
        f"{COMPANY} makes and services measuring instruments. It sells through {len(group.parts)} regions, "
        f"{sum(len(region.parts) for region in group.parts)} countries and {states} state offices. Revenue in 2025 "
        f"was EUR {group.figures.revenue:,} thousand, {group.figures.change:+.1f}% against 2024, earned by "
        f"{group.figures.staff:,} people with {group.figures.customers:,} customers. {best_and_worst(group)}",
        "",
        "All amounts are in thousands of euro (EUR thousand). Staff and customers are counted on 31 December. "
        "Each region has a chapter, each country a section and each state a part of its own, with revenue by "
        "quarter and by product line, what happened, the risks and the outlook.",
        "",
        *parts_table(group, "Region"),
        "",
        *lines_table(group.figures),
        "",
    ]
    for region in group.parts:
        lines += region_section(region, chance)
    return "\n".join([*lines, *APPENDIX, ""])


APPENDIX = [
    "## Appendix: terms",
    "",
    "- **Revenue**: deliveries and services that were billed in the year, without tax, at the average rate of the "
    "month.",
    "- **Change**: revenue of 2025 against revenue of 2024, in euro.",
    "- **Staff**: people with a contract on 31 December, part-time posts counted as whole ones.",
    "- **Customers**: companies and institutions with at least one invoice in the last twenty-four months.",
    "- **Service and parts**: maintenance contracts, calibration, repair, rental and spare parts.",
]


def main() -> int:
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(report(), encoding="utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
