import { expect, test } from "vitest";
import { drawingMarkup, escapeMarkup, svg } from "../../../src/web/chart/drawing.ts";

test("a drawing is written as markup, with what is null left out and lists laid flat", () => {
  const drawing = svg("svg", { width: 20, role: "img" }, null, [svg("line", { x1: 0 }), [svg("text", {}, "5 %")]]);

  expect(drawingMarkup(drawing)).toBe('<svg width="20" role="img"><line x1="0"/><text>5 %</text></svg>');
});

test("no text or attribute of a drawing is read as markup", () => {
  const hostile = `"><script>alert('1')</script>&`;

  expect(drawingMarkup(svg("title", { class: hostile }, hostile))).toBe(
    `<title class="${escapeMarkup(hostile)}">${escapeMarkup(hostile)}</title>`,
  );
  expect(escapeMarkup(hostile)).not.toMatch(/[<>"']/);
});
