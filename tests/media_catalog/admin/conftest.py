import pytest
from django.test import Client


@pytest.fixture
def office(client: Client, django_user_model) -> Client:
    user = django_user_model.objects.create_superuser("admin", password="a-long-password")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
