"""Questions about documents: a password, an encoding, OCR; and the list of what folders left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QLocale, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from rlm_desktop.ui.copying import let_copy_rows, row_lines, spare_headings
from rlm_desktop.ui.dialogs import furnish
from rlm_desktop.ui.figures import counted, number
from rlm_desktop.ui.labels import plain_tip
from rlm_desktop.ui.sentences import said
from rlm_desktop.ui.theme import code_font, scaled, size_rows
from rlm_desktop.ui.window_style import align_labels, muted, without_icons

if TYPE_CHECKING:
    from rlm_desktop.documents import LeftOut

_ENCODINGS = (
    "utf-8 utf-16 utf-32 cp1252 iso8859-1 iso8859-15 cp1250 iso8859-2 cp1251 koi8-r koi8-u cp866 iso8859-5"
    " cp1253 iso8859-7 cp1254 cp1255 iso8859-8 cp1256 cp1257 cp1258 cp874 cp932 shift_jis euc_jp iso2022_jp"
    " gb18030 gbk big5 cp949 euc_kr mac_roman cp437 cp850"
)
_TESSERACT_OF_LANGUAGE = {
    "de": "deu",
    "en": "eng",
    "es": "spa",
    "fr": "fra",
    "it": "ita",
    "nl": "nld",
    "pl": "pol",
    "pt": "por",
    "ru": "rus",
    "uk": "ukr",
    "ja": "jpn",
    "ko": "kor",
    "zh": "chi_sim",
}


def _buttons(dialog: QDialog, accept: str) -> tuple[QDialogButtonBox, QPushButton]:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    button = box.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
    button.setProperty("primary", True)
    button.setDefault(True)
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    without_icons(box)
    return box, button


def _label(text: str, *, is_muted: bool = False) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if is_muted:
        muted(label)
    return label


class PasswordDialog(QDialog):
    """Asks for the password of a document.

    Signals:
        given: The password.
    """

    given = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None, *, was_wrong: bool = False) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Password needed"))
        self.setMinimumWidth(420)
        self.edit = QLineEdit()
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setAccessibleName(self.tr("Password of the document"))
        self.edit.setPlaceholderText(self.tr("Password"))
        said = self.tr("The password of {name} was wrong. Try another one.")
        said = said if was_wrong else self.tr("{name} is encrypted.")
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(_label(said.format(name=name)))
        layout.addWidget(self.edit)
        note = self.tr("It is remembered until the program ends, and never written anywhere.")
        layout.addWidget(_label(note, is_muted=True))
        box, self._open = _buttons(self, self.tr("&Open"))
        self._open.setEnabled(False)
        self.edit.textChanged.connect(lambda text: self._open.setEnabled(bool(text)))
        layout.addWidget(box)
        furnish(self, 440)
        self.edit.setFocus()

    def accept(self) -> None:  # noqa: D102
        if self.edit.text():
            self.given.emit(self.edit.text())
            super().accept()


class EncodingDialog(QDialog):
    """Asks for the encoding of a text, and shows some of it in the one that is chosen.

    Args:
        name: Of the document.
        sample: Bytes of it that show the difference.
        encoding: In which it was read; empty when it was not.

    Signals:
        chosen: The encoding; empty to have it detected.
    """

    chosen = Signal(str)

    def __init__(self, name: str, sample: bytes, encoding: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Encoding"))
        self._sample = sample
        self.box = QComboBox()
        self.box.setEditable(True)
        self.box.setAccessibleName(self.tr("Encoding of the document"))
        self.box.addItem(self.tr("Detect it"), "")
        for known in dict.fromkeys(filter(None, [encoding.lower(), *_ENCODINGS.split()])):
            self.box.addItem(known.upper(), known)
        self.box.setCurrentIndex(1)
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setFont(code_font(self))
        self.preview.setAccessibleName(self.tr("Beginning of the document in this encoding"))
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        found = (
            self.tr("{name} was read as {encoding}.") if encoding else self.tr("{name} was not taken for a text.")
        )
        layout.addWidget(_label(found.format(name=name, encoding=encoding.upper())))
        form = QFormLayout()
        form.addRow(self.tr("Read it as"), self.box)
        align_labels(form)
        layout.addLayout(form)
        layout.addWidget(self.preview, 1)
        box, self._read = _buttons(self, self.tr("&Read again"))
        layout.addWidget(box)
        furnish(self, 560, 400)
        self.box.currentTextChanged.connect(self._show_sample)
        self._show_sample()

    @property
    def encoding(self) -> str:
        """What is chosen; empty to have it detected."""
        text = self.box.currentText().strip()
        index = self.box.findText(text, Qt.MatchFlag.MatchFixedString)
        return str(self.box.itemData(index)) if index >= 0 else text

    def _show_sample(self) -> None:
        encoding = self.encoding
        try:
            text = self._sample.decode(encoding or "utf-8", "replace")
        except (LookupError, ValueError):
            self.preview.setPlainText(self.tr("There is no encoding of this name."))
            self._read.setEnabled(False)
            return
        self._read.setEnabled(True)
        self.preview.setPlainText(text.replace("\0", "␀") if encoding else "")

    def accept(self) -> None:  # noqa: D102
        self.chosen.emit(self.encoding)
        super().accept()


class OcrDialog(QDialog):
    """Asks in which languages the pictures of pages are to be read.

    Signals:
        chosen: Languages as Tesseract wants them, as `eng+deu`.
    """

    chosen = Signal(str)

    def __init__(self, names: Sequence[str], languages: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Read pictures of pages"))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Languages of the pages"))
        own = _TESSERACT_OF_LANGUAGE.get(QLocale().name()[:2], "eng")
        wanted = own if own in languages else "eng" if "eng" in languages else languages[0]
        for language in sorted(languages, key=lambda known: (known != wanted, known)):
            entry = QListWidgetItem(language, self.list)
            entry.setFlags(entry.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            entry.setCheckState(Qt.CheckState.Checked if language == wanted else Qt.CheckState.Unchecked)
        what = names[0] if len(names) == 1 else counted(len(names), "document")
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(_label(self.tr("In which languages is {what} written?").format(what=what)))
        layout.addWidget(self.list, 1)
        note = self.tr("Tesseract reads the pages on this machine. It takes some seconds a page, and it errs.")
        layout.addWidget(_label(note, is_muted=True))
        box, self._read = _buttons(self, self.tr("&Read"))
        self.list.itemChanged.connect(lambda _item: self._read.setEnabled(bool(self.languages)))
        layout.addWidget(box)
        furnish(self, 420, 280)

    @property
    def languages(self) -> str:
        """What is chosen."""
        entries = [self.list.item(row) for row in range(self.list.count())]
        return "+".join(entry.text() for entry in entries if entry.checkState() == Qt.CheckState.Checked)

    def accept(self) -> None:  # noqa: D102
        self.chosen.emit(self.languages)
        super().accept()


class _LeftOutModel(QAbstractTableModel):
    def __init__(self, entries: Sequence[LeftOut], parent: QObject) -> None:
        super().__init__(parent)
        self._entries = entries

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return (self.tr("File or folder"), self.tr("Why"))[section]

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        text = self._entries[index.row()][index.column()]
        text = said(text) if index.column() else text
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text


class LeftOutDialog(QDialog):
    """What folders hold that was not read, and why."""

    def __init__(self, entries: Sequence[LeftOut], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Left out of folders"))
        reasons = Counter(entry.reason for entry in entries)
        summary = ", ".join(f"{number(count)} {said(reason)}" for reason, count in reasons.most_common(6))
        self.table = QTableView()
        self.table.setAccessibleName(self.tr("Files that were left out"))
        self.table.setModel(_LeftOutModel(list(entries), self))
        spare_headings(self.table)
        let_copy_rows(self.table, lambda: row_lines(self.table))
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        size_rows(self.table)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setHighlightSections(False)
        # Of two hundred rows at most, which do.
        self.table.horizontalHeader().setResizeContentsPrecision(200)
        self.table.setColumnWidth(1, min(self.table.sizeHintForColumn(1) + 16, scaled(self, 320)))
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(_label(summary))
        layout.addWidget(self.table, 1)
        note = self.tr("To read one of them all the same, add the file itself.")
        layout.addWidget(_label(note, is_muted=True))
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        without_icons(box)
        box.rejected.connect(self.reject)
        layout.addWidget(box)
        furnish(self, 640, 420)
