"""What documentation sites say of their pages: MkDocs, TechDocs, Docusaurus, Sphinx."""

from collections.abc import Mapping

import pytest
from tree_library import Files

from aika.connectors.trees.sites.finding import Sites
from aika.connectors.trees.sites.literals import NotALiteralError, literal_at
from aika.connectors.trees.sites.site import Page, SiteKind


def sites(files: Mapping[str, str], kind: SiteKind = "auto", url: str | None = None) -> Sites:
    return Sites(Files(files), kind, url)


def page(
    path: str, files: Mapping[str, str], content: str = "", *, kind: SiteKind = "auto", url: str | None = None
) -> Page:
    found = sites(files, kind, url).page(path, (content or files.get(path, "")).encode())
    assert found is not None, f"no site has a page {path}"
    return found


MKDOCS = """\
site_name: Handbook
site_url: https://docs.example.org/handbook
repo_url: https://github.com/acme/handbook
nav:
  - Home: index.md
  - guide.md
  - Search:
      - Overview: search/overview.md
      - Deep:
          - Ranking: search/ranking.md
  - Blog: https://blog.example.org
"""


class TestMkDocs:
    @pytest.mark.parametrize(
        ("path", "url"),
        [
            ("docs/index.md", "https://docs.example.org/handbook/"),
            ("docs/guide.md", "https://docs.example.org/handbook/guide/"),
            ("docs/search/README.md", "https://docs.example.org/handbook/search/"),
            ("docs/a b/c.md", "https://docs.example.org/handbook/a%20b/c/"),
        ],
    )
    def test_pages_are_where_mkdocs_puts_them(self, path: str, url: str) -> None:
        assert page(path, {"mkdocs.yml": MKDOCS}).url == url

    def test_without_directory_urls_pages_are_files(self) -> None:
        files = {"mkdocs.yml": f"{MKDOCS}use_directory_urls: false\n"}

        assert page("docs/guide.md", files).url == "https://docs.example.org/handbook/guide.html"
        assert page("docs/search/README.md", files).url == "https://docs.example.org/handbook/search/index.html"

    def test_titles_and_sections_come_from_the_navigation(self) -> None:
        files = {"mkdocs.yml": MKDOCS}

        ranking = page("docs/search/ranking.md", files)

        assert (ranking.title, ranking.section) == ("Ranking", ("Search", "Deep"))
        assert page("docs/guide.md", files).title is None

    def test_a_title_that_says_nothing_alone_carries_its_section(self) -> None:
        assert page("docs/search/overview.md", {"mkdocs.yml": MKDOCS}).title == "Search: Overview"

    def test_a_page_outside_the_navigation_is_marked(self) -> None:
        said = page("docs/forgotten.md", {"mkdocs.yml": MKDOCS})

        assert said.attributes()["in_navigation"] == "false"
        assert said.url is not None

    def test_pages_left_out_of_the_build_are_marked_and_have_no_address(self) -> None:
        files = {"mkdocs.yml": f"{MKDOCS}exclude_docs: |\n  internal/\ndraft_docs: |\n  *_draft.md\n"}

        for path in ("docs/internal/a.md", "docs/a_draft.md", "docs/.hidden.md"):
            said = page(path, files)
            assert (said.url, said.attributes()["published"]) == (None, "false")

    @pytest.mark.parametrize(
        ("said", "edit"),
        [
            ("", "https://github.com/acme/handbook/edit/master/docs/guide.md"),
            ("edit_uri: edit/main/docs", "https://github.com/acme/handbook/edit/main/docs/guide.md"),
            ("edit_uri: '?query=root/docs/'", "https://github.com/acme/handbook?query=root/docs/guide.md"),
            ("edit_uri_template: 'edit/main/{path_noext}'", "https://github.com/acme/handbook/edit/main/guide"),
            ("edit_uri: https://edit.example.org/", "https://edit.example.org/guide.md"),
        ],
    )
    def test_edit_links_follow_mkdocs_rules(self, said: str, edit: str) -> None:
        assert page("docs/guide.md", {"mkdocs.yml": f"{MKDOCS}{said}\n"}).edit_url == edit

    def test_without_a_navigation_folders_are_sections(self) -> None:
        said = page("docs/user-guide/a.md", {"mkdocs.yml": "site_name: x"})

        assert (said.section, said.in_navigation) == (("User guide",), True)

    def test_another_folder_of_pages_is_honored(self) -> None:
        files = {"web/mkdocs.yml": "docs_dir: content\nsite_url: https://x.example/\n"}

        assert page("web/content/a.md", files).url == "https://x.example/a/"
        assert sites(files).page("web/other/a.md", b"") is None

    def test_tags_of_plugins_and_inherited_settings_are_read(self) -> None:
        files = {
            "base.yml": "site_url: !ENV [SITE, 'https://default.example/']\nmarkdown_extensions: [x: {f: !!python/name:a.b }]\n",
            "mkdocs.yml": "INHERIT: base.yml\nsite_name: x\n",
        }

        assert page("docs/a.md", files).url == "https://default.example/a/"

    def test_the_address_can_be_given_by_the_source(self) -> None:
        assert (
            page("docs/a.md", {"mkdocs.yml": MKDOCS}, url="https://intern.example").url == "https://intern.example/a/"
        )

    @pytest.mark.parametrize(
        "broken",
        [
            "nav: [",
            "- a",
            "nav: {a: b}",
            "nav: [[[[x]]]]",
            "",
            "nav: ['http://[x']",
            "exclude_docs: '!'",
            "repo_url: 'http://['",
        ],
    )
    def test_a_broken_configuration_costs_no_page(self, broken: str) -> None:
        sites({"mkdocs.yml": broken}).page("docs/a.md", b"")

    def test_a_navigation_that_multiplies_itself_is_cut_off(self) -> None:
        levels = [
            "a0: &a0 [x.md, y.md]",
            *(f"a{n}: &a{n} [{', '.join([f'{{t: *a{n - 1}}}'] * 20)}]" for n in range(1, 9)),
        ]

        sites({"mkdocs.yml": "\n".join([*levels, "nav: *a8"])}).page("docs/a.md", b"")

    def test_only_what_changed_in_the_navigation_changes_pages(self) -> None:
        before, after = sites({"mkdocs.yml": MKDOCS}), sites({"mkdocs.yml": MKDOCS.replace("Ranking", "Order")})

        assert after.fingerprint("docs/search/ranking.md") != before.fingerprint("docs/search/ranking.md")
        assert after.fingerprint("docs/guide.md") == before.fingerprint("docs/guide.md")
        assert after.governs("mkdocs.yml")


