// The stream of events: everything at first, then what changes. The browser opens it again by itself when it breaks.

import { stream } from "./api.js";
import { changed, take, ui } from "./store.js";

const AGAIN = 1000; // milliseconds; another process serves the workspace now, and knows nothing of this page's token

let source = null;

/** Listen as one person; a stream that is open is closed. */
export function listen(user) {
  source?.close();
  source = stream(user);
  source.onopen = () => online(true);
  source.onerror = () => {
    online(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), AGAIN);
  };
  source.onmessage = (event) => take(JSON.parse(event.data));
}

function online(is) {
  ui.online = is;
  changed();
}
