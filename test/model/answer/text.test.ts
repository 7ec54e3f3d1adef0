import { expect, test } from "vitest";
import { MAX_RECORDED_CHARS } from "../../../src/model/answer/bounds.ts";
import { TextGatherer, TextRecorder } from "../../../src/model/answer/text.ts";

const same = async (text: string): Promise<string> => text;

test("text is gathered from pieces of any size, and gathering starts again after it was taken", () => {
  const text = new TextGatherer();
  const pieces = Array.from({ length: 30_000 }, (_, n) => String(n));
  for (const piece of pieces) text.add(piece);

  expect(text.length).toBe(pieces.join("").length);
  expect(text.take()).toBe(pieces.join(""));
  expect(text.take()).toBe("");
});

test("a text that fits is recorded whole", async () => {
  const recorder = new TextRecorder();
  const whole = "ab".repeat(MAX_RECORDED_CHARS / 2);
  for (let at = 0; at < whole.length; at += 1_000_000) recorder.add(whole.slice(at, at + 1_000_000));

  expect((await recorder.text(same)) === whole).toBe(true);
});

test("of a longer text the beginning and the end are recorded, in bounded memory, and it says how much is left out", async () => {
  const recorder = new TextRecorder();
  recorder.add("begin ");
  for (let n = 0; n < 500; n++) recorder.add("x".repeat(100_000));
  recorder.add(" end");
  const text = await recorder.text(same);
  const omitted = Number(/\n\[([\d,]+) characters left out\]\n/.exec(text)?.[1]?.replaceAll(",", ""));

  expect(text.length).toBeLessThan(MAX_RECORDED_CHARS + 200_000);
  expect([text.slice(0, 6), text.slice(-4)]).toEqual(["begin ", " end"]);
  expect(text.replace(/\n\[.*\]\n/, "").length + omitted).toBe(50_000_010);
});

test("half of a key at the cut is not recorded", async () => {
  const key = "sk-key-0123456789";
  const redact = async (text: string): Promise<string> => text.replaceAll(key, "[redacted]");
  for (let shift = 0; shift < key.length; shift++) {
    const recorder = new TextRecorder();
    recorder.add("-".repeat(shift));
    for (let n = 0; n < 1000; n++) recorder.add(key.repeat(500));
    expect((await recorder.text(redact)).includes(key.slice(0, 5))).toBe(false);
  }
});
