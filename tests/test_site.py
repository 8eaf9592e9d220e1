"""`waerror kb site` writes the error reference: whole, linked, safe against its own content, and without network."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from bot import knowledge, site
from bot.cli import main

Run = Callable[..., Result]
ROOT = Path(__file__).parent.parent
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> \"'&</title></li></script>"
# What is searched, and an entry that must be among the first three.
SEARCHES = {
    "131047": "meta/131047",
    "13104": "meta/131047",
    "re-engagement": "meta/131047",
    "account disabled": "waconnect/account-disabled",
    "JANELA fechada": "meta/131047",
    "number of parameters does not match": "meta/132000",
}


class Read(HTMLParser):
    """Tags with their attributes, ids, and what every address in the page is."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in {"meta", "link", "input", "br", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] for _, attrs in self.tags if "id" in attrs]

    @property
    def addresses(self) -> Iterator[str]:
        for _, attrs in self.tags:
            yield from (attrs[name] for name in ("href", "src", "action") if name in attrs)


@pytest.fixture(scope="module")
def known() -> knowledge.Knowledge:
    return knowledge.load()


@pytest.fixture(scope="module")
def pages(known: knowledge.Knowledge) -> dict[str, str]:
    return {page.path: page.text for page in site.pages(known)}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("WAERROR_CACHE_DIR", str(tmp_path / "cache"))
    return lambda *words: CliRunner().invoke(main, ["kb", "site", *map(str, words)])


def test_every_entry_has_a_page_with_all_that_is_known(known: knowledge.Knowledge, pages: dict[str, str]) -> None:
    """Title, cause, steps, verdict, strings, sources; and the first page leads to it."""
    for name, entry in known.entries.items():
        text = re.sub(r"<[^>]+>", "", pages[f"{name}.html"])
        for told in (entry.title, entry.cause, *entry.resolution, *entry.says, entry.verdict.because):
            assert str(site.escape(told)) in text, (name, told)
        assert f'href="{name}.html"' in pages["index.html"]


def test_every_address_leads_to_a_file_of_the_site(pages: dict[str, str]) -> None:
    """And to nothing else: no network, no script but its own, no tag left open, no id twice."""
    for path, text in pages.items():
        if not path.endswith(".html"):
            continue
        page = Read(text)
        assert page.open == []
        assert len(page.ids) == len(set(page.ids)), path
        for address in page.addresses:
            parts = urlsplit(address)
            local = os.path.normpath(Path(path).parent / parts.path) if parts.path else path
            assert (address == "data:,") or (not parts.scheme and not parts.netloc and local in pages), (path, address)
            assert not parts.fragment or parts.fragment in Read(pages[local]).ids
        assert [attrs.get("src") for tag, attrs in page.tags if tag == "script"] == [
            f"{'../' * path.count('/')}{name}" for name in ("index.js", "site.js")
        ]
        assert not any(name.startswith("on") or name == "style" for _, attrs in page.tags for name in attrs), path
    assert not re.search(r"https?://|fetch\(|@import|url\(", pages["site.css"] + pages["site.js"])


def test_entries_lead_to_each_other(pages: dict[str, str]) -> None:
    """Those it is mistaken for, those that name it, and every code in its text."""
    assert 'href="../onpremises/470.html"' in pages["meta/131047.html"]
    assert 'href="../meta/131047.html"' in pages["onpremises/470.html"]
    assert '<a href="../meta/131026.html">131026</a>' in pages["meta/131030.html"]
    assert 'href="../meta/131030.html"' not in pages["meta/131030.html"]


def test_a_hostile_entry_is_shown_and_not_run(tmp_path: Path, run: Run) -> None:
    """In every field that is text."""
    folder = tmp_path / "knowledge" / "meta"
    folder.mkdir(parents=True)
    text = json.dumps(HOSTILE)
    (folder / "999001.toml").write_text(f"""
id = "meta/999001"
title = {text}
codes = [999001]
says = [{text}]
described_as = [{text}]
topic = {text}
cause = {text}
check_first = {text}
resolution = [{text}]
fixed_by = "integration"
checked = 2026-11-20
no_longer_emitted = {text}
verdict = {{ can_retry = "never", because = {text} }}
causes = [{{ when = [{text}], cause = {text}, resolution = [{text}] }}]
sources = [{{ name = {text}, says = {text}, differs = true }}, {{ name = "x", says = "x", trusted = true }}]
""")
    done = run(tmp_path / "out", "--folder", folder.parent)
    assert done.exit_code == 0, done.output
    for path in ("index.html", "meta/999001.html"):
        page = Read((tmp_path / "out" / path).read_text("utf-8"))
        assert [tag for tag, _ in page.tags].count("script") == 2
        assert not any(tag == "img" or "onerror" in attrs for tag, attrs in page.tags)
        assert page.open == []


@pytest.mark.parametrize("query", SEARCHES)
def test_the_search_finds(query: str, pages: dict[str, str]) -> None:
    """By code, by the error's words, by anybody's words in any language, whatever their case and accents."""
    node = shutil.which("node")
    if not node:
        pytest.skip("there is no node here to run the page's search")
    script = f"""
        globalThis.window = globalThis;
        globalThis.document = {{ getElementById: () => null, addEventListener() {{}} }};
        {pages["index.js"]}{pages["site.js"]}
        console.log(JSON.stringify(searchErrors({json.dumps(query)})));
    """
    ran = subprocess.run([node, "-"], input=script, capture_output=True, text=True, timeout=60)
    assert ran.stderr == ""
    assert SEARCHES[query] in json.loads(ran.stdout)[:3]


def test_it_is_written_again_in_place(tmp_path: Path, run: Run) -> None:
    """What is gone from the knowledge is gone from the site; files that others put there stay."""
    out = tmp_path / "out"
    first: Result = run(out)
    assert first.exit_code == 0
    assert "files are written" in first.stdout
    manifest = out / ".waerror-site"
    manifest.write_text(json.dumps([*json.loads(manifest.read_text()), "meta/gone.html", "../outside.html"]))
    for name in ("out/meta/gone.html", "outside.html", "out/mine.txt"):
        (tmp_path / name).write_text("")
    assert run(out).exit_code == 0
    left = [(tmp_path / name).exists() for name in ("out/meta/gone.html", "outside.html", "out/mine.txt")]
    assert left == [False, True, True]


def test_anothers_folder_is_left_alone(tmp_path: Path, run: Run) -> None:
    """Said in a sentence, with 1."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").write_text("mine")
    done: Result = run(tmp_path / "out")
    assert done.exit_code == 1
    assert "Choose a new folder" in done.stderr
    assert (tmp_path / "out" / "index.html").read_text() == "mine"
    (tmp_path / "file").write_text("")
    assert run(tmp_path / "file" / "below").exit_code == 1
