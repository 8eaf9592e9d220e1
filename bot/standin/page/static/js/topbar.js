// Who one is, and dark or light.

import { startDrawers } from "./drawers.js";
import { h } from "./dom.js";
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
  // An address would be the page's: it says which channel one is in.
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  });
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
