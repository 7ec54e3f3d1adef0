/** Keeps what happened to a cart. */
export class Audit {
  #cart;
  #entries = [];

  constructor(cart) {
    this.#cart = cart;
    cart.events.on("change", (state) => this.#entries.push(state));
  }

  /** The cart's state after each change, oldest first. */
  entries() {
    return [...this.#entries];
  }

  /** Returns a list to which the cart's total is appended with every change from now on. */
  watchTotals() {
    const totals = [];
    this.#cart.events.on("change", (state) => totals.push(state.totalCents));
    return totals;
  }
}
