import { armName, readTrajectory, readTrials } from "./data.js";
import { h, place } from "./dom.js";
import { outcomeOf, trialPane } from "./trajectory.js";

const CLOSED = { task: "", arm: "", trial: "", with: "" };

/** Shows the trials of a cell over the page, one at a time or beside one of another arm. Gives what opens a cell. */
export function createDrawer(page, state) {
  const dialog = place("drawer");
  let turn = 0;
  dialog.addEventListener("close", () => state.set(CLOSED));
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog) dialog.close();
  });
  const update = async (chosen) => {
    turn += 1;
    const mine = turn;
    const task = page.tasks.indexOf(chosen.task);
    const arm = page.arms.findIndex(({ label }) => label === chosen.arm);
    if (task < 0 || arm < 0) {
      if (dialog.open) dialog.close();
      return;
    }
    const content = await drawerContent({ page, state, task, arm, chosen }).catch((error) => [
      head(page.tasks[task], dialog),
      unreadable(error),
    ]);
    if (mine !== turn) return;
    const focused = dialog.contains(document.activeElement) ? document.activeElement.getAttribute("data-key") : null;
    dialog.replaceChildren(...content);
    if (!dialog.open) dialog.showModal();
    const again = focused === null ? null : dialog.querySelector(`[data-key="${CSS.escape(focused)}"]`);
    again?.focus();
  };
  let shown = "";
  const updateOnce = (chosen) => {
    const wanted = [chosen.task, chosen.arm, chosen.trial, chosen.with].join("\n");
    if (wanted === shown) return;
    shown = wanted;
    void update(chosen);
  };
  state.listen(updateOnce);
  updateOnce(state.get());
  return {
    open: (task, arm) => state.set({ ...CLOSED, task: page.tasks[task], arm: page.arms[arm].label }),
    async openPair(task, { baseline, candidate }) {
      const { cells } = await readTrials();
      const other = contrastTo(firstShown(cells.get(`${task}/${candidate}`) ?? []), cells.get(`${task}/${baseline}`) ?? []);
      state.set({ ...CLOSED, task: page.tasks[task], arm: page.arms[candidate]?.label ?? "", with: other ? String(other.id) : "" });
    },
  };
}

function unreadable(error) {
  const cause =
    typeof DecompressionStream === "undefined" ? "this browser cannot unpack them; open the file in a newer one" : error.message;
  return h("p", { class: "note" }, `Cannot show the trials: ${cause}`);
}

function head(taskId, dialog) {
  const close = h("button", { type: "button", class: "close", "data-key": "close", click: () => dialog.close() }, "Close ×");
  return h("header", {}, h("h2", { id: "drawer-title" }, taskId), close);
}

// What did not pass is what a reader looks for.
function firstShown(trials) {
  return trials.find((trial) => trial.passed !== true) ?? trials[0] ?? null;
}

// Beside a trial that did not pass, one that did says most, and the other way round.
function contrastTo(trial, trials) {
  const others = trials.filter((other) => other !== trial);
  return others.find((other) => (other.passed === true) !== (trial?.passed === true)) ?? others[0] ?? null;
}

async function drawerContent({ page, state, task, arm, chosen }) {
  const { byId, cells, systems } = await readTrials();
  const trialsOf = (index) => cells.get(`${task}/${index}`) ?? [];
  const own = (id) => {
    const trial = byId.get(Number(id));
    return trial?.task === task ? trial : null;
  };
  const given = own(chosen.trial);
  const left = given?.arm === arm ? given : firstShown(trialsOf(arm));
  const right = own(chosen.with);
  const panes = await Promise.all([left, right].filter((trial) => trial !== null).map((trial) => paneOf(trial, page, systems)));
  const others = page.arms.map((_arm, index) => index).filter((index) => trialsOf(index).length > 0);
  return [
    head(page.tasks[task], place("drawer")),
    h(
      "div",
      { class: "pickers" },
      picker("Arm", {
        page,
        key: "trial",
        arm,
        arms: others,
        trials: trialsOf(arm),
        trial: left,
        choose: (label) => state.set({ arm: label, trial: "" }),
        state,
      }),
      picker("Compare with", {
        page,
        key: "with",
        arm: right?.arm ?? -1,
        arms: others,
        trials: right ? trialsOf(right.arm) : [],
        trial: right,
        choose: (label) =>
          state.set({ with: String(contrastTo(left, trialsOf(page.arms.findIndex((one) => one.label === label)))?.id ?? "") }),
        state,
      }),
    ),
    panes.length === 0
      ? h("p", { class: "note" }, "This file holds no trials of this cell.")
      : h("div", { class: `panes panes-${panes.length}` }, panes),
  ];
}

async function paneOf(trial, page, systems) {
  const trajectory = await readTrajectory(trial, systems);
  return trialPane(trial, { arm: armName(page.arms[trial.arm]), trajectory });
}

function picker(name, { page, key, arm, arms, trials, trial, choose, state }) {
  const none = key === "with" ? [h("option", { value: "", selected: arm < 0 }, "nothing")] : [];
  const options = arms.map((index) => h("option", { value: page.arms[index].label, selected: index === arm }, armName(page.arms[index])));
  const select = h("select", { "data-key": `${key}-arm`, change: (event) => choose(event.target.value) }, none, options);
  const attempts = trials.map((one) => {
    const { kind, mark, text } = outcomeOf(one);
    const told = `Attempt ${one.attempt}: ${text}`;
    const press = () => state.set({ [key]: String(one.id) });
    return h(
      "button",
      {
        type: "button",
        class: `attempt ${kind}`,
        "data-key": `${key}-${one.id}`,
        title: told,
        "aria-label": told,
        "aria-pressed": String(one === trial),
        click: press,
      },
      `${mark} ${one.attempt}`,
    );
  });
  return h(
    "div",
    { class: "picker" },
    h("label", {}, `${name} `, select),
    h("div", { class: "attempts", role: "group", "aria-label": `${name}: attempts` }, attempts),
  );
}
