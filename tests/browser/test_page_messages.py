"""What people do with messages on the local Slack's page: press, pick, react, reply, share; over the real wire."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.gallery import work_object
from tests.browser.gallery_controls import actions
from tests.browser.parts import mrkdwn, option, plain
from tests.browser.stage import Screen
from tests.scenarios.bolt_world import BoltWorld, section

pytestmark = pytest.mark.needs_browser


def post(world: BoltWorld, *blocks: Any, text: str = "From the app") -> str:
    """The app writes in #stage; the message's ``ts``."""
    channel = world.channel("stage")
    return str(world.client.chat_postMessage(channel=channel, text=text, blocks=list(blocks) or None)["ts"])


def pressed(world: BoltWorld, action_id: str) -> Any:
    """The newest action with this id that the app has heard."""
    body = world.body("action", lambda body: body["actions"][0]["action_id"] == action_id)
    return body["actions"][0]


@pytest.fixture
def buttons(world: BoltWorld, ana: Screen) -> Locator:
    """A message with everything that can be pressed."""
    message = ana.page.locator(f"#pane .message[data-ts='{post(world, *actions())}']")
    expect(message).to_be_visible()
    return message


# -- buttons, menus, selects -------------------------------------------------------------------------------


def test_a_confirmation_that_is_declined_sends_nothing(
    world: BoltWorld, ana: Screen, buttons: Locator
) -> None:
    ana.presses("Delete", buttons)
    sure = ana.page.get_by_role("alertdialog", name="Delete it?")
    expect(sure).to_contain_text("It does not come back.")

    ana.presses("Keep", sure)
    ana.presses("Approve", buttons)

    assert pressed(world, "approve")["value"] == "1"
    assert [body["actions"][0]["action_id"] for body in world.heard["action"]] == ["approve"]


def test_a_confirmation_that_is_given_sends_the_click(
    world: BoltWorld, ana: Screen, buttons: Locator
) -> None:
    ana.presses("Delete", buttons)

    ana.presses("Delete", ana.page.get_by_role("alertdialog"))

    assert pressed(world, "delete")["type"] == "button"


def test_an_overflow_menu_sends_the_chosen_option(world: BoltWorld, ana: Screen, buttons: Locator) -> None:
    buttons.locator(".b-section").first.get_by_role("button", name="More actions").click()

    ana.page.get_by_role("menuitem", name="Mute for a week").click()

    assert pressed(world, "more")["selected_option"]["value"] == "mute for a week"


def test_a_select_shows_its_groups_and_sends_the_choice(
    world: BoltWorld, ana: Screen, buttons: Locator
) -> None:
    buttons.get_by_role("button", name="Pick a place").click()
    expect(ana.page.locator(".picker-group")).to_have_text(["Europe", "Elsewhere"])

    ana.page.get_by_role("option", name="Osaka").click()

    assert pressed(world, "where")["selected_option"]["value"] == "osaka"
    expect(buttons.get_by_role("button", name="Pick a place")).to_contain_text("Osaka")


def test_a_searching_select_asks_the_app_from_the_second_letter_on(
    world: BoltWorld, ana: Screen, buttons: Locator
) -> None:
    world.does["options"] = lambda ack, **_: ack(options=[option("payments-api"), option("payments-web")])
    buttons.get_by_role("button", name="Find a service").click()
    search = ana.page.get_by_role("combobox", name="Search Find a service")
    search.press_sequentially("p")
    expect(ana.page.get_by_text("Type 2 or more letters")).to_be_visible()

    search.press_sequentially("ay")
    ana.page.get_by_role("option", name="payments-web").click()

    assert world.body("options")["value"] == "pay"
    assert pressed(world, "service")["selected_option"]["text"]["text"] == "payments-web"


