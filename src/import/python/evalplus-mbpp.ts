/**
 * What MBPP+ needs beyond its data, where JSON has lists alone and some problems have several right answers. Both are facts of EvalPlus, which its own program applies when
 * it loads and judges these problems.
 */

// How the arguments of a problem are made of the list \`given\`, by the numbers of the problems that need it.
const ARGUMENTS: readonly { readonly numbers: readonly number[]; readonly expression: string }[] = [
  {
    numbers: [2, 116, 132, 143, 222, 261, 273, 394, 399, 421, 424, 429, 470, 560, 579, 596, 616, 630, 726, 740, 744, 809],
    expression: "[tuple(each) for each in given]",
  },
  {
    numbers: [63, 64, 70, 94, 120, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780],
    expression: "[[tuple(each) for each in argument] for argument in given]",
  },
  { numbers: [75, 413, 444, 753], expression: "[[tuple(each) for each in given[0]], given[1]]" },
  { numbers: [106, 750], expression: "[given[0], tuple(given[1])]" },
  { numbers: [115], expression: "[[set(each) if isinstance(each, list) and each else {} for each in given[0]]]" },
  { numbers: [124], expression: "[float(given[0]), complex(given[1])]" },
  { numbers: [250, 405, 446, 617, 720, 763, 808], expression: "[tuple(given[0]), given[1]]" },
  { numbers: [259, 401, 445], expression: "[tuple(tuple(each) for each in argument) for argument in given]" },
  { numbers: [278], expression: "[tuple(tuple(each) if isinstance(each, list) else each for each in given[0])]" },
  { numbers: [307], expression: "[tuple(given[0]), given[1], given[2]]" },
  { numbers: [722], expression: "[{name: tuple(value) for name, value in given[0].items()}, *given[1:]]" },
  { numbers: [252], expression: "[complex(given[0])]" },
  { numbers: [580, 615, 791], expression: "as_tuples(given)" },
];

/** Returns the Python expression that makes the arguments of problem `number` of the list `given`. */
export function argumentsOf(number: number): string {
  return ARGUMENTS.find(({ numbers }) => numbers.includes(number))?.expression ?? "given";
}

const SAME_MEMBERS = "set(found) == set(wanted) or agrees(found, wanted, atol)";
const IS_SOMETHING = "(found if isinstance(found, bool) else found is not None) == (wanted is not None)";

/** Python expressions over `found`, `wanted` and `given` that judge the answers of functions by name, where more than the reference's answer is right. */
export const MBPP_AGREEMENTS: Readonly<Record<string, string>> = {
  similar_elements: SAME_MEMBERS,
  find_char_long: SAME_MEMBERS,
  common_in_nested_lists: SAME_MEMBERS,
  extract_singly: SAME_MEMBERS,
  larg_nnum: SAME_MEMBERS,
  intersection_array: SAME_MEMBERS,
  find_dissimilar: SAME_MEMBERS,
  Diff: SAME_MEMBERS,
  check_str: IS_SOMETHING,
  text_match_three: IS_SOMETHING,
  text_starta_endb: IS_SOMETHING,
  are_equivalent: "True",
  sum_div: "found == 0 or agrees(found, wanted, atol)",
  surface_Area:
    "agrees(found, wanted, atol) or abs(found - round(given[0] ** 2 + 2 * given[0] * math.sqrt((given[0] / 2) ** 2 + given[1] ** 2))) <= atol",
  digit_distance_nums:
    "agrees(found, wanted, atol) or found == sum(abs(int(one) - int(other)) for one, other in zip(*(str(each).zfill(max(len(str(each)) for each in given)) for each in given)))",
};
