"""Formulas of Office files (OMML) as LaTeX, which models read best. No library reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rlm_desktop.documents.formats.common import Element, split_tag

_SIGNS = {"∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∬": r"\iint", "∭": r"\iiint", "∮": r"\oint", "⋃": r"\bigcup"}
_ACCENTS = {
    "\u0302": r"\hat", "\u0303": r"\tilde", "\u0304": r"\bar", "\u0305": r"\bar", "\u0307": r"\dot",
    "\u0308": r"\ddot", "\u20d7": r"\vec", "\u030c": r"\check",
}  # fmt: skip
_DEEPEST = 60


def latex(formula: Element, depth: int = 0) -> str:
    """A formula, or a part of one."""
    name = split_tag(formula)[1]
    if depth < _DEEPEST and (written := _WRITTEN.get(name)) is not None:
        return written(formula, depth + 1)
    if name == "t":
        return formula.text or ""
    return "" if name.endswith("Pr") else _all(formula, depth + 1)


def _all(elements: Iterable[Element], depth: int) -> str:
    if depth >= _DEEPEST:
        return "".join(text for element in elements for text in element.itertext())
    return "".join(latex(element, depth) for element in elements)


def _part(formula: Element, name: str, depth: int) -> str:
    """What stands in an argument of a formula."""
    found = formula.find(f"{{*}}{name}")
    return _all(found, depth) if found is not None else ""


def _told(formula: Element, name: str, otherwise: str) -> str:
    """A sign that a formula is written with; may be none at all."""
    found = formula.find(f"{{*}}{split_tag(formula)[1]}Pr/{{*}}{name}")
    return otherwise if found is None else next(iter(found.attrib.values()), "")


def _scripts(formula: Element, depth: int) -> str:
    low, high = _part(formula, "sub", depth), _part(formula, "sup", depth)
    return (f"_{{{low}}}" if low else "") + (f"^{{{high}}}" if high else "")


def _fraction(formula: Element, depth: int) -> str:
    return rf"\frac{{{_part(formula, 'num', depth)}}}{{{_part(formula, 'den', depth)}}}"


def _raised(formula: Element, depth: int) -> str:
    return f"{_part(formula, 'e', depth)}{_scripts(formula, depth)}"


def _root(formula: Element, depth: int) -> str:
    degree = _part(formula, "deg", depth)
    degree = f"[{degree}]" if degree else ""
    return rf"\sqrt{degree}{{{_part(formula, 'e', depth)}}}"


def _sum(formula: Element, depth: int) -> str:
    sign = _told(formula, "chr", "∫")
    return f"{_SIGNS.get(sign, sign)}{_scripts(formula, depth)} {_part(formula, 'e', depth)}"


def _brackets(formula: Element, depth: int) -> str:
    inner = _told(formula, "sepChr", "|").join(_all(one, depth) for one in formula.iterfind("{*}e"))
    return f"{_told(formula, 'begChr', '(')}{inner}{_told(formula, 'endChr', ')')}"


def _matrix(formula: Element, depth: int) -> str:
    rows = [" & ".join(_all(one, depth) for one in row.iterfind("{*}e")) for row in formula.iterfind("{*}mr")]
    return r"\begin{matrix}" + r" \\ ".join(rows) + r"\end{matrix}"


def _lines(formula: Element, depth: int) -> str:
    return r" \\ ".join(_all(one, depth) for one in formula.iterfind("{*}e"))


def _limit(formula: Element, depth: int) -> str:
    sign = "_" if split_tag(formula)[1] == "limLow" else "^"
    return f"{_part(formula, 'e', depth)}{sign}{{{_part(formula, 'lim', depth)}}}"


def _function(formula: Element, depth: int) -> str:
    return f"{_part(formula, 'fName', depth)} {_part(formula, 'e', depth)}"


def _accent(formula: Element, depth: int) -> str:
    sign = _ACCENTS.get(_told(formula, "chr", "\u0302"), r"\overline")
    return f"{sign}{{{_part(formula, 'e', depth)}}}"


def _bar(formula: Element, depth: int) -> str:
    return rf"\overline{{{_part(formula, 'e', depth)}}}"


_WRITTEN: dict[str, Callable[[Element, int], str]] = {
    "f": _fraction,
    "sSup": _raised,
    "sSub": _raised,
    "sSubSup": _raised,
    "sPre": lambda formula, depth: f"{{}}{_scripts(formula, depth)}{_part(formula, 'e', depth)}",
    "rad": _root,
    "nary": _sum,
    "d": _brackets,
    "m": _matrix,
    "eqArr": _lines,
    "limLow": _limit,
    "limUpp": _limit,
    "func": _function,
    "acc": _accent,
    "bar": _bar,
}
