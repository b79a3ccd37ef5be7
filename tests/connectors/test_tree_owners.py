"""Who owns a file, by CODEOWNERS, OWNERS and catalog-info.yaml."""

from collections.abc import Mapping

import pytest
from tree_library import Files

from aika.connectors.trees.codeowners import Codeowners
from aika.connectors.trees.describing import Describer
from aika.connectors.trees.ownership import OWNER_RULES, OwnerRule, Owners, Ownership
from aika.domain.documents import Owner


def ownership(path: str, files: Mapping[str, str], rules: tuple[OwnerRule, ...] = OWNER_RULES) -> Ownership:
    return Owners(Files(files), rules).of(path)


def owner(path: str, files: Mapping[str, str], rules: tuple[OwnerRule, ...] = OWNER_RULES) -> Owner | None:
    return ownership(path, files, rules).owner


class TestGitHubsPatterns:
    @pytest.mark.parametrize(
        ("pattern", "owned", "not_owned"),
        [
            ("*", ["a.md", "docs/deep/a.md"], []),
            ("*.js", ["a.js", "src/deep/a.js"], ["a.jsx"]),
            ("/build/logs/", ["build/logs/a", "build/logs/deep/a"], ["x/build/logs/a", "build/logs"]),
            ("docs/*", ["docs/start.md"], ["docs/build/trouble.md", "x/docs/start.md"]),
            ("apps/", ["apps/a", "x/apps/deep/a"], ["myapps/a", "apps"]),
            ("/docs/", ["docs/a", "docs/deep/a"], ["x/docs/a"]),
            ("**/logs", ["logs/a", "build/logs/a", "deep/er/logs/b"], ["logsx/a"]),
            ("/docs", ["docs/a", "docs/deep/a", "docs"], ["docs2/a"]),
            ("/plugins/catalog-*", ["plugins/catalog-x/src/a.ts"], ["plugins/catalog/a.ts"]),
            ("/a/**/b.md", ["a/b.md", "a/x/y/b.md"], ["a/b.mdx"]),
            ("/a/**", ["a/x", "a/x/y"], ["a"]),
            ("README.md", ["README.md", "docs/README.md"], ["README.mdx"]),
            (r"/with\ space/", ["with space/a"], ["with"]),
            ("/a?c.md", ["abc.md"], ["ac.md", "a/c.md"]),
            ("/app/[slug]/", ["app/[slug]/page.tsx"], ["app/s/page.tsx"]),
            ("/Docs/", ["Docs/a"], ["docs/a"]),
        ],
    )
    def test_a_pattern_owns_what_github_says(self, pattern: str, owned: list[str], not_owned: list[str]) -> None:
        rules = Codeowners.parse(f"{pattern} @acme/team\n")

        assert [path for path in owned if not rules.owners_of(path)] == []
        assert [path for path in not_owned if rules.owners_of(path)] == []

    def test_the_last_rule_that_matches_decides(self) -> None:
        rules = Codeowners.parse("* @acme/all\n/docs/ @acme/docs\n*.go @acme/go\n")

        assert rules.owners_of("docs/a.md") == ("@acme/docs",)
        assert rules.owners_of("docs/a.go") == ("@acme/go",)
        assert rules.owners_of("a.md") == ("@acme/all",)

    def test_a_rule_without_owners_takes_them_away(self) -> None:
        rules = Codeowners.parse("/apps/ @octocat\n/apps/github\n")

        assert rules.owners_of("apps/x/a") == ("@octocat",)
        assert rules.owners_of("apps/github/a") == ()

    def test_several_owners_keep_their_order(self) -> None:
        assert Codeowners.parse("* @b @acme/a c@example.org").owners_of("x") == ("@b", "@acme/a", "c@example.org")

    def test_comments_end_lines(self) -> None:
        assert Codeowners.parse("# all of it\n*.md @a # and @b\n").owners_of("x.md") == ("@a",)

    @pytest.mark.parametrize("wrong", ["* team-without-at", "!*.md @b", "* @a/b/", "* @"])
    def test_a_line_with_a_mistake_is_skipped(self, wrong: str) -> None:
        assert Codeowners.parse(f"* @acme/all\n{wrong}\n").owners_of("x.md") == ("@acme/all",)

    def test_a_pattern_made_to_take_long_does_not(self) -> None:
        rules = Codeowners.parse(f"/{'a*' * 40}b @a\n{'**/' * 40}x @b\n* @c\n")

        assert rules.owners_of("a" * 200 + "/" + "a" * 200) == ("@c",)
        assert Codeowners.parse("/a*b*c*d.md @a").owners_of("a1b2b3c4c5d.md") == ("@a",)


