import type { Journal } from "../core/agent.ts";
import type { Activity } from "../core/event.ts";

/** Wraps a journal so that it is told what the trial is doing: whatever is not a tool is the wait for the model. */
export function toldJournal(journal: Journal, tell: (activity: Activity) => void): Journal {
  return {
    ...journal,
    opened(opening) {
      journal.opened(opening);
      tell({ kind: "model", step: 1 });
    },
    toolStarted(iteration, position, call) {
      journal.toolStarted(iteration, position, call);
      tell({ kind: "tool", step: iteration, tool: call.name });
    },
    toolFinished(iteration, position, action) {
      journal.toolFinished(iteration, position, action);
      tell({ kind: "model", step: iteration + 1 });
    },
  };
}