class TestTechDocs:
    FILES = {  # noqa: RUF012 - read only
        "mkdocs.yml": "site_name: Payments\nplugins: [techdocs-core]\nnav: [{Home: index.md}]\n",
        "catalog-info.yaml": "kind: Component\nmetadata:\n  name: Payments\n  namespace: shop\n"
        "  annotations: {backstage.io/techdocs-ref: 'dir:.'}\nspec: {owner: pay}\n",
    }

    def test_pages_are_where_backstage_shows_them(self) -> None:
        said = page("docs/a/b.md", self.FILES, url="https://backstage.example.org")

        assert said.url == "https://backstage.example.org/docs/shop/component/payments/a/b/"

    def test_without_the_address_of_backstage_there_is_no_link(self) -> None:
        assert page("docs/a.md", self.FILES).url is None


CONFIG = """\
// @ts-check
const config = {
  title: 'Acme', // the name
  url: 'https://docs.acme.example',
  baseUrl: '/portal/',
  presets: [['classic', /** options */ ({
    docs: {
      routeBasePath: 'handbook',
      sidebarPath: require.resolve('./sidebars.js'),
      editUrl: 'https://github.com/acme/portal/edit/main/',
      remarkPlugins: [[require('x'), {a: 1}]],
      showLastUpdateTime: process.env.CI === 'true',
    },
  })]],
};
module.exports = config;
"""
SIDEBARS = """\
/** sidebars */
const sidebars = {
  docs: [
    'intro',
    {type: 'category', label: 'Guides', link: {type: 'doc', id: 'guides/start'}, items: [
      'guides/install',
      {type: 'doc', id: 'guides/custom', label: "Custom"},
      {type: 'category', label: `Deep`, items: ['guides/deep/one']},
    ]},
    {Reference: ['reference/api']},
    {type: 'autogenerated', dirName: 'auto'},
    ...more(1, {a: [2]}),
  ],
};
export default sidebars;
"""
PORTAL = {"docusaurus.config.js": CONFIG, "sidebars.js": SIDEBARS}


