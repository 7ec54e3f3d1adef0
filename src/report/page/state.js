// What the address keeps: which tasks are shown, against which arm, and which trials are open.
const EMPTY = { show: "all", find: "", sort: "suite", base: "", task: "", arm: "", trial: "", with: "" };

/** Keeps what the reader has chosen in the address, and tells who listens when it changes. */
export function openState() {
  const listeners = [];
  let current = fromHash();
  const tell = () => {
    for (const listener of listeners) listener(current);
  };
  window.addEventListener("hashchange", () => {
    current = fromHash();
    tell();
  });
  return {
    get: () => current,
    set(changes) {
      current = { ...current, ...changes };
      window.history.replaceState(null, "", hashOf(current));
      tell();
    },
    listen: (listener) => listeners.push(listener),
  };
}

function fromHash() {
  const given = new URLSearchParams(window.location.hash.slice(1));
  return Object.fromEntries(Object.entries(EMPTY).map(([name, value]) => [name, given.get(name) ?? value]));
}

function hashOf(state) {
  const chosen = Object.entries(state).filter(([name, value]) => value !== EMPTY[name]);
  return `#${new URLSearchParams(chosen)}`;
}
