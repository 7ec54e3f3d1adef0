import { describe, expect, test } from "vitest";
import { allowsAddress, parseWebEntry } from "../../src/core/web.ts";

const allowed = (entry: string, address: string): boolean => {
  const parsed = parseWebEntry(entry);
  if (parsed === null) throw new Error(`"${entry}" is no entry`);
  return allowsAddress([parsed], new URL(address));
};

test.for([
  ["docs.python.org", "https://docs.python.org/3/library/os.html"],
  ["docs.python.org", "http://docs.python.org/"],
  ["DOCS.python.org", "https://docs.python.ORG:443/x"],
  ["*.readthedocs.io", "https://requests.readthedocs.io/en/latest/"],
  ["localhost:8080", "http://localhost:8080/x"],
  ["[::1]:8080", "http://[::1]:8080/x"],
  ["https://example.com/guide/", "https://example.com/guide/a?b=c"],
  ["https://example.com/guide", "https://example.com/guide/a"],
  ["https://example.com/guide", "https://example.com/guide"],
  ["example.com/guide/", "http://example.com/guide/"],
  ["bücher.example", "https://xn--bcher-kva.example/"],
] as const)("%s allows %s", ([entry, address]) => {
  expect(allowed(entry, address)).toBe(true);
});

describe("what an address can pretend", () => {
  test.for([
    ["docs.python.org", "https://docs.python.org.evil.example/"],
    ["docs.python.org", "https://evil.example/docs.python.org"],
    ["docs.python.org", "https://evil.example/?x=docs.python.org"],
    ["docs.python.org", "https://evil.example#docs.python.org"],
    ["docs.python.org", "https://docs.python.org@evil.example/"],
    ["docs.python.org", "https://docs.python.org\\@evil.example/".replace("\\@", "%5c@")],
    ["docs.python.org", "https://docs.python.org:8443/"],
    ["docs.python.org", "https://docs.python.org./"],
    ["docs.python.org", "https://xdocs.python.org/"],
    ["*.readthedocs.io", "https://readthedocs.io/"],
    ["*.readthedocs.io", "https://evilreadthedocs.io/"],
    ["https://example.com/guide/", "http://example.com/guide/"],
    ["https://example.com/guide", "https://example.com/guidebook"],
    ["https://example.com/guide/", "https://example.com/guide/../secret"],
    ["https://example.com/guide/", "https://example.com/guide/%2e%2e/secret"],
    ["https://example.com/guide/", "https://example.com/guide/..%2fsecret"],
    ["https://example.com/guide/", "https://example.com/guide/..%5Csecret"],
    ["https://example.com/guide/", "https://example.com/"],
    ["127.0.0.1", "http://127.0.0.2/"],
  ] as const)("%s does not allow %s", ([entry, address]) => {
    expect(allowed(entry, address)).toBe(false);
  });
});

test("an IP address is compared whatever its spelling", () => {
  for (const spelling of ["2130706433", "0x7f.1", "0177.0.0.1"]) expect(allowed("127.0.0.1", `http://${spelling}/`)).toBe(true);
});

test.for([
  "",
  "*",
  "*.*.com",
  "a b",
  "ftp://example.com",
  "https://u:p@example.com",
  "u@example.com",
  "https://example.com/?q=1",
  "example.com#x",
  "example.com:99999",
  "https://",
  "example.com/%2f",
  "a\\b",
])("%j is no entry", (text) => {
  expect(parseWebEntry(text)).toBeNull();
});
