"""What a file is: by its content first, by its name's ending where the content cannot tell."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePath

HEAD = 1 << 16
"""How many bytes from a file's beginning `kind_of` wants to see."""

_TEXT_ENDINGS = {
    "markdown": "md markdown mdown mkd mdx",
    "rst": "rst rest",
    "log": "log out err",
    "csv": "csv tsv tab psv",
    "json": "json jsonl ndjson geojson json5 webmanifest",
    "xml": "xml rss atom svg xsd xsl xslt kml gpx plist opml rdf xlf",
    "code": (
        "py pyi pyx ipy js mjs cjs jsx ts tsx vue svelte java kt kts scala groovy gradle c h cc cpp cxx hpp"
        " hh hxx m mm cs fs fsx vb go rs swift rb php pl pm lua r jl dart ex exs erl hrl hs lhs ml mli clj"
        " cljs cljc edn lisp el scm rkt nim zig v sv vhd vhdl d pas pp asm s f f90 f95 for cob ada adb ads tcl"
        " sh bash zsh fish ps1 psm1 bat cmd sql graphql gql proto thrift css scss sass less styl html.erb erb"
        " ejs hbs jinja jinja2 j2 tf hcl nix cmake mk make dockerfile sol move wat cu cl glsl hlsl vert frag"
        " sas do ado st matlab"
    ),
    "config": (
        "toml yaml yml ini cfg conf properties env editorconfig gitignore gitattributes lock reg desktop service"
    ),
    "tex": "tex sty cls bib ltx",
}
KIND_OF_ENDING: dict[str, str] = {
    ending: kind for kind, endings in _TEXT_ENDINGS.items() for ending in endings.split()
}
_PARSED_ENDINGS = {
    "html": "html htm xhtml",
    "mail": "eml mht mhtml",
    "mbox": "mbox",
    "ipynb": "ipynb",
    "pdf": "pdf",
    "docx": "docx docm dotx",
    "pptx": "pptx pptm ppsx",
    "xlsx": "xlsx xlsm xlsb",
    "xls": "xls",
    "odt": "odt ott fodt",
    "ods": "ods fods",
    "odp": "odp fodp",
    "rtf": "rtf",
    "epub": "epub",
    "msg": "msg",
    "zip": "zip",
    "tar": "tar tgz gz bz2 xz tbz2 txz",
}
PARSED_OF_ENDING: dict[str, str] = {
    ending: kind for kind, endings in _PARSED_ENDINGS.items() for ending in endings.split()
}
TEXT_KINDS = frozenset(_TEXT_ENDINGS) | {"text"}
"""Kinds whose text is the decoded file."""

_LABELS = {
    "pdf": "a PDF",
    "html": "an HTML page",
    "mail": "a mail",
    "mbox": "a mailbox",
    "ipynb": "a notebook",
    "docx": "a Word document",
    "pptx": "a PowerPoint presentation",
    "xlsx": "an Excel workbook",
    "xls": "an Excel workbook",
    "odt": "an OpenDocument text",
    "ods": "an OpenDocument spreadsheet",
    "odp": "an OpenDocument presentation",
    "rtf": "a rich text",
    "epub": "an e-book",
    "msg": "an Outlook message",
    "tnef": "a winmail.dat of Outlook",
    "zip": "a zip archive",
    "tar": "an archive",
    "ole": "an old Office file",
    "xml": "an XML file",
    "json": "a JSON file",
    "csv": "a table in CSV",
    "code": "a program text",
    "text": "a text",
}
_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rtf", "rtf"),
    (b"\x78\x9f\x3e\x22", "tnef"),
    (b"\x1f\x8b", "tar"),
    (b"BZh", "tar"),
    (b"\xfd7zXZ\0", "tar"),
)
# Atomic, and so is each comment: else comments that no page follows would be told apart in 2 to the number of ways.
_HTML = re.compile(rb"\s*+(?:<\?xml[^>]*>\s*+)?(?:<!--(?>.*?-->)\s*+)*+<(?:!doctype\s+html|html[\s>])", re.I | re.S)
_TAG = re.compile(rb"<[a-z!/][^<>]{0,200}>", re.I)
_XML = re.compile(rb"\s*<\?xml\s")
_NOTEBOOK = re.compile(rb'\s*\{.*"(?:nbformat|cells|worksheets)"\s*:', re.S)
_TAR_SUM = re.compile(rb" *[0-7]{1,6}[ \0]+")
_HEADER = re.compile(rb"([A-Za-z][!-9;-~]{0,75}):|[ \t]+\S")
_SENT = {b"from", b"received", b"return-path", b"mime-version"}
_MAIL_HEADERS = _SENT | {b"to", b"subject", b"date", b"message-id", b"delivered-to", b"reply-to", b"x-mailer"}


