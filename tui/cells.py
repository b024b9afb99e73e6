"""Text measured in cells of the terminal."""

from rich.cells import cell_len, set_cell_size


def cut(text: str, width: int) -> str:
    """A text in at most `width` cells, with … where something is left out."""
    if cell_len(text) <= width:
        return text
    return f"{set_cell_size(text, width - 1).rstrip()}…" if width > 0 else ""
