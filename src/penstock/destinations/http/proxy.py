"""The proxy that the environment names for an address.

Looked up once: aiohttp's own `trust_env` asks a thread twice for every request, and reads passwords from ~/.netrc.
"""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from penstock.errors import DestinationError


def environment_proxy(base_url: str) -> str | None:
    """Return the proxy's address from HTTPS_PROXY or HTTP_PROXY, unless NO_PROXY names the host."""
    parts = urlsplit(base_url)
    if not parts.hostname or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    proxy = getproxies().get(parts.scheme)
    if proxy is None or "://" not in proxy:
        return proxy and f"http://{proxy}"
    if urlsplit(proxy).scheme not in {"http", "https"}:
        raise DestinationError(
            f"The environment names a proxy for {parts.hostname} that does not speak HTTP.",
            fix="Set HTTPS_PROXY to an http:// proxy, or exempt the host with NO_PROXY.",
            code="proxy_unusable",
        )
    return proxy
