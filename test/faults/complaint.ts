import { expect } from "vitest";

const MAX_MS = 2_000;

/** Does something and gives what it threw, or null; fails when it computes for so long that a person would think it hangs, however busy the machine is. */
export function thrownBy(work: () => unknown): unknown {
  const began = process.cpuUsage();
  try {
    work();
    return null;
  } catch (error) {
    return error;
  } finally {
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(MAX_MS);
  }
}

/** Checks that a message is one that a person can be shown: one line, bounded, without commands to the terminal. */
export function expectPresentable(message: string, mostCharacters = 600): void {
  expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  expect(message.length).toBeLessThan(mostCharacters);
}
