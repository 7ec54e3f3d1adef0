import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { TemplateError } from "/workspace/src/errors.js";
import { compile } from "/workspace/src/template.js";

const write = (source, data) => compile(source)(data);

/** The place of the fault in a template, as "line:column". */
function fault(source) {
  try {
    compile(source);
  } catch (error) {
    assert.ok(error instanceof TemplateError, `not a TemplateError: ${error}`);
    assert.equal(typeof error.line, "number");
    return `${error.line}:${error.column}`;
  }
  return "none";
}

const EMPTY = [undefined, null, false, 0, Number.NaN, "", []];
const FULL = [true, 1, -1, "0", " ", [0], {}, [[]]];

test("values, raw values and comments work as before", () => {
  const data = { a: { b: "<&>\"'" }, n: 0, list: [1, 2], "x": null };
  assert.equal(write("1 {{ a.b }} {{{a.b}}} {{! no {{ } !}}2", data), "1 &lt;&amp;&gt;&quot;&#39; <&>\"' 2");
  assert.equal(write("{{n}}|{{x}}|{{nothing.at.all}}|{{list.1}}|{{ list }}", data), "0|||2|1,2");
  assert.equal(write("{{.}}", 5), "5");
  assert.equal(write("{{ a.toString }}{{ constructor }}", data), "");
  assert.equal(typeof compile("plain } text {"), "function");
});

test("if writes one part or the other", () => {
  for (const value of FULL) assert.equal(write("<{{#if v}}yes{{else}}no{{/if}}>", { v: value }), "<yes>");
  for (const value of EMPTY) assert.equal(write("<{{#if v}}yes{{else}}no{{/if}}>", { v: value }), "<no>");
});

test("unless writes the other part", () => {
  for (const value of EMPTY) assert.equal(write("<{{#unless v}}yes{{else}}no{{/unless}}>", { v: value }), "<yes>");
  for (const value of FULL) assert.equal(write("<{{#unless v}}yes{{else}}no{{/unless}}>", { v: value }), "<no>");
});

test("the else part may be left out", () => {
  assert.equal(write("a{{#if v}}b{{/if}}c{{#each v}}d{{/each}}e{{#with v}}f{{/with}}g{{#unless w}}h{{/unless}}i", { w: 1 }), "acegi");
});

test("else if chooses the first part that fits", () => {
  const template = compile("{{#if a}}A{{else if b}}B{{else if c.d}}C{{else}}-{{/if}}.");
  assert.equal(template({ a: 1, b: 1 }), "A.");
  assert.equal(template({ b: 1, c: { d: 1 } }), "B.");
  assert.equal(template({ b: [], c: { d: 1 } }), "C.");
  assert.equal(template({}), "-.");
  assert.equal(write("{{#if a}}A{{else if b}}B{{/if}}", {}), "");
});

test("else if works inside nested blocks", () => {
  const source = "{{#each l}}{{#if a}}A{{else if b}}{{#if c}}C{{else}}c{{/if}}{{else}}-{{/if}}{{else}}none{{/each}}";
  assert.equal(write(source, { l: [{ a: 1 }, { b: 1, c: 1 }, { b: 1 }, {}] }), "ACc-");
  assert.equal(write(source, { l: [] }), "none");
});

test("each goes through arrays", () => {
  assert.equal(write("{{#each l}}[{{.}}]{{/each}}", { l: ["a", "<", 0, null, ""] }), "[a][&lt;][0][][]");
  assert.equal(write("{{#each l}}{{n}},{{/each}}", { l: [{ n: 1 }, { n: 2 }] }), "1,2,");
});

test("each goes through objects", () => {
  const data = { o: Object.assign(Object.create({ inherited: 1 }), { b: 2, a: 1, 7: 0 }) };
  assert.equal(write("{{#each o}}{{@key}}={{.}};{{/each}}", data), "7=0;b=2;a=1;");
});

test("each without elements writes its else part", () => {
  for (const value of [[], {}, undefined, null, "text", 5, true, false]) {
    assert.equal(write("{{#each v}}x{{else}}none{{/each}}", { v: value }), "none");
  }
});

test("with sets the current value", () => {
  assert.equal(write("{{#with a.b}}{{c}}{{.}}{{/with}}", { a: { b: Object.assign(Object("s"), { c: 1 }) } }), "1s");
  assert.equal(write("{{#with a}}{{b}}{{else}}-{{b}}{{/with}}", { a: { b: 1 }, b: 2 }), "1");
  for (const value of EMPTY) assert.equal(write("{{#with v}}x{{else}}none{{/with}}", { v: value }), "none");
  assert.equal(write("{{#with v}}x{{/with}}", { v: {} }), "x");
});

test("names are looked up from the inside out", () => {
  const data = { title: "T", who: "root", list: [{ who: "a" }, {}, "text"] };
  assert.equal(write("{{#each list}}{{title}}-{{who}} {{/each}}", data), "T-a T-root T-root ");
});

