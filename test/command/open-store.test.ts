import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { openExistingToWrite, openToRead, openToWrite } from "../../src/command/open-store.ts";
import { openTrust, type TrustRequest } from "../../src/command/trust/trust.ts";
import { UserError } from "../../src/core/errors.ts";
import { MIGRATIONS } from "../../src/store/migration.ts";
import { startCli } from "../fixtures/cli.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

/** A user who keeps answers in `folder`, and says no to every question; `asked` collects the questions. */
function user(folder: TempFolder, answer: "y" | "n" = "n") {
  const asked: string[] = [];
  const notes: string[] = [];
  const ask = async (question: string): Promise<string> => {
    asked.push(question);
    return answer;
  };
  return { asked, notes, trust: openTrust({ ask, path: folder.at("config/trust.yaml") }, { notify: (line) => notes.push(line) }) };
}

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test("a new database is created without a question, for its user alone, and is known ever after", async () => {
  using folder = new TempFolder();
  const { asked, trust } = user(folder);
  const path = folder.at("results/bench.db");

  const store = await openToWrite(path, trust);
  const modes = readdirSync(folder.at("results")).map((file) => [file, modeOf(folder.at(`results/${file}`))]);
  store.close();
  (await openExistingToWrite(path, trust)).close();

  expect(asked).toEqual([]);
  expect(modes).toEqual([
    ["bench.db", "600"],
    ["bench.db-shm", "600"],
    ["bench.db-wal", "600"],
  ]);
});

test("a database that others share keeps its mode", async () => {
  using folder = new TempFolder();
  const { trust } = user(folder);
  (await openToWrite(folder.at("bench.db"), trust)).close();
  chmodSync(folder.at("bench.db"), 0o664);

  const store = await openToWrite(folder.at("bench.db"), trust);

  expect([modeOf(folder.at("bench.db")), modeOf(folder.at("bench.db-wal"))]).toEqual(["664", "664"]);
  store.close();
});

test("writing to a database of somebody else asks once, and changes nothing before the answer", async () => {
  using folder = new TempFolder();
  using stranger = new TempFolder();
  (await openToWrite(stranger.at("bench.db"), user(stranger).trust)).close();
  copyFileSync(stranger.at("bench.db"), folder.at("bench.db"));
  const before = readFileSync(folder.at("bench.db"));
  const refusing = user(folder);

  await expect(openToWrite(folder.at("bench.db"), refusing.trust)).rejects.toThrow(UserError);

  expect(refusing.asked).toEqual([expect.stringMatching(/^Write to ".*bench\.db"\? It was not made here/)]);
  expect(readFileSync(folder.at("bench.db"))).toEqual(before);
  expect(readdirSync(folder.path)).toEqual(["bench.db"]);
  (await openToWrite(folder.at("bench.db"), user(folder, "y").trust)).close();
  const later = user(folder);
  (await openToWrite(folder.at("bench.db"), later.trust)).close();
  expect(later.asked).toEqual([]);
});

test("a database of a version without ids asks at the first write, and keeps the id that was allowed", async () => {
  using folder = new TempFolder();
  const database = new Database(folder.at("bench.db"));
  for (const sql of MIGRATIONS.slice(0, 6)) database.exec(sql);
  database.pragma("application_id = 1651401576");
  database.pragma("user_version = 6");
  database.close();
  const requests: TrustRequest[] = [];
  const confirm = async (asked: readonly TrustRequest[]): Promise<void> => void requests.push(...asked);

  const store = await openToWrite(folder.at("bench.db"), { ...user(folder).trust, confirm });

  expect(requests).toEqual([{ kind: "database", id: store.id, path: folder.at("bench.db") }]);
  store.close();
});

