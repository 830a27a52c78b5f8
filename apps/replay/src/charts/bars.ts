import { element, linear, type Draw } from './svg.ts';

export interface Bar {
  readonly label: string;
  readonly parts: readonly number[];
  /** What stands at its end. */
  readonly value: string;
  /** Begins a new group with a heading. */
  readonly heading?: string;
}

/** Horizontal bars, each with its name and its value. `colours`: classes of the parts. On narrow pictures, names stand above. */
export const bars =
  (data: readonly Bar[], colours: readonly string[]): Draw =>
  (width) => {
    const isNarrow = width < 500;
    const [row, thick] = isNarrow ? [44, 16] : [28, 18];
    const left = isNarrow ? 0 : 190;
    const room = Math.max(...data.map(({ value }) => value.length), 0) * 7.4 + 12;
    const most = Math.max(...data.map(({ parts }) => parts.reduce((sum, part) => sum + part, 0)), 0);
    const x = linear(most, left, width - room);
    const content: string[] = [];
    let y = 0;
    for (const { label, parts, value, heading } of data) {
      if (heading !== undefined) {
        y += y === 0 ? 18 : 34;
        content.push(element('text', { class: 'strong', x: 0, y }, heading));
        y += 10;
      }
      const top = isNarrow ? y + 20 : y + (row - thick) / 2;
      content.push(
        isNarrow
          ? element('text', { x: 0, y: y + 15 }, label)
          : element('text', { x: left - 10, y: top + 13, 'text-anchor': 'end' }, label),
      );
      let before = 0;
      for (const [part, size] of parts.entries()) {
        const [from, to] = [x(before), x(before + size)];
        if (size > 0)
          content.push(
            element('rect', {
              class: colours[part] ?? '',
              x: from,
              y: top,
              width: Math.max(0.5, to - from),
              height: thick,
            }),
          );
        before += size;
      }
      content.push(element('text', { class: 'value', x: x(before) + 8, y: top + 13 }, value));
      y += row;
    }
    return { width, height: y + 6, content: content.join('') };
  };
