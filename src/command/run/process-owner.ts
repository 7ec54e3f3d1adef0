import { currentOwner, hasEnded, ownerFromText, ownerToText } from "../../sandbox/owner.ts";
import type { RunOwner } from "../../store/store.ts";

/** Describes this process as the owner of a run: no other process may write to the run while it is alive. */
export function processOwner(): RunOwner {
  const self = currentOwner();
  return {
    text: ownerToText(self),
    hasEnded: (text) => {
      const owner = ownerFromText(text);
      return owner === null || hasEnded(owner, self);
    },
  };
}
