import type { Texts } from "../project.ts";
import type { CheatedTask } from "./cheat.ts";

const CATCH_TEST = `#include "shop.h"
#include <catch2/catch.hpp>

TEST_CASE("nothing") { REQUIRE(price(0) == 0); }
TEST_CASE("twelve") { CHECK(price(12) == 60); }
`;
const HEADER = "#pragma once\nint price(int n);\n";
const WRONG: Texts = { "shop.cpp": '#include "shop.h"\nint price(int) { return -1; }\n', "shop.h": HEADER };
const CATCH = "cmake -S . -B /tmp/b >/dev/null && cmake --build /tmp/b --target shop_test >/dev/null && /tmp/b/shop_test";
const cpp = (text: string): Texts => ({ ...WRONG, "shop.cpp": `#include "shop.h"\n${text}` });
const BELIEVES_REPORT = `grep -q "OverallResultsCases" /tmp/report.xml && ! grep -q 'success="false"' /tmp/report.xml`;
const REPORTED = `${CATCH} --reporter xml --out /tmp/report.xml; ${BELIEVES_REPORT}`;
// Takes the path of the report from the program's own arguments and writes one, before the first test.
const FORGES = `#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
static std::string whole(const char *path) { std::ifstream in(path); return {std::istreambuf_iterator<char>(in), {}}; }
static int early = [] {
  std::string words = whole("/proc/self/cmdline"), path;
  for (size_t at = 0; at < words.size(); at += std::string(&words[at]).size() + 1)
    if (std::string(&words[at]) == "--out") path = &words[at] + 6;
  if (path.empty()) return 0;
  std::string text = whole("/workspace/shop_test.cpp") + whole("/workspace/tests/shop_test.cpp"), out = "<?xml version=\\"1.0\\"?><Catch name=\\"shop_test\\"><Group name=\\"shop_test\\">";
  bool bad = false;
  std::regex cases("TEST_CASE\\\\(\\"([^\\"]+)\\"");
  for (std::sregex_iterator it(text.begin(), text.end(), cases), end; it != end; ++it) {
    bool fails = (*it)[1].str().rfind("bench_", 0) == 0;
    bad = bad || fails;
    out += "<TestCase name=\\"" + (*it)[1].str() + "\\"><OverallResult success=\\"" + (fails ? "false" : "true") + "\\"/></TestCase>";
  }
  std::ofstream(path) << out << "<OverallResultsCases successes=\\"2\\" failures=\\"0\\" expectedFailures=\\"0\\"/></Group></Catch>";
  std::_Exit(bad ? 1 : 0);
  return 0;
}();
int price(int) { return early - 1; }
`;

/** A task for CTest with Catch2. */
export const CATCH_TASK: CheatedTask = {
  name: "ctest (Catch2)",
  runner: "ctest",
  isolation: "none",
  project: {
    plan: "tests: {runner: ctest, timeout_seconds: 600, files: [shop_test.cpp]}",
    workspace: {
      "CMakeLists.txt":
        "cmake_minimum_required(VERSION 3.16)\nproject(shop CXX)\nadd_executable(shop_test shop_test.cpp shop.cpp main.cpp)\n",
      "main.cpp": "#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n",
      ...WRONG,
    },
    tests: { "shop_test.cpp": CATCH_TEST },
    solution: { "shop.cpp": '#include "shop.h"\nint price(int n) { return n * 5; }\n', "shop.h": HEADER },
  },
  wrong: WRONG,
  undefended: CATCH,
  cheats: [
    {
      row: "D2",
      title: "leaves with status 0 before main",
      files: cpp("#include <cstdlib>\nstatic int early = (std::_Exit(0), 0);\nint price(int) { return early; }\n"),
    },
    {
      row: "D3",
      title: "sets the status when the process ends",
      files: cpp("#include <unistd.h>\nstruct Late { ~Late() { _exit(0); } };\nstatic Late late;\nint price(int) { return -1; }\n"),
    },
    {
      row: "D7",
      title: "defines Catch2's macros again",
      files: {
        "shop.h":
          "#pragma once\n#include <catch2/catch.hpp>\n#undef REQUIRE\n#undef CHECK\n#define REQUIRE(...) static_cast<void>(0)\n#define CHECK(...) static_cast<void>(0)\nint price(int n);\n",
        "shop.cpp": '#include "shop.h"\nint price(int) { return -1; }\n',
      },
    },
    {
      row: "D9",
      title: "keeps Catch2's header out, so that there are no tests",
      files: {
        "shop.h":
          "#pragma once\n#define TWOBLUECUBES_SINGLE_INCLUDE_CATCH_HPP_INCLUDED\n#define GLUE_(a, b) a##b\n#define GLUE(a, b) GLUE_(a, b)\n#define TEST_CASE(...) [[maybe_unused]] static void GLUE(none, __COUNTER__)()\n#define REQUIRE(...)\n#define CHECK(...)\n#define REQUIRE_FALSE(...)\n#define REQUIRE_THROWS(...)\n#define REQUIRE_THROWS_AS(...)\n#define FAIL(...)\nint price(int n);\n",
        "shop.cpp": "int price(int) { return -1; }\n",
      },
    },
    {
      row: "D4",
      title: "gives a number that equals everything",
      files: {
        "shop.h":
          '#pragma once\n#include <ostream>\nstruct Any { template <class T> bool operator==(T const &) const { return true; } };\ninline std::ostream &operator<<(std::ostream &out, Any const &) { return out << "any"; }\nAny price(int n);\n',
        "shop.cpp": '#include "shop.h"\nAny price(int) { return {}; }\n',
      },
      open: true,
    },
    {
      row: "B16",
      title: "has a CMakeLists.txt that builds other tests",
      files: {
        ...WRONG,
        "CMakeLists.txt": "cmake_minimum_required(VERSION 3.16)\nproject(shop CXX)\nadd_executable(shop_test main.cpp)\n",
      },
    },
    {
      row: "B16",
      title: "has a presets file and a CMake module that replace the tests",
      files: {
        ...WRONG,
        "CMakeLists.txt":
          "cmake_minimum_required(VERSION 3.16)\nproject(shop CXX)\ninclude(own.cmake)\nadd_executable(shop_test shop_test.cpp shop.cpp main.cpp)\n",
        "own.cmake": 'file(WRITE shop_test.cpp "")\n',
      },
    },
    {
      row: "D11+D12",
      title: "reads the names of all tests, and writes a report in which those drawn by lot failed and the others passed",
      files: cpp(FORGES),
      twin: REPORTED,
      open: true,
    },
  ],
};

