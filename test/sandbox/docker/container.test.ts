import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/core/task.ts";
import { containerOptions } from "../../../src/sandbox/docker/container.ts";

const SPEC = { image: "i", imageId: "i", limits: DEFAULT_LIMITS, runtime: null, runId: "r" } as const;

test("an agent's container has a user without privileges, and no capabilities", () => {
  const options = containerOptions({ ...SPEC, purpose: "agent" }, ["python3"], "owner");

  expect(options).toMatchObject({
    User: "1000:1000",
    NetworkDisabled: true,
    HostConfig: { CapDrop: ["ALL"], SecurityOpt: ["no-new-privileges"], ReadonlyRootfs: true },
  });
  expect(options.HostConfig?.CapAdd).toBeUndefined();
});

test("a container for grading starts as root with what it takes to be two users and to end their processes, and nothing else", () => {
  const options = containerOptions({ ...SPEC, purpose: "grading" }, ["python3"], "owner");

  expect(options).toMatchObject({
    User: "0:0",
    WorkingDir: "/",
    NetworkDisabled: true,
    HostConfig: {
      CapDrop: ["ALL"],
      CapAdd: ["SETUID", "SETGID", "KILL"],
      SecurityOpt: ["no-new-privileges"],
      ReadonlyRootfs: true,
      Tmpfs: { "/workspace": expect.stringContaining("uid=1000,gid=1000"), "/tmp": expect.stringContaining("uid=0,gid=0,mode=1777") },
    },
  });
  expect(options.HostConfig?.Privileged).toBeUndefined();
  expect(options.HostConfig?.Binds).toBeUndefined();
});
