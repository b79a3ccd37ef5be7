"""Backstage's catalog files: sentences about each entity, then the file as it is."""

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
    assert paths == [("Component checkout",), ("Group team-payments",)] * 2
    assert document.body.blocks[0].anchor == "L1-L19"
    assert document.title == "checkout/catalog-info.yaml"


def test_other_kubernetes_resources_are_plain_data() -> None:
    document = parsed("apiVersion: v1\nkind: Service\nmetadata: {name: web}\n")

    assert document.kind is Kind.DATA
