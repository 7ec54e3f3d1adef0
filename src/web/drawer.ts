import { type Content, h, place } from "./dom.ts";
import { readTrajectory, readTrials, type Trial } from "./packed-source.ts";
import { armName, type PageModel } from "./page-model.ts";
import type { Choice, PageState } from "./state.ts";
import { outcomeOf, trialPane } from "./trial-pane.ts";

const CLOSED = { task: "", arm: "", trial: "", with: "" };

/** Opens the trials of a cell, or those of a task on both sides of a comparison; arguments are indexes into the page's lists. */
export type Drawer = {
  readonly open: (task: number, arm: number) => void;
  readonly openPair: (task: number, sides: { readonly baseline: number; readonly candidate: number }) => Promise<void>;
};

/** Makes the dialog over the page that shows the trials of a cell, one at a time or beside one of another arm. */
export function createDrawer(page: PageModel, state: PageState): Drawer {
  const dialog = drawerDialog();
  let turn = 0;
  dialog.addEventListener("close", () => state.set(CLOSED));
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog) dialog.close();
  });
  const update = async (chosen: Choice): Promise<void> => {
    turn += 1;
    const mine = turn;
    const task = page.tasks.indexOf(chosen.task);
    const arm = page.arms.findIndex(({ label }) => label === chosen.arm);
    if (task < 0 || arm < 0) {
      if (dialog.open) dialog.close();
      return;
    }
    const content = await drawerContent({ page, state, task, arm, chosen }).catch((error: unknown) => [unreadable(error)]);
    if (mine !== turn) return;
    showContent(dialog, [head(chosen.task, dialog), ...content]);
  };
  let shown = "";
  const updateOnce = (chosen: Choice): void => {
    const wanted = [chosen.task, chosen.arm, chosen.trial, chosen.with].join("\n");
    if (wanted === shown) return;
    shown = wanted;
    void update(chosen);
  };
  state.listen(updateOnce);
  updateOnce(state.get());
  return {
    open: (task, arm) => state.set({ ...CLOSED, task: page.tasks[task] ?? "", arm: page.arms[arm]?.label ?? "" }),
    async openPair(task, { baseline, candidate }) {
      const { cells } = await readTrials();
      const other = contrastTo(firstShown(cells.get(`${task}/${candidate}`) ?? []), cells.get(`${task}/${baseline}`) ?? []);
      state.set({ ...CLOSED, task: page.tasks[task] ?? "", arm: page.arms[candidate]?.label ?? "", with: idText(other) });
    },
  };
}

function drawerDialog(): HTMLDialogElement {
  const dialog = place("drawer");
  if (!(dialog instanceof HTMLDialogElement)) throw new Error('Cannot show the page: its element "drawer" is not a dialog');
  return dialog;
}

