import { counted } from "../../core/format.ts";
import { printable } from "../../core/printable.ts";
import type { Task } from "../../core/task.ts";
import type { TrustRequest } from "./trust.ts";

// A list of hundreds is not worth reading out.
const MAX_TOLD = 10;
const MAX_ENTRY = 200;

/** Lists the hosts of this machine's own network that tasks let their agents read, which need the user's permission. */
export function webRequests(tasks: readonly Pick<Task, "web" | "suite">[]): readonly TrustRequest[] {
  return tasks.flatMap(({ web, suite }) => (web?.private ?? []).map((host) => ({ kind: "private-host", host, suite }) as const));
}

/** Says which addresses agents may read, and in how many tasks; null where there are none. */
export function webWords(tasks: readonly Pick<Task, "web">[]): string | null {
  const lists = tasks.flatMap(({ web }) => (web === undefined ? [] : [web.allow]));
  if (lists.length === 0) return null;
  const entries = [...new Set(lists.flat())].sort();
  const told = entries.slice(0, MAX_TOLD).map((entry) => printable(entry, MAX_ENTRY));
  const others = entries.length > MAX_TOLD ? `, and ${entries.length - MAX_TOLD} more` : "";
  return `Web: agents may read ${told.join(", ")}${others} in ${counted(lists.length, "task")}; each page is fetched once, by this machine`;
}
