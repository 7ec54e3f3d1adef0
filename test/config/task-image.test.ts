import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadSuite } from "../../src/config/suite.ts";
import { TaskImages } from "../../src/config/task-image.ts";
import { UserError } from "../../src/core/errors.ts";
import { placeInside, placeNamed } from "../../src/files/place.ts";
import { TempFolder, tinySuite } from "../fixtures/temp-folder.ts";

const DOCKERFILE = "FROM bench-sandbox:latest\nCOPY . /\n";

function suiteWith(folder: TempFolder, image: string): void {
  folder.write({ "private/Dockerfile": DOCKERFILE, "private/key.txt": "canary\n", "suite/env/Dockerfile": DOCKERFILE });
  const files = Object.entries(tinySuite("add", "sub")).map(([path, text]) => [`suite/${path}`, text] as const);
  folder.write({ ...Object.fromEntries(files), "suite/suite.yaml": `name: tiny\ntasks: [add, sub]\ndefaults: {image: "${image}"}\n` });
  symlinkSync(folder.at("private"), folder.at("suite/away"));
  symlinkSync(folder.at("private/key.txt"), folder.at("suite/env/key.txt"));
}

test.for([
  { title: "leaves the suite", image: "./../private" },
  { title: "leaves the suite after a detour", image: "./env/../../private" },
  { title: "is a link", image: "./away" },
  { title: "is reached through a link", image: "./away/." },
])("an image folder that $title is refused, and plainly read it leads to files of the host", ({ image }) => {
  using folder = new TempFolder();
  suiteWith(folder, image);
  expect(readFileSync(join(folder.at("suite"), image, "key.txt"), "utf8")).toBe("canary\n");

  expect(() => loadSuite(folder.at("suite"))).toThrow(UserError);
  expect(() => loadSuite(folder.at("suite"))).toThrow(/is a link|not a path inside the folder/);
});

test("an image folder with a link in it is refused, and plainly read it yields a file of the host", () => {
  using folder = new TempFolder();
  suiteWith(folder, "./env");
  expect(readFileSync(folder.at("suite/env/key.txt"), "utf8")).toBe("canary\n");

  expect(() => loadSuite(folder.at("suite"))).toThrow(/env\/key\.txt": it is a link, a special file/);
});

test("what goes to the engine is what was digested, and a change in between is noticed", async () => {
  using folder = new TempFolder();
  folder.write({
    ...tinySuite("add"),
    "suite.yaml": "name: tiny\ndefaults: {image: ./env/}\n",
    "env/Dockerfile": DOCKERFILE,
    "env/a/b.txt": "b\n",
  });
  const { imageFolder } = loadSuite(folder.path).tasks[0] ?? {};

  expect((await imageFolder?.read())?.map(({ path }) => path)).toEqual(["Dockerfile", "a/b.txt"]);
  writeFileSync(folder.at("env/a/b.txt"), "c\n");
  await expect(imageFolder?.read()).rejects.toThrow(/env": it has changed since the run began/);
});

test("a folder that tasks share is read once, and equal folders have one image", () => {
  using folder = new TempFolder();
  folder.write({ "env/Dockerfile": DOCKERFILE, "add/env/Dockerfile": DOCKERFILE });
  const images = new TaskImages();
  const suite = placeNamed(folder.path);
  const first = images.find("./env", suite);
  writeFileSync(folder.at("env/Dockerfile"), "FROM other\n");

  expect(images.find("./env", suite)).toBe(first);
  expect(images.find("./env", placeInside(suite, "add")).image).toBe(first.image);
  expect(new TaskImages().find("./env", suite).image).not.toBe(first.image);
});

test.each(["../image", "..", "/srv/image", "~/image"])(
  "the image %s, a path that leads out of the task's folder, is refused as such",
  (image) => {
    using folder = new TempFolder();

    expect(() => new TaskImages().find(image, placeNamed(folder.path))).toThrow(
      `Cannot use image "${image}" of "${folder.path}": it is a path that leads out of this folder; put the folder with the Dockerfile inside, and write ./ before its name`,
    );
  },
);
