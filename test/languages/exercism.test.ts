import { describe, expect, test } from "vitest";
import { prepareDocker } from "../../src/command/sandbox/prepare-docker.ts";
import type { SourceFile, Task } from "../../src/core/task.ts";
import { grade } from "../../src/grade/grade.ts";
import { learnExpected } from "../../src/grade/learn-expected.ts";
import { loadExercism } from "../../src/import/exercism/exercism.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

const DEFAULT_IMAGE = process.env["BENCH_TEST_IMAGE"] ?? "bench-sandbox:latest";
const { signal } = new AbortController();

type Files = Readonly<Record<string, string>>;
type Listed = { readonly solution: readonly string[]; readonly test: readonly string[]; readonly example: readonly string[] };
type Exercise = { readonly language: string; readonly files: Files; readonly required: readonly string[] };

const config = (files: Listed) => ({ ".meta/config.json": JSON.stringify({ files }) });
// Catch2 of the image stands in for the copy that published exercises bring.
const CATCH = "#include <catch2/catch.hpp>\n";
const CMAKE = [
  "get_filename_component(exercise ${" + "CMAKE_CURRENT_SOURCE_DIR} NAME)",
  "cmake_minimum_required(VERSION 3.5.1)",
  "project($" + "{exercise} CXX)",
  'string(REPLACE "-" "_" file $' + "{exercise})",
  "add_executable($" + "{exercise} $" + "{file}_test.cpp $" + "{file}.cpp test/tests-main.cpp)",
  "if($" + "{EXERCISM_RUN_ALL_TESTS})",
  "  target_compile_definitions($" + "{exercise} PRIVATE EXERCISM_RUN_ALL_TESTS)",
  "endif()",
  "",
].join("\n");

// A published exercise starts a thousand threads; here none ends before the last has started.
const THREADS = `
#include <mutex>
#include <thread>
#include <vector>

TEST_CASE("a thousand at once") {
    std::mutex gate;
    std::unique_lock<std::mutex> closed(gate);
    int total = 0;
    std::vector<std::thread> threads;
    for (int count = 0; count < 1000; count++)
        threads.emplace_back([&] {
            std::lock_guard<std::mutex> opened(gate);
            total += height(1);
        });
    closed.unlock();
    for (auto& thread : threads) thread.join();
    REQUIRE(total == 2000);
}
`;

