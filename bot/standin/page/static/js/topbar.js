// Who one is, dark or light, and on narrow screens the drawers.

import { h } from "./dom.js";
import { closeThread } from "./route.js";
import { team, ui } from "./store.js";
import { own } from "./unknown.js";

const THEMES = { auto: ["◐", "As the system has it"], light: ["☀", "Light"], dark: ["☾", "Dark"] };
const PEOPLE = document.querySelector('meta[name="page-people"]').content.split(" ");

export const firstPerson = () => (PEOPLE.includes(sessionStorage.me) ? sessionStorage.me : PEOPLE[0]);

/** `become(id)` is called when another person is chosen. */
export function startTopbar(become) {
  const place = document.getElementById("people");
  place.append(
    ...PEOPLE.map((id) => {
      const box = h("input", { type: "radio", name: "me", value: id, checked: id === ui.me });
      box.addEventListener("change", () => become(id));
      return h("label", { "data-person": id }, box, h("span", id));
    }),
  );
  startTheme();
  startDrawers();
}

export function drawTopbar() {
  document.getElementById("workspace").textContent = team().name;
  for (const label of document.querySelectorAll("[data-person]")) {
    const name = team().users.find((one) => one.id === label.dataset.person)?.name;
    if (name) label.querySelector("span").textContent = name;
  }
}

function startTheme() {
  const button = document.getElementById("theme");
  const show = (theme) => {
    const [sign, says] = THEMES[theme];
    document.documentElement.dataset.theme = theme;
    button.textContent = sign;
    button.title = says;
    button.setAttribute("aria-label", `Colours: ${says}`);
  };
  const now = () => (own(THEMES, localStorage.theme) ? localStorage.theme : "auto");
  button.addEventListener("click", () => {
    const names = Object.keys(THEMES);
    localStorage.theme = names[(names.indexOf(now()) + 1) % names.length];
    show(now());
  });
  show(now());
}

function startDrawers() {
  document.getElementById("menu").addEventListener("click", (event) => {
    event.currentTarget.setAttribute("aria-expanded", String(document.body.classList.toggle("menu-open")));
  });
  const narrow = matchMedia("(max-width: 1100px)");
  document.getElementById("try").addEventListener("click", (event) => {
    const name = narrow.matches ? "panel-open" : "no-panel";
    const on = document.body.classList.toggle(name);
    event.currentTarget.setAttribute("aria-expanded", String(narrow.matches ? on : !on));
  });
  window.addEventListener("hashchange", () => document.body.classList.remove("menu-open", "panel-open"));
  window.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.target.matches("textarea, input, select")) return;
    if (document.querySelector("dialog[open], .menu:popover-open")) return;
    if (document.body.classList.contains("panel-open")) document.body.classList.remove("panel-open");
    else if (ui.thread) closeThread();
  });
}
