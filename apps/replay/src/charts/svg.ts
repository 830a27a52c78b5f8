/** Text as it stands in HTML and SVG; a number is not parted from its unit. */
export const escaped = (text: string): string =>
  text
    .replace(/(\d) (?=(?:d|h|min|s|ms|%)(?:\W|$))/g, '$1\u00a0')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** A coordinate: a tenth of a pixel is more than anybody sees. */
const written = (value: string | number): string =>
  typeof value === 'number' ? String(Math.round(value * 10) / 10) : escaped(value);

/** An SVG element; `text` is escaped. */
export const element = (
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  text = '',
): string => {
  const list = Object.entries(attributes).map(([attribute, value]) => ` ${attribute}="${written(value)}"`);
  return text === '' ? `<${name}${list.join('')}/>` : `<${name}${list.join('')}>${escaped(text)}</${name}>`;
};

/** A picture of a chart, without what names it. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** SVG elements. */
  readonly content: string;
}

/** Draws a chart for so many CSS pixels of width. */
export type Draw = (width: number) => Drawing;

/** Maps `[0, most]` to `[from, to]`. */
export const linear =
  (most: number, from: number, to: number) =>
  (value: number): number =>
    most === 0 ? from : from + (value / most) * (to - from);

/** Maps `[least, most]` to `[from, to]` by their logarithms; what lies outside is put at the end. */
export const logarithmic =
  (least: number, most: number, from: number, to: number) =>
  (value: number): number => {
    const share = Math.log(Math.max(least, value) / least) / Math.log(most / least);
    return from + Math.min(1, share) * (to - from);
  };

/** Round values from 0 on for an axis, `steps` of them or fewer; the last is not below `most`. */
export const ticks = (most: number, steps: number): number[] => {
  if (!(most > 0)) return [0];
  const rough = most / steps;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * size).find((each) => each >= rough) ?? 10 * size;
  const list = [0];
  while ((list.at(-1) ?? 0) < most) list.push(list.length * step);
  return list;
};
