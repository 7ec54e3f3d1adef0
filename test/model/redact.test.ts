import { expect, test } from "vitest";
import { redactedAnswer, redactedIn, redactedLong, SecretRedactor } from "../../src/model/redact.ts";

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

test("a long text and a large answer lose every key that they lose at once, wherever it lies", async () => {
  const key = "sk-canary/0123456789+abcdefg";
  const secrets = new SecretRedactor();
  secrets.learn(key);
  for (let shift = 0; shift < 60; shift++) {
    const text = `${"x".repeat(256 * 1024 - shift)}${key}${"y".repeat(300_000)}${key}`;
    expect((await redactedLong(text, secrets.redact)) === secrets.redact(text)).toBe(true);
  }
  const answer = { [key]: [key, { a: `${"z".repeat(70_000)}${key}` }, 1, null], clean: "text" };

  expect(await redactedAnswer(answer, secrets.redact)).toEqual(redactedIn(answer, secrets.redact));
  expect((await redactedLong(key.repeat(20_000), secrets.redact)).includes(key.slice(0, 12))).toBe(false);
});

test("a secret of which any letter is an escape is taken out with its escapes, and nothing else", () => {
  const secrets = new SecretRedactor();
  secrets.learn("sk-key/01");
  const escaped = [
    "\\u0073k-key/01",
    "sk\\\\u002Dkey\\/01",
    "\\u0073\\u006b\\u002d\\u006b\\u0065\\u0079\\u002f\\u0030\\u0031",
    "%73k-key/01",
    "&#115;k-&#x6b;ey/01",
  ];

  for (const key of escaped)
    expect(secrets.redact(`\\u00e9 ${key}, ${key}${key} 100%`)).toBe("\\u00e9 [redacted], [redacted][redacted] 100%");
  expect(secrets.redact("\\u0073k-key/02 %zz &#115;")).toBe("\\u0073k-key/02 %zz &#115;");
});

test("a text of nothing but escapes and backslashes takes no longer than one of words", () => {
  const secrets = new SecretRedactor();
  secrets.learn("sk-key/0123456789");

  const began = performance.now();
  for (const part of ["\\u0073", "\\", "%73", "&#0", "&#115;"]) secrets.redact(part.repeat(50_000));
  expect(performance.now() - began).toBeLessThan(10_000);
});
