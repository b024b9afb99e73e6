"""Users, codes, devices, roles, and that other servers see when they are taken away."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from storage.clock import new_uuid7
from storage.errors import BadValue, NotAllowed, NotEnrolled, NotFound, RequestRefused
from storage.team.protocol import BAD_CODE, CONFLICT, EVERYONE, Member, Role
from storage.team.server.codes import CODE_LIFE
from storage.team.server.op_log import Caller, OpLog
from tests.storage.builders import INCIDENT, START
from tests.storage.team.server_logs.changes import ELSEWHERE, UNKNOWN, notes
from tests.storage.team.server_logs.databases import Database, enrol, enrol_token
from tests.tui.waiting import until


async def test_a_team_is_empty_until_somebody_is_invited(log: OpLog) -> None:
    """A server prints a first code on an empty database only."""
    assert await log.is_empty()
    await log.invite("dana")
    assert not await log.is_empty()


async def test_a_code_is_read_as_people_write_it(log: OpLog) -> None:
    """Case, dashes and blanks of a code that was read out over the phone do not matter."""
    ways: list[Callable[[str], str]] = [
        str,
        str.lower,
        lambda code: f" {code.replace('-', ' ')} ",
        lambda code: code.replace("0", "O").replace("1", "l"),
    ]
    for write in ways:
        invitation = await log.invite("dana")
        assert invitation.expires == START + CODE_LIFE
        token, user = await log.enroll(write(invitation.code), "d1", "laptop")
        assert user == "dana"
        assert await log.caller(token) == Caller("dana", "d1", START)


async def test_a_code_works_once(log: OpLog) -> None:
    """A code that somebody overheard is of no use once it was used."""
    invitation = await log.invite("dana")
    await log.enroll(invitation.code, "d1", "")
    with pytest.raises(RequestRefused) as refused:
        await log.enroll(invitation.code, "d2", "")
    assert refused.value.code == BAD_CODE
    assert [device.id for device in await log.devices()] == ["d1"]


async def test_a_code_works_once_however_many_race(database: Database, log: OpLog) -> None:
    """Of twenty who replay a code at the same moment, on two servers, one gets in."""
    other = await database.open()
    invitation = await log.invite("dana")
    results = await asyncio.gather(
        *((log, other)[n % 2].enroll(invitation.code, f"d{n}", "") for n in range(20)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, tuple) for result in results) == 1
    assert all(
        isinstance(result, tuple)
        or (isinstance(result, RequestRefused) and result.code == BAD_CODE)
        for result in results
    )
    assert len(await log.devices()) == 1


async def test_a_code_expires(database: Database, log: OpLog) -> None:
    """A code that lies about is worth nothing the next day, and an unknown one never."""
    invitation = await log.invite("dana")
    database.clock.move(CODE_LIFE.total_seconds())
    for code in (invitation.code, "0000-0000-0000", "", "\0'; drop table codes"):
        with pytest.raises(RequestRefused) as refused:
            await log.enroll(code, "d1", "")
        assert refused.value.code == BAD_CODE


async def test_each_code_of_a_user_works(log: OpLog) -> None:
    """Somebody with two machines is invited twice."""
    codes = [(await log.invite("dana")).code for _ in range(2)]
    for code, device in zip(codes, ("d1", "d2"), strict=True):
        await log.enroll(code, device, "")
    assert [device.id for device in await log.devices("dana")] == ["d1", "d2"]


async def test_some_names_are_nobodys(log: OpLog) -> None:
    """No user can be mistaken for the whole team, or break a line."""
    for name in ("", " ", EVERYONE, "x" * 101, "a\nb", "a\0b"):
        with pytest.raises(BadValue, match="on one line"):
            await log.invite(name)
    assert await log.is_empty()


async def test_names_fit_into_addresses(log: OpLog) -> None:
    """Whoever is invited can be given a role: their name is a part of the address that does it."""
    for name in ("ops/lee", "/", "/lee", "lee/", ".", "..", " .. "):
        with pytest.raises(BadValue, match="web addresses"):
            await log.invite(name)
    assert await log.is_empty()
    for name in ("...", "lee.", "dana@example.org", "a\\b", "é ü", "100%2f"):
        assert (await log.invite(name)).user == name


async def test_a_device_belongs_to_one_user(log: OpLog, dana: Caller) -> None:
    """Nobody takes over a device by enrolling its id, and the code can still be used."""
    invitation = await log.invite("lee")
    with pytest.raises(RequestRefused) as refused:
        await log.enroll(invitation.code, dana.device, "")
    assert refused.value.code == CONFLICT
    _, user = await log.enroll(invitation.code, "d2", "")
    assert user == "lee"
    assert [(device.id, device.user) for device in await log.devices()] == [
        ("dana", "dana"),
        ("d2", "lee"),
    ]


async def test_enrolling_again_voids_the_old_token(database: Database, log: OpLog) -> None:
    """A machine that was set up anew has one token, and the lost one opens nothing."""
    old = await enrol_token(log, "dana")
    database.clock.move(60)
    new = await enrol_token(log, "dana")
    assert await log.caller(old) is None
    caller = await log.caller(new)
    assert caller is not None
    assert caller.enrolled_at > START
    assert len(await log.devices()) == 1


async def test_no_odd_token_is_anybodys(log: OpLog, dana: Caller) -> None:
    """Whatever comes in the header, it opens nothing and breaks nothing."""
    for token in ("", "hw_", "x" * 10_000, "\0", "\ud800", "' or 1=1"):
        assert await log.caller(token) is None


async def test_devices_tell_when_they_last_called(database: Database, log: OpLog) -> None:
    """Somebody who looks for a lost laptop sees when it was last there, to the minute."""
    token = await enrol_token(log, "dana")
    assert [device.seen_at for device in await log.devices()] == [None]
    database.clock.move(90)
    await log.caller(token)
    (device,) = await log.devices("dana")
    assert (device.user, device.name) == ("dana", "dana's laptop")
    assert device.enrolled_at == "2026-11-21T02:47:00.000000Z"
    assert device.seen_at == "2026-11-21T02:48:00.000000Z"
    assert await log.devices("lee") == []


async def test_only_the_owner_of_a_device_revokes_it(log: OpLog, dana: Caller) -> None:
    """A user can't void what is somebody else's; the administrator can."""
    for device, user in (("dana", "lee"), ("d9", None), ("d9", "dana")):
        with pytest.raises(NotFound):
            await log.revoke(device, user)
    await log.revoke("dana", "dana")
    with pytest.raises(NotFound):
        await log.revoke("dana")


async def test_a_revocation_voids_codes(log: OpLog, dana: Caller, lee: Caller) -> None:
    """Whoever has the lost laptop, and the code that was sent to it, does not come back in."""
    codes = [(await log.invite("dana")).code for _ in range(2)]
    of_lee = (await log.invite("lee")).code
    with pytest.raises(NotFound):
        await log.revoke("dana", "lee")
    await log.revoke("dana")
    for code in codes:
        with pytest.raises(RequestRefused) as refused:
            await log.enroll(code, "d2", "")
        assert refused.value.code == BAD_CODE
    assert (await log.enroll(of_lee, "d3", ""))[1] == "lee"
    assert (await enrol(log, "dana", "d4")).user == "dana"


async def test_enrolling_and_revoking_do_not_wait_for_each_other(
    database: Database, log: OpLog
) -> None:
    """A device that is revoked while it is enrolled again is the one or the other, at once."""
    other = await database.open()
    for _ in range(10):
        await enrol(log, "dana", "d1")
        code = (await log.invite("dana")).code
        enrolled, revoked = await asyncio.gather(
            log.enroll(code, "d1", ""), other.revoke("d1"), return_exceptions=True
        )
        assert not isinstance(revoked, BaseException)
        if isinstance(enrolled, BaseException):
            assert isinstance(enrolled, RequestRefused)
            assert enrolled.code == BAD_CODE
            assert await log.devices() == []
        for device in await log.devices():
            await log.revoke(device.id)


async def test_a_revoked_token_is_refused_by_the_next_call(log: OpLog) -> None:
    """A stolen laptop is out at once, however recently its token was looked up."""
    token = await enrol_token(log, "dana")
    assert await log.caller(token)
    await log.revoke("dana")
    assert await log.caller(token) is None


async def test_another_server_sees_a_revocation(database: Database, log: OpLog) -> None:
    """The command line revokes in the database; the server that runs refuses and tells its streams."""
    other = await database.open()
    token = await enrol_token(log, "dana")
    caller = await other.caller(token)
    assert caller
    told: list[bool] = []
    stop = other.on_access_change(lambda: told.append(True))
    await log.revoke("dana")
    if database.is_sqlite:
        assert await other.caller(token) is None
    await until(lambda: told)
    assert await other.caller(token) is None
    with pytest.raises(NotEnrolled):
        await other.push(INCIDENT, notes(1), caller)
    stop()


async def test_another_server_sees_a_member_taken_away(
    database: Database, log: OpLog, dana: Caller, lee: Caller
) -> None:
    """Whoever is shut out of an incident on one server is shut out on all."""
    other = await database.open()
    await log.push(INCIDENT, notes(1), dana)
    await log.set_role(INCIDENT, "lee", "write", dana)
    await log.set_role(INCIDENT, EVERYONE, "read", dana)
    assert await other.role(INCIDENT, "lee") == "write"
    told: list[bool] = []
    other.on_access_change(lambda: told.append(True))
    await log.remove_member(INCIDENT, "lee", dana)
    await until(lambda: told)
    assert await other.role(INCIDENT, "lee") == "read"
    assert await log.role(INCIDENT, "lee") == "read"


async def test_nobody_is_told_any_more_who_does_not_want_to(log: OpLog, dana: Caller) -> None:
    """A stream that was closed leaves nothing behind."""
    told: list[str] = []
    stop = log.on_access_change(lambda: told.append("first"))
    log.on_access_change(lambda: told.append("second"))
    stop()
    stop()
    await log.revoke("dana")
    assert set(told) == {"second"}


async def test_the_larger_role_counts(log: OpLog, dana: Caller, lee: Caller) -> None:
    """What everyone may do, each may, whatever their own role is."""
    await log.push(INCIDENT, notes(1), dana)
    wanted: list[tuple[Role, Role, Role]] = [
        ("read", "write", "write"),
        ("write", "read", "write"),
        ("read", "owner", "owner"),
    ]
    for own, everyone, effective in wanted:
        await log.set_role(INCIDENT, "lee", own, dana)
        await log.set_role(INCIDENT, EVERYONE, everyone, dana)
        assert await log.role(INCIDENT, "lee") == effective
        assert [row.role for row in await log.incidents("lee", "", 10)] == [effective]
    assert await log.members(INCIDENT) == [
        Member(EVERYONE, "owner"),
        Member("dana", "owner"),
        Member("lee", "read"),
    ]


async def test_an_incident_keeps_an_owner(log: OpLog, dana: Caller, lee: Caller) -> None:
    """Nobody can leave an incident that then nobody could share or close."""
    await log.push(INCIDENT, notes(1), dana)
    for change in (
        log.set_role(INCIDENT, "dana", "write", dana),
        log.remove_member(INCIDENT, "dana", dana),
    ):
        with pytest.raises(RequestRefused) as refused:
            await change
        assert refused.value.code == CONFLICT
    await log.set_role(INCIDENT, "dana", "owner", dana)
    await log.set_role(INCIDENT, "lee", "owner", dana)
    await log.remove_member(INCIDENT, "dana", dana)
    assert await log.members(INCIDENT) == [Member("lee", "owner")]


async def test_two_owners_do_not_leave_at_once(
    database: Database, log: OpLog, dana: Caller, lee: Caller
) -> None:
    """The last owner stays, even if the last but one leaves at the same moment on another server."""
    other = await database.open()
    for _ in range(5):
        incident = new_uuid7()
        await log.push(incident, notes(1), dana)
        await log.set_role(incident, "lee", "owner", dana)
        results = await asyncio.gather(
            log.remove_member(incident, "dana", dana),
            other.remove_member(incident, "lee", lee),
            return_exceptions=True,
        )
        assert sum(isinstance(result, RequestRefused) for result in results) == 1
        assert len(await log.members(incident)) == 1


async def test_members_are_of_the_team(log: OpLog, dana: Caller) -> None:
    """A name with a typing error is no member, and an incident that is unknown has none."""
    await log.push(INCIDENT, notes(1), dana)
    for change in (
        log.set_role(INCIDENT, "dnaa", "write", dana),
        log.set_role(UNKNOWN, "dana", "write", dana),
        log.remove_member(INCIDENT, "dnaa", dana),
        log.remove_member(INCIDENT, EVERYONE, dana),
        log.remove_member(UNKNOWN, "dana", dana),
        log.members(UNKNOWN),
        log.role(UNKNOWN, "dana"),
    ):
        with pytest.raises(NotFound):
            await change


async def test_only_an_owner_changes_who_the_members_are(
    log: OpLog, dana: Caller, lee: Caller
) -> None:
    """The role is asked in each change; anybody may take their own, and nobody else's."""
    await log.push(INCIDENT, notes(1), dana)
    roles: tuple[Role | None, ...] = (None, "read", "write")
    for role in roles:
        if role is not None:
            await log.set_role(INCIDENT, "lee", role, dana)
        before = await log.members(INCIDENT)
        for change in (
            log.set_role(INCIDENT, "lee", "owner", lee),
            log.set_role(INCIDENT, "dana", "read", lee),
            log.set_role(INCIDENT, EVERYONE, "owner", lee),
            log.set_role(INCIDENT, "nobody", "read", lee),
            log.remove_member(INCIDENT, "dana", lee),
            log.remove_member(INCIDENT, "nobody", lee),
        ):
            with pytest.raises(NotAllowed):
                await change
        assert await log.members(INCIDENT) == before
    await log.remove_member(INCIDENT, "lee", lee)
    with pytest.raises(NotAllowed):
        await log.remove_member(INCIDENT, "lee", lee)
    await log.set_role(INCIDENT, EVERYONE, "owner", dana)
    await log.remove_member(INCIDENT, "dana", lee)
    assert await log.members(INCIDENT) == [Member(EVERYONE, "owner")]


