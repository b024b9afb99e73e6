"""Lists of words, written the way one reads them."""


def any_of(*words: str) -> frozenset[str]:
    """The words of one or several strings, between blanks."""
    return frozenset(word for some in words for word in some.split())
