"""House rules that no linter knows. Each failure says what to do instead."""

import ast
import importlib
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "bazaar").rglob("*.py"))
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))
FOLDERS = ("bazaar", "benchmarks", "docs", "migrations", "static", "templates", "tests", "tools")
TEXT = {
    ".cfg",
    ".css",
    ".csv",
    ".html",
    ".ini",
    ".js",
    ".json",
    ".md",
    ".py",
    ".svg",
    ".toml",
    ".txt",
}

MAX_FILE = 450
MAX_FUNCTION = 60


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def written() -> list[Path]:
    """Return the text files that people write here."""
    inside = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    files = [path for path in (*ROOT.iterdir(), *inside) if path.is_file()]
    return sorted(p for p in files if p.suffix in TEXT or p.name == "Makefile")


def each(paths: list[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """Make one test of what must hold of each file; a test a file would cost more than looking."""

    def test_of(check: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            faults = []
            for path in paths:
                try:
                    check(path)
                except AssertionError as fault:
                    faults.append(f"{name(path)}: {fault}")
            assert not faults, "\n".join(faults)

        return test

    return test_of


def without_comments(template: str) -> str:
    """Blank Jinja comments, keeping the lines."""
    return re.sub(r"{#.*?#}", lambda found: "\n" * found[0].count("\n"), template, flags=re.DOTALL)


def lines_with(pattern: str, text: str) -> list[str]:
    """Return the lines where `pattern` is found, with their numbers."""
    found = re.finditer(pattern, text, re.IGNORECASE | re.DOTALL)
    numbers = sorted({text.count("\n", 0, match.start()) for match in found})
    return [f"{number + 1}: {text.splitlines()[number].strip()}" for number in numbers]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def calls(path: Path) -> list[tuple[int, str]]:
    """Return line and dotted name of everything that is called."""
    nodes = ast.walk(tree_of(path))
    return [(n.lineno, ast.unparse(n.func)) for n in nodes if isinstance(n, ast.Call)]


@each(SOURCES)
def test_every_module_can_be_imported_by_itself(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    importlib.import_module(".".join(part for part in parts if part != "__init__"))


@each(SOURCES)
def test_only_db_ends_transactions(path):
    if path == ROOT / "bazaar/db.py":
        return
    ends = re.compile(r"session(\(\))?\.(commit|rollback)$|\bsession\.begin$")
    found = [call for call in calls(path) if ends.search(call[1])]
    assert found == [], "let the request, job or command commit: transaction() in bazaar/db.py"


@each(SOURCES)
def test_only_times_reads_the_clock(path):
    if path == ROOT / "bazaar/times.py":
        return
    clock = re.compile(r"(datetime|date)\.(now|utcnow|today)$|^time\.(time|time_ns|localtime)$")
    found = [call for call in calls(path) if clock.search(call[1])]
    assert found == [], "take `now` as a parameter; views and jobs call bazaar.times.now()"


@each(sorted((ROOT / "bazaar/rules").rglob("*.py")))
def test_rules_receive_the_time(path):
    found = [call for call in calls(path) if call[1].endswith("times.now")]
    assert found == [], "a rule gives the same answer to the same input: take `now` as a parameter"


@each(SOURCES)
def test_files_and_functions_stay_small(path):
    source = path.read_text()
    assert source.count("\n") <= MAX_FILE, "split by business subject, not by kind of code"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= MAX_FUNCTION, f"{node.name} does several things: give them names"


@each(SOURCES)
def test_tables_are_made_by_migrations_only(path):
    found = [call for call in calls(path) if call[1].endswith("create_all")]
    assert found == [], "write a migration: two starting processes would both create the tables"


@each(TEMPLATES)
def test_templates_hold_no_style_script_or_handler(path):
    if path.suffix != ".html":
        return
    text = without_comments(path.read_text())
    breach = r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"'{]|javascript:|<script\b(?![^>]*\bsrc\s*=)"
    assert lines_with(breach, text) == [], (
        "the policy forbids it: a class in static/css, a module in static/js with data- attributes"
    )


@each(TEMPLATES)
def test_templates_ask_no_other_host(path):
    if "mail" in path.relative_to(ROOT / "templates").parts:
        return
    text = without_comments(path.read_text())
    asks = (
        r"<(link|script|img|source|iframe|video|audio|object|embed)\b[^>]*(src|href)=.(https?:)?//"
    )
    assert lines_with(asks, text) == [], "serve it from static/ with asset(…)"


@each(TEMPLATES)
def test_what_a_template_calls_safe_is_explained(path):
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines):
        text = re.sub(r"""('[^']*'|"[^"]*")\s*\|\s*safe\b""", "", line)  # a constant is
        if re.search(r"\|\s*safe\b|autoescape\s+false", text):
            near = " ".join(lines[max(0, number - 1) : number + 1])
            assert "{#" in near, f"line {number + 1}: say beside it, in {{# … #}}, why it is safe"


@each(TEMPLATES)
def test_every_form_that_posts_carries_the_token(path):
    text = without_comments(path.read_text())
    forms = re.findall(r"<form\b[^>]*\bmethod=.?post.*?</form>", text, re.IGNORECASE | re.DOTALL)
    # The macro `confirm` makes a form around what it is called with.
    forms += re.findall(r"{%-?\s*call confirm\(.*?endcall", text, re.DOTALL)
    for form in forms:
        assert re.search(r"csrf_field\(\)|csrf_token|caller\(\)", form), (
            f"put {{{{ csrf_field() }}}} into the form: {form[:80]}…"
        )


@each(SCRIPTS)
def test_scripts_keep_to_the_policy(path):
    breach = (
        r"\beval\(|new Function\(|\.innerHTML\s*=|insertAdjacentHTML|https?://(?!www\.w3\.org/)"
    )
    assert lines_with(breach, path.read_text()) == [], (
        "build elements and set textContent; ask only our own addresses"
    )


def test_no_file_speaks_of_the_machine_it_was_written_on():
    private = re.compile(r"(?<![\w.}\"'/])/(?:root|home|work|Users)/[\w.]")
    found = [
        f"{name(path)}: {line}"
        for path in written()
        for line in path.read_text(encoding="utf-8").splitlines()
        if private.search(line)
    ]
    assert found == [], "write paths relative to the repository"


def test_tests_are_never_switched_off():
    switches = re.compile(r"pytest\.mark\.(skip|skipif|xfail)\b")
    found = [
        name(p) for p in sorted((ROOT / "tests").rglob("*.py")) if switches.search(p.read_text())
    ]
    assert found in ([], [name(Path(__file__))]), "mend the test or remove it; nobody reads skips"
