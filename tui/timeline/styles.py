"""What the timeline looks like. Kinds are told by words; colour only helps."""

from storage.model import Kind

COMPONENTS = {
    *(f"timeline--{kind}" for kind in Kind),
    "timeline--author",
    "timeline--cursor",
    "timeline--fact",
    "timeline--marked",
    "timeline--match",
    "timeline--pending",
    "timeline--ref",
    "timeline--rule",
    "timeline--text",
    "timeline--time",
}
"""The parts of a row that have a style of their own."""

CSS = """
Timeline {
    height: 1fr;
    overflow-x: hidden;
    overflow-y: scroll;
    scrollbar-size-vertical: 1;
    & .timeline--text { color: $foreground; }
    & .timeline--time { color: $text-muted; }
    & .timeline--fact { color: $text-accent; text-style: italic; }
    & .timeline--author { color: $text-muted; }
    & .timeline--ref { color: $text-muted; }
    & .timeline--rule { color: $text-muted; }
    & .timeline--pending { color: $text-muted; text-style: italic; }
    & .timeline--marked { color: $text-accent; text-style: bold; }
    & .timeline--match { text-style: underline bold; }
    & .timeline--cursor {
        color: $block-cursor-blurred-foreground;
        background: $block-cursor-blurred-background;
    }
    &:focus .timeline--cursor {
        color: $block-cursor-foreground;
        background: $block-cursor-background;
    }
    & .timeline--note { color: $text-muted; }
    & .timeline--symptom { color: $text-error; text-style: bold; }
    & .timeline--impact { color: $text-error; text-style: bold; }
    & .timeline--action { color: $text-success; text-style: bold; }
    & .timeline--cause { color: $text-warning; text-style: bold; }
    & .timeline--question { color: $text-warning; text-style: bold; }
    & .timeline--decision { color: $text-primary; text-style: bold; }
    & .timeline--followup { color: $text-primary; text-style: bold; }
    & .timeline--change { color: $text-secondary; text-style: bold; }
    & .timeline--update { color: $text-secondary; text-style: bold; }
    & .timeline--mark { color: $text-accent; text-style: bold; }
    & .timeline--status { color: $text-accent; }
    & .timeline--severity { color: $text-accent; }
    & .timeline--role { color: $text-accent; }
}
"""