class TestGitLabsSections:
    def test_sections_add_up_and_the_last_rule_of_each_decides(self) -> None:
        rules = Codeowners.parse(
            "* @all\n[Documentation]\ndocs/ @writers\n*.md @editors\n^[Security][2]\n/docs/keys/ @security\n"
        )

        assert rules.owners_of("docs/keys/a.md") == ("@all", "@editors", "@security")

    def test_a_section_has_default_owners(self) -> None:
        rules = Codeowners.parse("[Ruby] @ruby @core\n*.rb\nspecial.rb @special\n")

        assert rules.owners_of("a.rb") == ("@ruby", "@core")
        assert rules.owners_of("special.rb") == ("@special",)

    def test_sections_of_one_name_are_one(self) -> None:
        rules = Codeowners.parse("[Docs]\n*.md @a\n[DOCS]\nREADME.md @b\n")

        assert rules.owners_of("README.md") == ("@b",)

    def test_a_section_can_except_paths(self) -> None:
        rules = Codeowners.parse("[Ruby]\n*.rb @ruby\n!/config/*.rb\n/config/ @ops\n")

        assert rules.owners_of("config/a.rb") == ()

    def test_a_folder_needs_its_slash(self) -> None:
        rules = Codeowners.parse("/docs @a\n/src/ @b\n", gitlab=True)

        assert rules.owners_of("docs/a.md") == ()
        assert rules.owners_of("src/deep/a.md") == ("@b",)

    def test_a_path_without_a_leading_slash_is_found_anywhere(self) -> None:
        assert Codeowners.parse("internal/README.md @a\n", gitlab=True).owners_of("x/internal/README.md") == ("@a",)

    def test_a_section_that_looks_like_nothing_else_is_no_rule(self) -> None:
        assert Codeowners.parse("[a]\n").sections == ()


class TestWhereCodeownersStand:
    def test_githubs_folder_comes_before_the_root_and_the_root_before_docs(self) -> None:
        files = {"docs/CODEOWNERS": "* @docs", "CODEOWNERS": "* @root", ".github/CODEOWNERS": "* @github"}

        assert owner("a.md", files) == Owner("@github", None, "CODEOWNERS")
        del files[".github/CODEOWNERS"]
        assert owner("a.md", files) == Owner("@root", None, "CODEOWNERS")
        del files["CODEOWNERS"]
        assert owner("a.md", files) == Owner("@docs", None, "CODEOWNERS")

    def test_a_file_elsewhere_means_nothing(self) -> None:
        assert owner("src/a.md", {"src/CODEOWNERS": "* @a"}) is None

    def test_a_repository_within_the_tree_has_its_own(self) -> None:
        files = {"CODEOWNERS": "* @outer", "sub/.git/HEAD": "", "sub/CODEOWNERS": "/docs/ @inner"}

        assert owner("sub/docs/a.md", files) == Owner("@inner", None, "CODEOWNERS")
        assert owner("sub/a.md", files) is None

    def test_an_address_is_a_way_to_reach_the_owner(self) -> None:
        assert owner("a.md", {"CODEOWNERS": "* @acme/team docs@example.org"}) == Owner(
            "@acme/team, docs@example.org", "docs@example.org", "CODEOWNERS"
        )


