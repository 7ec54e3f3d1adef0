/**
 * What a file is for, by its path alone. `test-setup` is what a test framework loads or reads before the tests; `other` is data, text for people, or a file of the
 * project's automation, in which words have no effect on a grading.
 */
export type FileRole = "source" | "own-test" | "test-setup" | "vendored" | "other";

const VENDORED =
  /(?:^|\/)(?:\.?venv|virtualenv|node_modules|site-packages|dist-packages|vendor|third_party|\.tox|\.nox|\.git|\.yarn|__pycache__|[^/]{1,200}\.(?:dist|egg)-info)\//i;
const DOCUMENTS = /(?:^|\/)(?:docs?|documentation|\.github|\.gitlab|\.circleci)\//i;
const TEST_SETUP =
  /(?:^|\/)(?:conftest\.py|(?:site|user)customize\.py|[^/]{1,200}\.pth|\.?pytest\.ini|tox\.ini|setup\.cfg|pyproject\.toml|(?:vitest|vite|jest|babel)\.config\.\w+|(?:jest|vitest)\.setup\.\w+|vitest\.workspace\.\w+|\.mocharc(?:\.\w+)?|\.npmrc|package\.json)$/i;
const OWN_TEST =
  /(?:^|\/)(?:(?:tests?|testing|__tests__|specs?|e2e|testdata|fixtures|__mocks__)\/|test_[^/]{1,200}\.py$|[^/]{1,200}(?:_test|_spec)\.\w+$|[^/]{1,200}[.-](?:test|spec)\.\w+$|[^/]{1,200}Tests?\.\w+$)/;
const CODE = /\.(?:pyw?|pyx|[cm]?[jt]sx?|go|rs|java|kt|rb|php|pl|lua|[ch](?:pp|xx|c)?|cc|sh|bash)$/i;

/** Tells what a file of a workspace is for. */
export function roleOf(path: string): FileRole {
  const own = path.startsWith("/") ? path.slice(1) : path;
  if (VENDORED.test(own)) return "vendored";
  if (TEST_SETUP.test(own)) return "test-setup";
  if (DOCUMENTS.test(own)) return "other";
  if (OWN_TEST.test(own)) return "own-test";
  return CODE.test(own) ? "source" : "other";
}
