"""The appendix: the full log, output of machines, and where everything came from."""

import hashlib

from storage.model import Entry
from storage.postmortem.clock_face import ClockFace, Column
from storage.postmortem.document import Block, Line, Output, Paragraph, Section, Table
from storage.postmortem.material import Material, fills_section, who
from storage.postmortem.sections.timeline import is_long, ran, shortened, told
from storage.postmortem.wording import counted

LAST_LINES = 40
LAST_CHARACTERS = 10_000
"""How much of a machine's output is printed; all of it with the full log."""


def full_log(material: Material, with_log: bool) -> Section:
    """Every entry, told in the story or not."""
    home, utc = Column(material.as_given), Column(ClockFace())
    rows = tuple(
        (
            (home.stamp(entry.at),),
            *([(utc.stamp(entry.at),)] if material.utc_beside else []),
            (who(entry),),
            (entry.source,),
            ("yes" if entry.story else "",),
            told(material, entry),
            (material.ref(entry.id),),
        )
        for entry in (material.entries if with_log else ())
    )
    beside = ["UTC"] if material.utc_beside else []
    columns = (material.zone, *beside, "Who", "Source", "Story", "What", "Entry")
    blocks = (Table(columns, rows),) if rows else ()
    return Section(name="log", title="Full log", blocks=blocks, appendix=True)


def evidence(material: Material, with_log: bool) -> Section:
    """What machines printed, redacted when it was recorded, and what is too long for a table."""
    blocks: list[Block] = []
    for entry in material.entries if with_log else material.story:
        if is_long(entry) and (with_log or not fills_section(entry)):
            blocks += [_head(material, entry, ""), Output(entry.text)]
        if entry.body and entry.body.strip():
            printed, cut = (entry.body, "") if with_log else _end_of(entry.body)
            blocks += [_head(material, entry, cut), Output(printed)]
    return Section(name="evidence", title="Evidence", blocks=tuple(blocks), appendix=True)


def _head(material: Material, entry: Entry, cut: str) -> Paragraph:
    words = f" {shortened(entry.text)}" if entry.text.strip() else ""
    ended = f" ({ran(entry)})" if entry.exit_code is not None else ""
    when = f"{material.home.full(entry.at)}, {who(entry)}:"
    return Paragraph((material.ref(entry.id), f" {when}{words}{ended}{cut}"))


def _end_of(output: str) -> tuple[str, str]:
    """The last of what was printed, and a remark on what is left out."""
    lines = output.strip("\n").splitlines()
    last = "\n".join(lines[-LAST_LINES:])
    if len(last) > LAST_CHARACTERS:
        return last[-LAST_CHARACTERS:], f". Last {LAST_CHARACTERS:,} characters"
    cut = f". Last {LAST_LINES} of {len(lines):,} lines" if len(lines) > LAST_LINES else ""
    return last, cut


def sources(material: Material, with_log: bool) -> Section:
    """Where the entries came from, with a hash by which two exports can be compared."""
    told_of = (
        f"{counted(len(material.entries), 'entry')} on record, {len(material.story)} in the story"
    )
    left_out = "" if with_log else ". The full log is left out; export --with-log adds it"
    hashed = "A hash covers a source's entries in order of their ids: id, blank, line as written."
    blocks: list[Block] = [Paragraph((f"{told_of}{left_out}. {hashed}",)), _by_source(material)]
    clips = [_clip(material, entry) for entry in material.entries if entry.clip]
    if clips:
        blocks.append(Table(("Clip", "Seconds", "SHA-256", "Entry"), tuple(clips)))
    if not material.entries:
        blocks = []
    return Section(name="sources", title="Sources", blocks=tuple(blocks), appendix=True)


def _by_source(material: Material) -> Table:
    by_source: dict[str, list[Entry]] = {}
    for entry in material.entries:
        by_source.setdefault(entry.source, []).append(entry)
    rows = tuple(
        ((source,), (str(len(entries)),), (_hash(entries),))
        for source, entries in sorted(by_source.items())
    )
    return Table(("Source", "Entries", "SHA-256"), rows)


def _hash(entries: list[Entry]) -> str:
    lines = sorted(f"{entry.id} {entry.as_written or entry.text}\n" for entry in entries)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _clip(material: Material, entry: Entry) -> tuple[Line, ...]:
    clip = entry.clip
    if clip is None:
        return ()
    return ((clip.file,), (f"{clip.seconds:.1f}",), (clip.sha256,), (material.ref(entry.id),))