test("a first name that is found decides", () => {
  const data = { a: { b: "outer" }, x: { a: {} }, y: { a: undefined }, z: { c: 1 } };
  const source = (name) => `{{#with ${name}}}<{{a.b}}>{{/with}}`;
  assert.equal(write(source("x"), data), "<>");
  assert.equal(write("{{#each list}}<{{a.b}}>{{/each}}", { ...data, list: [data.y, data.z] }), "<><outer>");
  assert.notEqual(write(source("x"), data), "<outer>");
});

test("if and unless make no scope", () => {
  const data = { n: "root", l: [{ n: "in", ok: true }] };
  assert.equal(write("{{#each l}}{{#if ok}}{{n}} {{../n}}{{/if}}{{#unless no}}{{../n}}{{/unless}}{{/each}}", data), "in rootroot");
});

test("paths may start further out", () => {
  const data = { n: 1, a: { n: 2, b: { n: 3, c: "x" } } };
  assert.equal(write("{{#with a}}{{#with b}}{{n}}{{../n}}{{../../n}}|{{../../../n}}|{{../b.c}}{{/with}}{{/with}}", data), "321||x");
  assert.equal(write("{{#each l}}{{#each .}}{{../.}}:{{.}} {{/each}}{{/each}}", { l: [[1, 2]] }), "1,2:1 1,2:2 ");
  assert.equal(write("{{../n}}{{../.}}", data), "");
});

test("a path that starts further out goes on outward from there", () => {
  const data = { top: "T", a: { b: { top: "inner" } } };
  assert.equal(write("{{#with a}}{{#with b}}{{top}} {{../top}}{{/with}}{{/with}}", data), "inner T");
});

test("blocks take such paths too", () => {
  const data = { on: [], names: ["x", "y"], list: [{ on: 1 }] };
  assert.equal(write("{{#each list}}{{#if ../on}}bad{{else if on}}{{#each ../names}}{{.}}{{@last}}{{/each}}{{/if}}{{/each}}", data), "xfalseytrue");
  assert.equal(write("{{#each names}}{{#unless @first}}, {{/unless}}{{.}}{{/each}}", data), "x, y");
});

test("loop variables", () => {
  assert.equal(write("{{#each l}}{{@index}}{{@key}}{{@first}}{{@last}} {{/each}}", { l: ["a", "b", "c"] }), "00truefalse 11falsefalse 22falsetrue ");
  assert.equal(write("{{#each o}}{{@index}}{{@key}}{{@last}} {{/each}}", { o: { p: 1, q: 2 } }), "0pfalse 1qtrue ");
});

test("loop variables belong to the innermost each", () => {
  const data = { l: [{ w: { m: ["x"] } }, { w: { m: ["y", "z"] } }] };
  assert.equal(write("{{#each l}}{{#with w}}{{@index}}{{#if m}}{{@last}}{{/if}}{{/with}} {{/each}}", data), "0false 1true ");
  assert.equal(write("{{#each l}}{{#with w}}{{#each m}}{{../@index}}{{@index}} {{/each}}{{/with}}{{/each}}", data), "00 10 11 ");
});

test("loop variables outside of a loop are undefined", () => {
  assert.equal(write("{{@index}}{{@key}}{{#with a}}{{@first}}{{../@index}}{{/with}}", { a: { "@first": 1 } }), "");
  assert.equal(write("{{#each l}}{{../@index}}|{{../../@index}}{{/each}}{{@index}}", { l: [1] }), "|");
  assert.equal(write("{{#each l}}{{else}}{{@index}}!{{/each}}", { l: [] }), "!");
});

test("the words of blocks are plain names elsewhere", () => {
  const data = { if: 1, each: 2, else: { x: 3 }, with: 4, unless: { if: 5 } };
  assert.equal(write("{{ if }}{{each}}{{ else.x }}{{with}}{{unless.if}}{{{ if }}}{{#if if}}6{{/if}}", data), "1234516");
  assert.equal(write("{{{else}}}", { else: "7" }), "7");
});

test("white space inside of tags", () => {
  assert.equal(write("{{  #  if   v  }}a{{  else  if  w }}b{{\n else\t}}c{{ / if }}", { w: 1 }), "b");
  assert.equal(write("{{#each\nl}}{{ . }}{{/each }}", { l: [1] }), "1");
});

test("a tilde removes white space beside its tag", () => {
  assert.equal(write("a \n {{~ v }} b", { v: 1 }), "a1 b");
  assert.equal(write("a {{ v ~}} \t\n b", { v: 1 }), "a 1b");
  assert.equal(write("a {{{~ v ~}}} b {{~! c ~}} d", { v: "<" }), "a<bd");
  assert.equal(write("a {{~v~}} {{~v~}} b", { v: 1 }), "a11b");
});