def label(kind: str) -> str:
    """How a sentence calls a kind: `a PDF`."""
    return _LABELS.get(kind, f"a {kind} file")


def ending_of(name: str) -> str:
    """The name's ending in lower case without the dot; for `Makefile` and the like the name itself."""
    path = PurePath(name.lower())
    return path.suffix.removeprefix(".") or path.name.lstrip(".")


def kind_of(head: bytes, name: str) -> str:
    """What a file is that begins with `head`.

    Containers are told apart later, where they can be opened safely: `zip` may turn out as an Office file or a
    book, `ole` as an old Office file or an Outlook message.
    """
    ending = ending_of(name)
    if magic := _kind_by_magic(head):
        return magic
    if _HTML.match(head) and KIND_OF_ENDING.get(ending) not in ("code", "markdown"):
        return "html"
    if head.startswith(b"From ") and _is_mail(head.partition(b"\n")[2], ending):
        return "mbox"
    if _is_mail(head, ending) and KIND_OF_ENDING.get(ending) not in ("code", "markdown"):
        return "mail"
    if ending == "ipynb" and _NOTEBOOK.match(head):
        return "ipynb"
    if ending in ("fodt", "fods", "fodp") and b"office:document" in head:
        return PARSED_OF_ENDING[ending]
    if ending in ("html", "htm", "xhtml") and _TAG.search(head.replace(b"\0", b"")):
        return "html"
    if ending in KIND_OF_ENDING:
        return KIND_OF_ENDING[ending]
    return "xml" if _XML.match(head) else "text"


def disagreement(kind: str, name: str) -> str:
    """A warning when the name's ending promises something else than what the file is; empty otherwise."""
    ending = ending_of(name)
    promised = PARSED_OF_ENDING.get(ending) or KIND_OF_ENDING.get(ending)
    if (
        promised is None
        or promised == kind
        or kind == "ole"
        or {promised, kind} <= TEXT_KINDS | {"html", "mbox", "mail"}
    ):
        return ""
    if {promised, kind} <= {"xls", "xlsx"}:
        return ""
    return f"Named .{ending}, but it is {label(kind)}; read as such."


def _kind_by_magic(head: bytes) -> str:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if b"%PDF-" in head[:1024]:
        return "pdf"
    return "tar" if head[257:262] == b"ustar" or _is_old_tar(head) else ""


def _is_old_tar(head: bytes) -> bool:
    """Whether the first header has the right sum, as in archives from before there was a mark."""
    if len(head) < 512 or not _TAR_SUM.fullmatch(head, 148, 156):
        return False
    return int(head[148:156].strip(b" \0"), 8) == sum(head[:148]) + sum(head[156:512]) + 8 * ord(" ")


def _is_mail(head: bytes, ending: str) -> bool:
    """Whether it begins with header lines, among them two that only mails have; one where it is named a mail."""
    is_named = PARSED_OF_ENDING.get(ending) in ("mail", "mbox")
    names: set[bytes] = set()
    for line in head.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n").split(b"\n", 200)[:200]:
        if not line.strip():
            break
        match = _HEADER.match(line)
        if match:
            names.add((match[1] or b"").lower())
        elif not is_named or not names:
            return False
    if is_named:
        return bool(names & _MAIL_HEADERS)
    return len(names & _MAIL_HEADERS) >= 2 and bool(names & _SENT)
