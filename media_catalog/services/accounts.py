"""The first account."""

import secrets

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser


def ensure_administrator(*, name: str, password: str | None) -> str | None:
    """Create the administrator if nobody can administer yet.

    :returns: the password that was made up, to be shown once; `None` when none had to be.
    """
    users = get_user_model()
    if users.objects.filter(is_superuser=True).exists():
        return None
    chosen = password or secrets.token_urlsafe(12)
    account = users.objects.filter(username=name).first() or users(username=name)
    assert isinstance(account, AbstractUser)  # noqa: S101  for the type checker
    account.is_staff = account.is_superuser = True
    account.set_password(chosen)
    account.save()
    return None if password else chosen