test("a run goes on when the configuration folder cannot be written, and says so in one line", async () => {
  using folder = new TempFolder();
  // A file where the folder would be, since nothing stops root from writing.
  folder.write({ config: "" });
  const { notes, trust } = user(folder);

  (await openToWrite(folder.at("bench.db"), trust)).close();

  expect(notes).toEqual([expect.stringMatching(/^Cannot remember this in ".*": .*; it will be asked again$/)]);
});

/** Places in a checkout at which a stranger can put something else than a database. */
const PLACES: readonly { readonly title: string; readonly plant: (folder: string, outside: string) => void }[] = [
  {
    title: "the database is a link",
    plant: (folder, outside) => {
      mkdirSync(join(folder, "results"));
      symlinkSync(join(outside, "mine.db"), join(folder, "results/bench.db"));
    },
  },
  { title: "the folder of results is a link", plant: (folder, outside) => symlinkSync(outside, join(folder, "results")) },
  {
    title: "the log is a link",
    plant: (folder, outside) => {
      mkdirSync(join(folder, "results"));
      copyFileSync(join(outside, "bench.db"), join(folder, "results/bench.db"));
      symlinkSync(join(outside, "mine.txt"), join(folder, "results/bench.db-wal"));
    },
  },
  {
    title: "the database is a named pipe",
    plant: (folder) => {
      mkdirSync(join(folder, "results"));
      execFileSync("mkfifo", [join(folder, "results/bench.db")]);
    },
  },
  { title: "the folder of results is a file", plant: (folder) => writeFileSync(join(folder, "results"), "") },
  { title: "the database is a folder", plant: (folder) => mkdirSync(join(folder, "results/bench.db"), { recursive: true }) },
  {
    title: "a rollback journal lies beside it",
    plant: (folder, outside) => {
      mkdirSync(join(folder, "results"));
      copyFileSync(join(outside, "bench.db"), join(folder, "results/bench.db"));
      writeFileSync(join(folder, "results/bench.db-journal"), Buffer.alloc(512, 1));
    },
  },
];

test.for(PLACES)("bench list and bench baseline refuse with one line when $title", async ({ plant }) => {
  using folder = new TempFolder();
  using outside = new TempFolder();
  (await openToWrite(outside.at("bench.db"), user(outside).trust)).close();
  copyFileSync(outside.at("bench.db"), outside.at("mine.db"));
  outside.write({ "mine.txt": "canary" });
  const before = readdirSync(outside.path).filter((file) => file !== "config");
  const bytes = before.map((file) => readFileSync(outside.at(file)));
  plant(folder.path, outside.path);

  for (const args of [["list"], ["baseline", "save", "main", "--trust"]]) {
    const { code, stderr, stdout } = await startCli(args, { cwd: folder.path }).end;
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /^bench: Cannot open database "results\/bench\.db": [^\n]*; (?:name a plain file|if the link is yours, name the database by its own path) with --db\n$/,
    );
    expect(code).toBe(2);
  }
  expect(before.map((file) => readFileSync(outside.at(file)))).toEqual(bytes);
});

test("a database that another process has open is read while it is written, and so is a copy of it", async () => {
  using folder = new TempFolder();
  const { trust } = user(folder);
  (await openToWrite(folder.at("bench.db"), trust)).close();
  const writer = await openToWrite(folder.at("bench.db"), trust);
  writer.saveExpected("task", "image", { required: ["one"], shapes: null });
  copyFileSync(folder.at("bench.db"), folder.at("copy.db"));

  const reader = openToRead(folder.at("bench.db"));
  const copy = openToRead(folder.at("copy.db"));

  expect(reader.expected("task", "image")).toEqual({ required: ["one"], shapes: null });
  writer.saveExpected("task", "image", { required: ["two"], shapes: null });
  expect(reader.expected("task", "image")).toEqual({ required: ["two"], shapes: null });
  // The log was not copied.
  expect(copy.expected("task", "image")).toBeNull();
  copy.close();
  reader.close();
  expect(writer.expected("task", "image")).toEqual({ required: ["two"], shapes: null });
  writer.close();
});
