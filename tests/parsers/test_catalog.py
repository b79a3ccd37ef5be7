"""Backstage's catalog files: sentences about each entity, then the file as it is."""

import json

from aika.domain.documents import BlockKind, Kind, Parsed, RawDocument
from aika.parsers.structured_data import StructuredDataParser

CHECKOUT = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: checkout
  title: Checkout service
  description: Takes orders.
  tags: [go, tier-1]
  annotations:
    github.com/project-slug: acme/checkout
  links:
    - url: https://dash.example/checkout
      title: Dashboard
spec:
  type: service
  lifecycle: production
  owner: group:default/team-payments
  system: shop
  dependsOn: [resource:default/orders-db, component:ledger]
  providesApis: [orders-v1]
"""
PAYMENTS = """\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: team-payments}
spec: {type: team, parent: engineering, children: [], members: [ann, ben]}
"""


def parsed(text: str) -> Parsed:
    raw = RawDocument(key="x", path="checkout/catalog-info.yaml", content=text.encode())
    return StructuredDataParser().parse(raw)


def sentences(document: Parsed) -> str:
    first = document.body.blocks[0]
    assert first.kind is BlockKind.PARAGRAPH
    return document.body.text[first.start : first.end]


def test_relations_become_sentences() -> None:
    said = sentences(parsed(CHECKOUT))

    assert "Component checkout is owned by team-payments." in said
    assert "Component checkout is part of the system shop." in said
    assert "Component checkout depends on resource orders-db and component ledger." in said
    assert "Component checkout provides the API orders-v1." in said
    assert "Takes orders." in said


def test_members_of_a_group_are_told() -> None:
    said = sentences(parsed(PAYMENTS))

    assert "Group team-payments belongs to the parent group engineering." in said
    assert "Group team-payments has the members ann and ben." in said


def test_the_file_follows_word_for_word() -> None:
    document = parsed(CHECKOUT)

    assert document.body.text.endswith(CHECKOUT)
    assert document.body.blocks[-1].kind is BlockKind.CODE


def test_owner_and_standing_are_attributes() -> None:
    document = parsed(CHECKOUT)

    assert document.kind is Kind.CATALOG
    assert document.title == "Checkout service (Component checkout)"
    assert document.attributes["owner"] == "team-payments"
    assert document.attributes["lifecycle"] == "production"
    assert document.attributes["tags"] == ("go", "tier-1")


def test_entities_of_one_file_are_apart_and_open_at_their_lines() -> None:
    document = parsed(f"{CHECKOUT}---\n{PAYMENTS}")

    paths = [block.heading_path for block in document.body.blocks]
    checkout, payments = ("Component checkout",), ("Group team-payments",)
    assert paths == [checkout, checkout, payments, payments, checkout, payments]
    assert document.body.blocks[0].anchor == "L1-L19"
    assert document.title == "checkout/catalog-info.yaml"


def test_facts_stand_on_lines_of_their_own() -> None:
    document = parsed(CHECKOUT)

    lines = document.body.text.splitlines()
    assert {"- Owner: team-payments", "- System: shop", "- Lifecycle: production", "- Tags: go, tier-1"} <= set(lines)


def test_a_user_is_a_person_and_an_api_is_an_api() -> None:
    user = parsed("apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: ann}\nspec: {memberOf: [team-a]}\n")
    api = parsed("apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: orders}\nspec: {type: grpc}\n")

    assert (user.kind, api.kind) == (Kind.PERSON, Kind.API)
    assert "User ann is a member of team-a." in sentences(user)


def contact_line(annotation: str) -> str:
    text = CHECKOUT.replace("github.com/project-slug: acme/checkout", annotation)
    return next((part for part in sentences(parsed(text)).split(". ") if part.startswith("How to reach")), "")


def test_a_channel_in_an_annotation_is_how_to_reach_it() -> None:
    assert contact_line("acme.example/slack-channel: ask-payments").endswith("in Slack #ask-payments.")


def test_who_is_on_call_is_how_to_reach_it() -> None:
    assert contact_line("pagerduty.com/service-id: PX1").endswith("on call PagerDuty service PX1.")


def test_a_key_in_an_annotation_is_no_contact() -> None:
    assert contact_line("pagerduty.com/integration-key: 0123abc") == ""


def test_what_is_deprecated_has_that_status() -> None:
    document = parsed(CHECKOUT.replace("lifecycle: production", "lifecycle: deprecated"))

    assert document.attributes["status"] == "deprecated"


def entity(**more: object) -> Parsed:
    value = {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "API",
        "metadata": {"name": "orders", "annotations": {"acme.example/tier": "1", "x/token": "hidden"}},
        "spec": {"type": "openapi", "lifecycle": "production", "owner": "team-payments"},
        **more,
    }
    raw = RawDocument(key="x", path="api/default/orders.json", content=json.dumps(value).encode())
    return StructuredDataParser().parse(raw)


def test_an_entity_of_a_catalog_tells_its_relations_in_both_directions() -> None:
    document = entity(
        relations=[
            {"type": "apiProvidedBy", "targetRef": "component:default/checkout", "title": "Checkout"},
            {"type": "ownedBy", "targetRef": "group:default/team-payments", "title": "Payments"},
            {"type": "ledBy", "targetRef": "user:default/ann"},
        ]
    )

    said = sentences(document)
    assert "API orders is provided by component checkout (Checkout)." in said
    assert "API orders is owned by team-payments (Payments)." in said
    assert "API orders is led by user ann." in said
    assert document.attributes["owner"] == "team-payments"


def test_an_entity_is_reached_through_its_owner() -> None:
    team = {"kind": "Group", "metadata": {"name": "pay", "links": [{"url": "https://x.slack.com/c", "title": "#pay"}]}}

    document = entity(owners=[team])

    assert "How to reach pay, the owner of API orders: in Slack #pay." in sentences(document)
    assert document.attributes["slack"] == "#pay"


def test_annotations_are_told_and_secrets_are_not() -> None:
    text = entity().body.text

    assert "- acme.example/tier: 1" in text
    assert "hidden" not in text


def test_an_openapi_definition_becomes_its_reference() -> None:
    definition = "openapi: 3.0.0\ninfo: {title: Orders}\npaths: {/orders: {get: {summary: List them}}}\n"

    document = entity(spec={"type": "openapi", "definition": definition})

    assert "## GET /orders — List them" in document.body.text


def test_a_definition_in_another_language_stands_as_it_is() -> None:
    document = entity(spec={"type": "graphql", "definition": "type Query {\n  order(id: ID!): Order\n}\n"})

    assert document.body.blocks[-1].kind is BlockKind.CODE
    assert "order(id: ID!): Order" in document.body.text


def test_other_kubernetes_resources_are_plain_data() -> None:
    document = parsed("apiVersion: v1\nkind: Service\nmetadata: {name: web}\n")

    assert document.kind is Kind.DATA
