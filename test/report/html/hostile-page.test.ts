import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { openBrowser } from "../../fixtures/browser.ts";
import { runCli } from "../../fixtures/cli.ts";
import { saveHostileRuns } from "../../fixtures/hostile-store.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

// Opens what is folded, and gives the texts and attributes of the document as it is shown, outside of the scripts that hold its data.
const SHOWN_TEXTS = `(() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  const texts = [];
  for (let node = walker.currentNode; node; node = walker.nextNode()) {
    if (node.nodeType === 1) texts.push(...[...node.attributes].map(({ value }) => value));
    else if (!node.parentElement.closest("script, style")) texts.push(node.textContent);
  }
  return texts.join("\\n");
})()`;

test("the page shows hostile names, trajectories and logs in their visible form, in texts and in attributes", async () => {
  using folder = new TempFolder();
  saveHostileRuns(folder.at("bench.db"));
  const end = await runCli(["report", "20260101", "--db", "bench.db", "--output", "r.html"], { cwd: folder.path });
  expect(end).toMatchObject({ code: 0 });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    await page.goto(pathToFileURL(folder.at("r.html")).href);
    await page.waitForSelector("html[data-ready]");
    await page.locator("#matrix tbody td button").nth(1).click();
    await page.locator("article.pane").first().waitFor();
    const text: string = await page.evaluate(SHOWN_TEXTS);

    expect(faults).toEqual([]);
    expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
    for (const what of ["suite", "one", "two", "system", "task", "text", "result", "message", "tool"])
      expect(text).toContain(`${what}\\u001b]52;c;eA==\\u0007`);
    // The arguments of a call are JSON in JSON: read twice, and visible only then.
    expect(text).toContain('path="\\u001b]52;c;eA==\\u0007');
  } finally {
    await browser.close();
  }
});
