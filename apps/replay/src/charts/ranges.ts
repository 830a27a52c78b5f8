import { element, type Draw } from './svg.ts';

/** What a row shows: a point, what lies around it (thick), and what lies farther (thin). */
export interface RangeMark {
  readonly colour: string;
  readonly middle: number | undefined;
  readonly inner?: readonly [number, number];
  readonly outer: readonly [number, number];
}

export interface RangeRow {
  readonly label: string;
  /** Drawn below each other. */
  readonly marks: readonly RangeMark[];
  /** What stands at the right. */
  readonly value: string;
  readonly heading?: string;
}

export interface RangeAxis {
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  /** Maps a value to a place between two. */
  readonly scale: (from: number, to: number) => (value: number) => number;
}

/** Rows of ranges on one axis, which is above them. On narrow pictures, names and values stand above. */
export const ranges =
  (data: readonly RangeRow[], axis: RangeAxis): Draw =>
  (width) => {
    const isNarrow = width < 500;
    const left = isNarrow ? 8 : 190;
    const right = isNarrow ? 24 : Math.max(...data.map(({ value }) => value.length), 0) * 7.2 + 26;
    const x = axis.scale(left, width - right);
    const [head, step] = [26, 16];
    const content: string[] = [];
    let y = head;
    for (const { label, marks, value, heading } of data) {
      if (heading !== undefined) {
        y += y === head ? 18 : 22;
        content.push(element('text', { class: 'strong', x: 0, y }, heading));
        y += 8;
      }
      const middle = y + (isNarrow ? 22 : 0) + 16 + ((marks.length - 1) * step) / 2;
      if (isNarrow) {
        content.push(element('text', { x: 0, y: y + 16 }, label));
        content.push(element('text', { class: 'value', x: width, y: y + 16, 'text-anchor': 'end' }, value));
      } else {
        content.push(element('text', { x: left - 12, y: middle + 4, 'text-anchor': 'end' }, label));
        content.push(element('text', { class: 'value', x: width - right + 18, y: middle + 4 }, value));
      }
      for (const [index, { colour, middle: point, inner, outer }] of marks.entries()) {
        const at = y + (isNarrow ? 22 : 0) + 16 + index * step;
        content.push(
          element('line', { class: `${colour} thin`, x1: x(outer[0]), x2: x(outer[1]), y1: at, y2: at }),
        );
        if (inner)
          content.push(
            element('line', { class: `${colour} thick`, x1: x(inner[0]), x2: x(inner[1]), y1: at, y2: at }),
          );
        if (point !== undefined)
          content.push(element('circle', { class: `${colour} dot`, cx: x(point), cy: at, r: 5 }));
      }
      y += (isNarrow ? 22 : 0) + 20 + (marks.length - 1) * step + 12;
    }
    const grid: string[] = [];
    let free = -Infinity;
    for (const { at, label } of axis.ticks) {
      grid.push(element('line', { class: 'grid', x1: x(at), x2: x(at), y1: head - 6, y2: y }));
      const half = label.length * 3.6;
      if (x(at) - half < free) continue;
      grid.push(
        element(
          'text',
          {
            class: 'soft',
            x: Math.min(x(at), width - half),
            y: 14,
            'text-anchor': x(at) < half ? 'start' : 'middle',
          },
          label,
        ),
      );
      free = x(at) + half + 10;
    }
    return { width, height: y + 4, content: grid.join('') + content.join('') };
  };
