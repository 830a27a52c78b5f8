import { count } from '../text-table.ts';
import { element, linear, ticks, type Draw } from './svg.ts';

export interface Column {
  readonly label: string;
  /** From the bottom to the top. */
  readonly parts: readonly number[];
}

/** Stacked columns over time or over classes, with a scale at the left. `colours`: classes of the parts. */
export const columns =
  (data: readonly Column[], colours: readonly string[], { labelled = false } = {}): Draw =>
  (width) => {
    const [left, right, top, bottom, height] = [46, 4, labelled ? 22 : 12, 26, 230];
    const totals = data.map(({ parts }) => parts.reduce((sum, part) => sum + part, 0));
    const marks = ticks(Math.max(...totals, 0), 4);
    const y = linear(marks.at(-1) ?? 0, height - bottom, top);
    const slot = (width - left - right) / Math.max(1, data.length);
    const gap = Math.min(slot * 0.22, 14);
    const content: string[] = [];
    for (const mark of marks) {
      content.push(element('line', { class: 'grid', x1: left, x2: width - right, y1: y(mark), y2: y(mark) }));
      content.push(
        element('text', { class: 'soft', x: left - 8, y: y(mark) + 4, 'text-anchor': 'end' }, count(mark)),
      );
    }
    const every = Math.max(1, Math.ceil((data.length * 78) / (width - left - right)));
    for (const [index, { label, parts }] of data.entries()) {
      const x = left + index * slot + gap / 2;
      let below = 0;
      for (const [part, value] of parts.entries()) {
        const [from, to] = [y(below), y(below + value)];
        if (value > 0)
          content.push(
            element('rect', {
              class: colours[part] ?? '',
              x,
              y: to,
              width: Math.max(0.5, slot - gap),
              height: from - to,
            }),
          );
        below += value;
      }
      const middle = x + (slot - gap) / 2;
      if (labelled)
        content.push(element('text', { x: middle, y: y(below) - 6, 'text-anchor': 'middle' }, count(below)));
      if (index % every === 0 && middle < width - 20)
        content.push(
          element('text', { class: 'soft', x: middle, y: height - 8, 'text-anchor': 'middle' }, label),
        );
    }
    return { width, height, content: content.join('') };
  };
