import base64

from penstock.destinations.http.redaction import LONGEST_QUOTE, REDACTED, Redactor


def test_secrets_are_replaced_in_any_case_and_encoding() -> None:
    redactor = Redactor(["s3cr3t/Key"])
    encoded = base64.b64encode(b"s3cr3t/Key").decode()
    text = redactor.redact(f"key S3CR3T/KEY, s3cr3t%2FKey and {encoded}")
    assert text == f"key {REDACTED}, {REDACTED} and {REDACTED}"


def test_a_secret_is_replaced_before_the_text_is_cut() -> None:
    quoted = Redactor(["abcdefgh"]).quote("x" * (LONGEST_QUOTE - 4) + "abcdefgh")
    assert "abc" not in quoted
    assert len(quoted) == LONGEST_QUOTE


def test_control_characters_and_line_breaks_do_not_pass() -> None:
    assert Redactor([]).quote("a\x1b[31m\r\nb\u202ec") == "a [31m b c"


def test_an_empty_secret_changes_nothing() -> None:
    assert Redactor([""]).redact("text") == "text"
