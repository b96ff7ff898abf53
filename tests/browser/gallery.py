"""Every kind of block, attachment and Work Object that Slack has, as messages."""

from tests.browser.parts import Json, mrkdwn, option, plain, rich, section, words


def drawing(colour: str, letter: str) -> str:
    """A small picture: a letter on a colour, as SVG."""
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 320 140'>"
        f"<rect width='320' height='140' fill='{colour}'/>"
        f"<text x='160' y='96' font-size='72' font-family='Georgia' fill='white' text-anchor='middle'>{letter}</text>"
        "</svg>"
    )


def text(image: str) -> list[Json]:
    """Blocks of words and pictures; ``image`` is the address of one that may be fetched."""
    return [
        {"type": "header", "text": plain("Release checklist :rocket:")},
        {
            "type": "section",
            "text": mrkdwn(
                "*Payments API* goes out at <!date^1764072000^{time}|noon>. _Quiet hours_ end at nine, ~no~ `hotfix`"
                " before.\n>Ask in <#payments-help> when a canary turns red.\n```make release ENV=prod```"
            ),
        },
        {
            "type": "section",
            "fields": [
                mrkdwn("*Owner*\nPayments"),
                mrkdwn("*Tier*\n1"),
                mrkdwn("*Lead*\nBen Fischer"),
                plain("Stage\nproduction"),
            ],
        },
        {"type": "divider"},
        rich(
            section(
                words("A plan "),
                words("bold", bold=True),
                words(" and "),
                words("italic", italic=True),
                words(", "),
                words("struck", strike=True),
                words(", "),
                words("code", code=True),
                words(", "),
                {"type": "link", "url": "https://example.com", "text": "a link"},
                words(", "),
                {"type": "emoji", "name": "tada"},
                words(", "),
                {"type": "color", "value": "#1d6b5c"},
                words(", "),
                {"type": "broadcast", "range": "here"},
            ),
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [section(words("Freeze the branch")), section(words("Run the canaries"))],
            },
            {
                "type": "rich_text_list",
                "style": "bullet",
                "indent": 1,
                "elements": [section(words("one in Lisbon")), section(words("one in Osaka"))],
            },
            {"type": "rich_text_quote", "elements": [words("Two green canaries, then everybody.")]},
            {"type": "rich_text_preformatted", "elements": [words("$ make rotate-key\nrotated in 2.1 s")]},
        ),
        {
            "type": "markdown",
            "text": "## What changed\n- [x] **Receipts** are signed\n- [ ] Refunds wait for `v4`\n\n| Service | p95 |\n| --- | --- |\n| payments | 84 ms |\n| refunds | 120 ms |",
        },
        {
            "type": "image",
            "title": plain("The stage tonight"),
            "image_url": image,
            "alt_text": "A stage with one lamp",
        },
        {
            "type": "context",
            "elements": [
                {"type": "image", "image_url": image, "alt_text": "A lamp"},
                mrkdwn("From *catalog-info.yaml* · synced just now"),
            ],
        },
    ]


def long() -> list[Json]:
    """Words without a place to break, as long as Slack takes them."""
    word = "Wörterbuchverlag" * 40
    button = {"type": "button", "text": plain(word[:75]), "action_id": "long"}
    picks = {"type": "static_select", "action_id": "pick", "options": [option(word[:75])]}
    return [
        {"type": "header", "text": plain(word[:150])},
        {"type": "section", "text": mrkdwn(f"{word}\n`{word}`\n<https://example.com/{word}>")},
        {
            "type": "section",
            "text": plain("Pick"),
            "accessory": {**picks, "initial_option": picks["options"][0]},
        },
        {"type": "section", "fields": [mrkdwn(word), mrkdwn("```" + word + "```")]},
        {
            "type": "actions",
            "elements": [button, {**button, "action_id": "longer", "url": "https://example.com"}],
        },
        {"type": "context", "elements": [mrkdwn(word)]},
        {"type": "markdown", "text": f"# {word}\n- {word}\n\n| {word} | b |\n| --- | --- |\n| {word} | c |"},
        rich({"type": "rich_text_preformatted", "elements": [words(word)]}),
    ]


