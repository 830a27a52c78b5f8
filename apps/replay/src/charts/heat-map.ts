import { element, type Draw } from './svg.ts';

/** A table of cells, of stronger colour where there is more. The hours are named every `labelEvery` columns. */
export const heatMap =
  (
    rows: readonly { readonly label: string; readonly cells: readonly number[] }[],
    columnLabel: (column: number) => string,
    labelEvery: number,
  ): Draw =>
  (width) => {
    const left = width < 500 ? 30 : 90;
    const columns = Math.max(...rows.map(({ cells }) => cells.length), 1);
    const size = (width - left) / columns;
    const high = width < 500 ? 20 : 26;
    const most = Math.max(...rows.flatMap(({ cells }) => cells), 1);
    const content: string[] = [];
    for (let column = 0; column < columns; column += labelEvery)
      content.push(element('text', { class: 'soft', x: left + column * size, y: 14 }, columnLabel(column)));
    for (const [index, { label, cells }] of rows.entries()) {
      const y = 22 + index * high;
      content.push(
        element(
          'text',
          { x: left - 8, y: y + high / 2 + 4, 'text-anchor': 'end' },
          width < 500 ? label.slice(0, 2) : label,
        ),
      );
      for (const [column, value] of cells.entries()) {
        const box = { x: left + column * size, y, width: size - 1, height: high - 1 };
        content.push(element('rect', { class: 'empty', ...box }));
        if (value > 0)
          content.push(
            element('rect', {
              class: 'heat',
              ...box,
              'fill-opacity': String(Math.round((0.08 + (value / most) * 0.92) * 100) / 100),
            }),
          );
      }
    }
    return { width, height: 24 + rows.length * high, content: content.join('') };
  };
