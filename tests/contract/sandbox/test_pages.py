"""The pages to look at."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.emulator import Answer, Emulator


class Links(HTMLParser):
    """Collects what a page refers to, and what its content policy would forbid."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.inline: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src"):
                self.targets.append(value or "")
            if name == "style" or name.startswith("on"):
                self.inline.append(f"{tag} {name}")
        if tag in ("script", "style"):
            self.inline.append(tag)


def looked_at(emulator: Emulator, path: str) -> Answer:
    answer = emulator.call("GET", path, key=None)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert Links(answer.text).inline == []
    return answer


def test_an_empty_project(emulator: Emulator) -> None:
    page = looked_at(emulator, "/").text
    assert "Nobody yet." in page
    assert str(emulator.project()) in page
    assert "No request yet." in page


def test_users_fields_requests_faults_and_settings_are_shown(emulator: Emulator) -> None:
    emulator.bulk({"email": "ana+1@example.com", "userId": "c-1", "dataFields": {"plan": "<pro>", "n": [1, 2]}})
    emulator.faults({"on": "GET /api/*", "rate": 0.5, "seed": 7, "do": "503"})
    page = looked_at(emulator, "/").text
    for words in ("ana+1@example.com", "c-1", "&lt;pro&gt;", "[1,2]", "rate 0.5, seed 7", "new_fields", "200"):
        assert words in page
    assert "<pro>" not in page
    (target,) = (target for target in Links(page).targets if target.startswith("/_sandbox/user"))
    details = looked_at(emulator, target)
    assert details.status == 200
    assert "dataFields.plan" in details.text
    assert "ana+1@example.com" in details.text


def test_paging(emulator: Emulator) -> None:
    emulator.bulk(*({"email": f"u{number}@example.com"} for number in range(25)))
    assert "u9@example.com" in looked_at(emulator, "/").text
    assert "u10@example.com" not in looked_at(emulator, "/").text
    assert "u24@example.com" in looked_at(emulator, "/?page=3").text
    for page in ("0", "-1", "99999999999999999999", "x", "%D9%A3"):
        assert looked_at(emulator, f"/?page={page}").status == 200


def test_an_unknown_user_is_404(emulator: Emulator) -> None:
    assert looked_at(emulator, "/_sandbox/user?email=nobody@example.com").status == 404
    assert looked_at(emulator, "/_sandbox/user").status == 404


def test_the_style_sheet_is_served(emulator: Emulator) -> None:
    answer = emulator.call("GET", "/_sandbox/static/sandbox.css", key=None)
    assert (answer.status, answer.headers.get_content_type()) == (200, "text/css")