async def test_a_device_that_was_revoked_between_changes_no_member(
    log: OpLog, dana: Caller, lee: Caller
) -> None:
    """Whoever was let in a moment before the token was voided still changes nothing."""
    await log.push(INCIDENT, notes(1), dana)
    await log.set_role(INCIDENT, "lee", "owner", dana)
    await log.revoke("lee")
    changes: list[Callable[[Caller], Awaitable[None]]] = [
        lambda caller: log.set_role(INCIDENT, "lee", "write", caller),
        lambda caller: log.remove_member(INCIDENT, "dana", caller),
        lambda caller: log.remove_member(INCIDENT, "lee", caller),
    ]
    before = await log.members(INCIDENT)
    for change in changes:
        with pytest.raises(NotEnrolled):
            await change(lee)
    assert await log.members(INCIDENT) == before
    await changes[0](dana)
    assert await log.role(INCIDENT, "lee") == "write"


async def test_who_is_removed_does_not_come_back(
    database: Database, log: OpLog, dana: Caller, lee: Caller
) -> None:
    """An owner who makes himself one once more, at the moment at which he is removed, is out."""
    other = await database.open()
    for _ in range(5):
        incident = new_uuid7()
        await log.push(incident, notes(1), dana)
        await log.set_role(incident, "lee", "owner", dana)
        removed, given = await asyncio.gather(
            log.remove_member(incident, "lee", dana),
            other.set_role(incident, "lee", "owner", lee),
            return_exceptions=True,
        )
        assert removed is None
        assert given is None or isinstance(given, NotAllowed)
        assert await log.members(incident) == [Member("dana", "owner")]


