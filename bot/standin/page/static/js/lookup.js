// A menu whose options the app gives: one types, the app is asked, and what it offers can be chosen.

import { h } from "./dom.js";
import { plainOf } from "./mrkdwn.js";
import { asChoice, choice, offeredBy } from "./options.js";

const PAUSE = 250; // milliseconds without a key before the app is asked
const MIN_QUERY_LENGTH = 3; // Slack's, where the element does not say
/** Action and value → label: what is held already is not among what the app offers next. */
const labels = new Map();

export const lookup =
  (several = false) =>
  (one, it) => {
    const key = (value) => `${one.action_id} ${value}`;
    const remember = (options) => options.forEach(({ value, label }) => labels.set(key(value), label));
    const least = one.min_query_length ?? MIN_QUERY_LENGTH;
    const says = h("p.hint", { role: "status" }, least ? `Type ${least} characters or more.` : "");
    const query = h("input", {
      type: "search",
      autocomplete: "off",
      "aria-label": "Search",
      placeholder: plainOf(one.placeholder) || "Search …",
    });
    const menu = h("select", { multiple: several, "aria-label": "Options" });
    let held = [it.initial ?? []].flat();
    let asked = null;
    let due = 0;

    function show(offered) {
      const there = offered.flatMap((entry) => entry.options ?? [entry]);
      const kept = held.filter((value) => !there.some((option) => option.value === value));
      const hint = several ? [] : [{ value: "", label: "Choose …" }];
      const known = kept.map((value) => ({ value, label: labels.get(key(value)) ?? value }));
      menu.replaceChildren(...[...hint, ...known, ...offered].map(choice));
      for (const option of menu.options)
        option.selected = several ? held.includes(option.value) : option.value === (held[0] ?? "");
    }

    async function ask() {
      clearTimeout(due);
      const typed = query.value;
      if (typed.length < least || typed === asked) return;
      asked = typed;
      menu.setAttribute("aria-busy", "true");
      const answer = await it.ask(typed);
      if (asked !== typed) return; // another question is on its way
      menu.removeAttribute("aria-busy");
      if (!answer.ok) asked = null;
      const offered = offeredBy(answer.offers ?? {});
      remember(offered.flatMap((entry) => entry.options ?? [entry]));
      show(offered);
      says.textContent = !answer.ok ? "The app gave no options." : offered.length ? "" : "No results";
    }

    query.addEventListener("input", () => {
      clearTimeout(due);
      due = setTimeout(ask, PAUSE);
    });
    query.addEventListener("change", (event) => event.stopPropagation()); // typed is not chosen
    query.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // it is not the form that is sent
      ask();
    });
    menu.addEventListener("change", () => {
      held = [...menu.selectedOptions].map((option) => option.value).filter(Boolean);
    });
    remember([one.initial_option ?? one.initial_options ?? []].flat().map(asChoice));
    show([]);
    const node = h("div.lookup", { role: "group", tabindex: -1, onfocusin: ask }, query, menu, says);
    return { node, read: () => (several ? held : (held[0] ?? null)) };
  };
