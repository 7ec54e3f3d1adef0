import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { EXAMPLE_LANGUAGES } from "../../../src/command/init/example-language.ts";
import { writeStart } from "../../../src/command/init/init-files.ts";
import { askStart } from "../../../src/command/init/start-init.ts";
import { loadSuite } from "../../../src/config/suite.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

test("a first suite is written once, and what exists is kept", () => {
  using folder = new TempFolder();
  folder.write({ "models.yaml": "mine\n" });

  const { written, kept } = writeStart(folder.path, "python");

  expect(kept).toEqual([folder.at("models.yaml")]);
  expect(readFileSync(folder.at("models.yaml"), "utf8")).toBe("mine\n");
  expect(written).toContain(folder.at("tasks/my-suite/slugify/task.yaml"));
  expect(loadSuite(folder.at("tasks/my-suite")).tasks).toHaveLength(1);
  expect(writeStart(folder.path, "python").written).toEqual([]);
});

test("a new folder may be named", () => {
  using folder = new TempFolder();

  expect(writeStart(folder.at("new/project"), "python").kept).toEqual([]);
  expect(existsSync(folder.at("new/project/models.yaml"))).toBe(true);
});

test.for(["tasks", "tasks/my-suite", "tasks/my-suite/slugify"])(
  "nothing is written through %s when it is a link, and a plain copy goes through it",
  (linked) => {
    using folder = new TempFolder();
    folder.write({ "checkout/models.yaml": "models: []\n" });
    mkdirSync(folder.at("away"));
    mkdirSync(folder.at(`checkout/${linked}/..`), { recursive: true });
    symlinkSync(folder.at("away"), folder.at(`checkout/${linked}`));
    copyFileSync(folder.at("checkout/models.yaml"), folder.at(`checkout/${linked}/plain.yaml`));
    expect(readdirSync(folder.at("away"))).toEqual(["plain.yaml"]);

    expect(() => writeStart(folder.at("checkout"), "python")).toThrow(/^Cannot (?:read|write) .* is a link; put the \w+ itself there$/);
    expect(readdirSync(folder.at("away"))).toEqual(["plain.yaml"]);
  },
);

test.for(EXAMPLE_LANGUAGES)("the first task may be one in %s, with a reference and a solution that must fail", async (language) => {
  using folder = new TempFolder();

  writeStart(folder.path, language);

  const [task] = loadSuite(folder.at("tasks/my-suite")).tasks;
  expect(task).toMatchObject({ id: "slugify", tags: [language, "easy"] });
  expect(await task?.files.reference()).not.toBeNull();
  expect((await task?.files.wrong())?.length).toBeGreaterThan(0);
});

test("a terminal is asked what to begin with", async () => {
  const answering = (...answers: readonly string[]) => {
    const left = [...answers];
    return askStart(async () => left.shift() ?? "");
  };

  await expect(answering("", "")).resolves.toEqual({ language: "python" });
  await expect(answering("example", " Go ")).resolves.toEqual({ language: "go" });
  await expect(answering("git:../shop")).resolves.toEqual({ from: "git:../shop" });
  await expect(answering("", "cobol")).rejects.toThrow(
    'Cannot begin in "cobol": there is no example in it; choose from python, typescript, go, rust, java',
  );
});
