// Puts it together: one stream of state in, one drawing of each region out.

import { drawConversation, lookAgain } from "./conversation.js";
import { listen } from "./live.js";
import { drawModals } from "./modals.js";
import { drawPanel } from "./panel.js";
import { startPressing } from "./pressing.js";
import { readAddress } from "./route.js";
import { drawSidebar } from "./sidebar.js";
import { team, ui, watch } from "./store.js";
import { drawThread } from "./thread.js";
import { drawTopbar, firstPerson, startTopbar } from "./topbar.js";

let arrived = "";

function draw() {
  if (team().me !== ui.me) return; // not told yet, or of the person before
  if (arrived !== ui.me) {
    arrived = ui.me;
    readAddress();
  }
  for (const region of [drawTopbar, drawConversation, drawSidebar, drawThread, drawModals, drawPanel]) region();
}

function become(id) {
  ui.me = id;
  sessionStorage.me = id;
  listen(id);
}

become(firstPerson());
startTopbar(become);
startPressing();
watch(draw);
window.addEventListener("hashchange", readAddress);
document.addEventListener("visibilitychange", lookAgain);
