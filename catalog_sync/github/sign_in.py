"""How Callboard signs in to GitHub: a token, or an App with its installation."""

import requests
from github import Auth, GithubException, GithubIntegration
from jwt.exceptions import InvalidKeyError

from core.errors import GitHubUnavailable, NotAllowed
from core.settings import GitHubSettings


def reading_auth(settings: GitHubSettings) -> Auth.Auth:
    """What signs requests that read.

    Raises:
        NotAllowed: No token and no App is configured, or the App is not what GitHub knows.
        GitHubUnavailable: GitHub did not say where the App is installed.
    """
    if settings.token:
        return Auth.Token(settings.token.get_secret_value())
    if settings.app_id and settings.app_private_key:
        app = Auth.AppAuth(settings.app_id, settings.app_private_key.get_secret_value())
        return app.get_installation_auth(settings.app_installation_id or _first_installation(app, settings))
    raise NotAllowed(
        "No GitHub token is configured.",
        "Set CALLBOARD_GITHUB_TOKEN, or github.app_id with its private key.",
    )


def _first_installation(app: Auth.AppAuth, settings: GitHubSettings) -> int:
    try:
        app.create_jwt()
    except (ValueError, InvalidKeyError) as error:
        raise NotAllowed(
            "The private key of the GitHub App cannot be read.",
            "github.app_private_key is the whole PEM text, with its first and last line.",
        ) from error
    integration = GithubIntegration(auth=app, base_url=settings.api_url.rstrip("/"), retry=None)
    try:
        found = next(iter(integration.get_installations()), None)
    except GithubException as error:
        raise NotAllowed(
            f"GitHub does not accept the App: {error.message or error.status}",
            "Check github.app_id and github.app_private_key.",
        ) from error
    except requests.RequestException as error:
        raise GitHubUnavailable(f"GitHub did not answer ({type(error).__name__})") from error
    if found is None:
        raise NotAllowed("The GitHub App is installed nowhere.", "Install it on your organisation.")
    return found.id


def writing_auth(settings: GitHubSettings, reading: Auth.Auth) -> Auth.Auth:
    """What signs requests that write: the publishing token where there is one."""
    return Auth.Token(settings.publish_token.get_secret_value()) if settings.publish_token else reading
