import { expect, test } from "vitest";
import { slugify } from "./slugify.ts";

test("words are joined", () => {
  expect(slugify("Hello, World")).toBe("hello-world");
});

test("there is no hyphen at the ends", () => {
  expect(slugify("  --Hi there!--  ")).toBe("hi-there");
});

test("runs become one hyphen", () => {
  expect(slugify("a -- b")).toBe("a-b");
});

test("only punctuation is empty", () => {
  expect(slugify("?!")).toBe("");
});