class TestOwnersFiles:
    def test_the_nearest_file_decides(self) -> None:
        files = {"OWNERS": "approvers: [root]", "docs/OWNERS": "approvers: [writer]\nreviewers: [reader]"}

        assert ownership("docs/deep/a.md", files) == Ownership(
            Owner("writer", None, "OWNERS"), ("writer",), ("reader",)
        )
        assert owner("src/a.go", files) == Owner("root", None, "OWNERS")

    def test_who_is_not_named_nearby_comes_from_above(self) -> None:
        files = {"OWNERS": "approvers: [root]\nreviewers: [all]", "docs/OWNERS": "reviewers: [reader]"}

        assert ownership("docs/a.md", files) == Ownership(Owner("root", None, "OWNERS"), ("root",), ("reader",))

    def test_a_folder_can_refuse_what_is_above(self) -> None:
        files = {
            "OWNERS": "approvers: [root]\nreviewers: [all]",
            "elections/OWNERS": "options: {no_parent_owners: true}\nreviewers: [committee]",
        }

        assert ownership("elections/a.md", files) == Ownership(None, (), ("committee",))

    def test_aliases_are_named_as_owners_and_written_out_as_people(self) -> None:
        files = {
            "OWNERS_ALIASES": "aliases: {sig-docs-leads: [ann, ben]}",
            "docs/OWNERS": "approvers: [SIG-docs-leads, cy]",
        }

        said = ownership("docs/a.md", files)

        assert said.owner == Owner("SIG-docs-leads, cy", None, "OWNERS")
        assert said.approvers == ("ann", "ben", "cy")

    def test_filters_limit_people_to_paths(self) -> None:
        files = {
            "OWNERS": "filters:\n  '.*': {approvers: [all]}\n  '\\.go$': {approvers: [gopher]}\n  '([': {approvers: [x]}\n"
        }

        assert ownership("a.go", files).approvers == ("all", "gopher")
        assert ownership("a.md", files).approvers == ("all",)

    def test_a_filter_made_to_take_long_is_left_out(self) -> None:
        files = {"OWNERS": "filters: {'(a+)+$': {approvers: [x]}, '.*.*.*.*.*=': {approvers: [y]}}"}

        assert owner("a" * 200 + "!", files) is None

    def test_a_list_of_groups_says_how_to_reach_them(self) -> None:
        files = {
            "sigs.yaml": "sigs:\n- {dir: sig-node, label: node, contact: {slack: sig-node}}\n"
            "- {dir: sig-docs, label: docs, contact: {mailing_list: 'https://lists.example.org/docs'}}\n",
            "sig-node/OWNERS": "approvers: [sig-node-leads]",
            "docs/OWNERS": "approvers: [ann]\nlabels: [sig/docs]",
        }

        assert owner("sig-node/a.md", files) == Owner("sig-node-leads", "#sig-node", "OWNERS")
        assert owner("docs/a.md", files) == Owner("ann", "https://lists.example.org/docs", "OWNERS")

    @pytest.mark.parametrize(
        "broken", ["approvers: [", "- a list", "approvers: {a: b}", "", "approvers: null", "!!x y"]
    )
    def test_a_broken_file_says_nothing(self, broken: str) -> None:
        assert owner("docs/a.md", {"OWNERS": "approvers: [root]", "docs/OWNERS": broken}) == Owner(
            "root", None, "OWNERS"
        )


CATALOG = """\
apiVersion: backstage.io/v1alpha1
kind: {kind}
metadata:
  name: payments
  annotations: {annotations}
spec:
  owner: {owner}
"""


def catalog(owner: str, *, kind: str = "Component", annotations: str = "{}") -> str:
    return CATALOG.format(kind=kind, owner=owner, annotations=annotations)


class TestCatalogFiles:
    def test_the_nearest_entity_owns_a_file(self) -> None:
        files = {"catalog-info.yaml": catalog("platform"), "pay/catalog-info.yaml": catalog("group:default/payments")}

        assert owner("pay/src/a.md", files) == Owner("payments", None, "catalog-info")
        assert owner("a.md", files) == Owner("platform", None, "catalog-info")

    @pytest.mark.parametrize(
        ("written", "said"),
        [("user:ann", "user:ann"), ("group:shop/team", "shop/team"), ("default/team", "team"), ("Team", "Team")],
    )
    def test_references_are_said_as_people_do(self, written: str, said: str) -> None:
        assert owner("a.md", {"catalog-info.yaml": catalog(written)}) == Owner(said, None, "catalog-info")

    def test_groups_and_people_own_no_files(self) -> None:
        assert owner("a.md", {"catalog-info.yaml": catalog("x", kind="Group")}) is None

    def test_documentation_belongs_to_the_entity_that_names_its_folder(self) -> None:
        first = catalog("core")
        second = catalog("writers", annotations="{backstage.io/techdocs-ref: 'dir:./handbook'}")
        files = {"catalog-info.yaml": f"{first}---\n{second}"}

        assert owner("handbook/a.md", files) == Owner("writers", None, "catalog-info")
        assert owner("src/a.md", files) == Owner("core", None, "catalog-info")

    def test_a_nearer_entity_comes_before_documentation_of_everything(self) -> None:
        files = {
            "catalog-info.yaml": catalog("all", annotations="{backstage.io/techdocs-ref: 'dir:.'}"),
            "plugins/x/catalog-info.yaml": catalog("x-team"),
        }

        assert owner("plugins/x/a.md", files) == Owner("x-team", None, "catalog-info")

    def test_an_annotation_or_a_link_names_the_channel(self) -> None:
        annotated = catalog("a", annotations="{slack.com/channel: pay-help}")
        linked = catalog("a").replace(
            "spec:", "  links: [{url: 'https://acme.slack.com/archives/C1', title: Help}]\nspec:"
        )

        assert owner("a.md", {"catalog-info.yaml": annotated}) == Owner("a", "#pay-help", "catalog-info")
        assert owner("a.md", {"catalog-info.yaml": linked}) == Owner(
            "a", "https://acme.slack.com/archives/C1", "catalog-info"
        )


