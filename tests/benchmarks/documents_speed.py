"""Loading documents: large texts, folders, each format beside the plain library call, two processes beside one."""

from __future__ import annotations

import asyncio
import codecs
import csv
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO, StringIO
from pathlib import Path

import psutil

from rlm_desktop.documents import Loader, expand, load_all
from tests.benchmarks import Figure, without_collection
from tests.documents import made

NAME = "documents"
_SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "documents"
LARGE_MB = 500
_LARGE_RUNS = 5
_WATCHED_RUNS = 3
_FREEING = 0.3
"""Seconds in which a thread has freed a text that nobody holds any more."""
_FILES = 10_000
LINES = {
    "ASCII": "The quick brown fox jumps over the lazy dog; 0123456789 and more words in a line.\n",
    "Russian": "Съешь же ещё этих мягких французских булок, да выпей чаю; 0123456789.\n",
    "ASCII with line ends": "The quick brown fox jumps over the lazy dog; 0123456789 and more words in a line.\r\n",
    "Chinese": "人人 生而 自由， 在 尊严 和 权利 上 一律 平等。 他们 赋有 理性 和 良心， 0123456789。\n",
}
WATCHED = ("ASCII", "Russian", "Chinese")
_OTHERS = {
    "Russian in UTF-16": ("Russian", "utf-16-le", codecs.BOM_UTF16_LE),
    "Russian in Windows-1251": ("Russian", "cp1251", b""),
    "Russian with damaged bytes": ("Russian", "utf-8", b"\xff\n"),
    "English with Windows' line ends": ("ASCII with line ends", "utf-8", b""),
}
"""Which words in which encoding, and the bytes before them."""


