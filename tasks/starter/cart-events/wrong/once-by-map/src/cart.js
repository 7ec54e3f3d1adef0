import { Emitter } from "./emitter.js";

/** The articles a visitor wants to buy; emits `change` with its state after every change. */
export class Cart {
  #state = { items: [], count: 0, totalCents: 0 };
  events = new Emitter();

  /** Puts articles into the cart. */
  add(sku, cents, quantity = 1) {
    const item = this.#state.items.find((candidate) => candidate.sku === sku);
    if (item) item.quantity += quantity;
    else this.#state.items.push({ sku, cents, quantity });
    this.#changed();
  }

  /** Takes all articles of one kind out of the cart; tells whether there were any. */
  remove(sku) {
    const index = this.#state.items.findIndex((item) => item.sku === sku);
    if (index < 0) return false;
    this.#state.items.splice(index, 1);
    this.#changed();
    return true;
  }

  /** What is in the cart now. */
  snapshot() {
    return structuredClone(this.#state);
  }

  #changed() {
    this.#state.count = this.#state.items.reduce((sum, item) => sum + item.quantity, 0);
    this.#state.totalCents = this.#state.items.reduce((sum, item) => sum + item.quantity * item.cents, 0);
    this.events.emit("change", this.snapshot());
  }
}
