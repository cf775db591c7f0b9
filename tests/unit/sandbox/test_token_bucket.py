from penstock.sandbox.token_bucket import TokenBucket


def test_a_full_bucket_gives_one_period_at_once() -> None:
    bucket = TokenBucket(5, 1.0, now=0.0)
    assert [bucket.take(0.0) for _ in range(6)] == [True] * 5 + [False]


def test_tokens_come_back_evenly() -> None:
    bucket = TokenBucket(5, 1.0, now=0.0)
    for _ in range(5):
        bucket.take(0.0)
    assert not bucket.take(0.19)
    assert bucket.take(0.2)
    assert not bucket.take(0.39)


def test_a_client_at_exactly_the_rate_is_never_refused() -> None:
    bucket = TokenBucket(5, 1.0, now=0.0)
    assert all(bucket.take(index / 5) for index in range(10_000))


def test_a_shorter_window_permits_more() -> None:
    bucket = TokenBucket(5, 0.1, now=0.0)
    assert all(bucket.take(index / 50) for index in range(1000))


def test_idleness_saves_up_no_more_than_one_period() -> None:
    bucket = TokenBucket(3, 1.0, now=0.0)
    assert [bucket.take(1000.0) for _ in range(4)] == [True, True, True, False]


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket = TokenBucket(1, 1.0, now=100.0)
    assert bucket.take(100.0)
    assert not bucket.take(50.0)
