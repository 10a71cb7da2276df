"""A window of another program, from which one drags a file: `python -m tests.end_to_end.drag_source FILE`.

It prints what the drag comes to, a word a line: `shown`, `dragging`, `accepted`, `dropped` or `refused`.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel

TITLE = "Files"


class DragSource(QLabel):
    """Holds one file."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self._url = QUrl.fromLocalFile(file)
        self.setWindowTitle(TITLE)
        self.setFixedSize(200, 100)

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        drag = QDrag(self)
        data = QMimeData()
        data.setUrls([self._url])
        drag.setMimeData(data)
        copy = Qt.DropAction.CopyAction
        drag.actionChanged.connect(lambda action: tell("accepted" if action is copy else "over"))
        # From within the drag, while it is over this window, which refuses it. Qt tells of an action only when
        # it is another one than before: of a drag that began over what takes it, nothing would be told.
        QTimer.singleShot(0, lambda: tell("dragging"))
        tell("dropped" if drag.exec(copy) is copy else "refused")


def tell(word: str) -> None:
    print(word, flush=True)


def main() -> None:
    app = QApplication(sys.argv)
    source = DragSource(sys.argv[1])
    source.show()
    tell("shown")
    app.exec()


if __name__ == "__main__":
    main()
