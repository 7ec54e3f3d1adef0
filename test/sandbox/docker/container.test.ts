import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/core/task.ts";
import { containerOptions } from "../../../src/sandbox/docker/container.ts";
import type { Localhost } from "../../../src/sandbox/docker/localhost.ts";

const SPEC = { image: "i", imageId: "i", limits: DEFAULT_LIMITS, runtime: null, runId: "r", localhost: "image" } as const;

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

test("an engine sets up a network only for images that do not tell the addresses of localhost, and ::1 only where there is IPv6", () => {
  const of = (localhost: Localhost) => containerOptions({ ...SPEC, localhost, purpose: "agent" }, ["python3"], "owner");

  expect(of("image")).toMatchObject({ NetworkDisabled: true, HostConfig: { NetworkMode: "none" } });
  expect(of("engine")).toMatchObject({ NetworkDisabled: false, HostConfig: { NetworkMode: "none", Dns: ["127.0.0.1"] } });
  expect(of("engine").HostConfig?.Sysctls).toEqual({ "net.ipv6.conf.all.disable_ipv6": "0" });
  expect(of("engine-ipv4").HostConfig?.Sysctls).toBeUndefined();
});
