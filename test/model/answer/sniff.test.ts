import { expect, test } from "vitest";
import { OverBound } from "../../../src/model/answer/bounds.ts";
import { sniffed } from "../../../src/model/answer/sniff.ts";

async function* each(pieces: Iterable<string>): AsyncGenerator<string> {
  yield* pieces;
}

test.for([
  { text: '{"id":1}', form: "whole" },
  { text: "\n\n  [1]", form: "whole" },
  { text: "<html>", form: "whole" },
  { text: 'data: {"a":1}\n\n', form: "events" },
  { text: 'data:{"a":1}\n\n', form: "events" },
  { text: ": OPENROUTER PROCESSING\n\n", form: "events" },
  { text: "event: message_start\n", form: "events" },
  { text: "\r\n\r\nid: 1\n", form: "events" },
  { text: "database error", form: null },
  { text: "Internal Server Error", form: null },
  { text: "", form: null },
])("a body that begins with $text is of the form $form, in pieces of any size, and loses nothing", async ({ text, form }) => {
  for (const pieces of [[text], Array.from(text)]) {
    const found = await sniffed(each(pieces));
    let read = "";
    for await (const piece of found.pieces) read += piece;

    expect({ form: found.form, read }).toEqual({ form, read: text });
  }
});

test("a body that begins with blanks without end is refused", async () => {
  const blanks = function* () {
    for (;;) yield " ".repeat(65_536);
  };

  await expect(sniffed(each(blanks()))).rejects.toBeInstanceOf(OverBound);
});

test("leaving off early ends the body", async () => {
  let isEnded = false;
  const body = async function* () {
    try {
      yield "data: 1\n\n";
      yield "data: 2\n\n";
    } finally {
      isEnded = true;
    }
  };
  for await (const _piece of (await sniffed(body())).pieces) break;

  expect(isEnded).toBe(true);
});
