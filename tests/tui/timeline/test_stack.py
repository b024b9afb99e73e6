"""Which row each block starts on."""

from hypothesis import given
from hypothesis import strategies as st

from tui.timeline.stack import Stack

HEIGHTS = st.lists(st.integers(1, 9), max_size=20)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "insert", "remove", "first", "look"]),
        st.integers(0, 30),
        st.integers(1, 9),
    ),
    max_size=30,
)


def check(stack: Stack, heights: list[int]) -> None:
    """Compare a stack with what it should be, row by row."""
    rows = [block for block, height in enumerate(heights) for _ in range(height)]
    assert len(stack) == len(heights)
    assert stack.total == len(rows)
    assert [stack.at(row) for row in range(len(rows))] == rows
    assert stack.at(len(rows)) == len(heights)
    tops = [sum(heights[:block]) for block in range(len(heights) + 1)]
    assert [stack.top(block) for block in range(len(heights) + 1)] == tops


@given(HEIGHTS, STEPS)
def test_rows_are_found_after_any_changes(
    heights: list[int], steps: list[tuple[str, int, int]]
) -> None:
    """What is remembered of the sums must never survive a change above it."""
    stack = Stack(heights)
    for step, place, height in steps:
        if step == "look":
            assert stack.top(min(place, len(heights))) == sum(heights[:place])
        elif step == "insert":
            stack.insert(min(place, len(heights)), height)
            heights.insert(min(place, len(heights)), height)
        elif step == "first":
            stack.insert_first([height, 1])
            heights[:0] = [height, 1]
        elif place < len(heights) and step == "put":
            stack.put(place, height)
            heights[place] = height
        elif place < len(heights) and step == "remove":
            stack.remove(place)
            del heights[place]
    check(stack, heights)
