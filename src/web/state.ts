const DEFAULTS = { show: "all", find: "", sort: "suite", base: "", task: "", arm: "", trial: "", with: "" };

/** What the address keeps: which tasks are shown in which order, against which arm, and which trials are open. */
export type Choice = Readonly<typeof DEFAULTS>;

/** The reader's choice, and what happens when it changes. */
export type PageState = {
  readonly get: () => Choice;
  readonly set: (changes: Partial<Choice>) => void;
  readonly listen: (listener: (choice: Choice) => void) => void;
};

/** Keeps the reader's choice in the address, and notifies listeners when it changes. */
export function openState(): PageState {
  const listeners: ((choice: Choice) => void)[] = [];
  let current = fromHash();
  const notify = (): void => {
    for (const listener of listeners) listener(current);
  };
  window.addEventListener("hashchange", () => {
    current = fromHash();
    notify();
  });
  return {
    get: () => current,
    set(changes) {
      current = { ...current, ...changes };
      window.history.replaceState(null, "", hashOf(current));
      notify();
    },
    listen: (listener) => {
      listeners.push(listener);
    },
  };
}

function fromHash(): Choice {
  const written = new URLSearchParams(window.location.hash.slice(1));
  return Object.fromEntries(Object.entries(DEFAULTS).map(([name, value]) => [name, written.get(name) ?? value])) as Choice;
}

function hashOf(choice: Choice): string {
  const defaults: Readonly<Record<string, string>> = DEFAULTS;
  const chosen = Object.entries(choice).filter(([name, value]) => value !== defaults[name]);
  return `#${new URLSearchParams(chosen).toString()}`;
}