def tables() -> list[Json]:
    """A table, a data table, and charts."""
    rows = [
        ("payments-api", 96, "Payments"),
        ("refunds", 71, "Payments"),
        ("box-office-web", 88, "Checkout"),
        ("page-scanner", 54, "Doors"),
        ("seat-map", 79, "Checkout"),
        ("identity", 91, "Identity"),
        ("mailer", 62, "Platform"),
    ]
    cells = [
        [
            {"type": "raw_text", "text": name},
            {"type": "raw_number", "value": score, "text": str(score)},
            {"type": "raw_text", "text": team},
        ]
        for name, score, team in rows
    ]
    head = [{"type": "raw_text", "text": name} for name in ("Service", "Score", "Team")]
    return [
        {
            "type": "table",
            "column_settings": [{"is_wrapped": True}, {"align": "right"}],
            "rows": [
                [{"type": "raw_text", "text": "Team"}, {"type": "raw_text", "text": "Pass %"}],
                [rich(section(words("Payments", bold=True))), {"type": "raw_text", "text": "96"}],
                [{"type": "raw_text", "text": "Checkout"}, {"type": "raw_text", "text": "88"}],
            ],
        },
        {"type": "data_table", "caption": "Scorecards of this week", "page_size": 5, "rows": [head, *cells]},
        {
            "type": "data_visualization",
            "title": "Checks by level",
            "chart": {
                "type": "pie",
                "segments": [
                    {"label": "Gold", "value": 14},
                    {"label": "Silver", "value": 22},
                    {"label": "Bronze", "value": 9},
                    {"label": "None", "value": 4},
                ],
            },
        },
        {
            "type": "data_visualization",
            "title": "Deploys",
            "chart": {
                "type": "bar",
                "series": [
                    {
                        "name": "Payments",
                        "data": [
                            {"label": day, "value": value}
                            for day, value in (("Mon", 4), ("Tue", 7), ("Wed", 3))
                        ],
                    },
                    {
                        "name": "Checkout",
                        "data": [
                            {"label": day, "value": value}
                            for day, value in (("Mon", 2), ("Tue", 5), ("Wed", 6))
                        ],
                    },
                ],
                "axis_config": {"categories": ["Mon", "Tue", "Wed"], "x_label": "Day", "y_label": "Deploys"},
            },
        },
    ]


def trend() -> list[Json]:
    """The charts that are drawn as lines."""
    points = [
        {"label": f"W{week}", "value": value}
        for week, value in ((41, 62), (42, 66), (43, 64), (44, 71), (45, 78), (46, 83))
    ]
    axis = {"categories": [point["label"] for point in points]}
    return [
        {
            "type": "data_visualization",
            "title": "Pass rate",
            "chart": {"type": "line", "series": [{"name": "Pass %", "data": points}], "axis_config": axis},
        },
        {
            "type": "data_visualization",
            "title": "Open findings",
            "chart": {
                "type": "area",
                "series": [
                    {"name": "Open", "data": [{**point, "value": 100 - point["value"]} for point in points]}
                ],
                "axis_config": axis,
            },
        },
    ]


