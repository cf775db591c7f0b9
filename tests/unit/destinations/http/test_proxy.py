import pytest

from penstock.destinations.http.proxy import environment_proxy
from penstock.errors import DestinationError


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_the_scheme_chooses_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    assert environment_proxy("https://api.example.com") == "http://proxy:3128"
    assert environment_proxy("http://api.example.com") is None


def test_exempted_hosts_go_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "proxy:3128")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert environment_proxy("http://127.0.0.1:8092") is None
    assert environment_proxy("http://api.example.com") == "http://proxy:3128"


def test_a_proxy_of_another_kind_is_refused_with_a_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://proxy")
    with pytest.raises(DestinationError, match="does not speak HTTP"):
        environment_proxy("https://api.example.com")
