import { expect, test } from "vitest";
import { unchanging } from "../../src/core/digest.ts";
import { UserError } from "../../src/core/errors.ts";
import type { SourceFile } from "../../src/core/task.ts";

const file = (path: string, text: string): SourceFile => ({ path, bytes: Buffer.from(text), executable: false });

test("trials that use the same files at the same time share their contents", async () => {
  const { read } = unchanging("here", () => [file("a", "1"), file("b", "2")]);

  const [first, second] = [await read(), await read()];

  expect(first.map(({ path }) => path)).toEqual(["a", "b"]);
  expect(second).toBe(first);
});

test("files that have changed are refused while their former contents are still in use", async () => {
  let text = "1";
  const { read } = unchanging("here", () => [file("a", text)]);
  const former = await read();
  text = "2";

  await expect(read()).rejects.toThrow(UserError);
  expect(former).toEqual([file("a", "1")]);
});

test("the digest depends on paths, contents and modes, and on where one file ends", () => {
  const digests = [
    [file("a", "1"), file("b", "2")],
    [file("a", "1\0b\0-\x001\x002")],
    [file("a", "12"), file("b", "")],
    [{ ...file("a", "1"), executable: true }, file("b", "2")],
  ].map((files) => unchanging("here", () => files).digest);

  expect(new Set(digests).size).toBe(digests.length);
});
