import { describe, expect, test } from "vitest";
import { HostDead, Lane } from "../../../src/model/traffic/rate-limiter.ts";
import { bringDown, ended, FREE, send, settled, someone } from "../lane-traffic.ts";
import { VirtualClock } from "../virtual-clock.ts";

describe("a lane to a host that says it is too much", () => {
  test("lets fewer in at once, and more again as answers come", async () => {
    const clock = new VirtualClock();
    const lane = new Lane({ ...FREE, concurrency: 8 }, clock);
    await Promise.all(Array.from({ length: 8 }, () => send(lane, clock, 10, ended("overloaded"))));
    expect(lane.allowed).toBe(4);

    const beganMs = clock.nowMs;
    const starts = await Promise.all(Array.from({ length: 13 }, () => send(lane, clock, 10, ended("answered"))));
    expect(starts.map((atMs) => atMs - beganMs)).toEqual([0, 0, 0, 0, 10, 10, 10, 10, 10, 20, 20, 20, 20]);
    expect(lane.allowed).toBe(6);
  });

  test("waits until a quota is whole that an answer used up, and not once more for an answer of before", async () => {
    const clock = new VirtualClock();
    const lane = new Lane(FREE, clock);
    const beganMs = clock.nowMs;
    const early = send(lane, clock, 100, ended("answered", { quotaWaitMs: 29_900 }));
    await send(lane, clock, 0, ended("answered", { quotaWaitMs: 30_000 }));
    await early;

    expect((await send(lane, clock, 0, ended("answered"))) - beganMs).toBe(30_000);
    expect((await send(lane, clock, 0, ended("answered"))) - beganMs).toBe(30_000);
  });
});

describe("a lane to a host that is down", () => {
  test("lets nobody in but one probe at a time", async () => {
    const clock = new VirtualClock();
    const lane = new Lane(FREE, clock);
    await bringDown(lane, clock);
    expect(lane.isShut).toBe(true);

    const beganMs = clock.nowMs;
    const starts = await Promise.all(
      ["dead", "overloaded", "unclear"].map((health) => send(lane, clock, 100, ended(health as "dead")).then((atMs) => atMs - beganMs)),
    );
    expect(starts).toEqual([5000, 5000 + 100 + 10_000, 5000 + 100 + 10_000 + 100 + 20_000]);
  });

  test("lets everybody in at once when the probe is answered", async () => {
    const clock = new VirtualClock();
    const lane = new Lane(FREE, clock);
    await bringDown(lane, clock);
    const beganMs = clock.nowMs;
    const starts = await Promise.all(Array.from({ length: 6 }, () => send(lane, clock, 100, ended("answered"))));

    expect(starts.map((atMs) => atMs - beganMs)).toEqual([5000, 5100, 5100, 5100, 5100, 5100]);
    expect(lane.isShut).toBe(false);
  });

  test("lets everybody in when an answer comes to what was sent before", async () => {
    const clock = new VirtualClock();
    const lane = new Lane(FREE, clock);
    const slow = send(lane, clock, 2000, ended("answered"));
    await settled();
    for (let count = 0; count < 6; count += 1) (await lane.enter(someone)).leave(ended("dead"));
    expect(lane.isShut).toBe(true);

    const sentMs = await slow;
    expect((await send(lane, clock, 0, ended("answered"))) - sentMs).toBeLessThanOrEqual(2000);
  });

  test("sends the next probe at once when one is called off", async () => {
    const clock = new VirtualClock();
    const lane = new Lane(FREE, clock);
    await bringDown(lane, clock);
    const beganMs = clock.nowMs;
    (await lane.enter(someone)).leave(ended("no-news"));
    const next = await lane.enter(someone);

    expect(next.isProbe).toBe(true);
    expect(clock.nowMs - beganMs).toBe(5000);
  });

  test("probes with the models in turn, so that one which is down behind a gateway does not speak for all", async () => {
    const clock = new VirtualClock();
    const lane = new Lane(FREE, clock);
    await bringDown(lane, clock);
    const probed: string[] = [];
    const probes = ["sick", "sick", "sick", "well"].map(async (model, index) => {
      const pass = await lane.enter({ ...someone, model, isRetry: index === 0 });
      probed.push(model);
      pass.leave(ended(model === "well" ? "answered" : "dead"));
    });
    await Promise.all(probes);

    expect(probed.slice(0, 2)).toEqual(["sick", "well"]);
  });

  test("tells those who wait after ten minutes that there is no use, whoever comes later at once, and goes on probing", async () => {
    const clock = new VirtualClock();
    const lane = new Lane(FREE, clock);
    await bringDown(lane, clock);
    const beganMs = clock.nowMs;
    const probing = async (): Promise<never> => {
      for (;;) (await lane.enter({ ...someone, isRetry: true })).leave(ended("dead"));
    };
    const thrown = await Promise.all([probing(), probing(), probing()].map((loop) => loop.catch((error: unknown) => error)));

    expect(thrown).toEqual(Array.from({ length: 3 }, () => expect.any(HostDead)));
    expect(thrown[0]).toMatchObject({ deadMs: 600_000, fault: "http-502" });
    expect(clock.nowMs - beganMs).toBe(600_000);

    await expect(lane.enter(someone)).rejects.toBeInstanceOf(HostDead);
    await clock.sleep(60_000, someone.signal);
    const probe = await lane.enter(someone);
    expect(probe.isProbe).toBe(true);
    await expect(lane.enter(someone)).rejects.toBeInstanceOf(HostDead);

    probe.leave(ended("answered"));
    expect((await lane.enter(someone)).isProbe).toBe(false);
  });

  test("lets go of those who give up, a probe that waits for its turn too", async () => {
    const clock = new VirtualClock();
    const lane = new Lane({ ...FREE, concurrency: 1 }, clock);
    await bringDown(lane, clock);
    const stop = new AbortController();
    const gone = lane.enter({ ...someone, signal: stop.signal });
    const next = lane.enter(someone);
    stop.abort(new Error("gone"));

    await expect(gone).rejects.toThrow("gone");
    expect((await next).isProbe).toBe(true);
  });
});
