"""The system's own dialog for files, the same way for every room."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget


def file_dialog(
    parent: QWidget, title: str, *, folder: str = "", filters: str = "", save_as: str = "", suffix: str = ""
) -> QFileDialog:
    """A dialog that is to be opened with `open`, and goes when it is closed.

    It is the system's own where Qt knows one, and Qt's elsewhere (as without a desktop's platform theme). Nothing
    may be put into it that only Qt's has.

    Args:
        parent: The window over which it opens.
        title: What it is for.
        folder: Where it begins; where the last one ended when empty.
        filters: Kinds of files, as `Texts (*.txt);;All files (*)`.
        save_as: The name that is offered for a file that is written; empty when files are read.
        suffix: What a name gets that has none.
    """
    dialog = QFileDialog(parent, title, folder, filters)
    if save_as:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    if suffix:
        dialog.setDefaultSuffix(suffix)
    if save_as:
        dialog.selectFile(save_as)
    # Not `WA_DeleteOnClose`: a native dialog does not close the widget that stands for it.
    dialog.finished.connect(dialog.deleteLater)
    return dialog
