"""The defenses of the server, each with a change that switches it off and the tests that should notice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Defense:
    """One thing that keeps somebody out."""

    name: str
    file: str
    """Where it stands, below the repository."""
    stands: str
    """Its text there, which occurs once."""
    broken: str
    """What takes its place."""
    tests: tuple[str, ...]
    """The modules of tests that should notice."""
    rebuilt: bool = False
    """Whether the web app has to be built anew to show it."""


_SHARES = "src/aika/stores/database/shares.py"
_API = "src/aika/surfaces/api"
_SIGN_IN = "src/aika/application/sign_in"

_HEADERS = ("tests/surfaces/test_web_app.py", "tests/surfaces/test_api_same_origin.py")
_EMBEDDING = ("tests/surfaces/test_embedding.py",)
_ORIGIN = ("tests/surfaces/test_api_same_origin.py",)
_SIGNING_IN = ("tests/sign_in/test_sign_in.py",)
_OPENID = ("tests/sign_in/test_openid.py",)
_SESSIONS = ("tests/sign_in/test_sessions.py",)
_COOKIES = (
    "tests/sign_in/test_sign_in.py::test_a_sessions_cookie_is_out_of_reach_of_scripts_and_of_other_sites",
    "tests/sign_in/test_sign_in.py::test_over_https_the_cookie_is_this_hosts_alone",
)
_CONVERSATIONS = "tests/surfaces/test_api_conversations.py"
_PASSAGES = (f"{_CONVERSATIONS}::test_passages_and_standings_of_unreadable_documents_do_not_exist",)
_SUGGESTIONS = (f"{_CONVERSATIONS}::test_suggestions_are_about_what_the_reader_may_read",)
_SHARED = (
    f"{_CONVERSATIONS}::test_a_shared_conversation_withholds_what_its_reader_may_not_read",
    f"{_CONVERSATIONS}::test_a_link_shows_what_was_there_when_it_was_made",
    f"{_CONVERSATIONS}::test_a_revoked_link_never_works_again",
)
_TABLES = ("tests/surfaces/test_spreadsheets.py",)
_ALL_SEE = "__import__('aika.domain.access', fromlist=['access']).Scope(audience=None)"

_UNVERIFIED = """import base64, json
        parts = [json.loads(base64.urlsafe_b64decode(part + "===")) for part in token.split(".")[:2]]
        return parts[0], parts[1]
        """


_SEALING = f"{_SIGN_IN}/sealing.py"
_SEALED_TESTS = ("tests/sign_in/test_sealing.py",)
_SEALED = """        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, of.encode())

    def unseal(self, sealed: bytes, *, of: str) -> bytes | None:
        \"\"\"Return the content, ``None`` where it was sealed elsewhere, for something else, or was changed.\"\"\"
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], of.encode())
"""
_OPEN = """        return content

    def unseal(self, sealed: bytes, *, of: str) -> bytes | None:
        try:
            return sealed
