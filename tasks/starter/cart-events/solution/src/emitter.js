/** Tells listeners about events, in the order in which they were added. */
export class Emitter {
  #registrations = new Map();

  /** Adds a listener; the returned function removes it again. */
  on(event, listener) {
    return this.#add(event, { listener, once: false, active: true });
  }

  /** Adds a listener for the next emit only; the returned function removes it again. */
  once(event, listener) {
    return this.#add(event, { listener, once: true, active: true });
  }

  /** Removes the earliest registration of a listener. */
  off(event, listener) {
    const registration = this.#of(event).find((candidate) => candidate.listener === listener);
    if (registration) this.#remove(event, registration);
  }

  /** Calls the listeners of an event. */
  emit(event, payload) {
    for (const registration of [...this.#of(event)]) {
      // A listener called before may have removed this one.
      if (!registration.active) continue;
      if (registration.once) this.#remove(event, registration);
      registration.listener(payload);
    }
  }

  #of(event) {
    return this.#registrations.get(event) ?? [];
  }

  #add(event, registration) {
    this.#registrations.set(event, [...this.#of(event), registration]);
    return () => this.#remove(event, registration);
  }

  #remove(event, registration) {
    registration.active = false;
    this.#registrations.set(
      event,
      this.#of(event).filter((candidate) => candidate !== registration),
    );
  }
}
