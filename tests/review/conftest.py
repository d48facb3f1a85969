"""A person who is logged in, but administers nothing."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.media_catalog.conftest import library as library

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def person(db):
    return get_user_model().objects.create_user("mum", password="a-long-password")


@pytest.fixture
def page(client: Client, person) -> Client:
    client.force_login(person, backend=BACKEND)
    return client


@pytest.fixture
def htmx() -> dict[str, str]:
    return {"HX-Request": "true"}
