"""Doorbells of batches: where they lie, in the database or in Redis, only this module knows."""

import logging
from functools import cache

from django.conf import settings
from django.core import signing
from django.db import transaction
from django_q.brokers import Broker, get_broker
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from django_q.status import Stat
from django_q.tasks import async_task

logger = logging.getLogger(__name__)

try:
    from redis.exceptions import RedisError
except ImportError:  # it is needed by those alone who set MEDIAPARSER_REDIS_URL

    class RedisError(Exception):  # type: ignore[no-redef]
        pass


class QueueUnreachable(Exception):
    """The server that holds the doorbells does not answer."""


def ring(batch_id: int) -> None:
    """Ring for a batch, in the transaction of the caller where the doorbells are rows, otherwise after it.

    One that is lost on its way is missed by the reconciler, which rings again.
    """
    if settings.MEDIAPARSER_REDIS_URL:
        transaction.on_commit(lambda: _try_to_push(batch_id))
    else:
        _push(batch_id)


def waiting() -> int:
    """Count the doorbells that no cluster has taken.

    :raises QueueUnreachable:
    """
    try:
        return int(_broker().queue_size())
    except RedisError as error:
        raise QueueUnreachable(str(error)) from error


def clusters() -> list[Stat]:
    """List what the clusters that share our cache last said about themselves, seconds ago.

    :raises QueueUnreachable:
    """
    try:
        return list(Stat.get_all(_broker()))
    except RedisError as error:
        raise QueueUnreachable(str(error)) from error


def discard_unreadable() -> int:
    """Take away the doorbells that another secret key has signed, and return how many they were.

    Those in Redis go by themselves: whoever takes one finds that it cannot be read.
    """
    if settings.MEDIAPARSER_REDIS_URL:
        return 0
    bells = OrmQ.objects.filter(key=Conf.CLUSTER_NAME).values_list("pk", "payload").iterator(500)
    unreadable = [number for number, payload in bells if not _is_readable(payload)]
    for start in range(0, len(unreadable), 500):
        OrmQ.objects.filter(pk__in=unreadable[start : start + 500]).delete()
    return len(unreadable)


def _is_readable(payload: str) -> bool:
    try:
        SignedPackage.loads(payload)
    except (TypeError, signing.BadSignature):
        return False
    return True


def _try_to_push(batch_id: int) -> None:
    try:
        _push(batch_id)
    except RedisError as error:
        logger.warning("could not ring for batch=%s, the reconciler will: %s", batch_id, error)


def _push(batch_id: int) -> None:
    async_task("media_catalog.tasks.run_batch", batch_id, broker=_broker())


def _broker() -> Broker:
    return _redis() if settings.MEDIAPARSER_REDIS_URL else get_broker()


@cache
def _redis() -> Broker:
    return get_broker()  # with connections of its own, which are kept
