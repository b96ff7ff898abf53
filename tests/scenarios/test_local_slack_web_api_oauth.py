"""The local Slack's OAuth and OpenID Connect over the wire: a browser agrees, a code becomes tokens."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import jwt
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import AuthorizeUrlGenerator, OpenIDConnectAuthorizeUrlGenerator

from bot.sandbox.slack.manifests import may_do_everything
from tests.scenarios.slack_world import SlackWorld

BACK = "https://app.example/slack/oauth_redirect"


def manifest(*, rotates: bool = False) -> dict[str, Any]:
    found = may_do_everything()
    found["oauth_config"]["redirect_urls"] = [BACK]
    found["settings"]["token_rotation_enabled"] = rotates
    return found


@pytest.fixture(scope="module")
def world() -> Iterator[SlackWorld]:
    found = SlackWorld(manifest())
    yield found
    found.stop()


@pytest.fixture(scope="module")
def rotating() -> Iterator[SlackWorld]:
    found = SlackWorld(manifest(rotates=True))
    yield found
    found.stop()


def browse(world: SlackWorld, address: str, form: dict[str, str] | None = None) -> httpx.Response:
    """One request of a browser that follows nothing by itself."""
    url = address if address.startswith("http") else world.slack.url + address
    return httpx.get(url) if form is None else httpx.post(url, data=form)


def install_address(world: SlackWorld, scopes: str = "chat:write", user_scopes: str = "") -> str:
    maker = AuthorizeUrlGenerator(
        client_id=world.slack.app.client_id,
        scopes=scopes.split(",") if scopes else [],
        user_scopes=user_scopes.split(",") if user_scopes else [],
        redirect_uri=BACK,
        authorization_url=f"{world.slack.url}/oauth/v2/authorize",
    )
    return maker.generate(state="s1")


def agreed(world: SlackWorld, address: str, user: str = "ana") -> dict[str, str]:
    answer = browse(world, address, {"decision": "allow", "user": world.user(user)})
    assert answer.status_code == 302
    target = answer.headers["location"]
    assert target.startswith(BACK)
    return dict(parse_qsl(urlsplit(target).query))


def exchanged(world: SlackWorld, **arguments: Any) -> Any:
    app = world.slack.app
    return WebClient(base_url=world.slack.api_url).oauth_v2_access(
        client_id=app.client_id, client_secret=app.client_secret, **arguments
    )


def test_the_page_shows_what_is_asked_for(world: SlackWorld) -> None:
    answer = browse(world, install_address(world, "chat:write,users:read"))

    text = answer.text
    assert (answer.status_code, "chat:write" in text, "users:read" in text) == (200, True, True)


def test_a_code_becomes_a_bots_token(world: SlackWorld) -> None:
    back = agreed(world, install_address(world))
    assert back["state"] == "s1"

    answer = exchanged(world, code=back["code"], redirect_uri=BACK)

    assert (answer["token_type"], answer["bot_user_id"]) == ("bot", world.slack.app.bot_user)
    assert (answer["authed_user"], answer["team"]["name"]) == ({"id": world.ana}, "Acme")
    assert world.client_of(answer["access_token"]).auth_test()["ok"]


def test_a_person_can_give_a_token_of_their_own(world: SlackWorld) -> None:
    back = agreed(world, install_address(world, "", "chat:write,channels:history"), "ben")
    person = exchanged(world, code=back["code"], redirect_uri=BACK)["authed_user"]
    client = world.client_of(person["access_token"])

    posted = client.chat_postMessage(channel=world.general, text="as myself")

    assert (person["token_type"], posted["message"]["user"]) == ("user", world.ben)
    client.auth_revoke()
    assert world.refusal("auth.test", person["access_token"]) == "token_revoked"


def test_whoever_says_no_goes_back_without_a_code(world: SlackWorld) -> None:
    answer = browse(world, install_address(world), {"decision": "deny"})

    query = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    assert query == {"error": "access_denied", "state": "s1"}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"redirect_uri": "https://evil.example/"}, "bad_redirect_uri"),
        ({"redirect_uri": BACK + ".evil.example"}, "bad_redirect_uri"),
        ({"scope": ""}, "no_scopes"),
    ],
)
def test_a_wrong_address_is_a_page_and_no_redirect(
    world: SlackWorld, change: dict[str, str], error: str
) -> None:
    parts = urlsplit(install_address(world))
    query = dict(parse_qsl(parts.query)) | change

    answer = browse(world, f"{parts.path}?{urlencode(query)}", {"decision": "allow"})

    assert (answer.status_code, error in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code": "wrong"}, "invalid_code"),
        ({"redirect_uri": "https://elsewhere.example"}, "bad_redirect_uri"),
        ({"grant_type": "poem"}, "invalid_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_refresh_token"),
    ],
)
def test_a_wrong_exchange_is_refused(world: SlackWorld, change: dict[str, str], error: str) -> None:
    good = {"code": agreed(world, install_address(world))["code"], "redirect_uri": BACK}

    with pytest.raises(SlackApiError) as refused:
        exchanged(world, **(good | change))
    assert refused.value.response["error"] == error


def test_the_secret_is_the_apps(world: SlackWorld) -> None:
    for client_id, secret, error in (
        (world.slack.app.client_id, "wrong", "bad_client_secret"),
        ("1.2", world.slack.app.client_secret, "invalid_client_id"),
    ):
        with pytest.raises(SlackApiError) as refused:
            WebClient(base_url=world.slack.api_url).oauth_v2_access(
                client_id=client_id, client_secret=secret, code="x"
            )
        assert refused.value.response["error"] == error


def test_a_code_is_good_once(world: SlackWorld) -> None:
    code = agreed(world, install_address(world))["code"]
    exchanged(world, code=code, redirect_uri=BACK)

    with pytest.raises(SlackApiError) as refused:
        exchanged(world, code=code, redirect_uri=BACK)
    assert refused.value.response["error"] == "code_already_used"


def test_a_code_is_good_for_ten_minutes(world: SlackWorld) -> None:
    code = agreed(world, install_address(world))["code"]
    world.clock.now += 601

    with pytest.raises(SlackApiError) as refused:
        exchanged(world, code=code, redirect_uri=BACK)
    assert refused.value.response["error"] == "invalid_code"


def test_a_token_that_rotates_runs_out_and_is_renewed(rotating: SlackWorld) -> None:
    first = exchanged(rotating, code=agreed(rotating, install_address(rotating))["code"], redirect_uri=BACK)
    assert (first["expires_in"], first["access_token"].startswith("xoxe.xoxb-")) == (43_200, True)
    rotating.clock.now += 43_200
    assert rotating.refusal("auth.test", first["access_token"]) == "token_expired"

    second = exchanged(rotating, grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert rotating.client_of(second["access_token"]).auth_test()["ok"]
    with pytest.raises(SlackApiError):
        exchanged(rotating, grant_type="refresh_token", refresh_token=first["refresh_token"])


def test_a_token_that_stays_good_becomes_one_that_rotates(rotating: SlackWorld) -> None:
    app = rotating.slack.install(manifest(rotates=True), "Older")
    answer = rotating.client.oauth_v2_exchange(
        token=app.bot_token, client_id=app.client_id, client_secret=app.client_secret
    )

    assert rotating.client_of(answer["access_token"]).auth_test()["user_id"] == app.bot_user
    assert rotating.refusal("auth.test", app.bot_token) == "account_inactive"


def sign_in(world: SlackWorld, scopes: tuple[str, ...] = ("openid", "email", "profile")) -> Any:
    app = world.slack.app
    maker = OpenIDConnectAuthorizeUrlGenerator(
        client_id=app.client_id,
        redirect_uri=BACK,
        scopes=list(scopes),
        authorization_url=f"{world.slack.url}/openid/connect/authorize",
    )
    code = agreed(world, maker.generate(state="s1", nonce="n1"))["code"]
    return WebClient(base_url=world.slack.api_url).openid_connect_token(
        client_id=app.client_id, client_secret=app.client_secret, code=code, redirect_uri=BACK
    )


def test_an_id_token_can_be_verified(world: SlackWorld) -> None:
    answer = sign_in(world)
    keys = jwt.PyJWKClient(f"{world.slack.url}/openid/connect/keys")
    claims = jwt.decode(
        answer["id_token"],
        keys.get_signing_key_from_jwt(answer["id_token"]).key,
        algorithms=["RS256"],
        audience=world.slack.app.client_id,
        issuer=world.slack.url,
        # The world's clock stands in the past.
        options={"verify_exp": False},
    )

    assert (claims["sub"], claims["nonce"], claims["email"]) == (world.ana, "n1", "ana@acme.example")


def test_user_info_tells_what_was_agreed_to(world: SlackWorld) -> None:
    whole = world.client_of(sign_in(world)["access_token"]).openid_connect_userInfo()
    bare = world.client_of(sign_in(world, ("openid",))["access_token"]).openid_connect_userInfo()

    assert (whole["name"], whole["https://slack.com/user_id"]) == ("Ana Duarte", world.ana)
    assert (bare["sub"], "email" in bare.data, "name" in bare.data) == (world.ana, False, False)
