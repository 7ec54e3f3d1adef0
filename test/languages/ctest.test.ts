import { beforeAll, describe, expect, test } from "vitest";
import { Project, type Texts } from "./project.ts";

const TESTS = `#include "shop.h"
#include <catch2/catch.hpp>

TEST_CASE("nothing costs nothing", "[price]") { REQUIRE(price(0) == 0); }

TEST_CASE("zwölf Stück, <mit> \\"Anführung\\" & Komma") { CHECK(price(12) == 60); }

TEST_CASE("sections") {
  SECTION("one") { REQUIRE(price(1) == 5); }
  SECTION("two") { SECTION("deep") { REQUIRE(price(2) == 10); } }
}

TEMPLATE_TEST_CASE("types", "", int, long) { REQUIRE(price(TestType(3)) == 15); }

SCENARIO("buying") { GIVEN("four") { THEN("twenty") { REQUIRE(price(4) == 20); } } }

TEST_CASE("throws") { REQUIRE_THROWS_AS(price(-1), std::domain_error); }

TEST_CASE("hidden", "[.]") { FAIL("not run"); }

TEST_CASE("may fail", "[!mayfail]") { CHECK(price(1) == 6); }

TEST_CASE("without an assertion") {}
`;
const MAIN = "#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n";
const HEADER = "#pragma once\n#include <stdexcept>\nint price(int n);\n";
const SOLUTION = '#include "shop.h"\nint price(int n) {\n  if (n < 0) throw std::domain_error("negative");\n  return n * 5;\n}\n';
const CMAKE = `cmake_minimum_required(VERSION 3.16)
project(shop CXX)
add_executable(shop_test shop_test.cpp shop.cpp main.cpp)
add_custom_target(check ALL DEPENDS shop_test COMMAND shop_test)
`;
const FILES = {
  plan: "tests: {runner: ctest, timeout_seconds: 600, files: [shop_test.cpp]}",
  workspace: {
    "CMakeLists.txt": CMAKE,
    "main.cpp": MAIN,
    "shop.h": HEADER,
    "shop.cpp": '#include "shop.h"\nint price(int) { return -1; }\n',
  },
  tests: { "shop_test.cpp": TESTS },
  solution: { "shop.cpp": SOLUTION, "shop.h": HEADER },
};
const BY_HAND = "cmake -S . -B /tmp/b >/dev/null && cmake --build /tmp/b --target shop_test -j2 >/dev/null && /tmp/b/shop_test";

let project: Project;
let required: readonly string[];
beforeAll(async () => {
  project = await Project.open(FILES);
  required = await project.learn();
});

function names(output: string): readonly string[] {
  return output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

test("Catch2 lists the same tests, and all of them passed", async () => {
  const { output } = await project.byHand(`${BY_HAND} --list-test-names-only`);

  expect([...required].sort()).toEqual([...names(output)].sort());
});

test("Catch2 counts as many failures of a wrong solution", async () => {
  const wrong = { "shop.cpp": SOLUTION.replace("n * 5", "n * 4") };
  const { output } = await project.byHand(BY_HAND, wrong);
  const verdict = await project.grade(wrong, required);

  const [, failed] = /^test cases:.* (\d+) failed(?: as expected)?/m.exec(output.replace(/\d+ failed as expected/, "")) ?? [];
  expect(verdict.lines.filter((line) => line.startsWith("failed "))).toHaveLength(Number(failed));
  expect(verdict).toMatchObject({ passed: false, tampering: [] });
  expect(verdict.tests.find(({ name }) => name === "sections")?.message).toContain("4 == 5");
});

test("a solution that does not compile fails with the compiler's message", async () => {
  const verdict = await project.grade({ "shop.cpp": '#include "shop.h"\nint price(int) { return "five"; }\n' }, required);

  expect(verdict).toMatchObject({ passed: false, reason: "no-report" });
  expect(verdict.log).toContain("invalid conversion");
});

const CHEATS: readonly { readonly title: string; readonly changes: Texts }[] = [
  {
    title: "ends the process with status 0 before main",
    changes: {
      "shop.cpp": '#include "shop.h"\n#include <cstdlib>\nstatic int early = (std::_Exit(0), 0);\nint price(int) { return early; }\n',
    },
  },
  {
    title: "defines Catch2's macros again",
    changes: {
      "shop.h":
        "#pragma once\n#include <stdexcept>\n#include <catch2/catch.hpp>\n#undef REQUIRE\n#undef CHECK\n#undef REQUIRE_THROWS_AS\n#define REQUIRE(...) static_cast<void>(0)\n#define CHECK(...) static_cast<void>(0)\n#define REQUIRE_THROWS_AS(...) static_cast<void>(0)\nint price(int n);\n",
      "shop.cpp": '#include "shop.h"\nint price(int) { return -1; }\n',
    },
  },
];

describe.for(CHEATS)("a solution that $title", ({ changes }) => {
  test("fools the test program's exit status", async () => {
    expect(await project.byHand(BY_HAND, changes)).toMatchObject({ status: 0 });
  });

  test("fails here", async () => {
    expect(await project.grade(changes, required)).toMatchObject({ passed: false });
  });
});

describe("a project whose tests are plain programs", () => {
  const plain = {
    plan: "tests: {runner: ctest, timeout_seconds: 300, files: [plain_test.c]}",
    workspace: {
      "CMakeLists.txt":
        'cmake_minimum_required(VERSION 3.19)\nproject(plain C)\nenable_testing()\nadd_executable(plain plain_test.c plain.c)\nadd_test(NAME "adds numbers" COMMAND plain)\nadd_test(NAME fails COMMAND plain fail)\nset_tests_properties(fails PROPERTIES WILL_FAIL TRUE)\n',
      "plain.c": "int add(int a, int b) { return 0; }\n",
    },
    tests: { "plain_test.c": "int add(int, int);\nint main(int argc, char **argv) { return argc > 1 || add(1, 2) != 3; }\n" },
    solution: { "plain.c": "int add(int a, int b) { return a + b; }\n" },
  };

  test("is run by CTest, with its names", async () => {
    const own = await Project.open(plain);

    expect([...(await own.learn())].sort()).toEqual(["adds numbers", "fails"]);
    expect((await own.grade({ "plain.c": plain.workspace["plain.c"] }, ["adds numbers", "fails"])).lines).toEqual([
      "failed adds numbers",
      "passed fails",
    ]);
  });
});
