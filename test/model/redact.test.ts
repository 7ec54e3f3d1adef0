import { expect, test } from "vitest";
import { SecretRedactor } from "../../src/model/redact.ts";

test("a secret is taken out however it is spelled, and however often", () => {
  const book = new SecretRedactor();
  book.learn('sk-a/b+"c"');

  expect(book.redact('sk-a/b+"c" and sk-a%2Fb%2B%22c%22 and sk-a/b+\\"c\\", sk-a/b+"c"')).toBe(
    "[redacted] and [redacted] and [redacted], [redacted]",
  );
});

test("a secret that is part of another does not leave the rest behind", () => {
  const book = new SecretRedactor();
  book.learn("secret");
  book.learn("secret-and-more");

  expect(book.redact("my secret-and-more, my secret")).toBe("my [redacted], my [redacted]");
});

test("words that are too short to be a key are left alone", () => {
  const book = new SecretRedactor();
  for (const word of ["", "none", "EMPTY"]) book.learn(word);

  expect(book.redact("none of it is EMPTY")).toBe("none of it is EMPTY");
});