def test_a_searching_select_says_that_the_app_did_not_answer(
    world: BoltWorld, ana: Screen, buttons: Locator
) -> None:
    world.patience(0.05)
    world.does["options"] = lambda **_: None
    buttons.get_by_role("button", name="Find a service").click()

    ana.page.get_by_role("combobox", name="Search Find a service").fill("pay")

    expect(ana.page.locator(".picker-trouble")).not_to_be_empty()


def test_a_date_and_a_person_are_sent_as_slack_sends_them(
    world: BoltWorld, ana: Screen, buttons: Locator
) -> None:
    buttons.locator("input[type=date]").fill("2026-12-24")
    assert pressed(world, "day")["selected_date"] == "2026-12-24"

    buttons.get_by_role("button", name="Somebody").click()
    ana.page.get_by_role("option", name="Cleo Player").click()

    cleo = world.slack.workspace.user_by_name("cleo").id
    assert pressed(world, "who")["selected_user"] == cleo


def test_boxes_and_circles_send_what_is_chosen_by_then(
    world: BoltWorld, ana: Screen, buttons: Locator
) -> None:
    buttons.get_by_label("Docs").check()
    assert [one["value"] for one in pressed(world, "done")["selected_options"]] == ["docs"]

    buttons.get_by_label("A little").check()

    assert pressed(world, "sure")["selected_option"]["value"] == "a little"


def test_a_click_that_the_app_does_not_take_leaves_a_mark_and_a_sentence(
    world: BoltWorld, ana: Screen, buttons: Locator
) -> None:
    world.patience(0.05)
    world.does["action"] = lambda **_: None

    ana.presses("Approve", buttons)

    expect(buttons.locator(".has-failed")).to_have_count(1)
    expect(ana.page.locator("#notice")).to_be_visible()


# -- shortcuts ---------------------------------------------------------------------------------------------


def test_a_global_shortcut_is_run_from_the_plus_menu_and_by_a_slash(world: BoltWorld, ana: Screen) -> None:
    ana.page.get_by_role("button", name="Add files or run a shortcut").click()
    ana.page.get_by_role("menuitem", name="Call everybody").click()
    assert world.body("shortcut")["callback_id"] == "call"

    world.heard.clear()
    ana.field.press_sequentially("/call")
    ana.field.press("Enter")

    assert world.body("shortcut")["type"] == "shortcut"
    expect(ana.field).to_have_value("")


def test_a_message_shortcut_tells_the_app_of_which_message(world: BoltWorld, ana: Screen) -> None:
    ana.types("Keep me, please")
    message = ana.reads("Keep me, please")
    message.hover()
    message.get_by_role("button", name="More actions").click()

    ana.page.get_by_role("menuitem", name="Keep this").click()

    assert world.body("shortcut")["message"]["text"] == "Keep me, please"


# -- among people ------------------------------------------------------------------------------------------


def test_a_reaction_is_added_counted_and_taken_back(world: BoltWorld, ana: Screen) -> None:
    ana.types("Two green canaries")
    message = ana.reads("Two green canaries")
    message.hover()
    message.get_by_role("button", name="Add a reaction").click()
    ana.page.get_by_label("Search emoji").fill("tada")
    ana.page.get_by_label("Search emoji").press("Enter")
    mine = message.get_by_role("button", name="tada, 1: you")
    expect(mine).to_have_attribute("aria-pressed", "true")

    ts = str(message.get_attribute("data-ts"))
    world.sandbox.post("react", person="ben", channel="stage", ts=ts, name="tada")
    message.get_by_role("button", name="tada, 2").click()

    expect(message.get_by_role("button", name="tada, 1: Ben Player")).to_have_attribute(
        "aria-pressed", "false"
    )


def test_a_reply_stands_in_the_thread_and_is_counted_at_its_message(world: BoltWorld, ana: Screen) -> None:
    ana.types("Who can look?")
    message = ana.reads("Who can look?")
    message.hover()
    message.get_by_role("button", name="Reply in thread").click()
    reply = ana.page.get_by_role("combobox", name="Reply…")
    expect(reply).to_be_focused()

    reply.fill("I can")
    reply.press("Enter")

    expect(ana.page.locator("#thread .message").filter(has_text="I can")).to_be_visible()
    expect(message.get_by_role("button", name="1 reply")).to_be_visible()
    ana.page.keyboard.press("Escape")
    expect(ana.page.locator("#thread")).to_be_hidden()
    expect(ana.field).to_be_focused()


