"""The session against a server that misbehaves on purpose."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias, TypeVar

import pytest

from penstock.destinations.http.answers import expect_object, stop_if_hopeless
from penstock.destinations.http.messages import NoReplyError, Reply, Request
from penstock.destinations.http.pace import Pace
from penstock.destinations.http.retry import RetryPolicy
from penstock.destinations.http.session import HttpSession, Timeouts, open_session
from penstock.errors import CredentialsError, DestinationError
from tests.contract.destinations.scripted_server import HANG_UP, ScriptedServer, http, scripted, serving

SECRET = "0123456789abcdef0123456789abcdef"  # what a key looks like; it opens nothing
QUICK = RetryPolicy(
    attempts=3, seconds=5, throttled_seconds=5, wait_initial_seconds=0.01, throttled_wait_initial_seconds=0.05
)
WRITE = Request(method="POST", path="/write", purpose="writing", write=True, body=b"{}")
READ = Request(method="GET", path="/read", purpose="reading", write=False)

Result = TypeVar("Result")
Use: TypeAlias = Callable[[HttpSession], Awaitable[Result]]


async def using(url: str, use: Use[Result], *, retry: RetryPolicy = QUICK, total_seconds: float = 5) -> Result:
    async with open_session(
        base_url=url,
        headers={"Api-Key": SECRET},
        secrets=(SECRET,),
        pace=Pace(1_000),
        retry=retry,
        timeouts=Timeouts(connect_seconds=2, total_seconds=total_seconds),
    ) as session:
        return await use(session)


def against(*answers: bytes, use: Use[Result]) -> tuple[Result, ScriptedServer]:
    async def main() -> tuple[Result, ScriptedServer]:
        async with scripted(*answers) as server:
            return await using(server.url, use), server

    return asyncio.run(main())


def counted(request: Request) -> Use[tuple[Reply, tuple[int, int, int, int]]]:
    async def use(session: HttpSession) -> tuple[Reply, tuple[int, int, int, int]]:
        reply = await session.send(request)
        traffic = session.traffic
        return reply, (traffic.write, traffic.read, traffic.throttled, traffic.retried)

    return use


def failing(request: Request) -> Use[NoReplyError]:
    async def use(session: HttpSession) -> NoReplyError:
        with pytest.raises(NoReplyError) as caught:
            await session.send(request)
        return caught.value

    return use


async def _read(session: HttpSession, request: Request) -> None:
    reply = await session.send(request)
    stop_if_hopeless(session, request, reply, credentials_fix="Look at the key.")
    expect_object(session, request, reply)


def judged(request: Request) -> Use[DestinationError]:
    async def use(session: HttpSession) -> DestinationError:
        with pytest.raises(DestinationError) as caught:
            await _read(session, request)
        return caught.value

    return use


def test_every_attempt_is_counted() -> None:
    (reply, traffic), server = against(http(503), http(429), http(200, "{}"), use=counted(WRITE))
    assert (reply.status, reply.doubtful) == (200, True)
    assert traffic == (3, 0, 1, 2)
    assert len(server.requests) == 3


def test_gateway_errors_end_after_a_bounded_number_of_attempts() -> None:
    (reply, traffic), _ = against(http(503), use=counted(READ))
    assert reply.status == 503
    assert traffic == (0, 3, 0, 2)


def test_other_errors_are_answers() -> None:
    (reply, traffic), _ = against(http(500, '{"msg":"no"}'), use=counted(WRITE))
    assert (reply.status, traffic) == (500, (1, 0, 0, 0))


@pytest.mark.parametrize("answer", [HANG_UP, http(200, "{}" * 50)[:-20], b"nonsense\r\n\r\n"])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_write_whose_answer_is_lost_is_not_repeated(method: str, answer: bytes) -> None:
    """Not by the client library either, which takes a PUT for one that may be repeated."""
    error, server = against(answer, http(200, "{}"), use=failing(replace(WRITE, method=method)))
    assert error.maybe_sent
    assert len(server.requests) == 1


def test_a_read_whose_answer_is_lost_is_repeated() -> None:
    (reply, traffic), _ = against(http(200, "{}" * 50)[:-20], http(200, "{}"), use=counted(READ))
    assert (reply.status, traffic) == (200, (0, 2, 0, 1))


def test_a_write_without_answer_in_time_is_in_doubt() -> None:
    async def silence(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def main() -> NoReplyError:
        async with serving(silence) as url:
            return await using(url, failing(WRITE), total_seconds=0.2)

    error = asyncio.run(main())
    assert (error.code, error.maybe_sent) == ("answer_timeout", True)


def test_a_refused_connection_is_tried_again_and_certainly_not_sent() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"

        async def use(session: HttpSession) -> tuple[NoReplyError, int]:
            return await failing(WRITE)(session), session.traffic.write

        error, attempts = asyncio.run(using(url, use))
    assert (error.code, error.maybe_sent, attempts) == ("connection_refused", False, 3)
    assert error.message == f"{url[7:]} cannot be used: the connection is refused, while writing."


def test_a_name_that_does_not_resolve_is_told() -> None:
    error = asyncio.run(using("http://nowhere.invalid", failing(WRITE)))
    assert (error.code, error.maybe_sent) == ("name_not_resolved", False)


def test_an_address_that_is_none_is_told_at_once() -> None:
    error = asyncio.run(using("api.example.com", failing(WRITE)))
    assert (error.code, error.maybe_sent) == ("bad_url", False)


def test_tls_failures_are_told_at_once() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(http(400))

    async def main() -> tuple[NoReplyError, int]:
        async def use(session: HttpSession) -> tuple[NoReplyError, int]:
            return await failing(WRITE)(session), session.traffic.total

        async with serving(plain) as url:
            return await using(url.replace("http://", "https://"), use)

    error, attempts = asyncio.run(main())
    assert (error.code, error.maybe_sent, attempts) == ("tls_failed", False, 1)


def test_a_throttled_answer_holds_all_tasks() -> None:
    async def use(session: HttpSession) -> None:
        first = asyncio.create_task(session.send(WRITE))
        await asyncio.sleep(0.1)
        await asyncio.gather(first, *(session.send(WRITE) for _ in range(4)))

    _, server = against(http(429, headers="Retry-After: 1\r\n"), http(200, "{}"), use=use)
    assert len(server.moments) == 6
    assert server.moments[1] - server.moments[0] >= 0.99


def test_a_destination_that_throttles_for_too_long_is_given_up() -> None:
    (reply, _), server = against(http(429, headers="Retry-After: 3600\r\n"), use=counted(WRITE))
    assert reply.status == 429
    assert len(server.requests) == 1


def test_redirects_are_not_followed() -> None:
    error, server = against(http(301, headers="Location: https://elsewhere.example/x\r\n"), use=judged(WRITE))
    assert error.code == "redirected"
    assert "https://elsewhere.example/x" in error.message
    assert len(server.requests) == 1


def test_a_web_page_instead_of_json_is_called_one() -> None:
    page = http(200, "<!DOCTYPE html><html>Sign in</html>", content_type="text/html")
    error, _ = against(page, use=judged(READ))
    assert error.code == "unexpected_answer"
    assert "a web page while reading" in error.message


def test_an_unknown_route_is_a_wrong_address() -> None:
    error, _ = against(http(404, "<html>Action not found</html>", content_type="text/html"), use=judged(READ))
    assert error.code == "wrong_url"


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_are_an_error_of_their_own_without_the_key(status: int) -> None:
    body = f'{{"msg":"Invalid API key {SECRET.upper()}\\u001b[31m{"x" * 500}"}}'
    error, _ = against(http(status, body), use=judged(READ))
    assert isinstance(error, CredentialsError)
    assert SECRET not in error.message.lower()
    assert "Invalid API key [secret] [31m" in error.message
    assert len(error.message) < 420


def test_the_log_is_silent_until_asked_and_never_holds_the_key(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    against(http(503), http(200, "{}"), use=counted(WRITE))
    assert caplog.text == ""
    with caplog.at_level(logging.DEBUG, logger="penstock.http"):
        against(http(503), http(200, "{}"), use=counted(WRITE))
    assert "result='503'" in caplog.text
    assert SECRET not in caplog.text
    assert capfd.readouterr().out == ""


def test_a_gateway_error_that_must_not_be_repeated_is_an_answer() -> None:
    once = Request(method="POST", path="/write", purpose="writing", write=True, repeat_on=frozenset({503}))
    (reply, traffic), _ = against(http(503), http(502), use=counted(once))
    assert (reply.status, reply.doubtful, traffic) == (502, True, (2, 0, 0, 1))


def test_other_statuses_can_be_repeated_and_leave_no_doubt() -> None:
    again = Request(method="PUT", path="/write", purpose="writing", write=True, repeat_on=frozenset({409}))
    (reply, traffic), _ = against(http(409), http(400), use=counted(again))
    assert (reply.status, reply.doubtful, traffic) == (400, False, (2, 0, 0, 1))


def test_headers_are_found_in_lower_case() -> None:
    (reply, _), _ = against(http(200, "{}", headers="X-Rate-LIMIT: 700\r\n"), use=counted(READ))
    assert reply.headers["x-rate-limit"] == "700"
