import { expect, test } from "vitest";
import { noSignal, requestFor, type SandboxAdapter, succeed } from "./sandbox-fixture.ts";

/** What a provider of sandboxes of any kind must do. */
export function providerContract({ provider }: SandboxAdapter): void {
  test("the default image has a name and an id, and its name means the same image", () => {
    const image = provider.image(null);

    expect(image).toEqual({ name: expect.stringMatching(/./), id: expect.stringMatching(/./) });
    expect(provider.image(image.name)).toEqual(image);
  });

  test("sandboxes for agents and for grading are alike and share nothing", async () => {
    const [agent, grading] = await Promise.all([
      provider.open(requestFor({ purpose: "agent" }), noSignal),
      provider.open(requestFor({ purpose: "grading" }), noSignal),
    ]);
    try {
      await succeed(agent, "echo mine > file.txt");

      expect(await succeed(grading, "pwd; ls | wc -l")).toBe("/workspace\n0\n");
      expect(agent.id).not.toBe(grading.id);
    } finally {
      await Promise.all([agent.close(), grading.close()]);
    }
  });

  test("an aborted signal opens nothing, and its reason is thrown", async () => {
    await expect(provider.open(requestFor(), AbortSignal.abort(new Error("not wanted")))).rejects.toThrow("not wanted");
  });
}