def test_what_is_mine_can_be_changed_and_taken_away(world: BoltWorld, ana: Screen) -> None:
    ana.types("Frist draft")
    message = ana.reads("Frist draft")
    choose_for(ana, message, "Edit")
    ana.page.get_by_label("Change your message").fill("First draft")
    ana.page.keyboard.press("Enter")
    changed = ana.reads("First draft")
    expect(changed).to_contain_text("edited")

    choose_for(ana, changed, "Delete")
    ana.presses("Delete", ana.page.get_by_role("alertdialog"))

    expect(ana.messages.filter(has_text="First draft")).to_have_count(0)


def choose_for(screen: Screen, message: Locator, entry: str) -> None:
    message.hover()
    message.get_by_role("button", name="More actions").click()
    screen.page.get_by_role("menuitem", name=entry, exact=True).click()


def test_a_message_of_somebody_else_cannot_be_changed(world: BoltWorld, ana: Screen) -> None:
    world.sandbox.post("type", person="ben", channel="stage", text="Hands off")
    message = ana.reads("Hands off")
    message.hover()
    message.get_by_role("button", name="More actions").click()

    expect(ana.page.get_by_role("menuitem", name="Keep this")).to_be_visible()
    expect(ana.page.get_by_role("menuitem", name="Edit")).to_have_count(0)


def test_a_private_answer_can_be_dismissed(world: BoltWorld, ana: Screen) -> None:
    someone = world.slack.workspace.user_by_name("ana").id
    world.client.chat_postEphemeral(channel=world.channel("stage"), user=someone, text="For your eyes")
    answer = ana.reads("For your eyes")
    expect(answer).to_contain_text("Only visible to you")

    answer.get_by_role("button", name="Dismiss this message").click()

    expect(ana.messages.filter(has_text="For your eyes")).to_have_count(0)


# -- files -------------------------------------------------------------------------------------------------

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fccff01f00"
    "0303020040b3b1ab0000000049454e44ae426082"
)


def test_files_are_sent_with_words_and_shown_as_pictures_and_cards(world: BoltWorld, ana: Screen) -> None:
    given: Any = [
        {"name": "lamp.png", "mimeType": "image/png", "buffer": PIXEL},
        {"name": "notes.html", "mimeType": "text/html", "buffer": b"<script>alert(1)</script>"},
    ]
    ana.page.locator("#pane input[type=file]").set_input_files(given)
    expect(ana.page.get_by_role("group", name="Files to send").locator(".file-card")).to_have_count(2)
    ana.types("Both of tonight")

    expect(ana.reads("Both of tonight").get_by_role("button", name="Look at lamp.png")).to_be_visible()
    card = ana.page.get_by_role("link", name="Download notes.html")
    expect(card).to_be_visible()
    answer = ana.page.request.get(f"{world.slack.url}{card.get_attribute('href')}")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.body() == b"<script>alert(1)</script>"


def test_a_file_of_a_private_channel_is_nobody_elses(world: BoltWorld, ana: Screen) -> None:
    world.sandbox.post("upload", person="ben", channel="backroom", name="plan.txt", content="cGxhbg==")
    (key,) = [file.id for file in world.slack.workspace.files.values() if file.name == "plan.txt"]
    address = f"{world.slack.url}/sandbox/files/{key}"

    assert ana.page.request.get(f"{address}?person=ana").body() == b"plan"
    assert ana.page.request.get(f"{address}?person=cleo").status == 400


# -- the page itself ---------------------------------------------------------------------------------------


