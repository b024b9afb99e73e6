"""A screen with an input whose text survives whatever happens to the app."""

from textual.screen import Screen

from tui.drafting import DraftKeeper


class DraftingScreen(Screen[None]):
    """See the module.

    Attributes:
        drafts: keeps what is typed.
    """

    drafts: DraftKeeper

    def farewell(self) -> str | None:
        """Save at once, on whatever thread, for a process that is about to end.

        Returns:
            The sentence to leave the person with; None when nothing was typed.
        """
        return self.drafts.farewell()
