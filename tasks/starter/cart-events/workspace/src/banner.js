/** Greets a visitor's first purchase, once, unless it was dismissed before. */
export class Banner {
  visible = false;
  #cart;
  #show = () => {
    this.visible = true;
  };

  constructor(cart) {
    this.#cart = cart;
    cart.events.once("change", this.#show);
  }

  /** Hides the banner for good. */
  dismiss() {
    this.visible = false;
    this.#cart.events.off("change", this.#show);
  }
}