def test_what_streams_in_is_shown_as_far_as_it_is_written(world: BoltWorld, ana: Screen) -> None:
    ana.types("How do I rotate the key?")
    question = ana.reads("How do I rotate the key?")
    ts = str(question.get_attribute("data-ts"))
    someone = world.slack.workspace.user_by_name("ana").id
    team = world.client.auth_test()["team_id"]
    started = world.client.chat_startStream(
        channel=world.channel("stage"), thread_ts=ts, recipient_user_id=someone, recipient_team_id=team
    )
    world.client.chat_appendStream(channel=started["channel"], ts=started["ts"], markdown_text="Run `make")
    question.get_by_role("button", name="1 reply").click()
    answer = ana.page.locator("#thread .message").filter(has_text="Run")
    expect(answer.get_by_label("Still writing")).to_be_visible()

    world.client.chat_stopStream(channel=started["channel"], ts=started["ts"], markdown_text=" rotate-key`.")

    expect(answer).to_contain_text("Run make rotate-key.")
    expect(answer.get_by_label("Still writing")).to_have_count(0)


def test_an_assistant_says_what_it_is_doing_and_what_to_ask(
    world: BoltWorld, screen: Callable[..., Screen]
) -> None:
    ben = screen(world.slack.url, "ben", "app")
    ben.types("Anybody?")
    thread = str(ben.reads("Anybody?").get_attribute("data-ts"))
    channel = world.slack.workspace.direct(world.slack.workspace.user_by_name("ben").id).id
    where = {"channel_id": channel, "thread_ts": thread}
    world.client.assistant_threads_setStatus(**where, status="is thinking...")
    expect(ben.page.get_by_role("status").filter(has_text="Prompter is thinking...")).to_be_visible()

    prompts = [{"title": "Find an owner", "message": "Who owns payments-api?"}]
    world.client.assistant_threads_setSuggestedPrompts(**where, prompts=prompts, title="You could ask")
    ben.page.get_by_role("group", name="You could ask").get_by_role("button").click()

    expect(ben.page.locator("#thread .message").filter(has_text="Who owns payments-api?")).to_be_visible()


def test_drafts_stay_with_the_person_who_wrote_them(world: BoltWorld, ana: Screen) -> None:
    ana.field.fill("Ana's own wor")
    be(ana, "Ana Player", "Ben Player")
    expect(ana.field).to_have_value("")
    ana.field.fill("Ben's")

    be(ana, "Ben Player", "Ana Player")

    expect(ana.field).to_have_value("Ana's own wor")


def be(screen: Screen, now: str, then: str) -> None:
    screen.page.get_by_role("button", name=f"You are {now}").click()
    screen.page.get_by_role("menuitem", name=then).click()
    expect(screen.page.get_by_role("button", name=f"You are {then}")).to_be_visible()


def test_the_quick_switcher_leads_to_channels_and_people(world: BoltWorld, ana: Screen) -> None:
    ana.page.keyboard.press("Control+k")
    ana.page.keyboard.type("back")
    ana.page.keyboard.press("Enter")
    expect(ana.page.locator("#pane h1")).to_contain_text("backroom")

    ana.page.keyboard.press("Control+k")
    ana.page.keyboard.type("cleo")
    ana.page.keyboard.press("Enter")

    expect(ana.page.get_by_role("button", name="You are Cleo Player")).to_be_visible()


def test_home_shows_the_apps_view_and_its_buttons_work(
    world: BoltWorld, screen: Callable[..., Screen]
) -> None:
    someone = world.slack.workspace.user_by_name("dan").id
    button = {"type": "button", "text": plain("Refresh"), "action_id": "refresh"}
    view = {
        "type": "home",
        "blocks": [section("Good morning, Dan"), {"type": "actions", "elements": [button]}],
    }
    world.client.views_publish(user_id=someone, view=view)
    dan = screen(world.slack.url, "dan", "app")

    dan.page.get_by_role("tab", name="Home").click()
    dan.page.get_by_role("button", name="Refresh").click()

    assert world.body("action")["view"]["type"] == "home"
    dan.page.keyboard.press("Control+k")
    dan.page.keyboard.press("Escape")
    dan.page.get_by_role("tab", name="Home").press("ArrowRight")
    dan.page.get_by_role("tab", name="Messages").press("ArrowRight")
    expect(dan.page.get_by_role("tabpanel")).to_contain_text("Call everybody")


