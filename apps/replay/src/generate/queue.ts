/** What is going to happen, soonest first; of the same time, in the order it was added. */
export interface Queue<T> {
  add(at: number, item: T): void;
  /** When the first of them happens; undefined where nothing does. */
  readonly first: number | undefined;
  /** Takes the first one out. */
  take(): { readonly at: number; readonly item: T } | undefined;
}

interface Coming<T> {
  readonly at: number;
  readonly order: number;
  readonly item: T;
}

/** A binary heap. */
export const createQueue = <T>(): Queue<T> => {
  const heap: Coming<T>[] = [];
  let order = 0;
  const before = (a: Coming<T>, b: Coming<T>): boolean => (a.at === b.at ? a.order < b.order : a.at < b.at);
  return {
    add(at, item) {
      const added = { at, order: (order += 1), item };
      let place = heap.push(added) - 1;
      while (place > 0) {
        const above = (place - 1) >> 1;
        const parent = heap[above] as Coming<T>; // there is one above every place but the first
        if (!before(added, parent)) break;
        heap[place] = parent;
        place = above;
      }
      heap[place] = added;
    },
    get first() {
      return heap[0]?.at;
    },
    take() {
      const [first] = heap;
      const last = heap.pop();
      if (!first || !last || first === last) return first;
      let place = 0;
      for (;;) {
        let below = 2 * place + 1;
        const [left, right] = [heap[below], heap[below + 1]];
        if (!left) break;
        const child = right && before(right, left) ? right : left;
        if (child === right) below += 1;
        if (!before(child, last)) break;
        heap[place] = child;
        place = below;
      }
      heap[place] = last;
      return first;
    },
  };
};
