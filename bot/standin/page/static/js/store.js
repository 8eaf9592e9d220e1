// All state of the page: the parts that the server tells, what this browser alone knows, and who wants to hear of it.

/** Name → part, as `parts.py` names them. A part that did not change stays the same object. */
export const parts = new Map();

/** What only this window knows. */
export const ui = {
  me: "",
  /** A channel's id, or "home". */
  place: "",
  /** The ts of the thread that is open beside the channel. */
  thread: null,
  online: false,
  /** Ephemeral messages that were dismissed. */
  dismissed: new Set(),
};

const watchers = new Set();
let due = false;
let held = false;

/** `draw` is called after each change; several changes at once are one call. */
export function watch(draw) {
  watchers.add(draw);
}

export function changed() {
  if (due) return;
  due = true;
  setTimeout(drawAll);
}

/** While it is held nothing is drawn; what is due then is drawn afterwards. */
export function hold(is) {
  held = is;
  if (!held && due) setTimeout(drawAll);
}

function drawAll() {
  if (held || !due) return;
  due = false;
  for (const draw of watchers) draw();
}

/** One event of the stream. */
export function take({ fresh, set, gone }) {
  if (fresh) parts.clear();
  for (const name of gone) parts.delete(name);
  for (const [name, part] of Object.entries(set)) parts.set(name, part);
  changed();
}

const NOBODY = { me: "", name: "", app: { user: "", name: "" }, users: [], groups: [], channels: [] };
const NOTHING = { commands: [], any_command: false, shortcuts: [], groups: [], sheets: [] };

export const team = () => parts.get("team") ?? NOBODY;
export const panel = () => parts.get("panel") ?? NOTHING;
export const user = (id) => team().users.find((one) => one.id === id);
export const channel = (id) => team().channels.find((one) => one.id === id);

/** How a channel is called; the conversation with the app has the app's name. */
export const channelName = (one) => (one.kind === "im" ? team().app.name : one.name);
