/** Tells listeners about events, in the order in which they were added. */
export class Emitter {
  #listeners = new Map();

  /** Adds a listener; the returned function removes it again. */
  on(event, listener) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, []);
    this.#listeners.get(event).push(listener);
    return () => this.off(event, listener);
  }

  /** Adds a listener for the next emit only; the returned function removes it again. */
  once(event, listener) {
    const wrapper = (payload) => {
      listener(payload);
      this.off(event, wrapper);
    };
    return this.on(event, wrapper);
  }

  /** Removes a listener. */
  off(event, listener) {
    const listeners = this.#listeners.get(event) ?? [];
    const index = listeners.indexOf(listener);
    if (index >= 0) listeners.splice(index, 1);
  }

  /** Calls the listeners of an event. */
  emit(event, payload) {
    for (const listener of this.#listeners.get(event) ?? []) listener(payload);
  }
}
