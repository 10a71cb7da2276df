"""What lies in Office Open XML files beside the part that the libraries read: charts, diagrams, files within."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterable, Iterator

from rlm_desktop.documents.document import count
from rlm_desktop.documents.draft import Draft
from rlm_desktop.documents.formats.common import Element, Source, Unreadable, XMLError, xml_root
from rlm_desktop.documents.formats.limits import UNREAD, read_member
from rlm_desktop.documents.formats.mail import add_attachment
from rlm_desktop.documents.formats.tables import cell_text, markdown_table


def part_root(archive: zipfile.ZipFile, part: str, draft: Draft | None = None) -> Element | None:
    """The root of a part without which the document is read nevertheless; the draft is told when it is damaged.

    Returns:
        None when it is missing, or nothing of it can be read.
    """

    def say_damaged() -> None:
        if draft is not None:
            draft.warn(f"{part}: it is damaged.")

    try:
        return xml_root(read_member(archive, archive.getinfo(part)), say_damaged)
    except KeyError:
        return None
    except (*UNREAD, Unreadable, XMLError):
        say_damaged()
        return None


def relations(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    """Name and part of all that belongs to a part."""
    return ((name, target) for name, _, target in _relations(archive, part))


def related(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    """Kind, as `footnotes`, and part of all that belongs to a part; to the file itself without one."""
    return ((kind.rpartition("/")[2], target) for _, kind, target in _relations(archive, part))


def _relations(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str, str]]:
    folder, name = posixpath.split(part)
    root = part_root(archive, posixpath.join(folder, "_rels", f"{name}.rels"))
    for relation in () if root is None else root:
        if isinstance(relation.tag, str) and relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join(folder, relation.get("Target", ""))).lstrip("/")
            yield relation.get("Id", ""), relation.get("Type", ""), target


def part_text(archive: zipfile.ZipFile, part: str, draft: Draft) -> str:
    """The words of a diagram or a drawing, or a chart as a table; empty for any other part."""
    folder, name = posixpath.split(part)
    if not name.endswith(".xml"):
        return ""
    if (root := part_root(archive, part, draft)) is None:
        return ""
    if folder.endswith("/charts") and name.startswith("chart"):
        return chart_text(root)
    is_diagram = folder.endswith("/diagrams") and name.startswith("data")
    return paragraphs(root) if is_diagram or folder.endswith("/drawings") else ""


def paragraphs(root: Element) -> str:
    """The paragraphs of drawn text, a line each."""
    lines = ("".join(text.text or "" for text in one.iter("{*}t")) for one in root.iter("{*}p"))
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def chart_text(root: Element) -> str:
    """Titles, then a row for each category, a column for each series."""
    titles = [paragraphs(title).replace("\n", " ") for title in root.iter("{*}title")]
    table: dict[tuple[str, str], dict[int, str]] = {}
    names: list[str] = []
    for number, series in enumerate(root.iter("{*}ser")):
        written = series.findtext("{*}tx/{*}v") or ""
        names.append(" ".join(_values(series.iterfind("{*}tx")).values()) or written or f"series {number + 1}")
        labels = _values((*series.iterfind("{*}cat"), *series.iterfind("{*}xVal")))
        for place, value in _values((*series.iterfind("{*}val"), *series.iterfind("{*}yVal"))).items():
            table.setdefault((place, labels.get(place, place)), {})[number] = _figure(value)
    for data in root.iter("{*}data"):  # waterfalls, treemaps and the like, which have a form of their own
        names.append(f"series {len(names) + 1}")
        labels = _points(data.iterfind("{*}strDim/{*}lvl"))
        for place, value in _points(data.iterfind("{*}numDim/{*}lvl")).items():
            table.setdefault((place, labels.get(place, place)), {})[len(names) - 1] = _figure(value)
    rows = [[label, *(row.get(number, "") for number in range(len(names)))] for (_, label), row in table.items()]
    shown = markdown_table([["", *names], *rows]) if rows else ""
    return "\n\n".join(filter(None, ["Chart: " + " / ".join(filter(None, titles)) if any(titles) else "", shown]))


def _figure(value: str) -> str:
    """As a person writes it: charts keep `0.10000000000000001`."""
    try:
        return cell_text(float(value))
    except ValueError:
        return value


def _values(elements: Iterable[Element]) -> dict[str, str]:
    """What is kept of the cells that a chart shows, by their places."""
    return {
        point.get("idx", ""): value.text or ""
        for element in elements
        for point in element.iter("{*}pt")
        if (value := point.find("{*}v")) is not None
    }


def _points(levels: Iterable[Element]) -> dict[str, str]:
    """The same of a new kind of chart; of labels in levels all, from the outermost."""
    points: dict[str, list[str]] = {}
    for level in list(levels)[::-1]:
        for point in level.iterfind("{*}pt"):
            points.setdefault(point.get("idx", ""), []).append(point.text or "")
    return {place: " ".join(filter(None, texts)) for place, texts in points.items()}


def add_embedded(archive: zipfile.ZipFile, source: Source, draft: Draft, further: Iterable[str] = ()) -> None:
    """Files within, and further ones, each by its own extractor; not the tables behind charts: they show them."""
    names = archive.namelist()
    behind = {target for name in names if "/charts/" in name for _, target in relations(archive, name)}
    within = [name for name in names if "/embeddings/" in name and name not in behind and not name.endswith("/")]
    files = [*further, *(name for name in within if not name.endswith(".bin"))]
    for number, name in enumerate(files, 1):
        try:
            data = read_member(archive, archive.getinfo(name))
        except (*UNREAD, Unreadable, XMLError):
            draft.warn(f"Attachment {posixpath.basename(name)}: it is damaged.")
        else:
            add_attachment(posixpath.basename(name), data, number, source, draft)
    if objects := sum(name.endswith(".bin") for name in within):
        draft.warn(f"{count(objects, 'object')} of other programs within it not read.")
