import type { Texts } from "../../grade/small-task.ts";

/** One unusual thing that authors of tests do: a test file, which has `pytest` and the solution's module `shop`, and what lies beside it. */
export type Oddity = { readonly title: string; readonly body: string; readonly beside: Texts };

/** The solution that all of them try. */
export const SHOP = `import sys
class Box:
    made = 0
    def __init__(self, *items): self.items = list(items)
    def put(self, item):
        self.items.append(item)
        return self
    def __len__(self): return len(self.items)
    def __eq__(self, other): return isinstance(other, Box) and self.items == other.items
    def __hash__(self): return 7
def f(x): return x
def add(*numbers): return sum(numbers)
def boom(kind=ValueError): raise kind("boom")
def say(text): print(text)
async def later(x): return x
`;

/** Makes an oddity; its test file begins with the imports that all have. */
export function oddity(title: string, body: string, beside: Texts = {}): Oddity {
  return { title, body: `import pytest\nimport shop\n${body.trimStart()}`, beside };
}

/** The folder that an oddity has for itself. */
export function folderOf({ title }: Oddity): string {
  return title.replaceAll(/[^a-z0-9]+/gi, "_").toLowerCase();
}

/** The path of its test file, whose name no other has. */
export function fileOf(one: Oddity): string {
  return `${folderOf(one)}/test_${folderOf(one)}.py`;
}
