"""How Callboard signs in to GitHub: a token, or an App with its installation."""

import requests
from github import Auth, GithubException, GithubIntegration, UnknownObjectException
from jwt.exceptions import InvalidKeyError

from catalog_sync.github.unreachable import address_of, why_unreachable
from core.errors import GitHubUnavailable, NotAllowed
from core.settings import GitHubSettings


def reading_auth(settings: GitHubSettings, organization: str | None = None) -> Auth.Auth:
    """What signs requests that read; an App has an installation of its own in every organisation.

    Raises:
        NotAllowed: No token and no App is configured, or the App is not what GitHub knows.
        GitHubUnavailable: GitHub did not say where the App is installed.
    """
    if settings.token:
        return Auth.Token(settings.token.get_secret_value())
    app = app_auth(settings)
    if app:
        return app.get_installation_auth(
            settings.app_installation_id or _installation(app, settings, organization)
        )
    raise NotAllowed(
        "No GitHub token is configured.",
        "Set CALLBOARD_GITHUB_TOKEN, or github.app_id with its private key.",
    )


def app_auth(settings: GitHubSettings) -> Auth.AppAuth | None:
    """What signs requests as the App itself; None where none is configured.

    Raises:
        NotAllowed: Its key cannot be read.
    """
    if not settings.app_id or not settings.app_private_key:
        return None
    app = Auth.AppAuth(settings.app_id, settings.app_private_key.get_secret_value())
    try:
        app.create_jwt()
    except (ValueError, InvalidKeyError) as error:
        raise NotAllowed(
            "The private key of the GitHub App cannot be read.",
            "github.app_private_key is the whole PEM text, with its first and last line.",
        ) from error
    return app


def _installation(app: Auth.AppAuth, settings: GitHubSettings, organization: str | None) -> int:
    integration = GithubIntegration(auth=app, base_url=settings.api_url.rstrip("/"), retry=None)
    try:
        if organization:
            return integration.get_org_installation(organization).id
        found = next(iter(integration.get_installations()), None)
    except UnknownObjectException as error:
        raise NotAllowed(
            f"The GitHub App is not installed on {organization}.", "Install it on that organisation."
        ) from error
    except GithubException as error:
        raise NotAllowed(
            f"GitHub does not accept the App: {error.message or error.status}",
            "Check github.app_id and github.app_private_key.",
        ) from error
    except requests.RequestException as error:
        why = why_unreachable(error, settings.timeout_s)
        raise GitHubUnavailable(f"GitHub at {address_of(settings.api_url)} did not answer: {why}") from error
    if found is None:
        raise NotAllowed("The GitHub App is installed nowhere.", "Install it on your organisation.")
    return found.id


def writing_auth(settings: GitHubSettings, reading: Auth.Auth) -> Auth.Auth:
    """What signs requests that write: the publishing token where there is one."""
    return Auth.Token(settings.publish_token.get_secret_value()) if settings.publish_token else reading
