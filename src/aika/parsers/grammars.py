"""The languages whose source is cut along its symbols: their grammars, and what a symbol is called in each."""

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from tree_sitter import Language


@dataclass(frozen=True, slots=True)
class Grammar:
    """A grammar's package, and its names of nodes."""

    module: str
    suffixes: tuple[str, ...]
    symbols: frozenset[str]
    """What has a name worth a block of its own."""
    function: str = "language"
    """The package's function that returns the grammar."""
    wrappers: frozenset[str] = field(default_factory=frozenset)
    """Nodes around a symbol that belong to it, such as decorators and ``export``."""
    transparent: frozenset[str] = field(default_factory=frozenset)
    """Nodes that hold symbols and name nothing, such as ``#ifdef``."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_JAVASCRIPT = _names(
    """
    function_declaration generator_function_declaration class_declaration class method_definition lexical_declaration
    variable_declaration
    """
)
_TYPESCRIPT = _JAVASCRIPT | _names(
    """
    abstract_class_declaration interface_declaration type_alias_declaration enum_declaration internal_module module
    function_signature
    """
)
_EXPORTS = _names("export_statement ambient_declaration expression_statement")
_C = _names("function_definition struct_specifier union_specifier enum_specifier type_definition")
_PREPROCESSOR = _names("preproc_ifdef preproc_if preproc_else preproc_elif linkage_specification declaration_list")

GRAMMARS = (
    Grammar(
        "tree_sitter_python",
        (".py", ".pyi", ".pyw"),
        _names("function_definition class_definition"),
        wrappers=_names("decorated_definition"),
    ),
    Grammar("tree_sitter_javascript", (".js", ".mjs", ".cjs", ".jsx"), _JAVASCRIPT, wrappers=_EXPORTS),
    Grammar("tree_sitter_typescript", (".ts", ".mts", ".cts"), _TYPESCRIPT, "language_typescript", wrappers=_EXPORTS),
    Grammar("tree_sitter_typescript", (".tsx",), _TYPESCRIPT, "language_tsx", wrappers=_EXPORTS),
    Grammar("tree_sitter_go", (".go",), _names("function_declaration method_declaration type_declaration")),
    Grammar(
        "tree_sitter_java",
        (".java",),
        _names(
            """
            class_declaration interface_declaration enum_declaration record_declaration annotation_type_declaration
            method_declaration constructor_declaration compact_constructor_declaration
            """
        ),
        transparent=_names("enum_body_declarations"),
    ),
    Grammar(
        "tree_sitter_rust",
        (".rs",),
        _names(
            "function_item struct_item enum_item union_item trait_item impl_item mod_item macro_definition type_item"
        ),
        transparent=_names("foreign_mod_item declaration_list"),
    ),
    Grammar("tree_sitter_c", (".c", ".h"), _C, transparent=_PREPROCESSOR),
    Grammar(
        "tree_sitter_cpp",
        (".cc", ".cpp", ".cxx", ".c++", ".hh", ".hpp", ".hxx", ".h++", ".inl", ".ipp", ".tpp"),
        _C | _names("class_specifier namespace_definition concept_definition alias_declaration"),
        wrappers=_names("template_declaration"),
        transparent=_PREPROCESSOR,
    ),
    Grammar(
        "tree_sitter_c_sharp",
        (".cs",),
        _names(
            """
            namespace_declaration class_declaration struct_declaration interface_declaration record_declaration
            enum_declaration delegate_declaration method_declaration constructor_declaration operator_declaration
            """
        ),
        transparent=_names("preproc_if preproc_region"),
    ),
    Grammar("tree_sitter_ruby", (".rb", ".rake", ".gemspec"), _names("module class method singleton_method")),
    Grammar(
        "tree_sitter_php",
        (".php",),
        _names(
            """
            function_definition class_declaration interface_declaration trait_declaration enum_declaration
            method_declaration namespace_definition
            """
        ),
        "language_php",
    ),
    Grammar("tree_sitter_bash", (".sh", ".bash", ".zsh", ".ksh", ".bats"), _names("function_definition")),
    Grammar(
        "tree_sitter_sql",
        (".sql", ".ddl"),
        _names(
            """
            create_table create_view create_materialized_view create_function create_procedure create_trigger create_type
            create_index create_schema alter_table
            """
        ),
        wrappers=_names("statement"),
    ),
    Grammar(
        "tree_sitter_kotlin",
        (".kt", ".kts"),
        _names("class_declaration object_declaration companion_object function_declaration type_alias"),
    ),
    Grammar(
        "tree_sitter_scala",
        (".scala", ".sc"),
        _names(
            """
            class_definition object_definition trait_definition enum_definition function_definition function_declaration
            type_definition given_definition
            """
        ),
    ),
)
"""Swift, Lua and others have grammars too; each is a wheel of its own, and these are what companies mostly write."""

BY_SUFFIX = {suffix: grammar for grammar in GRAMMARS for suffix in grammar.suffixes}


@cache
def language(grammar: Grammar) -> Language:
    return Language(getattr(import_module(grammar.module), grammar.function)())
