import type { Texts } from "./project.ts";

/** Tests for vitest or Jest, which differ in the name of their package. */
export function scriptTests(from: string): string {
  return `import { describe, expect, it, test } from "${from}";
import { price, type Item } from "./shop.ts";

interface Row { readonly n: number; readonly cost: number }

describe("price", () => {
  it("costs nothing for nothing", () => { expect(price({ n: 0 })).toBe(0); });
  test.each<Row>([{ n: 1, cost: 5 }, { n: 2, cost: 10 }])("$n cost $cost", ({ n, cost }) => { expect(price({ n })).toEqual(cost); });
  describe("für zwölf, “quoted” > nested", () => {
    it("is 60", async () => { const item: Item = { n: 12 }; await Promise.resolve(); expect(price(item)).toBe(60); });
  });
  it.skip("is skipped", () => { expect(1).toBe(2); });
  it.todo("is to be written");
  it("has a title twice", () => { expect(price({ n: 3 })).toBe(15); });
  it("has a title twice", () => { expect(price({ n: 4 })).toBe(20); });
  it("throws below zero", () => { expect(() => price({ n: -1 })).toThrow("negative"); });
});
`;
}

const PRICE =
  'export type Item = { readonly n: number };\n\nexport function price({ n }: Item): number {\n  if (n < 0) throw new Error("negative");\n  return n * 5;\n}\n';

/** A project in TypeScript: what the agent finds, and the reference solution. */
export const SCRIPT_PROJECT = {
  workspace: {
    "shop.ts":
      "export type Item = { readonly n: number };\n\nexport function price(item: Item): number {\n  throw new Error(String(item.n));\n}\n",
  },
  solution: { "shop.ts": PRICE },
};

/** A solution that gets all but one test wrong. */
export const WRONG: Texts = { "shop.ts": PRICE.replace("n * 5", "n * 4") };

/** A solution that cannot be parsed. */
export const BROKEN: Texts = { "shop.ts": "export function price( {\n" };

const NOTHING = "export type Item = { readonly n: number };\n\nexport function price(_: Item): number {\n  return -1;\n}\n";

/** A solution written against the framework `from`, which its plain run believes: it defines the assertions again. */
export function redefinedAssertions(from: string): Texts {
  const patch = 'for (const name of ["toBe", "toEqual", "toThrow"]) expect.extend({ [name]: () => ({ pass: true, message: () => "" }) });';
  return { "shop.ts": `import { expect } from "${from}";\n\n${patch}\n\n${NOTHING}` };
}

/** Takes from lines of tests the number that all but the first test of a title get. */
export function unnumbered(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replace(/ \(\d+\)$/, "")).sort();
}