def cards(image: str) -> list[Json]:
    """Cards, a carousel, a container, a video, a file."""
    button = {"type": "button", "text": plain("Open"), "action_id": "open", "value": "open"}
    small = {"type": "image", "image_url": image, "alt_text": "Mark"}
    return [
        {
            "type": "card",
            "hero_image": small,
            "icon": small,
            "title": mrkdwn("Payments API"),
            "subtitle": mrkdwn("service · production"),
            "body": mrkdwn("Takes card and voucher payments for *every* box office."),
            "actions": [button, {**button, "text": plain("Docs"), "action_id": "docs", "value": "docs"}],
        },
        {
            "type": "carousel",
            "elements": [
                {
                    "type": "card",
                    "title": mrkdwn(name),
                    "subtitle": mrkdwn(team),
                    "body": mrkdwn("Level *silver*, two checks to gold."),
                    "actions": [{**button, "action_id": f"open-{at}"}],
                }
                for at, (name, team) in enumerate(
                    (
                        ("seat-map", "Checkout"),
                        ("refunds", "Payments"),
                        ("mailer", "Platform"),
                        ("identity", "Identity"),
                    )
                )
            ],
        },
        {
            "type": "container",
            "title": plain("Runbook"),
            "subtitle": mrkdwn("Rotate the signing key"),
            "is_collapsible": True,
            "child_blocks": [
                {"type": "section", "text": mrkdwn("Run `make rotate-key` and wait for two green canaries.")},
                {
                    "type": "actions",
                    "elements": [
                        {**button, "text": plain("Start"), "style": "primary", "action_id": "start"}
                    ],
                },
            ],
        },
        {
            "type": "video",
            "title": plain("How a release runs"),
            "title_url": "https://example.com/video",
            "video_url": "https://example.com/embed",
            "thumbnail_url": image,
            "alt_text": "A stage",
            "author_name": "Mira",
            "provider_name": "Playhouse TV",
            "description": plain("Three minutes, with captions."),
        },
        {"type": "file", "external_id": "stage-plan.pdf", "source": "remote"},
    ]


def agent() -> list[Json]:
    """What an agent shows of its work."""
    return [
        {
            "type": "plan",
            "title": "Create page-scanner",
            "tasks": [
                {
                    "type": "task_card",
                    "task_id": "1",
                    "title": "Render the template",
                    "status": "complete",
                    "output": rich(section(words("14 files"))),
                },
                {
                    "type": "task_card",
                    "task_id": "2",
                    "title": "Open the repository",
                    "status": "in_progress",
                    "details": rich(section(words("playhouse/page-scanner"))),
                    "sources": [{"type": "url", "url": "https://example.com/t", "text": "Template"}],
                },
                {
                    "type": "task_card",
                    "task_id": "3",
                    "title": "Register in the catalog",
                    "status": "pending",
                },
                {
                    "type": "task_card",
                    "task_id": "4",
                    "title": "Protect the branch",
                    "status": "error",
                    "details": rich(section(words("Needs an owner of the organisation"))),
                },
            ],
        },
        {
            "type": "task_card",
            "task_id": "9",
            "title": "Searched the docs",
            "status": "complete",
            "sources": [{"type": "url", "url": "https://example.com/a", "text": "Key rotation"}],
        },
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "feedback",
                    "positive_button": {"text": plain("Good"), "value": "good"},
                    "negative_button": {"text": plain("Bad"), "value": "bad"},
                },
                {"type": "icon_button", "icon": "trash", "text": plain("Delete"), "action_id": "remove"},
            ],
        },
    ]


def attachments(image: str) -> list[Json]:
    """Attachments of the old kind, and one that holds blocks."""
    return [
        {
            "color": "#1d6b5c",
            "author_name": "Canary",
            "title": "Both canaries are green",
            "title_link": "https://example.com/canary",
            "text": "Lisbon *84 ms*, Osaka *91 ms*",
            "fields": [
                {"title": "Errors", "value": "0", "short": True},
                {"title": "Seats", "value": "812", "short": True},
            ],
            "footer": "canary · v4",
            "ts": "1764072000",
            "thumb_url": image,
        },
        {
            "color": "danger",
            "fallback": "Refunds are slow",
            "blocks": [{"type": "section", "text": mrkdwn("*Refunds* answer slowly")}],
        },
    ]


def work_object() -> Json:
    """A catalog entry as a Work Object."""
    return {
        "entity_type": "slack#/entities/item",
        "url": "https://example.com/catalog/payments-api",
        "external_ref": {"id": "payments-api"},
        "entity_payload": {
            "attributes": {
                "title": {"text": "payments-api"},
                "display_type": "Service",
                "product_name": "Callboard",
            },
            "custom_fields": [
                {"key": "owner", "label": "Owner", "type": "string", "value": "Payments"},
                {"key": "level", "label": "Level", "type": "string", "value": "Silver", "tag_color": "blue"},
                {
                    "key": "lead",
                    "label": "Lead",
                    "type": "slack#/types/user",
                    "user": {"text": "Ben Fischer"},
                },
            ],
        },
    }
