// The app's Home tab: the app hears that it was opened, and draws it.

import { deed } from "./api.js";
import { blocks } from "./blocks.js";
import { h } from "./dom.js";
import { reconcile } from "./keyed.js";
import { parts, team } from "./store.js";
import { viewSurface } from "./surface.js";

let body = null;

/** `opened`: it was not in sight before. */
export function drawHome(main, opened) {
  if (opened) {
    body = h("div.home", { tabindex: 0, role: "region", "aria-label": "Home" });
    const where = team().channels.find((one) => one.kind === "im")?.id;
    main.replaceChildren(
      h(
        "header.place",
        h("h1", team().app.name),
        h(
          "nav.tabs",
          { "aria-label": "App" },
          h("a", { href: "#/home", "aria-current": "page" }, "Home"),
          where ? h("a", { href: `#/${where}` }, "Messages") : null,
        ),
      ),
      body,
    );
    document.title = `${team().app.name} · Home`;
    deed("open_home", {});
  }
  const view = parts.get("home");
  if (!view) {
    body.replaceChildren(h("p.muted", `${team().app.name} has not drawn its Home yet …`));
    return;
  }
  if (body.firstChild?.tagName === "P") body.replaceChildren();
  const surface = viewSurface(view, {}, 2);
  // A block that reads the same stays, so that the focus stays where it is when the app draws anew.
  reconcile(
    body,
    view.blocks,
    (block) => block.block_id,
    (block) => [JSON.stringify(block)],
    (block) => blocks([block], surface)[0],
  );
}