test("a tilde reaches no further than the neighbouring tag", () => {
  assert.equal(write("a {{! c }} {{~v}}", { v: 1 }), "a 1");
  assert.equal(write("a {{v}}{{~v}} {{v~}}{{! }} b", { v: 1 }), "a 11 1 b");
});

test("a tilde never touches values", () => {
  assert.equal(write("{{v}}{{~v~}}{{v}}", { v: " x " }), " x  x  x ");
});

test("a tilde works on all block tags", () => {
  const source = "[ {{~#each l ~}} {{.}} {{~else~}} none {{~/each~}} ]";
  assert.equal(write(source, { l: [1, 2] }), "[12]");
  assert.equal(write(source, { l: [] }), "[none]");
  assert.equal(write("{{#if a}} A {{~else if b~}} B {{/if~}} !", { b: 1 }), "B !");
});

test("white space is what trim removes", () => {
  assert.equal(write("a\u00a0\ufeff\r\n{{~v~}}\u2003\u200bb", { v: 1 }), "a1\u200bb");
});

test("bad blocks are faults", () => {
  for (const tag of ["{{#for x}}", "{{#}}", "{{#if}}", "{{#if a b}}", "{{#each 1x}}", "{{#with a..b}}", "{{#ifx}}", "{{#if @index.a}}", "{{#else x}}"]) {
    assert.equal(fault(`ab\n ${tag}{{/if}}`), "2:2", tag);
  }
});

test("closing tags must match", () => {
  assert.equal(fault("{{#if a}}\n{{/each}}"), "2:1");
  assert.equal(fault("x{{/if}}"), "1:2");
  assert.equal(fault("{{#if a}}{{#each b}}{{/if}}{{/each}}"), "1:21");
  assert.equal(fault("{{#if a}}{{else if b}}{{/if}}{{/if}}"), "1:30");
  assert.equal(fault("{{#if a}}{{/}}"), "1:10");
});

test("blocks must be closed", () => {
  assert.equal(fault("a\n{{#if a}} {{#each b}} {{/each}} {{#with c}}"), "2:33");
  assert.equal(fault("{{#if a}}{{else}}"), "1:1");
  assert.equal(fault("{{#if a}}{{else if b}}"), "1:1");
});

test("else must be in its place", () => {
  assert.equal(fault("a {{else}}"), "1:3");
  assert.equal(fault("{{#if a}}{{/if}}{{else if b}}"), "1:17");
  assert.equal(fault("{{#unless a}}{{else if b}}{{/unless}}"), "1:14");
  assert.equal(fault("{{#each a}}{{else if b}}{{/each}}"), "1:12");
  assert.equal(fault("{{#if a}}{{else}}{{else}}{{/if}}"), "1:18");
  assert.equal(fault("{{#if a}}{{else}}{{else if b}}{{/if}}"), "1:18");
  assert.equal(fault("{{#if a}}{{else b}}{{/if}}"), "1:10");
  assert.equal(fault("{{#if a}}{{else if}}{{/if}}"), "1:10");
  assert.equal(fault("{{#if a}}{{else if b c}}{{/if}}"), "1:10");
});

test("bad values and tags without end are faults", () => {
  assert.equal(fault("a\r\n{{ a b }}"), "2:1");
  assert.equal(fault("{{}}"), "1:1");
  assert.equal(fault("{{ a.. }}"), "1:1");
  assert.equal(fault("{{ @other }}"), "1:1");
  assert.equal(fault("{{ a/../b }}"), "1:1");
  assert.equal(fault("ab {{ a"), "1:4");
  assert.equal(fault("{{{ #if }}}"), "1:1");
  assert.equal(fault("fine {{ a }}"), "none");
});

test("the first fault is reported, in its own place", () => {
  assert.equal(fault("{{#if a}}\n{{else x}} {{ 1 }}"), "2:1");
  assert.equal(fault("{{/if}}{{ a"), "1:1");
  assert.equal(fault("{{#if a}} {{ a"), "1:11");
  assert.equal(fault("a \n\n {{~ v ~}} \n {{~ 1 }}"), "4:2");
});

test("a template may be used many times", () => {
  const template = compile("{{#each l}}{{@index}}{{.}}{{/each}}");
  assert.equal(template({ l: ["a", "b"] }), "0a1b");
  assert.equal(template({ l: ["c"] }), "0c");
  assert.equal(template({}), "");
});

test("no code is made from text", () => {
  const run = (...command) => execFileSync(process.env.SOLUTION, command, { encoding: "utf8" });
  const files = run("find", "/workspace/src", "-name", "*.js").trim().split("\n");
  assert.ok(files.length > 3);
  for (const file of files) {
    assert.doesNotMatch(run("cat", file), /\beval\s*\(|\bnew Function\b|\bFunction\s*\(|node:vm/);
  }
});
