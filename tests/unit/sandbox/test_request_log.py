from penstock.sandbox.request_log import LoggedRequest, RequestLog


def request(body: bytes) -> LoggedRequest:
    return LoggedRequest(
        time="2026-01-01T00:00:00.000+00:00",
        method="POST",
        path="/x",
        query="",
        status=200,
        size=len(body),
        records=0,
        fault=None,
        body=body,
    )


def test_the_oldest_bodies_are_let_go_and_the_lines_stay() -> None:
    log = RequestLog(body_bytes_kept=10)
    for body in (b"aaaa", b"bbbb", b"cccc"):
        log.add(request(body))
    assert [each.as_json(with_body=True)["body"] for each in log.requests] == [None, "bbbb", "cccc"]
    assert [each.size for each in log.requests] == [4, 4, 4]


def test_a_body_larger_than_the_room_is_not_kept() -> None:
    log = RequestLog(body_bytes_kept=10)
    log.add(request(b"a" * 11))
    log.add(request(b"bb"))
    assert [each.body for each in log.requests] == [None, b"bb"]


def test_bodies_are_left_out_unless_asked_for() -> None:
    line = request(b"secret").as_json(with_body=False)
    assert line == {
        "time": "2026-01-01T00:00:00.000+00:00",
        "method": "POST",
        "path": "/x",
        "status": 200,
        "bytes": 6,
        "records": 0,
    }


def test_clearing_gives_all_room_back() -> None:
    log = RequestLog(body_bytes_kept=4)
    log.add(request(b"aaaa"))
    log.clear()
    log.add(request(b"bbbb"))
    assert [each.body for each in log.requests] == [b"bbbb"]
