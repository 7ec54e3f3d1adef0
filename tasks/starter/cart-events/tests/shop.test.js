import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { createShop } from "/workspace/src/shop.js";

test("the badge shows the first article at once", () => {
  const { cart, badge } = createShop();
  assert.equal(badge.text, "0");
  cart.add("tea", 450);
  assert.equal(badge.text, "1");
  assert.notEqual(badge.text, "0");
  cart.add("tea", 450, 2);
  assert.equal(badge.text, "3");
  cart.remove("tea");
  assert.equal(badge.text, "0");
  assert.equal(typeof badge.text, "string");
});

test("the banner greets the first purchase", () => {
  const { cart, banner } = createShop();
  assert.equal(banner.visible, false);
  cart.add("tea", 450);
  assert.equal(banner.visible, true);
  banner.dismiss();
  cart.add("tea", 450);
  assert.equal(banner.visible, false);
});

test("a dismissed banner stays hidden", () => {
  const { cart, banner, badge } = createShop();
  banner.dismiss();
  cart.add("tea", 450);
  cart.add("cup", 900);
  assert.equal(banner.visible, false);
  assert.equal(badge.text, "2");
});

// The list of totals grows while it is held, so it is looked at where it is.
const WATCHES_TOTALS = `
import { createShop } from "/workspace/src/shop.js";
const { cart, audit } = createShop();
let totals = null;
cart.events.once("change", () => {
  totals = audit.watchTotals();
});
cart.add("tea", 450);
const first = [...totals];
cart.add("cup", 900);
console.log(JSON.stringify([first, totals]));
`;

test("totals watched from within a change begin with the next one", () => {
  const said = execFileSync(process.env.SOLUTION, ["node", "--input-type=module", "-e", WATCHES_TOTALS], { encoding: "utf8" });
  assert.deepEqual(JSON.parse(said), [[], [1350]]);
});

test("the audit log keeps each state as it was", () => {
  const { cart, audit } = createShop();
  cart.add("tea", 450);
  cart.add("tea", 450);
  cart.add("cup", 900);
  cart.remove("tea");
  assert.deepEqual(audit.entries(), [
    { items: [{ sku: "tea", cents: 450, quantity: 1 }], count: 1, totalCents: 450 },
    { items: [{ sku: "tea", cents: 450, quantity: 2 }], count: 2, totalCents: 900 },
    { items: [{ sku: "tea", cents: 450, quantity: 2 }, { sku: "cup", cents: 900, quantity: 1 }], count: 3, totalCents: 1800 },
    { items: [{ sku: "cup", cents: 900, quantity: 1 }], count: 1, totalCents: 900 },
  ]);
});

test("a snapshot does not follow the cart", () => {
  const { cart } = createShop();
  cart.add("tea", 450);
  const before = cart.snapshot();
  cart.add("tea", 450);
  assert.equal(before.items[0].quantity, 1);
  assert.equal(before.totalCents, 450);
  assert.equal(cart.snapshot().totalCents, 900);
});

test("changing a snapshot or a payload does not change the cart", () => {
  const { cart, audit } = createShop();
  cart.events.on("change", (state) => {
    state.items[0].cents = 1;
    state.items.push({ sku: "ghost", cents: 1, quantity: 1 });
    state.count = 77;
  });
  cart.add("tea", 450);
  const copy = cart.snapshot();
  copy.items[0].quantity = 50;
  copy.items.length = 0;
  assert.deepEqual(cart.snapshot(), { items: [{ sku: "tea", cents: 450, quantity: 1 }], count: 1, totalCents: 450 });
  assert.equal(audit.entries().length, 1);
});

test("removing what is not in the cart changes nothing", () => {
  const { cart, audit } = createShop();
  assert.equal(cart.remove("tea"), false);
  assert.equal(audit.entries().length, 0);
});
