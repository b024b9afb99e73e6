"""What a question of the app does with the answer that it starts from."""

import pytest

from tests.tui.composing.host import Host, write
from tui.widgets.composer import Composer, Prompt


@pytest.mark.parametrize(("replaces", "answer"), [(True, "dana"), (False, "leedana")])
async def test_typing_takes_the_place_of_an_answer_that_is_replaced(
    replaces: bool, answer: str
) -> None:
    """Another owner is typed over the one before; a text that is edited is added to."""
    host = Host()
    async with host.run_test() as pilot:
        prompt = Prompt(purpose="owner", label="owner>", initial="lee", replaces=replaces)
        host.composer.ask(prompt)
        await write(pilot, "dana")
        await pilot.press("enter")
        assert host.told == [Composer.Submitted(answer, False, "owner")]