async def run() -> list[Figure]:
    """All figures of the documents."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [
            *(figure for name in WATCHED for figure in _large_text(folder, name)),
            *(_other_text(folder, title) for title in _OTHERS),
            *await _folder(folder),
            *_overheads(folder),
            *await _two_processes(folder),
            *await _cancel(folder),
        ]


def write_large(path: Path, name: str, encoding: str = "utf-8", begin: bytes = b"") -> int:
    """Write a text of `LARGE_MB`, with some bytes before it; returns the characters of the text.

    Its words are in no order: a processor soon knows a line that comes again and again, and then decodes it in half
    the time.
    """
    words = random.Random(1).choices(LINES[name].split(" "), k=200_000)
    block = ("" if name == "Chinese" else " ").join(words)
    data = block.encode(encoding)
    count = (LARGE_MB << 20) // len(data)
    with path.open("wb") as file:
        file.write(begin)
        for _ in range(count):
            file.write(data)
    return len(block.replace("\r", "")) * count


@contextmanager
def _watched(memory: list[int], gaps: list[float]) -> Iterator[None]:
    """Note the memory of this process and its children, and how long other threads had to wait."""
    ended = threading.Event()
    process = psutil.Process()

    def watch() -> None:
        last = time.perf_counter()
        while not ended.wait(0.005):
            now = time.perf_counter()
            gaps.append(now - last - 0.005)
            memory.append(process.memory_info().rss)
            if len(gaps) % 20 == 0:  # looking for children takes milliseconds
                with suppress(psutil.NoSuchProcess):
                    memory[-1] += sum(child.memory_info().rss for child in process.children())
            last = time.perf_counter()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _large_text(folder: Path, name: str) -> Iterator[Figure]:
    path = folder / "large.txt"
    width = 1 if name == "ASCII" else 2
    characters = write_large(path, name)
    loader = Loader(workers=1)
    seconds, copies, stalls, used = [], [], [], []
    try:
        for _ in range(_LARGE_RUNS):
            started, began = time.perf_counter(), sum(os.times()[:4])
            document = loader.load(path)
            seconds.append(time.perf_counter() - started)
            used.append(sum(os.times()[:4]) - began)
            assert document.characters == characters
            del document
            time.sleep(_FREEING)
        for _ in range(_WATCHED_RUNS):  # watching takes its share of the processors
            memory: list[int] = []
            gaps: list[float] = []
            before = psutil.Process().memory_info().rss
            with _watched(memory, gaps):
                document = loader.load(path)
            del document
            time.sleep(_FREEING)
            copies.append((max(memory) - before) / (characters * width))
            stalls.append(max(gaps) * 1000)
    finally:
        loader.close()
        path.unlink()
    note = f"worst of {_LARGE_RUNS}; {statistics.median(seconds):.2f} s median, {statistics.median(used):.2f} s of"
    note += " processor time: hashing, the making of memory and a second decoder go on beside the decoding"
    yield Figure.at_most(f"{name} text of {LARGE_MB} MB ready", max(seconds), "s", 2.0, note)
    most = f"most of {_WATCHED_RUNS}, with what the reading needs"
    yield Figure.at_most(f"{name}: copies of it in memory", max(copies), "x", 2.0, most)
    wait = f"median of the longest in each of {_WATCHED_RUNS}"
    yield Figure.at_most(f"{name}: longest wait of another thread", statistics.median(stalls), "ms", 50.0, wait)


def _other_text(folder: Path, title: str) -> Figure:
    path = folder / "large.txt"
    write_large(path, *_OTHERS[title])
    loader = Loader(workers=1)
    seconds = []
    try:
        for _ in range(_WATCHED_RUNS):
            started = time.perf_counter()
            document = loader.load(path)
            seconds.append(time.perf_counter() - started)
            del document
            time.sleep(_FREEING)
    finally:
        loader.close()
        path.unlink()
    median = f"worst of {_WATCHED_RUNS}; {statistics.median(seconds):.2f} s median"
    return Figure.plain(f"{title}, {LARGE_MB} MB ready", max(seconds), "s", median)


async def _folder(folder: Path) -> list[Figure]:
    root = folder / "tree"
    for number in range(_FILES):
        path = root / f"d{number // 1000}" / f"s{number // 100}" / f"f{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"print({number})\n" * 30)
    (root / ".gitignore").write_text("*.log\n/build/\n*.egg-info\n**/tmp/*.txt\n!keep.log\n")
    listing = expand([root])
    listed = [_timed(lambda: expand([root])) for _ in range(5)]
    assert len(listing.files) == _FILES
    gaps: list[float] = []
    with without_collection():
        ticking = asyncio.create_task(_tick(gaps))
        started = time.perf_counter()
        results = await load_all(listing.files, progress=lambda report: None)
        loaded = time.perf_counter() - started
        ticking.cancel()
    assert len(results) == _FILES
    return [
        Figure.at_most("10,000 files listed", statistics.median(listed), "s", 1.0, "median of 5, with .gitignore"),
        Figure.plain("10,000 files loaded", loaded, "s", "small Python files"),
        Figure.at_most(
            "longest stall of the event loop meanwhile",
            max(gaps) * 1000,
            "ms",
            50.0,
            "5 ms ticks, without collection",
        ),
    ]


async def _tick(gaps: list[float]) -> None:
    last = time.perf_counter()
    while True:
        await asyncio.sleep(0.005)
        now = time.perf_counter()
        gaps.append(now - last - 0.005)
        last = now


def _overheads(folder: Path) -> Iterator[Figure]:
    """Time of a load, with the process running, over that of the plain library in this process."""
    loader = Loader(workers=1)
    try:
        for name, data, plain, amount, unit in _formats():
            path = folder / name
            path.write_bytes(data)
            loader.load(path)
            plain(data)
            ours, theirs, ratios = [], [], []
            for _ in range(15):
                begun = _processor_time()
                ours.append(_timed(lambda path=path: loader.load(path)))
                between = _processor_time()
                theirs.append(_timed(lambda plain=plain, data=data: plain(data)))
                ratios.append((between - begun) / (_processor_time() - between))
            waited = statistics.median(ours) / statistics.median(theirs)
            rate = amount / statistics.median(ours)
            note = f"processor time of both processes, median of 15 ratios, in turns; by the clock {waited:.2f} x, "
            note += f"{rate:,.0f} {unit}; the plain call asks the library for the same and gives no places"
            yield Figure.at_most(f"{name}: beside the plain library", statistics.median(ratios), "x", 1.15, note)
    finally:
        loader.close()


def _processor_time() -> float:
    """Of this process and of the extraction processes."""
    return time.process_time() + sum(_used_by(child) for child in psutil.Process().children())


def _used_by(process: psutil.Process) -> float:
    """To the nanosecond where the system tells it; its usual figure counts hundredths of a second."""
    try:
        tasks = Path(f"/proc/{process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    except OSError:
        times = process.cpu_times()
        return times.user + times.system


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _formats() -> Iterator[tuple[str, bytes, Callable[[bytes], object], float, str]]:
    """Name, file, the plain library call, and what a file counts as."""
    import pypdfium2
    import pypdfium2.raw as raw
    from html_to_markdown import convert
    from python_calamine import CalamineWorkbook

    def pdf(data: bytes) -> object:
        """What is asked of the library for a document: text, comments, bookmarks."""
        document, text, notes = pypdfium2.PdfDocument(data), list[str](), 0
        for page in document:
            text.append(page.get_textpage().get_text_range())
            for index in range(raw.FPDFPage_GetAnnotCount(page)):
                annotation = raw.FPDFPage_GetAnnot(page, index)
                notes += raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_TEXT
                raw.FPDFPage_CloseAnnot(annotation)
            page.close()
        outline = [(mark.get_title(), mark.get_dest()) for mark in document.get_toc()]
        document.close()
        return text, notes, outline

    def workbook(data: bytes) -> str:
        book, text = CalamineWorkbook.from_filelike(BytesIO(data)), StringIO()
        for name in book.sheet_names:
            csv.writer(text).writerows(book.get_sheet_by_name(name).to_python())
        return text.getvalue()

    policy = _SHARED / "debian-policy.pdf"
    pages = [f"Page {number} has some words of its own and a few more" for number in range(400)]
    book = policy.read_bytes() if policy.exists() else made.pdf(*pages)
    yield "book.pdf", book, pdf, 193 if policy.exists() else 400, "pages/s"
    row = "<tr><td>one</td><td>two <b>bold</b></td></tr>"
    page = f"<html><h1>Title</h1>{f'<p>Some <a href=x>text</a> here.</p><table>{row * 5}</table>' * 2000}</html>"
    yield "page.html", page.encode(), lambda data: convert(data.decode()), len(page) / 1e6, "MB/s"
    yield "book.xlsx", made.xlsx(rows=20_000), workbook, 20_000, "rows/s"


async def _two_processes(folder: Path) -> list[Figure]:
    """Many PDFs by two processes over one."""
    paths = []
    for number in range(8):
        path = folder / f"part{number}.pdf"
        path.write_bytes(made.pdf(*[f"Some words of page {page}" for page in range(2500)]))
        paths.append(path)
    seconds: dict[int, float] = {}
    for workers in (1, 2):
        loader = Loader(workers=workers)
        try:
            await loader.load_all(paths[:workers])
            runs = []
            for _ in range(3):
                started = time.perf_counter()
                await loader.load_all(paths)
                runs.append(time.perf_counter() - started)
            seconds[workers] = statistics.median(runs)
        finally:
            await loader.aclose()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    note = f"8 PDFs of 2,500 pages, medians of 3, {cores} cores; two processes over one"
    return [Figure.at_most("many files by two processes", seconds[2] / seconds[1], "x", 1 / 1.7, note)]


async def _cancel(folder: Path) -> list[Figure]:
    path = folder / "long.pdf"
    path.write_bytes(made.pdf(*["some words"] * 8000))
    times = []
    for _ in range(5):
        started = asyncio.Event()
        loading = asyncio.create_task(load_all([path], progress=lambda report, begun=started: begun.set()))
        await started.wait()
        before = time.perf_counter()
        loading.cancel()
        await asyncio.wait([loading])
        times.append((time.perf_counter() - before) * 1000)
    return [Figure.at_most("cancel, until nothing is left", max(times), "ms", 200.0, "worst of 5")]
