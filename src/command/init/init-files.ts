import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf, UserError } from "../../core/errors.ts";

const TASK = "tasks/my-suite/slugify";

// A task that can be read in a minute and has every part that a task can have.
const FILES: Readonly<Record<string, string>> = {
  "tasks/my-suite/suite.yaml": `name: my-suite
title: My first suite
# tasks: [slugify]        # task folders in order; default: all of them, sorted
# defaults: {timeout_seconds: 60}
`,
  [`${TASK}/task.yaml`]: `title: Turn titles into slugs
difficulty: easy
tags: [python]
# Files that are submitted from the agent's sandbox for grading; nothing else is.
deliver: ["slugify.py"]
tests:
  runner: pytest          # pytest, node or exit-status
  timeout_seconds: 30
`,
  [`${TASK}/prompt.md`]: `Write \`slugify(title)\` in \`slugify.py\`.

It returns the title in lower case, with every run of characters other than ASCII letters and digits
replaced by one hyphen, and no hyphen at either end. Any other type than \`str\` raises \`TypeError\`.
`,
  [`${TASK}/workspace/slugify.py`]: `def slugify(title):
    raise NotImplementedError
`,
  [`${TASK}/tests/test_slugify.py`]: `import pytest

from slugify import slugify


def test_words_are_joined():
    assert slugify("Hello, World") == "hello-world"
    assert type(slugify("Hello")) is str


def test_no_hyphen_at_the_ends():
    slug = slugify("  --Hi there!--  ")
    assert slug == "hi-there"
    assert not slug.startswith("-") and not slug.endswith("-")


def test_runs_become_one_hyphen():
    assert "--" not in slugify("a -- b")


def test_only_punctuation_is_empty():
    assert slugify("?!") == ""


def test_other_types_raise():
    with pytest.raises(TypeError):
        slugify(7)
`,
  [`${TASK}/solution/slugify.py`]: `import re


def slugify(title):
    if not isinstance(title, str):
        raise TypeError("title must be a str")
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
`,
  [`${TASK}/wrong/keeps-runs/slugify.py`]: `import re


def slugify(title):
    if not isinstance(title, str):
        raise TypeError("title must be a str")
    return re.sub(r"[^a-z0-9]", "-", title.lower()).strip("-")
`,
  [`${TASK}/wrong/takes-anything/slugify.py`]: `import re


def slugify(title):
    return re.sub(r"[^a-z0-9]+", "-", str(title).lower()).strip("-")
`,
};

/** Writes the first files into a folder, without overwriting any; returns the paths of those written and of those that existed. Throws UserError when the folder is not writable. */
export function writeStart(folder: string): { readonly written: readonly string[]; readonly kept: readonly string[] } {
  // The list of models that comes with the package is the commented example.
  const models = readFileSync(new URL("../../../models.yaml", import.meta.url), "utf8");
  const files = Object.entries({ "models.yaml": models, ...FILES }).map(([path, text]) => ({ path: join(folder, path), text }));
  const kept = files.filter(({ path }) => existsSync(path));
  const written = files.filter((file) => !kept.includes(file));
  try {
    for (const { path, text } of written) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text, { flag: "wx" });
    }
  } catch (error) {
    throw new UserError(`Cannot write to "${folder}": ${messageOf(error)}; choose a folder that is writable`);
  }
  return { written: written.map(({ path }) => path), kept: kept.map(({ path }) => path) };
}