"""


def _headers(name: str, stands: str, broken: str) -> Defense:
    return Defense(name, f"{_API}/response_headers.py", stands, broken, _HEADERS + _EMBEDDING)


def _pages(name: str, stands: str, broken: str) -> Defense:
    return Defense(name, f"{_API}/web_app.py", stands, broken, _HEADERS + _EMBEDDING)


def _origin(name: str, stands: str, broken: str) -> Defense:
    return Defense(name, f"{_API}/same_origin.py", stands, broken, _ORIGIN)


def _cookie(name: str, stands: str, broken: str) -> Defense:
    return Defense(name, f"{_API}/cookies.py", stands, broken, _COOKIES)


def _attempt(name: str, stands: str, broken: str) -> Defense:
    return Defense(name, f"{_SIGN_IN}/attempts.py", stands, broken, _SESSIONS + _OPENID + _SIGNING_IN)


def _token(name: str, stands: str, broken: str) -> Defense:
    return Defense(name, f"{_SIGN_IN}/tokens.py", stands, broken, _OPENID + _SESSIONS)


def _provider(name: str, stands: str, broken: str) -> Defense:
    return Defense(name, f"{_SIGN_IN}/openid.py", stands, broken, _OPENID)


def _session(name: str, stands: str, broken: str) -> Defense:
    return Defense(name, f"{_SIGN_IN}/sessions.py", stands, broken, _SESSIONS + _SIGNING_IN)


def _endpoint(name: str, file: str, stands: str, broken: str, *tests: str) -> Defense:
    return Defense(name, f"{_API}/{file}.py", stands, broken, tests)


PYTHON = (
    _headers(
        "A page's policy: scripts of its own only",
        '"script-src": "\'self\'"',
        "\"script-src\": \"'self' 'unsafe-inline'\"",
    ),
    _headers(
        "A page's policy: styles of its own only",
        '"style-src": "\'self\'"',
        "\"style-src\": \"'self' 'unsafe-inline'\"",
    ),
    _headers("A page's policy: requests to its own server only", '"connect-src": "\'self\'"', '"connect-src": "*"'),
    _headers("A page's policy: pictures of its own only", '"img-src": "\'self\' data: blob:"', '"img-src": "*"'),
    _headers("A page's policy: forms lead to its own server", '"form-action": "\'self\'"', '"form-action": "*"'),
    _headers("A page's policy: no base elsewhere", """    "base-uri": "'none'",\n""", ""),
    _headers("frame-ancestors of pages", '''" ".join(framed_by) or "'none'"''', '"*"'),
    _headers(
        "frame-ancestors of the drawing frame", "form-action 'none'; frame-ancestors 'self'", "form-action 'none'"
    ),
    _headers("The drawing frame has no origin", "sandbox allow-scripts; ", "sandbox allow-scripts allow-same-origin; "),
    _headers("The drawing frame has no network", "allow-scripts; default-src 'none'", "allow-scripts; default-src *"),
    _headers(
        "What is no page runs nothing",
        '''"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"''',
        '"default-src *"',
    ),
    _headers("nosniff", '    "X-Content-Type-Options": "nosniff",\n', ""),
    _headers("Referrers stay within", '"Referrer-Policy": "same-origin"', '"Referrer-Policy": "unsafe-url"'),
    _headers("Openers are cut off", '    "Cross-Origin-Opener-Policy": "same-origin",\n', ""),
    _headers("Nothing is loaded by others", '    "Cross-Origin-Resource-Policy": "same-origin",\n', ""),
    _headers("HSTS", 'headers.setdefault("Strict-Transport-Security", HSTS)', "pass"),
    _headers("What the API says is kept nowhere", 'headers.setdefault("Cache-Control", "no-store")', "pass"),
    _pages("A nonce for each page", "secrets.token_urlsafe(18)", '"always-the-same-nonce"'),
    _pages(
        "Only the page for it may be framed", "self._embedded_in if section == _EMBEDDED else ()", "self._embedded_in"
    ),
    _origin("Same origin, by Fetch Metadata", "return site not in _OWN", "return False"),
    _origin(
        "Other hosts of the same site are others", '{"same-origin", "none"}', '{"same-origin", "same-site", "none"}'
    ),
    _origin("Same origin, by the header Origin", "return _origin(origin) not in {own, self._public}", "return False"),
    _origin("Same origin, for browsers that do not say", 'return SESSION in headers.get("cookie", "")', "return False"),
    _cookie("HttpOnly", "httponly=True", "httponly=False"),
    _cookie("SameSite", 'samesite="lax"', 'samesite="none"'),
    _cookie("Secure", "secure=self.secure", "secure=False"),
    _cookie("The cookie is this host's alone", 'return f"{_HOST}{name}" if self.secure else name', "return name"),
    _attempt("State of sign-in", "not compare_digest(attempt.state.encode(), state.encode())", "False"),
    _attempt("An attempt ends", "now >= attempt.expires_at", "False"),
    _attempt("A verifier of one's own (PKCE)", "secrets.token_urlsafe(48)", '"0" * 64'),
    _attempt(
        "Redirect after sign-in, on the server",
        "return then if within and not elsewhere and not odd else _HOME",
        "return then",
    ),
    Defense("What browsers carry is sealed", _SEALING, _SEALED, _OPEN, _SESSIONS),
    Defense(
        "What is sealed is for one purpose", _SEALING, _SEALED, _SEALED.replace("of.encode()", 'b""'), _SEALED_TESTS
    ),
    _token("Nonce of sign-in", '"nonce": nonce,', '"nonce": claims.get("nonce"),'),
    _token("Audience of the ID token", '            "aud": {"essential": True, "value": self.client_id},\n', ""),
    _token(
        "Issuer of the ID token", '            "iss": {"essential": True, "values": _names_of(metadata.issuer)},\n', ""
    ),
    _token("Signature of tokens", 'reason = "no key of the provider\'s has its id"', _UNVERIFIED + 'reason = ""'),
    _token(
        "Algorithms of tokens are the provider's", "algorithms=algorithms", 'algorithms=[*algorithms, "HS256", "PS256"]'
    ),
    _token(
        "The ID token ends",
        "checked = CodeIDToken(claims, header,",
        'claims = {**claims, "exp": 2**40}\n        checked = CodeIDToken(claims, header,',
    ),
    _token("A word of signing out is one", "not isinstance(events, dict) or BACK_CHANNEL_EVENT not in events", "False"),
    _token("An ID token is no word of signing out", '"nonce" in claims', "False"),
    _provider(
        "Challenge for the code (PKCE)",
        "create_s256_code_challenge(attempt.verifier)",
        'create_s256_code_challenge("0" * 64)',
    ),
    _provider("The answer names its issuer (RFC 9207)", "returned.issuer not in (None, metadata.issuer)", "False"),
    _provider("Details are of the same person", 'details.get("sub") != claims["sub"]', "False"),
    Defense(
        "Addresses are verified",
        f"{_SIGN_IN}/profiles.py",
        "not verified and not settings.trust_emails",
        "False",
        _OPENID,
    ),
    Defense(
        "Only the company's domains",
        f"{_SIGN_IN}/profiles.py",
        'settings.email_domains and address.rpartition("@")[2] not in settings.email_domains',
        "False",
        _OPENID,
    ),
    _session("Only who is allowed signs in", "if allowed and not allowed & held:", "if False:"),
    _session(
        "Signing in ends the session before",
        "await self._record(profile)\n        await self.end(before)",
        "await self._record(profile)",
    ),
    _session(
        "Secrets are kept as hashes",
        'return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()',
        'return secret.encode("utf-8", "surrogatepass")',
    ),
    _session("Sessions end unused", " or now - found.seen_at >= self._idle", ""),
    _session("Sessions end in any case", "found is None or now >= found.expires_at or", "found is None or"),
    _session("A new account of an address starts anew", "if before not in (None, profile.subject):", "if False:"),
    _endpoint(
        "One ends one's own sessions only",
        "sign_in",
        "if not any(session.id == id for session in own):",
        "if False:",
        *_SIGNING_IN,
    ),
    _endpoint(
        "Only administrators end others' sessions",
        "sign_in",
        "async def revoke_sessions(email: str, aika: TheAika, _: TheOperator)",
        "async def revoke_sessions(email: str, aika: TheAika, _: TheCaller)",
        *_SIGNING_IN,
    ),
    _endpoint(
        "Nobody gets further without a session",
        "rights",
        "    if required:\n        way",
        "    if False:\n        way",
        *_SIGNING_IN,
    ),
    _endpoint(
        "The host, against DNS rebinding",
        "rights",
        "    _check_host(request, aika)\n",
        "",
        "tests/surfaces/test_api_roles.py",
    ),
    _endpoint(
        "Passages, by the reader's scope",
        "passages",
        "await aika.document(DocumentId(id), scope=caller.scope)",
        f"await aika.document(DocumentId(id), scope={_ALL_SEE})",
        *_PASSAGES,
    ),
    _endpoint(
        "Standings, by the reader's scope",
        "passages",
        "viewer = Viewer(caller.scope,",
        f"viewer = Viewer({_ALL_SEE},",
        *_PASSAGES,
    ),
    _endpoint(
        "Suggestions, by the reader's scope",
        "passages",
        "narrowed(caller.scope, chosen)",
        f"narrowed({_ALL_SEE}, chosen)",
        *_SUGGESTIONS,
    ),
    _endpoint(
        "A shared conversation, by the reader's scope",
        "conversations",
        "await seen(conversation, aika.database.catalogue, scope=caller.scope)",
        f"await seen(conversation, aika.database.catalogue, scope={_ALL_SEE})",
        *_SHARED,
    ),
    Defense(
        "A revoked link is dead",
        _SHARES,
        "            await connection.execute(delete(shares).where(shares.c.conversation == id))\n",
        "",
        _SHARED,
    ),
    Defense(
        "A link shows what was there when it was made",
        _SHARES,
        "                    turns.c.id <= row.through,\n",
        "",
        _SHARED,
    ),
    Defense(
        "An answer under way is its owner's",
        "src/aika/assistants/under_way.py",
        "None if writing is None or writing.known.owner != owner else writing",
        "writing",
        ("tests/assistants/test_answers_under_way.py",),
    ),
    Defense(
        "No formulas in tables",
        f"{_API}/spreadsheets.py",
        "    guarded = _FORMULA",
        "    return value\n    guarded = _FORMULA",
        _TABLES,
    ),
    Defense("No formulas behind semicolons", f"{_API}/spreadsheets.py", r"(^|[;\t\r\n])", "(^)", _TABLES),
)
