import type { Task } from "../core/task.ts";
import { allowsAddress, type FetchOnce, parseWebEntry, type Web, type WebAnswer, type WebRead, type WebRefusal } from "../core/web.ts";
import type { WebTable } from "../store/web-table.ts";
import type { PlannedTrial } from "./planned-trial.ts";

/** What the web of a run is made of. */
export type RunWebDeps = {
  readonly table: WebTable;
  readonly runId: string;
  /** Null where only what is stored may be read. */
  readonly fetchOnce: FetchOnce | null;
  /** Ends requests when the run ends. */
  readonly signal: AbortSignal;
  /** Tells whether a text holds a key. */
  readonly hasKey: (text: string) => boolean;
};

/** Opens what the task of a trial allows of the web; without it, nothing is allowed. */
export type OpenWeb = (trial: Pick<PlannedTrial, "task">) => Web | undefined;

/** Makes the web a part of what an agent is given. */
export function webPart(web: Web | undefined): { readonly web?: Web } {
  return web === undefined ? {} : { web };
}

const MAX_REDIRECTS = 5;
const MAX_ADDRESS = 2000;

/**
 * The web of one run. Each address is fetched once, stored, and then the same for every trial, in a resumed run too; a redirect is followed only where the task's list
 * allows the next address.
 */
export class RunWeb {
  readonly #deps: RunWebDeps;
  readonly #fetching = new Map<string, Promise<WebAnswer | WebRefusal>>();

  constructor(deps: RunWebDeps) {
    this.#deps = deps;
  }

  /** Opens the web as a task's agents see it; undefined for a task that lists nothing. */
  of({ web }: Pick<Task, "web">): Web | undefined {
    if (web === undefined) return undefined;
    const entries = web.allow.map(parseWebEntry).filter((entry) => entry !== null);
    const hasPrivate = ({ hostname }: URL): boolean => web.private.includes(hostname);
    return {
      allow: web.allow,
      read: async (address, signal) => {
        signal.throwIfAborted();
        let url = this.#parse(address);
        for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
          if ("kind" in url) return url;
          if (!allowsAddress(entries, url)) return outside(url, { isRedirect: redirects > 0, allow: web.allow });
          const answer = await orAborted(this.#answerOf(url, hasPrivate(url)), signal);
          if (answer.kind === "page") return { ...answer, url: url.href };
          if (answer.kind !== "redirect") return answer;
          url = this.#parse(answer.to);
        }
        return { kind: "failed", reason: `the address redirects more than ${MAX_REDIRECTS} times` };
      },
    };
  }

  #parse(address: string): URL | WebRefusal {
    const refused = (reason: string): WebRefusal => ({ kind: "refused", reason });
    if (address.length > MAX_ADDRESS) return refused(`the address is longer than ${MAX_ADDRESS} characters`);
    if (!URL.canParse(address)) return refused("the address is not a whole one, such as https://example.com/page");
    const url = new URL(address);
    url.hash = "";
    if (url.protocol !== "http:" && url.protocol !== "https:") return refused("the address must begin with http:// or https://");
    if (url.username !== "" || url.password !== "") return refused("the address contains a user name or password");
    const spelled = [address, url.href, decodedFully(url.href)];
    return spelled.some((text) => this.#deps.hasKey(text)) ? refused("the address contains a key, which must not leave this machine") : url;
  }

  // Trials that ask for the same page at the same time share one request, which none of them can abort, and only the end of the run does.
  #answerOf(url: URL, mayBePrivate: boolean): Promise<WebAnswer | WebRefusal> {
    const { table, runId } = this.#deps;
    const stored = table.read(runId, url.href);
    if (stored !== null) return Promise.resolve(stored);
    const key = `${mayBePrivate} ${url.href}`;
    const open = this.#fetching.get(key) ?? this.#fetch(url, mayBePrivate).finally(() => this.#fetching.delete(key));
    this.#fetching.set(key, open);
    return open;
  }

  async #fetch(url: URL, mayBePrivate: boolean): Promise<WebAnswer | WebRefusal> {
    const { table, runId, fetchOnce, signal } = this.#deps;
    if (fetchOnce === null) return { kind: "failed", reason: "the page is not stored with the run" };
    const answer = await fetchOnce(url, { mayBePrivate, signal });
    if (answer.kind === "refused") return answer;
    table.save(runId, url.href, answer);
    return table.read(runId, url.href) ?? answer;
  }
}

function outside(url: URL, { isRedirect, allow }: { readonly isRedirect: boolean; readonly allow: readonly string[] }): WebRead {
  const what = isRedirect ? `the page redirects to ${url.href.slice(0, 300)}, which` : url.href.slice(0, 300);
  return { kind: "refused", reason: `${what} is not one of the allowed addresses: ${allow.join(", ")}` };
}

function decodedFully(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function orAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const listening = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: listening.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    listening.abort();
  }
}
