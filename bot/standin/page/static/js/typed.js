// What a person typed, of what Slack keeps of it.

import { unescape } from "./mrkdwn.js";
import { user } from "./store.js";

/** Names for ids, addresses without their marks. A link with words of its own keeps its marks. */
export const typed = (text) =>
  unescape(
    text
      .replace(/<@(\w+)>/g, (mark, id) => (user(id) ? `@${user(id).name}` : mark))
      .replace(/<(?:mailto:[^<>|]+\|)?([^<>|!@#][^<>|]*)>/g, "$1"),
  );
