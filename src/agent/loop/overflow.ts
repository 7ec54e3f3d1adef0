import type { Stop } from "../../core/agent.ts";
import type { Masking } from "./mask.ts";
import type { Progress } from "./progress.ts";
import { grouped } from "./tool/truncate.ts";

/** Masks old results when the conversation fills more than its share of the context window. */
export function keepRoom(progress: Progress): void {
  const { model, settings } = progress.run;
  report(progress, progress.conversation.maskWhenDue(model.spec.contextWindow, settings.maskAtShare));
}

/** Makes room after a request that did not fit; gives the end when it has been tried just before, or nothing is left to mask. */
export function makeRoom(progress: Progress, message: string): Stop | null {
  const stop: Stop = { kind: "context-exhausted", detail: message.slice(0, 500) };
  if (progress.hasOverflowed) return stop;
  progress.hasOverflowed = true;
  const masking = progress.conversation.maskNow();
  report(progress, masking);
  return masking.results === 0 ? stop : null;
}

function report({ journal, responses }: Progress, { results, bytes }: Masking): void {
  if (results === 0) return;
  journal.noted(responses, { kind: "compaction", text: `masked ${results} old tool results, ${grouped(bytes)} bytes` });
}
