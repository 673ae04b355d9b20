"""For machines that watch this one: alive, ready, and what Prometheus reads."""

import hmac
from collections.abc import Iterator

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from phonebank import clock, db, jobs, migrations
from phonebank.migrations import Shape
from phonebank.reports.gauges import gauges
from phonebank.web.guards import public, settings

blueprint = Blueprint("health", __name__)
_LOOPBACK = frozenset({"127.0.0.1", "::1"})


@blueprint.get("/health/live")
@public
def live() -> ResponseReturnValue:
    return jsonify(alive=True)


@blueprint.get("/health/ready")
@public
def ready() -> ResponseReturnValue:
    shape = _shape()
    checks = {"database": shape is not None, "redis": jobs.is_up(), "migrations": shape is Shape.CURRENT}
    return jsonify(ready=all(checks.values()), **checks), 200 if all(checks.values()) else 503


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    if not _may_read_metrics():
        abort(403)
    registry = CollectorRegistry()
    registry.register(_Gauges())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Gauges(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        with db.reading() as session:
            for gauge in gauges(session, clock.now()):
                family = GaugeMetricFamily(gauge.name, gauge.meaning, labels=[gauge.by] if gauge.by else None)
                for label, value in gauge.values.items():
                    family.add_metric([label] if gauge.by else [], value)
                yield family
        yield GaugeMetricFamily("phonebank_redis_up", "Whether the doorbell answers", value=float(jobs.is_up()))


def _shape() -> Shape | None:
    """How the database stands to this version; None when it does not answer."""
    try:
        return migrations.shape(db.engine())
    except SQLAlchemyError:
        return None


def _may_read_metrics() -> bool:
    token = settings().metrics_token
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(bearer.encode(), token.encode()):
        return True
    # A proxy on this machine also comes from loopback, but says for whom.
    return request.remote_addr in _LOOPBACK and not request.headers.get("X-Forwarded-For")
