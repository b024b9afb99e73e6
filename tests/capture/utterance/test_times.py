"""Spoken times, that night at ten to three: when it happened, and what is no time of it."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from capture.utterance import read_utterance
from storage.model import Precision
from tests.capture.lines import CONTEXT, NOW
from tests.capture.utterance.telling import drafts, told

TIMES = [
    # As recognisers write "two forty seven".
    ("errors started at 2.47.", ["note: errors started at 2.47. [at 02:47]"]),
    ("Fix: restarted the pods at 247.", ["action: restarted the pods at 247. [at 02:47]"]),
    ("Mitigated at 245.", ["mark: Mitigated at 245. [at 02:45] [mark mitigated]"]),
    (
        "we rolled back at about 2.45 and told support",
        ["note: we rolled back at about 2.45 and told support [at ~02:45]"],
    ),
    ("errors started at 615", ["note: errors started at 615"]),
    ("connections are at 247.", ["note: connections are at 247."]),
    ("since the restart the load is at 2.47.", ["note: since the restart the load is at 2.47."]),
    ("restarted pods peaked at 247.", ["note: restarted pods peaked at 247."]),
    ("the pool failed at 240.", ["note: the pool failed at 240."]),
    ("paging started at 240 connections", ["note: paging started at 240 connections"]),
    ("we noticed about 240.", ["note: we noticed about 240."]),
    ("we deployed version 2.47.", ["change: we deployed version 2.47."]),
    ("replica lag was at 2:30 minutes", ["note: replica lag was at 2:30 minutes"]),
    ("the certificate expires at 3 AM", ["note: the certificate expires at 3 AM"]),
    ("503 errors starting at 2:47 AM", ["note: 503 errors starting at 2:47 AM [at 02:47]"]),
    (
        "503 errors starting at 2.47 a.m. on all pods",
        ["note: 503 errors starting at 2.47 a.m. on all pods [at 02:47]"],
    ),
    ("503 errors starting at 2 47 am", ["note: 503 errors starting at 2 47 am [at 02:47]"]),
    ("503 errors starting at 247 AM", ["note: 503 errors starting at 247 AM [at 02:47]"]),
    ("503 errors starting at 2:47am", ["note: 503 errors starting at 2:47am [at 02:47]"]),
    ("503 errors since 02:47", ["note: 503 errors since 02:47 [at 02:47]"]),
    ("503s started at two forty seven", ["note: 503s started at two forty seven [at 02:47]"]),
    ("at two forty seven we saw 503s", ["note: at two forty seven we saw 503s [at 02:47]"]),
    (
        "At two forty-seven restarted the pods",
        ["note: At two forty-seven restarted the pods [at 02:47]"],
    ),
    ("At 2:40 Dana restarted the pods", ["note: At 2:40 Dana restarted the pods [at 02:40]"]),
    ("503s since quarter past nine UTC", ["note: 503s since quarter past nine UTC [at -1 10:15]"]),
    (
        "503s since a quarter past nine UTC",
        ["note: 503s since a quarter past nine UTC [at -1 10:15]"],
    ),
    ("503s began at half past two", ["note: 503s began at half past two [at 02:30]"]),
    ("503s began at quarter to three", ["note: 503s began at quarter to three [at 02:45]"]),
    ("503s since ten to three", ["note: 503s since ten to three [at 02:50]"]),
    ("503s since ten minutes to three", ["note: 503s since ten minutes to three [at 02:50]"]),
    ("503s since ten past two", ["note: 503s since ten past two [at 02:10]"]),
    ("503s since twenty five past two", ["note: 503s since twenty five past two [at 02:25]"]),
    ("503s since 10 past 2", ["note: 503s since 10 past 2 [at 02:10]"]),
    ("it failed at three o'clock", ["note: it failed at three o'clock [at 03:00]"]),
    ("it failed at noon", ["note: it failed at noon [at -1 12:00]"]),
    ("it failed at midnight", ["note: it failed at midnight [at 00:00]"]),
    ("it failed yesterday at 23:10", ["note: it failed yesterday at 23:10 [at -1 23:10]"]),
    ("it failed at 23:10 yesterday", ["note: it failed at 23:10 yesterday [at -1 23:10]"]),
    ("it failed last night at 11 pm", ["note: it failed last night at 11 pm [at -1 23:00]"]),
    ("it failed at nine in the evening", ["note: it failed at nine in the evening [at -1 21:00]"]),
    ("it failed this morning at 1:15", ["note: it failed this morning at 1:15 [at 01:15]"]),
    ("it failed around 14:05", ["note: it failed around 14:05 [at -1 ~14:05]"]),
    ("it failed at about 14:05", ["note: it failed at about 14:05 [at -1 ~14:05]"]),
    ("it failed at roughly two thirty", ["note: it failed at roughly two thirty [at ~02:30]"]),
    ("it failed about five minutes ago", ["note: it failed about five minutes ago [at ~02:45]"]),
    ("it failed five minutes ago", ["note: it failed five minutes ago [at 02:45]"]),
    ("it failed 10 minutes ago", ["note: it failed 10 minutes ago [at 02:40]"]),
    ("it failed an hour ago", ["note: it failed an hour ago [at 01:50]"]),
    ("it failed half an hour ago", ["note: it failed half an hour ago [at 02:20]"]),
    ("it failed an hour and a half ago", ["note: it failed an hour and a half ago [at 01:20]"]),
    ("it failed two and a half hours ago", ["note: it failed two and a half hours ago [at 00:20]"]),
    ("it failed a couple of minutes ago", ["note: it failed a couple of minutes ago [at ~02:48]"]),
    ("it failed thirty seconds ago", ["note: it failed thirty seconds ago [at 02:49:42]"]),
    ("it failed at fourteen oh five", ["note: it failed at fourteen oh five [at -1 14:05]"]),
    (
        "it failed at fourteen hundred hours",
        ["note: it failed at fourteen hundred hours [at -1 14:00]"],
    ),
    ("it failed at 1405 hours", ["note: it failed at 1405 hours [at -1 14:05]"]),
    ("it failed at 1405 UTC", ["note: it failed at 1405 UTC [at -1 15:05]"]),
    ("it failed at 14:05:30", ["note: it failed at 14:05:30 [at -1 14:05:30]"]),
    ("it failed at 14:05 Zulu", ["note: it failed at 14:05 Zulu [at -1 15:05]"]),
    (
        "it failed at 02:40 API gateway included",
        ["note: it failed at 02:40 API gateway included [at 02:40]"],
    ),
    ("it failed as of 02:40", ["note: it failed as of 02:40 [at 02:40]"]),
    ("02:47 503s everywhere", ["note: 02:47 503s everywhere [at 02:47]"]),
    ("2:47 AM 503s everywhere", ["note: 2:47 AM 503s everywhere [at 02:47]"]),
    ("Symptoms: 02:47 503s everywhere", ["symptom: 02:47 503s everywhere [at 02:47]"]),
    ("Fix: at 02:40 restarted the pods", ["action: at 02:40 restarted the pods [at 02:40]"]),
    (
        "At 02:40 the deploy went out and at 02:44 errors began",
        ["note: At 02:40 the deploy went out and at 02:44 errors began [at 02:40]"],
    ),
    (
        "errors since 02:30 and again at 02:40",
        ["note: errors since 02:30 and again at 02:40 [at 02:30]"],
    ),
    ("errors at 02:40, so since 02:40", ["note: errors at 02:40, so since 02:40 [at 02:40]"]),
    ("At 2:40 we decided to fail over", ["decision: At 2:40 we decided to fail over [at 02:40]"]),
]

NO_TIMES = [
    ("503s for the last five minutes", ["note: 503s for the last five minutes"]),
    ("watch it for the next 4 hours", ["note: watch it for the next 4 hours"]),
    ("it took ten minutes", ["note: it took ten minutes"]),
    ("it failed at 02:40 and at 02:44", ["note: it failed at 02:40 and at 02:44"]),
    ("next update at 03:00", ["note: next update at 03:00"]),
    ("we will retry at 02:55", ["note: we will retry at 02:55"]),
    ("let's meet at 10:00", ["note: let's meet at 10:00"]),
    ("please look again at 02:55", ["note: please look again at 02:55"]),
    ("Fix: rolled back, should be out by 02:55", ["action: rolled back, should be out by 02:55"]),
    ("it was fine until 02:40", ["note: it was fine until 02:40"]),
    ("it was fine before 02:40", ["note: it was fine before 02:40"]),
    ("after 02:40 it was fine", ["note: after 02:40 it was fine"]),
    ("between 02:40 and 02:45 it failed", ["note: between 02:40 and 02:45 it failed"]),
    ("CPU at 95 percent", ["note: CPU at 95 percent"]),
    ("p99 is at two fifty milliseconds", ["note: p99 is at two fifty milliseconds"]),
    ("the pool is at two fifty connections", ["note: the pool is at two fifty connections"]),
    ("scaled from ten to three replicas", ["note: scaled from ten to three replicas"]),
    ("replicas at two", ["note: replicas at two"]),
    ("latency is at 2.47", ["note: latency is at 2.47"]),
    ("a ratio of 1:30", ["note: a ratio of 1:30"]),
    ("it failed at 2:47 PM Pacific", ["note: it failed at 2:47 PM Pacific"]),
    ("it failed at 2:47 PM Berlin time", ["note: it failed at 2:47 PM Berlin time"]),
    ("it failed at 1405 connections", ["note: it failed at 1405 connections"]),
    ("it failed at 03:30", ["note: it failed at 03:30"]),
    ("it failed two days ago", ["note: it failed two days ago"]),
    ("it failed a few minutes ago", ["note: it failed a few minutes ago"]),
    ("more than an hour ago it failed", ["note: more than an hour ago it failed"]),
    ("tomorrow at 9:00", ["note: tomorrow at 9:00"]),
    ("at 25:00 it failed", ["note: at 25:00 it failed"]),
    ("Question: who paged us at 02:40", ["question: who paged us at 02:40"]),
    ("Root cause: the deploy at 02:30", ["cause: the deploy at 02:30"]),
    ("To do: check the job that failed at 02:10", ["followup: check the job that failed at 02:10"]),
    ("Decision: we fail over at 02:55", ["decision: we fail over at 02:55"]),
    (
        "Alice please look at what failed at 02:40",
        ["action: Alice please look at what failed at 02:40 [owner Alice] [open]"],
    ),
    ("port 14:05", ["note: port 14:05"]),
    ("every 5 minutes", ["note: every 5 minutes"]),
    ("Starting at 3:05 it failed", ["note: Starting at 3:05 it failed"]),
    ("it failed at 02:05 GMT", ["note: it failed at 02:05 GMT"]),
]


@pytest.mark.parametrize(("said", "entries"), TIMES)
def test_a_time_is_that_of_the_entry(said: str, entries: list[str]) -> None:
    """However a time is spoken, the entry has it, and its words stay."""
    assert told(said) == entries


@pytest.mark.parametrize(("said", "entries"), NO_TIMES)
def test_no_time_of_the_entry(said: str, entries: list[str]) -> None:
    """Lengths, limits, plans and several times at once say nothing of when it happened."""
    assert told(said) == entries


def test_the_words_that_gave_a_time_are_kept() -> None:
    """The record says what somebody said, not only what was made of it."""
    (draft,) = drafts("It began about five minutes ago.")
    assert draft.at is not None
    assert draft.at.as_given == "about five minutes ago"
    assert draft.at.utc == NOW - timedelta(minutes=5)
    assert (draft.at.precision, draft.at.plus_minus_min) == (Precision.ABOUT, 5)


@pytest.mark.parametrize("hour", range(24))
def test_since_when_is_the_last_such_time(hour: int) -> None:
    """Whatever the hour, "starting at 2:47 AM" is the last one before now: nobody starts ahead."""
    now = datetime(2026, 11, 21, hour, 5, tzinfo=UTC)
    context = msgspec.structs.replace(CONTEXT, now=now, zone="UTC")
    (draft,) = read_utterance("503 errors starting at 2:47 AM", context)
    assert draft.at is not None
    assert draft.at.utc == datetime(2026, 11, 20 if hour < 3 else 21, 2, 47, tzinfo=UTC)


@pytest.mark.parametrize(("said", "hour"), [("two forty seven", 14), ("02:47", 2), ("2:47", 14)])
def test_a_clock_of_twelve_hours(said: str, hour: int) -> None:
    """In the afternoon, "two forty seven" was a few minutes ago; 02:47 was at night."""
    now = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
    context = msgspec.structs.replace(CONTEXT, now=now, zone="UTC")
    (draft,) = read_utterance(f"it failed at {said}", context)
    assert draft.at is not None
    assert draft.at.utc == now.replace(hour=hour, minute=47)
