# SPDX-License-Identifier: Apache-2.0
"""Draw a QR code as plain squares: no picture, no font."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from reports.pdf import look

if TYPE_CHECKING:
    from reports.pdf.pen import Pen

# The quiet zone of four modules that the standard (ISO/IEC 18004) asks for.
_QUIET = 4


def qr(pen: Pen, x: float, top: float, side: float, text: str) -> None:
    """Draw the code of `text` below `top`, `side` points wide with its quiet zone."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    rows: list[list[int]] = code.modules
    size = side / (len(rows) + 2 * _QUIET)
    pen.canvas.setFillColor(look.INK)
    for row, cells in enumerate(rows):
        for column, dark in enumerate(cells):
            if dark:
                left, low = x + (_QUIET + column) * size, top - (_QUIET + row + 1) * size
                pen.canvas.rect(left, low, size, size, stroke=0, fill=1)
