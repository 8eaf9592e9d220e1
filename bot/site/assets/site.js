// Search over the index that comes with the page. Text goes into the page as text, never as HTML.
(() => {
  "use strict";
  const MOST = 60;
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  const words = (text) => plain(text).match(/[\p{L}\p{N}_]+/gu) || [];
  const rows = window.ENTRIES.map((entry) => ({
    entry,
    codes: entry.codes.map(String),
    title: ` ${words(`${entry.label} ${entry.title} ${entry.topic} ${entry.id}`).join(" ")}`,
    says: ` ${words(entry.says).join(" ")}`,
    text: ` ${words(entry.text).join(" ")}`,
  }));

  // How well an entry fits one word; a word counts from its beginning.
  const worth = (row, word) => {
    if (row.codes.includes(word)) return 100;
    if (/^\d{3,}$/.test(word) && row.codes.some((code) => code.startsWith(word))) return 40;
    const begun = ` ${word}`;
    return (row.title.includes(begun) ? 12 : 0) + (row.says.includes(begun) ? 6 : 0) + (row.text.includes(begun) ? 2 : 0);
  };

  // Entries that hold every word, best first; where none does, those that hold most of them.
  const search = (query) => {
    const asked = [...new Set(words(query))].slice(0, 24);
    const scored = rows.map((row) => {
      const each = asked.map((word) => worth(row, word));
      return { row, held: each.filter(Boolean).length, score: each.reduce((sum, one) => sum + one, 0) };
    });
    const held = Math.max(0, ...scored.map((one) => one.held));
    const fits = scored.filter((one) => held > 0 && one.held === held);
    return fits.sort((a, b) => b.score - a.score || b.row.text.length - a.row.text.length).map((one) => one.row.entry);
  };
  window.searchErrors = (query) => search(query).map((entry) => entry.id);

  const input = document.getElementById("q");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target === input) return;
    event.preventDefault();
    input.focus();
    input.select();
  });

  const results = document.getElementById("results");
  if (!results) return;
  const found = document.getElementById("found");
  const all = document.getElementById("all");
  const item = (entry) => {
    const line = document.createElement("li");
    const link = line.appendChild(document.createElement("a"));
    link.href = `${entry.id}.html`;
    link.appendChild(document.createElement("b")).textContent = entry.label;
    link.append(` ${entry.title}`);
    line.append(" ");
    line.appendChild(document.createElement("small")).textContent = entry.topic;
    return line;
  };
  const show = () => {
    const asked = input.value.trim();
    const entries = asked ? search(asked) : [];
    results.replaceChildren(...entries.slice(0, MOST).map(item));
    results.hidden = !asked;
    all.hidden = Boolean(asked);
    const more = entries.length > MOST ? `, the first ${MOST} shown` : "";
    found.textContent = asked ? `${entries.length || "Nothing"} found${more}` : "";
    const address = new URL(location.href);
    if (asked) address.searchParams.set("q", asked);
    else address.searchParams.delete("q");
    try {
      history.replaceState(null, "", address);
    } catch {
      // A page that was opened from a disk keeps its address.
    }
  };
  input.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = results.querySelector("a");
    if (first) first.focus();
  });
  input.addEventListener("input", show);
  input.value = new URLSearchParams(location.search).get("q") || "";
  show();
})();
