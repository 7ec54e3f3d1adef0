import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { type GateStepEnd, git, runGateStep } from "../fixtures/gate-step.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

type Files = Readonly<Record<string, string | null>>;

function write(at: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at, path)), { recursive: true });
    if (text === null) rmSync(join(at, path));
    else writeFileSync(join(at, path), text);
  }
}

/** Gates a path of a checkout of two commits, beside whose files the working tree has others. */
async function gate(
  overlay: string,
  { base, head }: { readonly base: Files; readonly head: Files },
  change?: (at: string) => void,
): Promise<GateStepEnd> {
  using folder = new TempFolder();
  const at = folder.at("checkout");
  write(at, { "README.md": "about\n", ...base });
  await git(at, "init", "-q");
  await git(at, "add", ".");
  await git(at, "commit", "-qm", "base");
  write(at, { "README.md": "more\n", ...head });
  change?.(at);
  await git(at, "add", "--all", ".");
  await git(at, "commit", "-qm", "head");
  write(at, { "AGENTS.md": "Only in the working tree.\n" });
  return await runGateStep(folder, at, { BENCH_OVERLAY: overlay, BENCH_BASE_REF: "HEAD~1" });
}

test("a file of both commits is laid at the top of the workspace", async () => {
  const files = { base: { "docs/AGENTS.md": "Be brief.\n" }, head: { "docs/AGENTS.md": "Be thorough.\n" } };
  const { overlays, prompts, stderr } = await gate("./docs/AGENTS.md", files);

  expect(overlays).toEqual({ base: { "AGENTS.md": "Be brief.\n" }, head: { "AGENTS.md": "Be thorough.\n" } });
  expect(prompts).toBeNull();
  expect(stderr).not.toContain("bench gate:");
});

test.for(["evals/overlay", "evals/overlay/"])("all files of the folder %s are laid at their places, and no others", async (path) => {
  const base = { "evals/overlay/AGENTS.md": "a\n", "evals/overlay/.claude/skills/x y/SKILL.md": "b\n", "evals/overlay2/c.md": "c\n" };
  const head = { "evals/overlay/AGENTS.md": null, "evals/overlay/new.md": "d\n" };
  const { overlays } = await gate(path, { base, head });

  expect(overlays).toEqual({
    base: { "AGENTS.md": "a\n", ".claude/skills/x y/SKILL.md": "b\n" },
    head: { "new.md": "d\n", ".claude/skills/x y/SKILL.md": "b\n" },
  });
});

test("a file that is new is compared with the workspace as it is", async () => {
  const { overlays, stderr } = await gate("AGENTS.md", { base: {}, head: { "AGENTS.md": "new\n" } });

  expect(overlays).toEqual({ base: null, head: { "AGENTS.md": "new\n" } });
  expect(stderr).not.toContain("bench gate:");
});

const FOLDER = { "o/a.md": "a\n" };

test.for<{ title: string; path: string; head: Files; change?: (at: string) => void; says: RegExp }>([
  { title: "is in neither commit", path: "none.md", head: {}, says: /neither commit [0-9a-f]{40} nor commit [0-9a-f]{40} has it/ },
  {
    title: "has a link in it",
    path: "o",
    head: FOLDER,
    change: (at) => symlinkSync("/etc/passwd", join(at, "o/b.md")),
    says: /"o\/b\.md": it is a link/,
  },
  { title: "is a link", path: "l", head: {}, change: (at) => symlinkSync("/etc", join(at, "l")), says: /"l": it is a link/ },
  {
    title: "has too many files",
    path: "o",
    head: Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`o/${index}`, "x"])),
    says: /more than 200 files/,
  },
  {
    title: "has a file with a line end in its name",
    path: "o",
    head: { "o/a\n::add-mask::b": "x" },
    says: /the path has a control character/,
  },
  { title: "has a large file", path: "o", head: { "o/a": "x".repeat(1_048_577) }, says: /it has 1048577 bytes/ },
  { title: "leads outwards", path: "../x", head: {}, says: /no path inside the repository; set the input "overlay"/ },
])("what $title is refused in one line, and nothing is kept", async ({ path, head, change, says }) => {
  const { status, output, overlays, stderr } = await gate(path, { base: {}, head }, change);

  expect({ status, output, overlays }).toEqual({ status: 2, output: "exit-code=2\n", overlays: { base: null, head: null } });
  expect(stderr).toMatch(says);
  expect(stderr).toMatch(/^[ -~]+\n$/);
});

test("a prompt and an overlay at once are two changes", async () => {
  using folder = new TempFolder();
  folder.write({ "checkout/a": "" });
  const { status, stderr } = await runGateStep(folder, folder.at("checkout"), {
    BENCH_PROMPT: "a",
    BENCH_OVERLAY: "b",
    BENCH_BASE_REF: "HEAD",
  });

  expect(status).toBe(2);
  expect(stderr).toContain('both inputs "prompt" and "overlay" are set; use a step for each');
});
