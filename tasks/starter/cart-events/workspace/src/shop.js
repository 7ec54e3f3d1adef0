import { Audit } from "./audit.js";
import { Badge } from "./badge.js";
import { Banner } from "./banner.js";
import { Cart } from "./cart.js";

/** Puts a cart together with everything that follows it. */
export function createShop() {
  const cart = new Cart();
  return { cart, banner: new Banner(cart), badge: new Badge(cart), audit: new Audit(cart) };
}