class TestDocusaurus:
    @pytest.mark.parametrize(
        ("path", "content", "url"),
        [
            ("docs/intro.md", "", "intro"),
            ("docs/guides/01-install.mdx", "", "guides/install"),
            ("docs/guides/index.md", "", "guides/"),
            ("docs/guides/guides.md", "", "guides/"),
            ("docs/guides/x.md", "---\nslug: y\n---\n", "guides/y"),
            ("docs/guides/x.md", "---\nslug: /\n---\n", ""),
            ("docs/guides/x.md", "---\nslug: /top/z\n---\n", "top/z"),
            ("docs/guides/x.md", "---\nid: other\n---\n", "guides/other"),
        ],
    )
    def test_pages_are_where_their_slug_says(self, path: str, content: str, url: str) -> None:
        base = "https://docs.acme.example/portal/handbook"

        assert page(path, PORTAL, content).url in {f"{base}/{url}", f"{base}/{url}".rstrip("/") + "/"}

    def test_sections_come_from_the_sidebars(self) -> None:
        assert page("docs/guides/install.md", PORTAL).section == ("Guides",)
        assert page("docs/guides/deep/one.md", PORTAL).section == ("Guides", "Deep")
        assert page("docs/reference/api.md", PORTAL).section == ("Reference",)
        assert page("docs/guides/x.md", PORTAL, "---\nid: custom\n---\n").section == ("Guides",)

    def test_generated_sidebars_take_the_folders_and_their_labels(self) -> None:
        files = {**PORTAL, "docs/auto/02-more/_category_.json": '{"label": "Much more"}'}

        assert page("docs/auto/02-more/a.md", files).section == ("auto", "Much more")

    def test_a_page_in_no_sidebar_is_marked(self) -> None:
        assert not page("docs/lost.md", PORTAL).in_navigation

    @pytest.mark.parametrize(("path", "content"), [("docs/_part.mdx", ""), ("docs/a.md", "---\ndraft: true\n---\n")])
    def test_partials_and_drafts_are_not_published(self, path: str, content: str) -> None:
        said = page(path, PORTAL, content)

        assert (said.published, said.url) == (False, None)

    def test_edit_links_add_the_folder(self) -> None:
        custom = page("docs/a.md", PORTAL, "---\ncustom_edit_url: https://x.example/e\n---\n")

        assert page("docs/a.md", PORTAL).edit_url == "https://github.com/acme/portal/edit/main/docs/a.md"
        assert custom.edit_url == "https://x.example/e"

    def test_further_sets_of_pages_have_their_own_route(self) -> None:
        plugin = (
            "plugins: [['@docusaurus/plugin-content-docs', {id: 'b', path: 'community', routeBasePath: 'community'}]],"
        )
        files = {**PORTAL, "docusaurus.config.js": CONFIG.replace("presets:", f"{plugin}\n  presets:")}

        assert page("community/a.md", files).url == "https://docs.acme.example/portal/community/a"

    def test_a_change_of_a_label_changes_the_pages_below(self) -> None:
        label = "docs/auto/more/_category_.json"
        before = sites({**PORTAL, label: '{"label": "A"}'})
        after = sites({**PORTAL, label: '{"label": "B"}'})

        assert after.fingerprint("docs/auto/more/a.md") != before.fingerprint("docs/auto/more/a.md")
        assert after.governs(label)


class TestJavaScriptLiterals:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("{a: 1, 'b': \"x\", c: [true, null,],}", {"a": 1.0, "b": "x", "c": [True, None]}),
            ("{a: `t`, b: `${x}`, c: f(1, [2]), d: 'it\\'s'}", {"a": "t", "b": None, "c": None, "d": "it's"}),
            ("{a: x ? 'b' : 'c', ...rest, d: 2}", {"a": None, "d": 2.0}),
            ("[/* c */ 'a', // b\n 'c'] as const", ["a", "c"]),
            ("{a: 'b' + 'c', d() { return {}; }, e: 1}", {"a": None, "e": 1.0}),
            ("{a: '}' }", {"a": "}"}),
        ],
    )
    def test_literals_are_read_and_expressions_passed_over(self, text: str, value: object) -> None:
        assert literal_at(text, 0) == value

    @pytest.mark.parametrize("text", ["{a: [1", "[" * 500, "{a: 1", "[1 2"])
    def test_what_does_not_close_is_no_literal(self, text: str) -> None:
        with pytest.raises(NotALiteralError):
            literal_at(text, 0)