def test_nothing_that_an_app_or_a_person_writes_is_run(world: BoltWorld, ana: Screen) -> None:
    bad = '<img src=x onerror="window.hit=1"><script>window.hit=1</script> <javascript:window.hit=1|here>'
    ana.types(bad)
    rich = [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": bad}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": bad}]},
    ]
    post(
        world,
        {"type": "section", "text": mrkdwn(bad)},
        {"type": "markdown", "text": f"{bad} [here](javascript:window.hit=1)"},
        {"type": "rich_text", "elements": rich},
        text=bad,
    )
    answer = ana.reads("here")

    assert ana.page.evaluate("window.hit") is None
    assert ana.page.locator("#pane script, #pane img[src='x'], #pane a[href^='javascript']").count() == 0
    expect(answer).to_contain_text("onerror")


def test_a_group_conversation_is_listed_by_who_is_in_it(world: BoltWorld, ana: Screen) -> None:
    users = [world.slack.workspace.user_by_name(name).id for name in ("ana", "ben", "cleo")]
    channel = world.client.conversations_open(users=users)["channel"]["id"]
    world.client.chat_postMessage(channel=channel, text="The three of us")

    ana.page.locator("#sidebar .side-row").filter(has_text="Cleo Player").click()

    expect(ana.reads("The three of us")).to_be_visible()


def test_a_link_unfurls_to_an_attachment_and_to_a_work_object(world: BoltWorld, ana: Screen) -> None:
    address = "https://playhouse.example/payments"
    ana.types(f"Look at {address}")
    ts = str(ana.reads("Look at").get_attribute("data-ts"))
    unfurl = {address: {"title": "Payments API", "text": "Owned by *Payments*", "color": "#1d6b5c"}}
    world.client.chat_unfurl(channel=world.channel("stage"), ts=ts, unfurls=unfurl)
    message = ana.page.locator(f"#pane .message[data-ts='{ts}']")
    expect(message.locator(".attachment")).to_contain_text("Owned by Payments")

    entity = {**work_object(), "app_unfurl_url": address, "url": address}
    world.client.chat_unfurl(channel=world.channel("stage"), ts=ts, metadata={"entities": [entity]})

    expect(message.locator(".b-card")).to_contain_text("Silver")


@pytest.mark.parametrize(("event", "carrier"), [("drop", "dataTransfer"), ("paste", "clipboardData")])
def test_a_file_that_is_dropped_or_pasted_waits_to_be_sent(
    world: BoltWorld, ana: Screen, event: str, carrier: str
) -> None:
    kind = {"drop": "DragEvent", "paste": "ClipboardEvent"}[event]
    ana.field.evaluate(
        f"""(field) => {{
          const held = new DataTransfer();
          held.items.add(new File(['lamp'], '{event}.txt', {{ type: 'text/plain' }}));
          const how = {{ {carrier}: held, bubbles: true, cancelable: true }};
          field.dispatchEvent(new {kind}('{event}', how));
        }}"""
    )
    expect(ana.page.get_by_role("group", name="Files to send")).to_contain_text(f"{event}.txt")

    ana.page.get_by_role("button", name="Send", exact=True).click()

    expect(ana.page.get_by_role("link", name=f"Download {event}.txt")).to_be_visible()


def test_a_page_that_lost_its_connection_catches_up(world: BoltWorld, ana: Screen) -> None:
    expect(ana.page.locator("body[data-live]")).to_be_attached()
    world.slack._control.hang_up()
    world.sandbox.post("type", person="ben", channel="stage", text="While you were away")

    expect(ana.page.locator("#notice")).to_have_text("Connected again.")

    ana.reads("While you were away")
