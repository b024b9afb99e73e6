"""A screen with an input whose text survives whatever happens to the app."""

from textual.screen import Screen

from tui.drafting import DraftKeeper


class DraftingScreen(Screen[None]):
    """See the module.

    Attributes:
        drafts: keeps what is typed.
    """

    drafts: DraftKeeper
