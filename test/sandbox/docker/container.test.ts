import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/core/task.ts";
import { containerOptions } from "../../../src/sandbox/docker/container.ts";

const SPEC = { image: "i", imageId: "i", limits: DEFAULT_LIMITS, runtime: null, runId: "r", hasIpv6: true } as const;

test("an agent's container has a user without privileges, and no capabilities", () => {
  const options = containerOptions({ ...SPEC, purpose: "agent" }, ["python3"], "owner");

  expect(options).toMatchObject({
    User: "1000:1000",
    HostConfig: { NetworkMode: "none", CapDrop: ["ALL"], SecurityOpt: ["no-new-privileges"], ReadonlyRootfs: true },
  });
  expect(options.HostConfig?.CapAdd).toBeUndefined();
});

test("a container for grading starts as root with what it takes to be two users and to end their processes, and nothing else", () => {
  const options = containerOptions({ ...SPEC, purpose: "grading" }, ["python3"], "owner");

  expect(options).toMatchObject({
    User: "0:0",
    WorkingDir: "/",
    HostConfig: {
      NetworkMode: "none",
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

test("a container gets its address ::1 back where the kernel knows IPv6, and no setting of it elsewhere", () => {
  const settingsOf = (hasIpv6: boolean) =>
    containerOptions({ ...SPEC, hasIpv6, purpose: "agent" }, ["python3"], "owner").HostConfig?.Sysctls;

  expect(settingsOf(true)).toEqual({ "net.ipv6.conf.all.disable_ipv6": "0" });
  expect(settingsOf(false)).toBeUndefined();
});