// In each, people who solve it see the second test only after the first.
const EXERCISES: readonly Exercise[] = [
  {
    language: "Go",
    files: {
      ...config({ solution: ["high_tide.go"], test: ["high_tide_test.go"], example: [".meta/example.go"] }),
      "go.mod": "module tide\n\ngo 1.18\n",
      "high_tide.go": 'package tide\n\nfunc Height(hour int) int { panic("write it") }\n',
      "high_tide_test.go":
        'package tide\n\nimport "testing"\n\nfunc TestHeight(t *testing.T) {\n\tfor _, c := range cases {\n\t\tt.Run(c.name, func(t *testing.T) {\n\t\t\tif Height(c.hour) != c.height {\n\t\t\t\tt.Fail()\n\t\t\t}\n\t\t})\n\t}\n}\n',
      "cases_test.go":
        'package tide\n\nvar cases = []struct {\n\tname         string\n\thour, height int\n}{{"low", 0, 0}, {"high", 6, 12}}\n',
      ".meta/example.go": "package tide\n\nfunc Height(hour int) int { return 2 * hour }\n",
    },
    required: ["TestHeight", "TestHeight/high", "TestHeight/low"],
  },
  {
    language: "Rust",
    files: {
      ...config({ solution: ["src/lib.rs", "Cargo.toml"], test: ["tests/high-tide.rs"], example: [".meta/example.rs"] }),
      "Cargo.toml": '[package]\nname = "high-tide"\nversion = "0.1.0"\nedition = "2021"\n',
      "src/lib.rs": "pub fn height(_hour: u32) -> u32 {\n    todo!()\n}\n",
      "tests/high-tide.rs":
        "use high_tide::height;\n\n#[test]\nfn low() {\n    assert_eq!(height(0), 0);\n}\n\n#[test]\n#[ignore]\nfn high() {\n    assert_eq!(height(6), 12);\n}\n",
      // A version that the image does not have, for which its own stands in.
      ".meta/Cargo-example.toml":
        '[package]\nname = "high-tide"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nitertools = "0.5"\n',
      ".meta/example.rs":
        "use itertools::Itertools;\n\npub fn height(hour: u32) -> u32 {\n    (0..hour).cartesian_product(0..2).count() as u32\n}\n",
    },
    required: ["high", "low"],
  },
  {
    language: "Java",
    files: {
      ...config({
        solution: ["src/main/java/HighTide.java"],
        test: ["src/test/java/HighTideTest.java"],
        example: [".meta/src/reference/java/HighTide.java", ".meta/src/reference/java/Sea.java"],
      }),
      "src/main/java/HighTide.java":
        "class HighTide {\n    int height(int hour) {\n        throw new UnsupportedOperationException();\n    }\n}\n",
      "src/test/java/HighTideTest.java":
        'import static org.assertj.core.api.Assertions.assertThat;\n\nimport org.junit.jupiter.api.Disabled;\nimport org.junit.jupiter.api.Test;\n\npublic class HighTideTest {\n    @Test\n    public void low() {\n        assertThat(new HighTide().height(0)).isEqualTo(0);\n    }\n\n    @Disabled("Remove to run test")\n    @Test\n    public void high() {\n        assertThat(new HighTide().height(6)).isEqualTo(12);\n    }\n}\n',
      ".meta/src/reference/java/HighTide.java": "class HighTide {\n    int height(int hour) {\n        return Sea.RISE * hour;\n    }\n}\n",
      ".meta/src/reference/java/Sea.java": "class Sea {\n    static final int RISE = 2;\n}\n",
    },
    required: ["HighTideTest.high()", "HighTideTest.low()"],
  },
  {
    language: "C++",
    files: {
      ...config({
        solution: ["high_tide.cpp", "high_tide.h"],
        test: ["high_tide_test.cpp"],
        example: [".meta/example.cpp", ".meta/example.h"],
      }),
      "CMakeLists.txt": CMAKE,
      "test/catch.hpp": CATCH,
      "test/tests-main.cpp": '#define CATCH_CONFIG_MAIN\n#include "catch.hpp"\n',
      "high_tide.cpp": '#include "high_tide.h"\n',
      "high_tide.h": "#pragma once\n",
      "high_tide_test.cpp": `#include "high_tide.h"\n#include "test/catch.hpp"\n${THREADS}\nTEST_CASE("low") { REQUIRE(height(0) == 0); }\n\n#if defined(EXERCISM_RUN_ALL_TESTS)\nTEST_CASE("high") { REQUIRE(height(6) == 12); }\n#endif\n`,
      ".meta/example.cpp": '#include "high_tide.h"\nint height(int hour) { return 2 * hour; }\n',
      ".meta/example.h": "#pragma once\nint height(int hour);\n",
    },
    required: ["a thousand at once", "high", "low"],
  },
];

describe.for(EXERCISES)("an exercise in $language", ({ files, required }) => {
  test("is passed by its reference in all tests, also those that are skipped at first, and not by the files that it starts with", async () => {
    using folder = new TempFolder();
    folder.write(Object.fromEntries(Object.entries(files).map(([path, text]) => [`high-tide/${path}`, text])));
    const task = loadExercism(folder.at("high-tide")).tasks[0] as Task;
    const prepared = await prepareDocker(null, { defaultImage: DEFAULT_IMAGE, names: [task.image ?? DEFAULT_IMAGE], notify: () => {} });
    const sandboxes = prepared.provider("test-exercism", () => {});

    const learned = await learnExpected({ task, sandboxes, signal });
    const gradeFiles = (submitted: readonly SourceFile[]) => grade({ task, submitted, expected: learned, sandboxes, signal });
    const [reference, untouched] = [await gradeFiles((await task.files.reference()) ?? []), await gradeFiles(await task.files.workspace())];

    expect(learned.required.toSorted()).toEqual(required);
    expect(reference).toMatchObject({ passed: true, testsPassed: required.length });
    expect(untouched.passed).toBe(false);
  });
});
