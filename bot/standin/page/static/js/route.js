// The address says where one is: `#/C0SUPPORT`, `#/C0SUPPORT/1795430000.000100` with a thread, `#/home`.

import { changed, team, ui } from "./store.js";

export const go = (place) => (location.hash = `#/${place}`);
export const goThread = (channel, ts) => (location.hash = `#/${channel}/${ts}`);
export const closeThread = () => go(ui.place);

export function readAddress() {
  const [place, thread] = location.hash.replace(/^#\//, "").split("/");
  const first = team().channels[0]?.id ?? "";
  const known = place === "home" || team().channels.some((one) => one.id === place);
  ui.place = known ? place : first;
  ui.thread = known && thread ? thread : null;
  changed();
}