SPHINX = {
    "docs/conf.py": "import os\nproject = 'Acme'\nhtml_baseurl = 'https://acme.example/en/'\n"
    "exclude_patterns = ['_build', 'drafts/**', '*.inc.rst']\nversion = os.environ['V']\n"
    "html_context = {'github_user': 'acme', 'github_repo': 'x', 'github_version': 'main', 'conf_py_path': '/docs/'}\n",
    "docs/index.rst": "Acme\n====\n\n.. toctree::\n   :maxdepth: 2\n   :caption: User guide\n\n   install\n"
    "   Tuning it <advanced/tuning>\n   advanced/index\n   https://x.example\n\nText.\n",
    "docs/install.rst": "Installing\n==========\n",
    "docs/advanced/index.rst": "Advanced things\n###############\n\n.. toctree::\n   :glob:\n\n   topics/*\n",
    "docs/advanced/tuning.rst": "Tuning\n======\n",
    "docs/advanced/topics/a.md": "# A\n",
}


class TestSphinx:
    def test_pages_are_html_files_below_the_base(self) -> None:
        assert page("docs/advanced/tuning.rst", SPHINX).url == "https://acme.example/en/advanced/tuning.html"

    def test_sections_come_from_the_tables_of_contents(self) -> None:
        assert page("docs/install.rst", SPHINX).section == ("User guide",)
        assert page("docs/advanced/topics/a.md", SPHINX).section == ("User guide", "Advanced things")

    def test_a_title_in_a_table_of_contents_counts(self) -> None:
        assert page("docs/advanced/tuning.rst", SPHINX).title == "Tuning it"
        assert page("docs/install.rst", SPHINX).title is None

    def test_excluded_and_unlisted_pages_are_marked(self) -> None:
        assert not page("docs/drafts/a.rst", SPHINX).published
        assert not page("docs/part.inc.rst", SPHINX).published
        assert not page("docs/orphan.rst", SPHINX).in_navigation

    def test_edit_links_come_from_the_theme(self) -> None:
        assert page("docs/install.rst", SPHINX).edit_url == "https://github.com/acme/x/edit/main/docs/install.rst"

    def test_markdown_tables_of_contents_are_read(self) -> None:
        files = {"conf.py": "html_link_suffix = '/'", "index.md": "# T\n```{toctree}\n:caption: Part\nguide\n```\n"}

        said = page("guide.md", files, url="https://x.example")

        assert (said.section, said.url) == (("Part",), "https://x.example/guide/")

    def test_several_tables_of_contents_of_one_page_are_all_read(self) -> None:
        index = ".. toctree::\n   :caption: One\n\n   a\n\n.. toctree::\n   :caption: Two\n\n   b\n"

        assert page("b.rst", {"conf.py": "", "index.rst": index}).section == ("Two",)

    def test_a_configuration_that_is_no_sphinx_site_is_none(self) -> None:
        assert sites({"conf.py": "x = 1", "a.md": ""}).page("a.md", b"") is None

    def test_a_configuration_that_is_not_python_costs_no_page(self) -> None:
        assert page("a.rst", {"conf.py": "def (", "index.rst": ""}).url is None

    def test_tables_of_contents_that_lead_in_circles_end(self) -> None:
        files = {
            "conf.py": "",
            "index.rst": ".. toctree::\n\n   a\n",
            "a.rst": "A\n===\n\n.. toctree::\n\n   index\n   a\n",
        }

        assert page("a.rst", files).in_navigation

    def test_any_page_may_change_the_sections_of_others(self) -> None:
        assert sites(SPHINX).governs("docs/advanced/index.rst")
        assert not sites(SPHINX).governs("src/a.py")


class TestChoosing:
    def test_the_nearest_site_decides(self) -> None:
        files = {
            "mkdocs.yml": "docs_dir: .\nsite_url: https://a.example",
            "sub/mkdocs.yml": "site_url: https://b.example",
        }

        assert page("sub/docs/x.md", files).url == "https://b.example/x/"
        assert page("sub/x.md", files).url == "https://a.example/sub/x/"

    def test_sites_can_be_ignored(self) -> None:
        assert sites({"mkdocs.yml": MKDOCS}, "none").page("docs/guide.md", b"") is None

    def test_only_the_named_kind_is_read(self) -> None:
        assert sites({"mkdocs.yml": MKDOCS}, "sphinx").page("docs/guide.md", b"") is None

    def test_other_files_are_no_pages(self) -> None:
        assert sites({"mkdocs.yml": MKDOCS}).page("docs/data.csv", b"") is None
