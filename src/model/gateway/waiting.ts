/** Knows whether every request that is under way waits for the provider's limits: only then does the time of the trial stand still. */
export class Waiting {
  readonly #tell: (isWaiting: boolean) => void;
  #underWay = 0;
  #waiting = 0;
  #isTold = false;

  constructor(tell: (isWaiting: boolean) => void) {
    this.#tell = tell;
  }

  /** Begins a request; `set` is called when it starts or stops waiting, `end` when it is over. */
  begin(): { readonly set: (isWaiting: boolean) => void; readonly end: () => void } {
    let waits = false;
    this.#underWay += 1;
    const set = (isWaiting: boolean): void => {
      if (isWaiting === waits) return;
      waits = isWaiting;
      this.#waiting += isWaiting ? 1 : -1;
      this.#update();
    };
    const end = (): void => {
      set(false);
      this.#underWay -= 1;
      this.#update();
    };
    return { set, end };
  }

  #update(): void {
    const isWaiting = this.#underWay > 0 && this.#waiting === this.#underWay;
    if (isWaiting === this.#isTold) return;
    this.#isTold = isWaiting;
    this.#tell(isWaiting);
  }
}
