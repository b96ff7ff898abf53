"""Two organisations as they grow: central catalogs, monorepos, wrong owners, twins, and repositories without an entry."""

import textwrap
from pathlib import Path

_FILES: dict[str, dict[str, str]] = {
    "acme": {
        "people/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Group
            metadata:
              name: payments
              title: Payments
              annotations: {slack.com/bot-notify: "#payments-help", callboard.dev/on-call: user:ana, callboard.dev/lead: ben}
            spec: {type: team, children: [], parent: commerce, members: [ana, ben]}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Group
            metadata: {name: ledger, annotations: {slack.com/bot-notify: "#ledger"}}
            spec: {type: team, children: [], profile: {displayName: General Ledger}}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Group
            metadata:
              name: platform
              title: Platform Engineering
              links: [{url: "https://acme.slack.com/archives/C0PLATFORM", title: Slack}]
            spec: {type: team, children: []}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Group
            metadata: {name: web}
            spec: {type: team, children: [], profile: {email: web-team@acme.example}}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Group
            metadata: {name: mobile, annotations: {slack.com/bot-notify: mobile-chat}}
            spec: {type: squad, children: []}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Group
            metadata: {name: identity-and-access, title: Identity, annotations: {github.com/team-slug: acme/iam}}
            spec: {type: team, children: []}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Group
            metadata: {name: data-science, title: Data Science}
            spec: {type: team, children: []}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Group
            metadata: {name: commerce}
            spec: {type: department, children: [payments, web]}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: User
            metadata: {name: ana}
            spec: {profile: {displayName: Ana Silva, email: ana@acme.example}, memberOf: [payments]}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: User
            metadata: {name: ben}
            spec: {profile: {displayName: Ben Okafor, email: ben@acme.example}, memberOf: [web]}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: User
            metadata: {name: dora.kovacs, annotations: {github.com/user-login: dora-k}}
            spec: {profile: {displayName: Dóra Kovács, email: dora@acme.example}, memberOf: [data-science]}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: User
            metadata: {name: jsmith}
            spec: {profile: {displayName: John Smith, email: john@acme.example}, memberOf: [mobile]}
            """,
        "systems/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Domain
            metadata: {name: commerce-domain, title: Commerce}
            spec: {owner: web}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: System
            metadata: {name: checkout, title: Checkout}
            spec: {owner: payments, domain: commerce-domain}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: System
            metadata: {name: storefront}
            spec: {domain: commerce-domain}
            """,
        "payments-api/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: payments-api, title: Payments API, tags: [tier-1, money], description: Takes the money of every order.}
            spec:
              type: service
              lifecycle: production
              owner: payments
              system: checkout
              providesApis: [payments]
              dependsOn: [component:ledger-service, "resource:default/ledger-db", component:gone-for-ever]
            ---
            apiVersion: backstage.io/v1alpha1
            kind: API
            metadata: {name: payments}
            spec: {type: openapi, lifecycle: production, owner: group:default/payments, definition: "openapi: 3.1.0"}
            """,
        "payments-api/CODEOWNERS": """
            * @acme/payments
            /terraform/ @acme/platform
            *.sql @acme/data-science
            /docs/ @dora-k
            /vendor/
            /src/fees/ @acme/payments @acme/ledger
            """,
        "ledger/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: ledger-service, annotations: {github.com/project-slug: acme/ledger}}
            spec: {type: service, lifecycle: production, owner: payments, dependsOn: [component:exchange-rates]}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Resource
            metadata: {name: ledger-db, title: Ledger Postgres}
            spec: {type: database, owner: ledger}
            """,
        "ledger/.github/CODEOWNERS": "* @acme/ledger\n",
        "shop/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: cart, description: Keeps what people want to buy., annotations: {backstage.io/source-location: "dir:./services/cart"}}
            spec: {type: service, lifecycle: production, owner: web, system: storefront, consumesApis: [payments]}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: pricing, annotations: {backstage.io/source-location: "dir:services/pricing/"}}
            spec: {type: service, lifecycle: production, owner: payments}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: product-search, annotations: {backstage.io/source-location: "dir:services/search"}}
            spec: {type: service, lifecycle: experimental}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata:
              name: recommendations
              annotations: {backstage.io/source-location: "url:https://github.com/acme/shop/tree/main/services/reco/"}
            spec: {type: service, lifecycle: experimental, owner: group:data-science}
            """,
        "shop/services/README.md": "Services\n",
        "shop/CODEOWNERS": """
            * @acme/platform
            /services/cart/ @acme/web @acme/mobile
            /services/search/ @acme/data-science
            /build/ @acme/platform
            """,
        "tools/.github/CODEOWNERS": "* @acme/platform\n",
        "tools/CODEOWNERS": "* @acme/web\n",
        "handbook/docs/CODEOWNERS": "* ana@acme.example\n/legal/ @nobody-here\n",
        "legacy-batch/README.md": "Runs at night.\n",
        "broken-owners/CODEOWNERS": "* @acme/web, @acme/mobile\n",
        "multi-team/CODEOWNERS": "* @acme/web @acme/mobile @dora-k\n",
        "auth/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: login-service, title: Sign-in}
            spec: {type: service, lifecycle: production, owner: acme/iam}
            """,
        "auth/CODEOWNERS": "* @acme/iam\n",
        "lost/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: lost}
            spec: {type: service, lifecycle: deprecated, owner: analytics}
            """,
        "mailer/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: mailer}
            spec: {type: service, lifecycle: production, owner: john@acme.example}
            """,
        "notes-app/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: notes-app}
            spec: {type: website, lifecycle: production, owner: user:ana}
            """,
        "lunch-bot/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: lunch-bot}
            spec: {type: service, lifecycle: experimental, owner: ben}
            """,
        "refunds/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: refunds, tags: [money], description: Pays money back.}
            spec: {type: service, lifecycle: production, system: checkout, dependsOn: [component:payments-api]}
            """,
        "wishlist/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: wishlist}
            spec: {type: service, lifecycle: production, system: storefront}
            """,
        "exchange-rates/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: exchange-rates, description: What a euro costs.}
            spec: {type: library, lifecycle: production, dependsOn: [component:payments-api]}
            """,
        "exchange-rates/CODEOWNERS": "* @acme/ledger @acme/payments\n",
        "image-resizer/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: imageResizer, title: Image Resizer Service}
            spec: {type: service, lifecycle: production, owner: group:default/web}
            """,
        "poster_printer/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: poster_printer, title: Poster-Drucker für Zürich}
            spec: {type: service, lifecycle: production, owner: mobile}
            """,
        "software-catalog/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: ghost-frontend, annotations: {github.com/project-slug: acme/ghost}}
            spec: {type: website, lifecycle: production, owner: web, dependsOn: [component:cart], consumesApis: [payments]}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: fraud-model, annotations: {github.com/project-slug: acme/fraud}}
            spec: {type: service, lifecycle: production}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: old-crm, annotations: {github.com/project-slug: acme-archive/crm}}
            spec: {type: service, lifecycle: deprecated, owner: Data Science}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Resource
            metadata: {name: events-topic}
            spec: {type: kafka-topic, owner: "${{ values.owner }}"}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: payments-api, namespace: staging}
            spec: {type: service, lifecycle: experimental, owner: default/platform}
            """,
        "software-catalog/CODEOWNERS": "* @acme/platform\n",
        "ghost/README.md": "A front end.\n",
        "fraud/CODEOWNERS": "* @acme/data-science\n",
        "api-gateway/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: api-gateway}
            spec: {type: service, lifecycle: production, owner: platform}
            """,
        "api-gateway-v2/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: api-gateway-v2}
            spec: {type: service, lifecycle: experimental, owner: web}
            """,
        "templates/catalog-info.yaml": """
            apiVersion: scaffolder.backstage.io/v1beta3
            kind: Template
            metadata: {name: python-service, title: Python Service}
            spec: {type: service, owner: platform, steps: []}
            """,
    },
    "globex": {
        "tools/CODEOWNERS": "* @globex/platform\n",
        "people/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Group
            metadata: {name: platform, namespace: globex, title: Globex Platform}
            spec: {type: team, children: []}
            ---
            apiVersion: backstage.io/v1alpha1
            kind: Group
            metadata: {name: rockets, namespace: globex}
            spec: {type: team, children: []}
            """,
        "rocket/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: rocket, namespace: globex}
            spec: {type: service, lifecycle: production, owner: rockets}
            """,
        "rocket/CODEOWNERS": "* @globex/rockets\n/shared/ @acme/platform\n",
        "launchpad/catalog-info.yaml": """
            apiVersion: backstage.io/v1alpha1
            kind: Component
            metadata: {name: launchpad, namespace: globex}
            spec: {type: service, lifecycle: production, owner: platforms}
            """,
    },
}


def write_organizations(folder: Path) -> dict[str, Path]:
    """Write both; the folder of each by its name."""
    for organization, files in _FILES.items():
        for name, text in files.items():
            path = folder / organization / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return {organization: folder / organization for organization in _FILES}
