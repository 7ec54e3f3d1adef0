/** The small number beside the cart symbol. */
export class Badge {
  text = "0";

  constructor(cart) {
    cart.events.on("change", (state) => {
      this.text = state.count > 99 ? "99+" : String(state.count);
    });
  }
}
