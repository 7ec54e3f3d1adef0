import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { writeStart } from "../../../src/command/init/init-files.ts";
import { loadSuite } from "../../../src/config/suite.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

test("a first suite is written once, and what exists is kept", () => {
  using folder = new TempFolder();
  folder.write({ "models.yaml": "mine\n" });

  const { written, kept } = writeStart(folder.path);

  expect(kept).toEqual([folder.at("models.yaml")]);
  expect(readFileSync(folder.at("models.yaml"), "utf8")).toBe("mine\n");
  expect(written).toContain(folder.at("tasks/my-suite/slugify/task.yaml"));
  expect(loadSuite(folder.at("tasks/my-suite")).tasks).toHaveLength(1);
  expect(writeStart(folder.path).written).toEqual([]);
});

test("a new folder may be named", () => {
  using folder = new TempFolder();

  expect(writeStart(folder.at("new/project")).kept).toEqual([]);
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

    expect(() => writeStart(folder.at("checkout"))).toThrow(/^Cannot (?:read|write) .* is a link; put the \w+ itself there$/);
    expect(readdirSync(folder.at("away"))).toEqual(["plain.yaml"]);
  },
);
