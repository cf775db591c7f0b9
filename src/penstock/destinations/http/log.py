"""The log of requests: on standard error, for engineers, and silent unless `penstock.http` is set to DEBUG."""

from __future__ import annotations

import logging

import structlog

LOGGER: structlog.stdlib.BoundLogger = structlog.wrap_logger(
    logging.getLogger("penstock.http"),
    wrapper_class=structlog.stdlib.BoundLogger,
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.processors.KeyValueRenderer(key_order=["event", "method", "url"]),
    ],
)
