import type { Cell } from '../text-table.ts';
import { count } from '../text-table.ts';
import { styles } from './styles.ts';
import { escaped, type Draw } from './svg.ts';

/** The figures behind a chart. */
export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A chart with what it says, and the figures behind it. */
export interface Figure {
  /** An id, unique on the page: letters and dashes. */
  readonly id: string;
  /** What one sees, in a sentence. */
  readonly title: string;
  /** What is drawn, and how. */
  readonly about: string;
  /** What the colours stand for: the class of a colour, and a word. */
  readonly legend?: readonly (readonly [colour: string, word: string])[];
  /** Absent where there is nothing to draw. */
  readonly draw?: Draw;
  readonly table: Table;
}

export interface Page {
  readonly title: string;
  /** One paragraph each. */
  readonly introduction: readonly string[];
  /** The most important numbers. */
  readonly numbers: readonly { readonly value: string; readonly meaning: string }[];
  readonly figures: readonly Figure[];
  readonly notes: readonly string[];
}

/** In CSS pixels: what a picture on paper or a desktop has, and one on a telephone. */
const [wide, narrow] = [720, 340];

/** A whole HTML document that needs nothing else: no script, no font, no picture from elsewhere. */
export const pageOf = ({ title, introduction, numbers, figures, notes }: Page): string =>
  [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escaped(title)}</title>`,
    `<style>${styles}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<header><h1>${escaped(title)}</h1>${paragraphs(introduction)}</header>`,
    numbers.length === 0
      ? ''
      : `<dl class="numbers">${numbers
          .map(({ value, meaning }) => `<div><dt>${escaped(meaning)}</dt><dd>${escaped(value)}</dd></div>`)
          .join('')}</dl>`,
    ...figures.map(figureOf),
    notes.length === 0
      ? ''
      : `<section class="notes"><h2>How to read this</h2>${paragraphs(notes)}</section>`,
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');

const paragraphs = (texts: readonly string[]): string =>
  texts.map((text) => `<p>${escaped(text)}</p>`).join('');

const figureOf = ({ id, title, about, legend = [], draw, table }: Figure): string => {
  const words = legend
    .map(([colour, word]) => `<li><span class="swatch ${colour}"></span>${escaped(word)}</li>`)
    .join('');
  const picture = (width: number, kind: string): string => {
    if (!draw) return '';
    const { height, content } = draw(width);
    const name = `${id}-${kind}`;
    return (
      `<svg class="${kind}" viewBox="0 0 ${width} ${Math.ceil(height)}" role="img" aria-labelledby="${name}-title ${name}-desc">` +
      `<title id="${name}-title">${escaped(title)}</title><desc id="${name}-desc">${escaped(about)}</desc>${content}</svg>`
    );
  };
  return [
    `<figure id="${id}">`,
    `<figcaption><h2>${escaped(title)}</h2><p>${escaped(about)}</p>${words === '' ? '' : `<ul class="legend">${words}</ul>`}</figcaption>`,
    picture(wide, 'wide'),
    picture(narrow, 'narrow'),
    `<details><summary>The figures: ${escaped(table.caption)}</summary>`,
    `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(`Table: ${table.caption}`)}">${tableOf(table)}</div>`,
    '</details>',
    '</figure>',
  ].join('\n');
};

const tableOf = ({ caption, head, rows }: Table): string => {
  const cells = (row: readonly Cell[]): string =>
    head
      .map((_, index) => {
        const cell = row[index];
        const text = typeof cell === 'number' ? count(cell) : escaped(cell ?? '');
        if (index === 0) return `<th scope="row">${text}</th>`;
        return `<td${typeof cell === 'number' || /^[−\d–]/.test(text) ? ' class="number"' : ''}>${text}</td>`;
      })
      .join('');
  return (
    `<table><caption>${escaped(caption)}</caption>` +
    `<thead><tr>${head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}</tr></thead>` +
    `<tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('')}</tbody></table>`
  );
};