async def test_the_list_has_what_a_user_may_see(log: OpLog, dana: Caller, lee: Caller) -> None:
    """A list is in pages by id, with heads, and without other people's incidents."""
    ids = sorted(new_uuid7() for _ in range(5))
    for number, incident in enumerate(ids, 1):
        await log.push(incident, notes(*range(1, number + 1)), dana)
    await log.set_role(ids[1], "lee", "read", dana)
    await log.set_role(ids[3], EVERYONE, "write", dana)
    first = await log.incidents("dana", "", 3)
    rest = await log.incidents("dana", first[-1].id, 3)
    assert [(row.id, row.head, row.role) for row in first + rest] == [
        (incident, number, "owner") for number, incident in enumerate(ids, 1)
    ]
    assert [(row.id, row.role) for row in await log.incidents("lee", "", 10)] == [
        (ids[1], "read"),
        (ids[3], "write"),
    ]
    assert await log.incidents("nobody", ids[3], 10) == []


async def test_no_secret_is_kept(database: Database, log: OpLog) -> None:
    """Whoever gets hold of a backup can neither enrol nor call."""
    invitation = await log.invite("dana")
    token = await enrol_token(log, "lee")
    dump = b"".join([line async for line in log.dump()])
    for secret in (invitation.code, invitation.code.replace("-", ""), token, token[3:]):
        assert secret.encode() not in dump
        assert secret not in repr(await log.caller(token))


async def test_a_caller_who_comes_back_is_the_same(log: OpLog, dana: Caller) -> None:
    """What is remembered of a token is what the database says."""
    token = await enrol_token(log, "ines")
    assert await log.caller(token) == await log.caller(token) == Caller("ines", "ines", START)
    assert (await enrol(log, "dana", "d2")).device == "d2"
    assert (await log.push(ELSEWHERE, notes(1), dana)).head == 1