// Keeps the focus on the control that the reader used.
function showContent(dialog: HTMLDialogElement, content: readonly HTMLElement[]): void {
  const focused = dialog.contains(document.activeElement) ? (document.activeElement?.getAttribute("data-key") ?? null) : null;
  dialog.replaceChildren(...content);
  if (!dialog.open) dialog.showModal();
  if (focused !== null) dialog.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function unreadable(error: unknown): HTMLElement {
  const message = error instanceof Error ? error.message : String(error);
  const cause = typeof DecompressionStream === "undefined" ? "this browser cannot unpack them; open the file in a newer one" : message;
  return h("p", { class: "note" }, `Cannot show the trials: ${cause}`);
}

function head(taskId: string, dialog: HTMLDialogElement): HTMLElement {
  const close = h("button", { type: "button", class: "close", "data-key": "close", click: () => dialog.close() }, "Close ×");
  return h("header", {}, h("h2", { id: "drawer-title" }, taskId), close);
}

// Readers look for trials that did not pass.
function firstShown(trials: readonly Trial[]): Trial | null {
  return trials.find((trial) => trial.passed !== true) ?? trials[0] ?? null;
}

// Beside a trial that did not pass, one that did says most, and the other way round.
function contrastTo(trial: Trial | null, trials: readonly Trial[]): Trial | null {
  const others = trials.filter((other) => other !== trial);
  return others.find((other) => (other.passed === true) !== (trial?.passed === true)) ?? others[0] ?? null;
}

function idText(trial: Trial | null): string {
  return trial === null ? "" : String(trial.id);
}

type DrawerInput = {
  readonly page: PageModel;
  readonly state: PageState;
  readonly task: number;
  readonly arm: number;
  readonly chosen: Choice;
};

async function drawerContent({ page, state, task, arm, chosen }: DrawerInput): Promise<readonly HTMLElement[]> {
  const { byId, cells, systems } = await readTrials();
  const trialsOf = (index: number): readonly Trial[] => cells.get(`${task}/${index}`) ?? [];
  const ofTask = (id: string): Trial | null => {
    const trial = byId.get(Number(id));
    return trial?.task === task ? trial : null;
  };
  const named = ofTask(chosen.trial);
  const left = named?.arm === arm ? named : firstShown(trialsOf(arm));
  const right = ofTask(chosen.with);
  const panes = await Promise.all([left, right].filter((trial) => trial !== null).map((trial) => paneOf(trial, page, systems)));
  const arms = page.arms.map((_arm, index) => index).filter((index) => trialsOf(index).length > 0);
  const own: PickerInput = {
    page,
    state,
    key: "trial",
    arms,
    arm,
    trials: trialsOf(arm),
    trial: left,
    choose: (label) => state.set({ arm: label, trial: "" }),
  };
  const other: PickerInput = {
    page,
    state,
    key: "with",
    arms,
    arm: right?.arm ?? -1,
    trials: right ? trialsOf(right.arm) : [],
    trial: right,
    choose: (label) => state.set({ with: idText(contrastTo(left, trialsOf(page.arms.findIndex((one) => one.label === label)))) }),
  };
  return [
    h("div", { class: "pickers" }, picker("Arm", own), picker("Compare with", other)),
    panes.length === 0
      ? h("p", { class: "note" }, "This file holds no trials of this cell.")
      : h("div", { class: `panes panes-${panes.length}` }, panes),
  ];
}

async function paneOf(trial: Trial, page: PageModel, systems: readonly string[]): Promise<HTMLElement> {
  const trajectory = await readTrajectory(trial, systems);
  return trialPane(trial, nameAt(page, trial.arm), trajectory);
}

function nameAt(page: PageModel, index: number): string {
  const arm = page.arms[index];
  return arm ? armName(arm) : "";
}

type PickerInput = {
  readonly page: PageModel;
  readonly state: PageState;
  readonly key: "trial" | "with";
  readonly arms: readonly number[];
  readonly arm: number;
  readonly trials: readonly Trial[];
  readonly trial: Trial | null;
  readonly choose: (label: string) => void;
};

function picker(name: string, { page, state, key, arms, arm, trials, trial, choose }: PickerInput): HTMLElement {
  const none: Content = key === "with" ? h("option", { value: "", selected: arm < 0 }, "nothing") : null;
  const options = arms.map((index) => h("option", { value: page.arms[index]?.label ?? "", selected: index === arm }, nameAt(page, index)));
  const select: HTMLSelectElement = h("select", { "data-key": `${key}-arm`, change: () => choose(select.value) }, none, options);
  const attempts = trials.map((one) => {
    const { kind, mark, text } = outcomeOf(one);
    const label = `Attempt ${one.attempt}: ${text}`;
    const attributes = {
      type: "button",
      class: `attempt ${kind}`,
      "data-key": `${key}-${one.id}`,
      title: label,
      "aria-label": label,
      "aria-pressed": String(one === trial),
      click: () => state.set({ [key]: String(one.id) }),
    };
    return h("button", attributes, `${mark} ${one.attempt}`);
  });
  return h(
    "div",
    { class: "picker" },
    h("label", {}, `${name} `, select),
    h("div", { class: "attempts", role: "group", "aria-label": `${name}: attempts` }, attempts),
  );
}
