import { readEvents } from "./run-report.ts";
import type { TestRunner } from "./test-runner.ts";

const ENV = { PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1", PYTEST_DISABLE_PLUGIN_AUTOLOAD: "1" };

/** Runs tests with pytest. */
export const pytest: TestRunner = {
  canaries: 2,
  plan: ({ tests, testFiles, testsRoot, canaries }) => {
    const own = canaries.map((name) => ({
      path: `test_${name}.py`,
      bytes: Buffer.from(`def test_${name}():\n    assert 1 == 2\n`),
      executable: false,
    }));
    const files = [...own.slice(0, 1).map(({ path }) => path), ...tests.files, ...own.slice(1).map(({ path }) => path)];
    const ids = Object.fromEntries(canaries.map((name) => [`test_${name}.py::test_${name}`, name]));
    const judge = { root: testsRoot, files: files.map((path) => `${testsRoot}/${path}`), canaries: ids };
    const argv = ["/usr/bin/python3", "-P", "-s", "/opt/bench/grading/python/run_pytest.py"];
    return { files: [...testFiles, ...own], steps: [{ argv, env: ENV, judge, boundary: null, report: { kind: "events" } }] };
  },
  read: (results) => readEvents(results, 1, { passed: 0, failed: 1 }),
};
