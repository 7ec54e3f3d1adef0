import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/core/errors.ts";
import { placeInside, placeNamed } from "../../../src/files/place.ts";
import { readExerciseConfig } from "../../../src/import/exercism/exercise-config.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

function read(text: string) {
  using temp = new TempFolder();
  return readExerciseConfig(placeInside(placeNamed(temp.write({ "config.json": text })), "config.json"));
}

const files = '"files": { "solution": ["a.py"], "test": ["a_test.py"], "example": ["e.py"] }';

describe("an exercise's config.json", () => {
  test("lists the files and what they are for", () => {
    expect(read(`{ ${files}, "blurb": "b" }`)).toEqual({
      blurb: "b",
      solution: ["a.py"],
      test: ["a_test.py"],
      example: ["e.py"],
      editor: [],
      mayRunLong: false,
    });
  });

  test("may name the example exemplar", () => {
    expect(read('{ "files": { "solution": ["a.py"], "test": ["t.py"], "exemplar": ["x.py"] } }').example).toEqual(["x.py"]);
  });

  test.for([
    { title: "a missing comma after text", text: `{ "blurb": "b"\n  "source": "s",\n ${files} }` },
    { title: "a missing comma after a list", text: `{ "authors": []\n\n ${files} }` },
    { title: "a missing comma after an object", text: `{ ${files}\n "blurb": "b" }` },
    { title: "a surplus comma", text: `{ ${files}, }` },
  ])("is read despite $title", ({ text }) => {
    expect(read(text).solution).toEqual(["a.py"]);
  });

  test.for([
    { title: "is not JSON", text: "{ files: ", message: /config\.json": it is not JSON/ },
    { title: "is a list", text: "[]", message: /has no "files"/ },
    { title: "has no files", text: "{}", message: /has no "files"/ },
    { title: "has no solution", text: '{ "files": { "test": ["t.py"] } }', message: /"files\.solution" names no file/ },
    { title: "has no test", text: '{ "files": { "solution": ["a.py"], "test": [] } }', message: /"files\.test" names no file/ },
    { title: "has a text for a list", text: '{ "files": { "solution": "a.py" } }', message: /"files\.solution" is not a list/ },
    {
      title: "leads out of the folder",
      text: '{ "files": { "solution": ["../../a.py"], "test": ["t.py"] } }',
      message: /"\.\.\/\.\.\/a\.py"/,
    },
    { title: "names an absolute path", text: '{ "files": { "solution": ["a.py"], "test": ["/etc/passwd"] } }', message: /"\/etc\/passwd"/ },
    { title: "names a number", text: '{ "files": { "solution": [1], "test": ["t.py"] } }', message: /holds 1/ },
  ])("that $title is a user's mistake that names the file", ({ text, message }) => {
    expect(() => read(text)).toThrow(UserError);
    expect(() => read(text)).toThrow(message);
  });
});