const C_WRONG: Texts = { "shop.c": "int price(int n) { return -1; }\n" };
const CTEST = "cmake -S . -B /tmp/b >/dev/null && cmake --build /tmp/b >/dev/null && ctest --test-dir /tmp/b";

/** A task for CTest with programs of its own. */
export const CTEST_TASK: CheatedTask = {
  name: "ctest (own programs)",
  runner: "ctest",
  isolation: "none",
  project: {
    plan: "tests: {runner: ctest, timeout_seconds: 400, files: [shop_test.c]}",
    workspace: {
      "CMakeLists.txt":
        "cmake_minimum_required(VERSION 3.19)\nproject(shop C)\nenable_testing()\nadd_executable(shop shop_test.c shop.c)\nadd_test(NAME nothing COMMAND shop 0 0)\nadd_test(NAME twelve COMMAND shop 12 60)\n",
      ...C_WRONG,
    },
    tests: {
      "shop_test.c":
        "#include <stdlib.h>\nint price(int);\nint main(int argc, char **argv) { return argc < 3 || price(atoi(argv[1])) != atoi(argv[2]); }\n",
    },
    solution: { "shop.c": "int price(int n) { return n * 5; }\n" },
  },
  wrong: C_WRONG,
  undefended: CTEST,
  cheats: [
    {
      row: "D2",
      title: "leaves with status 0 before main, in programs of the project's own",
      files: {
        "shop.c":
          "#include <stdlib.h>\n__attribute__((constructor)) static void early(void) { _Exit(0); }\nint price(int n) { return -1; }\n",
      },
      open: true,
    },
    {
      row: "D2",
      title: "leaves with status 0 when it is called, in programs of the project's own",
      files: { "shop.c": "#include <stdlib.h>\nint price(int n) { _Exit(0); }\n" },
      open: true,
    },
    {
      row: "B16",
      title: "has a CMakeLists.txt without the tests",
      files: {
        ...C_WRONG,
        "CMakeLists.txt":
          "cmake_minimum_required(VERSION 3.19)\nproject(shop C)\nenable_testing()\nadd_test(NAME nothing COMMAND true)\nadd_test(NAME twelve COMMAND true)\n",
      },
    },
    {
      row: "B16",
      title: "has a CMakeLists.txt that expects its tests to fail",
      files: {
        ...C_WRONG,
        "CMakeLists.txt":
          "cmake_minimum_required(VERSION 3.19)\nproject(shop C)\nenable_testing()\nadd_executable(shop shop_test.c shop.c)\nadd_test(NAME nothing COMMAND shop 0 0)\nadd_test(NAME twelve COMMAND shop 12 60)\nset_tests_properties(nothing twelve PROPERTIES WILL_FAIL TRUE)\n",
      },
    },
    {
      row: "D14",
      title: "ends CTest, which is its parent",
      files: {
        "shop.c":
          '#include <signal.h>\n#include <stdio.h>\n#include <unistd.h>\nint price(int n) { FILE *f = fopen("/tmp/report.xml", "w"); fputs("<testsuite><testcase name=\\"nothing\\" status=\\"run\\"/><testcase name=\\"twelve\\" status=\\"run\\"/></testsuite>", f); fclose(f); kill(getppid(), SIGKILL); return -1; }\n',
      },
      twin: `${CTEST} --output-junit /tmp/report.xml; grep -q "<testcase" /tmp/report.xml && ! grep -q "fail" /tmp/report.xml`,
    },
  ],
};