SEVERAL = {"CODEOWNERS": "/docs/ @acme/docs", "OWNERS": "approvers: [ann]", "catalog-info.yaml": catalog("team")}


class TestSeveralRules:
    def test_the_first_rule_that_names_somebody_decides(self) -> None:
        assert owner("docs/a.md", SEVERAL) == Owner("@acme/docs", None, "CODEOWNERS")
        assert owner("src/a.md", SEVERAL) == Owner("ann", None, "OWNERS")

    def test_the_operator_can_order_them_otherwise(self) -> None:
        assert owner("docs/a.md", SEVERAL, ("catalog-info", "owners")) == Owner("team", None, "catalog-info")

    def test_approvers_are_told_whoever_owns_the_file(self) -> None:
        assert ownership("docs/a.md", SEVERAL).approvers == ("ann",)


KEP = """\
title: Sidecar containers
kep-number: 753
authors: ["@ann", "@ben"]
owning-sig: sig-node
participating-sigs: [sig-apps]
status: Implemented
stage: stable
reviewers: ["@cy", TBD]
approvers: ["@di"]
replaces: ["/keps/sig-node/1"]
superseded-by: []
last-updated: 2024-02-03
"""


def describer(files: Mapping[str, str]) -> Describer:
    return Describer(Files(files), site="auto", site_url=None, owners=OWNER_RULES)


PROPOSAL = {"keps/sig-node/753-sidecars/kep.yaml": KEP, "keps/OWNERS": "approvers: [root]", "keps/sig-node/OWNERS": ""}


class TestEnhancementProposals:
    def test_the_metadata_beside_a_proposal_is_its_own(self) -> None:
        said = describer(PROPOSAL).describe("keps/sig-node/753-sidecars/README.md", b"# Sidecars")

        assert said.kind == "decision"
        assert said.title == "KEP-753: Sidecar containers"
        assert said.owner == Owner("sig-node", None, "kep.yaml")
        assert said.attributes == {
            "status": "implemented",
            "stage": "stable",
            "record": "KEP-753",
            "owning_sig": "sig-node",
            "participating_sigs": ("sig-apps",),
            "authors": ("@ann", "@ben"),
            "approvers": ("@di",),
            "reviewers": ("@cy",),
            "supersedes": ("/keps/sig-node/1",),
            "last_updated": "2024-02-03",
        }

    def test_other_files_beside_it_are_not_the_proposal(self) -> None:
        said = describer(PROPOSAL).describe("keps/sig-node/753-sidecars/notes.md", b"# Notes")

        assert (said.kind, said.owner) == (None, Owner("root", None, "OWNERS"))

    def test_the_template_of_proposals_is_none(self) -> None:
        said = describer({"keps/NNNN-kep-template/kep.yaml": KEP}).describe("keps/NNNN-kep-template/README.md", b"# T")

        assert said.kind is None

    def test_a_change_of_the_metadata_changes_the_text_too(self) -> None:
        changed = {**PROPOSAL, "keps/sig-node/753-sidecars/kep.yaml": KEP.replace("Implemented", "withdrawn")}
        path = "keps/sig-node/753-sidecars/README.md"

        assert describer(changed).fingerprint(path) != describer(PROPOSAL).fingerprint(path)
        assert describer(changed).governs("keps/sig-node/753-sidecars/kep.yaml")
